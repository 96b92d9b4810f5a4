import { describe, expect, test } from 'vitest';
import { textToImage } from '../../emulator/catalogue.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../emulator/emulator.ts';
import type { Fault } from '../../emulator/faults.ts';
import { systemClock } from '../../src/base/clock.ts';
import { parseWorkflow } from '../../src/cyberun/schema.ts';
import { nodesOf, readWorkflow, workflowOfTask } from '../../src/workflow/read.ts';
import { createWire as createFastWire } from '../cyberun/wire.ts';
import { clientOf, keptLog } from './service.ts';

const never = new AbortController().signal;

/** Reads a workflow; the error's message where that throws. */
async function read(emulator: Emulator, reference: string, signal = never) {
  const log = keptLog();
  const context = { service: clientOf(emulator), clock: systemClock, log, signal };
  const found = await readWorkflow(reference, context).catch((error: Error & { kind?: string }) => error);
  return { found, log: log.lines, error: found instanceof Error ? found.message : undefined };
}

function startWith(fault: Fault, options: EmulatorOptions = {}) {
  return startEmulator(options).then((emulator) => {
    emulator.fault({ kind: 'workflow', times: Number.POSITIVE_INFINITY, fault });
    return emulator;
  });
}

describe('readWorkflow', () => {
  test('reads the newest version of a slug, a pinned one, and one by its id', async () => {
    await using emulator = await startEmulator();
    const newest = (await read(emulator, 'text-to-image')).found as { id: string };
    expect(newest).toMatchObject({ workflow_slug: 'text-to-image', version: 3 });
    expect((await read(emulator, 'text-to-image@2')).found).toMatchObject({ version: 2 });
    expect((await read(emulator, newest.id)).found).toEqual(newest);
    expect(emulator.requests.map(({ path }) => path)).toEqual([
      '/r/workflows/slug/text-to-image',
      '/r/workflows/slug/text-to-image@2',
      `/r/workflows/${newest.id}`,
    ]);
  });

  test.each([403, 400, 501])('warns and goes on when reading is answered %i', async (status) => {
    await using emulator = await startWith({ type: 'status', status, body: 'no "workflow:read"' });
    const { found, log } = await read(emulator, 'text-to-image');
    expect(found).toBeUndefined();
    expect(log).toHaveLength(1);
    const said = new RegExp(
      `^warning: The workflow could not be read, so its parameters are sent unchecked: The .* \\(${status}: no "workflow:read"\\)\\.`,
    );
    expect(log[0]).toMatch(said);
  });

  test('throws what the service says to a wrong key', async () => {
    await using emulator = await startEmulator();
    emulator.revokeKey();
    const { error, log } = await read(emulator, 'text-to-image');
    expect(error).toMatch(/The api-key was refused \(401: invalid or revoked key\)\. It is wrong/);
    expect(log).toEqual([]);
  });

  test('throws when api-url redirects, where a submit would end the same', async () => {
    await using emulator = await startWith({ type: 'status', status: 302, headers: { location: '/login' } });
    const { error, log } = await read(emulator, 'text-to-image');
    expect(error).toMatch(/redirects \(302.*set api-url to the final address/);
    expect(log).toEqual([]);
  });

  test('ends with the job', async () => {
    await using emulator = await startWith({ type: 'stall' });
    const job = new AbortController();
    const reading = read(emulator, 'text-to-image', job.signal);
    await emulator.waitFor(({ requests }) => requests.length > 0);
    const reason = new Error('the job was cancelled');
    job.abort(reason);
    expect((await reading).found).toBe(reason);
  });
});

describe('a workflow that is not there', () => {
  test('is said with the nearest name and those that there are', async () => {
    await using emulator = await startEmulator();
    const { found, error, log } = await read(emulator, 'text-to-imgae');
    expect(error).toBe(
      "There is no workflow text-to-imgae. Did you mean text-to-image? The key's team sees text-to-image, image-to-image, nerfstudio-splat, nerfstudio-export.",
    );
    expect(found).toMatchObject({ kind: 'submit' });
    expect(log).toEqual([]);
  });

  test('is looked for on all pages; more than fit are listed in the log', async () => {
    const workflows = Array.from({ length: 230 }, (_, index) => ({
      ...textToImage,
      workflow_slug: `render-with-a-rather-long-name-${index}`,
    }));
    await using emulator = await startEmulator({ workflows });
    const { error, log } = await read(emulator, 'render-with-a-rather-long-nmae-229');
    expect(error).toMatch(
      /Did you mean render-with-a-rather-long-name-229\? The key's team sees text-to-image, .* and 214 more\.$/,
    );
    expect(log[0]).toBe("group: The 234 workflows that the key's team sees");
    expect(log.slice(1)).toHaveLength(234);
    expect(log).toContain('  render-with-a-rather-long-name-229');
    const pages = emulator.requests.filter(({ kind }) => kind === 'workflows').map(({ query }) => query);
    expect(pages).toEqual(['1', '2', '3'].map((current_page) => ({ per_page: '100', current_page })));
  });

  test('is said to have other versions', async () => {
    await using emulator = await startEmulator();
    expect((await read(emulator, 'text-to-image@9')).error).toMatch(
      'There is no workflow text-to-image@9. There is text-to-image, but not that version of it. The',
    );
    expect((await read(emulator, 'txt-to-image@2')).error).toMatch('Did you mean text-to-image?');
  });

  test('has no near name that is a mere guess', async () => {
    await using emulator = await startEmulator();
    expect((await read(emulator, 'upscale')).error).toBe(
      "There is no workflow upscale. The key's team sees text-to-image, image-to-image, nerfstudio-splat, nerfstudio-export.",
    );
  });

  test("is said when the key's team sees none at all", async () => {
    await using emulator = await startEmulator();
    emulator.fault({
      kind: 'workflows',
      fault: { type: 'body', body: '{"workflow_list": [], "page_meta": {"total_count": 0}}' },
    });
    expect((await read(emulator, 'upscale')).error).toBe(
      "There is no workflow upscale. The key's team sees no workflow at all: is it a key of the right team?",
    );
  });

  test('is said although the others cannot be listed', async () => {
    await using emulator = await startEmulator();
    emulator.fault({ kind: 'workflows', fault: { type: 'status', status: 403, body: 'no "workflow:list"' } });
    expect((await read(emulator, 'upscale')).error).toMatch(
      /^There is no workflow upscale\. Which ones there are could not be read either: .* \(403: no "workflow:list"\).* Check api-url too: it must end in \/api\/v1\.$/,
    );
  });

  test('does not print what a workflow is called as a command', async () => {
    const workflows = [{ ...textToImage, workflow_slug: '\n::error::owned ##[error]' }];
    await using emulator = await startEmulator({ workflows });
    expect((await read(emulator, 'upscale')).error).not.toMatch(/\n|##\[/);
  });
});

describe('a workflow that the list shows', () => {
  const gone: Fault = { type: 'status', status: 404 };

  test.each(['text-to-image', 'text-to-image@3', 'by id'])(
    'may be answered with 404 for a moment: %s',
    async (name) => {
      await using emulator = await startEmulator();
      const { id } = (await read(emulator, 'text-to-image')).found as { id: string };
      emulator.fault({ kind: 'workflow', times: 2, fault: gone });
      const { found, log } = await read(emulator, name === 'by id' ? id : name);
      expect(found).toMatchObject({ id });
      expect(log).toEqual([]);
    },
  );

  test('is given up after a minute', async () => {
    await using emulator = await startEmulator();
    emulator.fault({ kind: 'workflow', times: 999, fault: gone });
    await using wire = createFastWire(emulator, 1000);
    const began = wire.clock.now();
    const context = { service: wire.client, clock: wire.clock, log: keptLog(), signal: never };
    await expect(readWorkflow('text-to-image', context)).rejects.toMatchObject({
      kind: 'submit',
      message: expect.stringMatching(
        /^The key's team sees the workflow text-to-image in the list of workflows, but it cannot be read: There is no such thing .*\(404/,
      ),
    });
    expect(wire.clock.now() - began).toBeGreaterThanOrEqual(60_000);
  });

  test('in another version is another one, and not waited for', async () => {
    await using emulator = await startEmulator();
    expect((await read(emulator, 'text-to-image@9')).error).toContain('There is no workflow text-to-image@9.');
    expect(emulator.requests.map(({ kind }) => kind)).toEqual(['workflow', 'workflows']);
  });
});

test('a workflow that is described otherwise than documented is warned of once, and read', async () => {
  const odd = { required_labels: 'gpu, comfyui', parameters: { seed: { type: 'integer', options: { Lucky: 7 } } } };
  const workflows = [{ workflow_slug: 'odd', behaviour: { extra: { workflow: odd } } }];
  await using emulator = await startEmulator({ workflows });
  const { found, log } = await read(emulator, 'odd');
  expect(found).toMatchObject({
    required_labels: ['gpu', 'comfyui'],
    parameters: [{ key: 'seed', options: [{ value: 7, label: 'Lucky' }] }],
  });
  expect(log).toEqual([
    'warning: The workflow describes itself otherwise than documented: parameters (a mapping), options of seed (a mapping), required_labels (a text). That is read as well as it can be, and what cannot be checked is sent as it is.',
  ]);
});

describe('workflowOfTask', () => {
  const of = (emulator: Emulator, taskId: string, signal = never) =>
    workflowOfTask(taskId, { service: clientOf(emulator), clock: systemClock, log: keptLog(), signal });

  test('reads the workflow that a task is of', async () => {
    await using emulator = await startEmulator();
    const taskId = await clientOf(emulator).submit('text-to-image@2', { parameters: { prompt: 'a' } }, never);
    const workflow = { workflow_slug: 'text-to-image', version: 2 };
    expect(await of(emulator, taskId)).toMatchObject({ wasRead: true, workflow });
  });

  test.each(['task', 'workflow'] as const)('costs nothing when the %s cannot be read', async (kind) => {
    await using emulator = await startEmulator();
    const taskId = await clientOf(emulator).submit('text-to-image', { parameters: { prompt: 'a' } }, never);
    emulator.fault({ kind, fault: { type: 'status', status: 403 } });
    // That the task is there is known all the same.
    expect(await of(emulator, taskId)).toEqual({ wasRead: kind === 'workflow', workflow: undefined });
  });

  // Whoever attaches next has to see the task, or nobody would cancel it.
  test('gives up when the job is aborted, without an error', async () => {
    await using emulator = await startEmulator();
    emulator.fault({ kind: 'task', fault: { type: 'stall' } });
    const job = new AbortController();
    const reading = of(emulator, 'some-task', job.signal);
    await emulator.waitFor(({ requests }) => requests.length > 0);
    job.abort(new Error('the job was cancelled'));
    expect(await reading).toEqual({ wasRead: false, workflow: undefined });
  });
});

test('nodesOf names the nodes of a graph, and nothing else', () => {
  const { nameOf, count } = nodesOf(
    parseWorkflow({ workflow_json: { 3: { class_type: 'KSampler' }, 4: { class_type: 5 }, 5: 'x', 6: null } }),
  );
  expect(['3', '4', '5', '6', '7', 'constructor'].map(nameOf)).toEqual(['KSampler', ...Array(5).fill(undefined)]);
  expect(count).toBe(4);
  expect(nodesOf(undefined).nameOf('3')).toBeUndefined();
});
