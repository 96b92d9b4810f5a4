import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { workflowId } from '../../emulator/workflows.ts';
import { annotationsOf, callsOf, countOf, filesOf, outsideOfCode, quick, runAction, timeless } from './harness.ts';

test('a run submits once, follows, downloads, and sets every output', async () => {
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', parameters: 'prompt: a lighthouse\nseed: 7\nscale: 1.5\ntiling: true' },
  });
  // A task that is over before its stream is open ends without one.
  await emulator.waitFor(({ requests }) => requests.some(({ kind, status }) => kind === 'events' && status === 200));
  emulator.release(emulator.tasks[0]?.id ?? '');
  const result = await action.done;

  const [task] = emulator.tasks;
  const files = filesOf(action.workspace);
  const picture = files['cyberun-outputs/output_00001_.png'] ?? Buffer.of();
  const sha256 = createHash('sha256').update(picture).digest('hex');
  const parameters = { prompt: 'a lighthouse', seed: 7, scale: 1.5, tiling: true };
  expect(result).toMatchObject({ exitCode: 0, annotations: [], state: { open_0: '' }, exports: {} });
  expect(Object.keys(files)).toEqual([
    'cyberun-outputs/SHA256SUMS',
    'cyberun-outputs/cyberun-run.json',
    'cyberun-outputs/output_00001_.png',
  ]);
  expect(picture).toEqual(Buffer.from(emulator.objects.get(task?.outputs[0]?.key ?? '')?.bytes ?? []));
  const { tasks, files: listed, result: output, ...rest } = result.outputs;
  const folder = join(realpathSync(action.workspace), 'cyberun-outputs');
  expect(rest).toEqual({
    'task-id': task?.id,
    status: 'completed',
    path: folder,
    file: 'cyberun-outputs/output_00001_.png',
    'checksums-path': join(folder, 'SHA256SUMS'),
    'provenance-path': join(folder, 'cyberun-run.json'),
    fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    'gpu-seconds': '0',
    'release-assets': '[]',
  });
  expect(JSON.parse(tasks ?? '')).toEqual([
    {
      task_id: task?.id,
      status: 'completed',
      parameters,
      error: null,
      agent_id: 'gpu-node-01',
      gpu_type: 'NVIDIA GeForce RTX 4090',
      fingerprint: result.outputs.fingerprint,
      reused: false,
      queue_seconds: 0,
      run_seconds: 0,
      tries: [],
    },
  ]);
  expect(JSON.parse(listed ?? '')).toEqual([
    {
      path: 'cyberun-outputs/output_00001_.png',
      name: 'output_00001_.png',
      output: '9.images.0',
      task_id: task?.id,
      bytes: 1000,
      sha256,
      media_type: 'image/png',
    },
  ]);
  expect(JSON.parse(output ?? '')).toEqual({
    '9.images.0': { s3_key: `tasks/${task?.id}/0/output_00001_.png`, content_type: 'image/png' },
  });
  expect(callsOf(emulator).filter((call) => !call.startsWith('task '))).toEqual([
    'workflow 200',
    'submit 202',
    'events 200',
    'result 200',
    'storage-get 206',
  ]);
  expect(emulator.requests[1]?.body).toEqual({ parameters });
});

test('the log tells the story in order, with the details in groups', async () => {
  const behaviour = { stages: ['queued', 'running'], holdAt: 'queued', steps: 3 };
  await using emulator = await startEmulator({ workflows: [quick({ behaviour })] });
  await using action = runAction({ emulator, with: { workflow: 'quick', parameters: 'prompt: a\nseed: 7' } });
  await action.waitForLine('  queued');
  const taskId = emulator.tasks[0]?.id ?? '';
  emulator.release(taskId);
  const { log, post } = await action.done;
  const { host } = new URL(emulator.apiUrl);
  expect(timeless(log)).toEqual([
    `Cyberun at ${host} (input api-url)`,
    `Submitting quick (version 7) to ${host}`,
    '▸ parameters',
    '  | prompt: a',
    '  | seed: 7',
    `Task ${taskId} submitted`,
    '  0:00  queued',
    '  0:00  running on gpu-node-01 (NVIDIA GeForce RTX 4090)',
    '  0:00  [######--------------]  33%  step 1/3  node 3',
    '  0:00  completed in 0:00 (0:00 queued, 0:00 running)',
    'Downloading 1 file',
    '▸ files',
    expect.stringMatching(/^ {2}\| 9\.images\.0 {2}output_00001_\.png {2}1 kB {2}sha256 [0-9a-f]{64}$/),
    expect.stringMatching(/^1 file in cyberun-outputs, 1 kB at [\d.]+ [kM]?B\/s$/),
  ]);
  expect(post?.log).toEqual(['Post job cleanup.']);
});

test.each([
  [{}, true],
  [{ NO_COLOR: '1' }, false],
])('the states of a task are coloured, and nothing else, with %j: %s', async (env, isColoured) => {
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
  await using action = runAction({ emulator, env, with: { workflow: 'quick' } });
  await action.waitForLine('running on');
  emulator.release(emulator.tasks[0]?.id ?? '');
  const { raw } = await action.done;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a colour is.
  const coloured = [...raw.matchAll(/\u001b\[(\d+)m([^\u001b]*)\u001b\[39m/g)].map(([, colour, word]) => [
    colour,
    word,
  ]);
  expect(raw.split('\u001b').length - 1).toBe(coloured.length * 2);
  expect(coloured).toEqual(
    isColoured
      ? [
          ['36', 'running'],
          ['32', 'completed'],
        ]
      : [],
  );
});

test('what the program of a task says are lines, once each, and no commands', async () => {
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
  const said = ['loss 0.1', 'loss 0.1', '##[error]loss\n::error::0.2', ''];
  const events = said.map((message) => `event: log\ndata: ${JSON.stringify({ message })}\n\n`).join('');
  emulator.fault({
    kind: 'events',
    fault: { type: 'raw-events', text: `${events}event: log\ndata: {"text":"step 1"}\n\n` },
  });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  await action.waitForLine('step 1');
  await action.waitForLine('running on');
  emulator.release(emulator.tasks[0]?.id ?? '');
  const { exitCode, log, annotations } = await action.done;
  expect(exitCode).toBe(0);
  expect(annotations).toEqual([]);
  const told = timeless(log).filter((line) => /loss|step 1$/.test(line));
  expect(told).toEqual(['  0:00  loss 0.1', '  0:00  # #[error]loss ⏎ ::error::0.2', '  0:00  step 1']);
});

test('the summary holds what happened, without a link or a signature', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using action = runAction({ emulator, with: { workflow: 'quick', parameters: 'prompt: <b>|x|</b>' } });
  const result = await action.done;
  const summary = result.summary;
  expect(summary).toContain('### ✅ `Quick` (`quick@7`): completed, 1 file\n');
  expect(summary).toContain(`\n- Task: \`${emulator.tasks[0]?.id}\`\n`);
  expect(summary).toContain(' · on `gpu-node-01` ');
  expect(summary).toContain('| `output_00001_.png` | `9.images.0` | 1 kB | `');
  expect(summary).toContain('\n```text\nprompt: <b>|x|</b>\n```\n');
  expect(outsideOfCode(result)).not.toContain('<b>');
  expect(summary).not.toMatch(/http|X-Amz/);
});

test('summary: false writes none', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using action = runAction({ emulator, with: { workflow: 'quick', summary: 'false' } });
  expect(await action.done).toMatchObject({ exitCode: 0, summary: '' });
});

test.each([
  { name: 'a slug means its newest version', workflow: 'quick', version: 8, path: '/r/workflows/slug/quick/run' },
  { name: 'a slug with a version', workflow: 'quick@7', version: 7, path: '/r/workflows/slug/quick@7/run' },
  { name: 'a UUID', workflow: workflowId(quick()), version: 7, path: `/r/workflows/${workflowId(quick())}/run` },
])('the workflow is submitted by what the user wrote: $name', async ({ workflow, version, path }) => {
  await using emulator = await startEmulator({ workflows: [quick(), quick({ version: 8 })] });
  await using action = runAction({ emulator, with: { workflow } });
  const { exitCode, log } = await action.done;
  expect(exitCode).toBe(0);
  expect(emulator.tasks.map((task) => task.workflow.version)).toEqual([version]);
  expect(decodeURIComponent(emulator.requests.find(({ kind }) => kind === 'submit')?.path ?? '')).toBe(path);
  expect(log[1]).toContain(`quick (version ${version})`);
});

test('a workflow that is not there fails with the ones that are, and submits nothing', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using action = runAction({ emulator, with: { workflow: 'quikc' } });
  const result = await action.done;
  expect(result.exitCode).toBe(1);
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringMatching(/^There is no workflow quikc\. Did you mean quick\? The key's team sees .*text-to-image/),
  ]);
  expect(result.outputs).toMatchObject({
    status: 'failed',
    tasks: '[]',
    files: '[]',
    error: expect.stringContaining('quikc'),
  });
  expect(emulator.tasks).toEqual([]);
});

test('values that do not fit the workflow are all named, and nothing is submitted', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', parameters: 'tiling: yes please\npromt: x\nseed: 7' },
  });
  const result = await action.done;
  expect(result.exitCode).toBe(1);
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringMatching(
      /tiling: given "yes please", accepted: true or false.*promt: no such parameter, did you mean prompt\?/,
    ),
  ]);
  expect(callsOf(emulator)).toEqual(['workflow 200']);
});

test('JSON parameters keep their types', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  const parameters = { prompt: 'a: "b"\nc', seed: 7, scale: 0.5, tiling: false };
  await using action = runAction({ emulator, with: { workflow: 'quick', parameters: JSON.stringify(parameters) } });
  expect((await action.done).exitCode).toBe(0);
  expect(emulator.tasks[0]?.submission).toEqual({ parameters });
});

test('parameters win over parameters-file key by key', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using action = runAction({
    emulator,
    files: { 'ci/render.yml': 'prompt: from the file\nseed: 1\nscale: 2\n' },
    with: { workflow: 'quick', 'parameters-file': 'ci/render.yml', parameters: '{"seed": 9, "tiling": true}' },
  });
  expect((await action.done).exitCode).toBe(0);
  const parameters = { prompt: 'from the file', seed: 9, scale: 2, tiling: true };
  expect(emulator.tasks[0]?.submission).toEqual({ parameters });
});

test('the dispatch inputs are passed on as they are, and only when given', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  const options = {
    'dispatch-target': 'agent',
    'target-pool': 'team',
    'submitter-region': 'us-east',
    'tool-type': 'comfyui',
  };
  await using action = runAction({ emulator, with: { workflow: 'quick', ...options } });
  expect((await action.done).exitCode).toBe(0);
  expect(emulator.tasks[0]?.submission).toEqual({
    parameters: {},
    dispatch_target: 'agent',
    target_pool: 'team',
    submitter_region: 'us-east',
    tool_type: 'comfyui',
  });
});

test('the key and the address may come from the environment', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', 'api-key': '', 'api-url': '' },
    env: { CYBERUN_API_KEY: emulator.apiKey, CYBERUN_API_URL: `${emulator.apiUrl}/` },
    secrets: [],
  });
  const { exitCode, masks } = await action.done;
  expect(exitCode).toBe(0);
  expect(masks).toContain(emulator.apiKey);
});

test('the API gets the key with every call, never a team, and the storage never the key', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  await action.done;
  const keys = (origin: string) => [
    ...new Set(emulator.requests.filter((one) => one.origin === origin).map(({ headers }) => headers.authorization)),
  ];
  expect(keys('api')).toEqual([`Bearer ${emulator.apiKey}`]);
  expect(keys('storage')).toEqual([undefined]);
  expect(emulator.requests.filter(({ headers }) => 'x-team-id' in headers)).toEqual([]);
  expect(countOf(emulator, 'storage-get')).toBe(1);
});
