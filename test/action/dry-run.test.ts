import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { annotationsOf, outsideOfCode, quick, runAction } from './harness.ts';

const IMAGE = { key: 'image', type: 'file', accept: ['image/png'] } as const;
const AGENTS = [
  { agent_id: 'one', agent_labels: ['gpu', 'comfyui'] },
  { agent_id: 'two', agent_labels: ['gpu', 'comfyui'] },
  { agent_id: 'cpu', agent_labels: [] },
];

describe('dry-run', () => {
  test('says what would run, and sends nothing', async () => {
    await using emulator = await startEmulator({
      workflows: [quick({ parameters: [IMAGE, { key: 'seed', type: 'number' }] })],
      agents: AGENTS,
    });
    await using action = runAction({
      emulator,
      files: { 'a.png': 'a sketch' },
      with: { workflow: 'quick', parameters: 'image: a.png\nseed: 7', 'dry-run': 'true' },
    });
    const { exitCode, outputs, log, summary, post } = await action.done;
    expect(exitCode).toBe(0);
    expect(new Set(emulator.requests.map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(outputs).toMatchObject({ status: 'planned', files: '[]', file: '', 'checksums-path': '' });
    expect(outputs['task-id']).toBeUndefined();
    expect(outputs.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.parse(outputs.tasks ?? '')).toMatchObject([
      { task_id: null, status: 'planned', parameters: { image: 'a.png', seed: 7 }, fingerprint: outputs.fingerprint },
    ]);
    expect(log.slice(1)).toEqual([
      expect.stringMatching(/^Plan for quick \(version 7\) at [^:]+:\d+: it would run$/),
      '▸ parameters',
      '  | image: a.png',
      '  | seed: 7',
      'Agents: 2 of 3 agents can take it (2 idle: one, two)',
      'Nothing was submitted or uploaded, as dry-run is true',
    ]);
    expect(summary).toContain(
      '### 📝 Plan of `Quick` (`quick@7`): it would run\n\nNothing was submitted or uploaded.\n',
    );
    expect(summary).toContain('\n- Agents: `2 of 3 agents can take it (2 idle: one, two)`\n');
    expect(summary).toContain(`\n- Fingerprint: \`${outputs.fingerprint}\`\n`);
    expect(post?.log).toEqual(['Post job cleanup.']);
  });

  test('has the fingerprint of the run itself, and says what of a matrix would be reused', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    const given = { workflow: 'quick', parameters: 'prompt: a cat', matrix: 'seed: [1, 2]', reuse: 'true' };
    await using first = runAction({ emulator, with: given });
    const before = await first.done;
    const asked = emulator.requests.length;
    await using action = runAction({
      emulator,
      with: { ...given, 'dry-run': 'true' },
      prepare(workspace) {
        cpSync(join(first.workspace, 'cyberun-outputs'), join(workspace, 'cyberun-outputs'), { recursive: true });
        rmSync(join(workspace, 'cyberun-outputs/2/output_00001_.png'));
      },
    });
    const { exitCode, outputs, log, summary } = await action.done;
    expect(exitCode).toBe(0);
    expect(emulator.requests.slice(asked).map(({ kind }) => kind)).toEqual(['workflow', 'agents']);
    expect(outputs).toMatchObject({ status: 'planned', fingerprint: before.outputs.fingerprint });
    const [one, two] = JSON.parse(before.outputs.tasks ?? '');
    expect(JSON.parse(outputs.tasks ?? '')).toMatchObject([
      { task_id: one.task_id, status: 'planned', reused: true, fingerprint: one.fingerprint },
      { task_id: null, status: 'planned', reused: false, fingerprint: two.fingerprint },
    ]);
    expect(log.join('\n')).toMatch(
      /Plan for quick \(version 7\) at [^ ]+: 1 of 2 tasks would run, 1 would be reused$/m,
    );
    expect(summary).toContain(': 1 of 2 tasks would run, 1 would be reused\n\nNothing was submitted or uploaded.\n');
    expect(summary).toMatch(/\| ♻️ reused, of `[\d-]+` \(0:0\d\) \| `1` \| `seed: 1` \|/);
    expect(summary).toContain('| ▶️ runs: `output_00001_.png is missing` | `2` | `seed: 2` |');
    expect(summary).toContain('prompt: a cat');
  });

  test('says that nobody looked for earlier runs, where there is a folder that may have some', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    const said = 'reuse is off: what cyberun-outputs holds was not looked at';
    const files = { 'cyberun-outputs/old.png': 'a picture' };
    const given = { workflow: 'quick', 'dry-run': 'true' };
    for (const [options, is] of [
      [{ files, with: given }, true],
      [{ with: given }, false],
      [{ files, with: { ...given, reuse: 'true' } }, false],
      [{ files, with: { ...given, 'wait-for-completion': 'false' } }, false],
      [{ files, with: { ...given, download: 'false' } }, false],
    ] as const) {
      await using action = runAction({ emulator, ...options });
      const { exitCode, log } = await action.done;
      expect(exitCode).toBe(0);
      expect(log.filter((line) => line === said)).toHaveLength(is ? 1 : 0);
    }
  });

  test('says every problem at once', async () => {
    await using emulator = await startEmulator({
      workflows: [quick({ parameters: [IMAGE, { key: 'seed', type: 'number' }] })],
    });
    await using action = runAction({
      emulator,
      files: { 'cyberun-outputs/SHA256SUMS': 'of somebody else', 'a.txt': 'no picture' },
      with: { workflow: 'quick', parameters: 'image: a.txt\nseed: seven\nstep: 1', 'dry-run': 'true' },
    });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'failed', tasks: '[]' } });
    const [error = ''] = annotationsOf(result, 'error');
    for (const part of ['There are 2 problems.', 'a file SHA256SUMS', 'image: given', 'seed: given', 'step: no such']) {
      expect(error).toContain(part);
    }
    expect(result.summary).toMatch(
      /^### ❌ Plan of `quick`: no plan, 2 problems\n\n- `+ ?Input path is [^\n]*\n- `+ ?The values in the input parameters do not fit [^\n]*step: no such[^\n]* Nothing was submitted\.`+\n\n$/,
    );
    expect(outsideOfCode(result).replace(/\s+/g, ' ')).toBe('### ❌ Plan of : no plan, 2 problems - - ');
  });

  test('a matrix that cannot be used hides neither the workflow nor what is in the way', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using action = runAction({
      emulator,
      files: { 'cyberun-outputs/SHA256SUMS': 'of somebody else' },
      with: { workflow: 'quikc', matrix: 'seed: [1]\nexclude: [{ sede: 1 }]', 'dry-run': 'true' },
    });
    const result = await action.done;
    expect(result.exitCode).toBe(1);
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringMatching(
        /^There are 3 problems\. \(1\) Input matrix cannot .* \(2\) Input path is .* \(3\) .*\bquikc\b/,
      ),
    ]);
    expect(result.summary.match(/^- `/gm)).toHaveLength(3);
    expect(new Set(emulator.requests.map(({ method }) => method))).toEqual(new Set(['GET']));
  });

  test('says whole what does not fit, however many problems there are', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    const names = Array.from({ length: 60 }, (_, at) => `unknown_number_${at}`);
    await using action = runAction({
      emulator,
      files: { 'cyberun-outputs/SHA256SUMS': 'of somebody else' },
      with: { workflow: 'quick', parameters: names.map((name) => `${name}: 1`).join('\n'), 'dry-run': 'true' },
    });
    const result = await action.done;
    const [error = ''] = annotationsOf(result, 'error');
    expect(error.length).toBeGreaterThan(3_000);
    expect(error.length).toBeLessThan(4_096);
    for (const name of names) expect(result.log.join('\n')).toContain(`${name}: `);
    expect(result.summary).toContain(names[20]);
  });

  test.each([
    ['a problem of the inputs', { retries: '-1' }],
    ['one found later', { parameters: 'step: 1' }],
  ])('writes no summary where none is wanted: %s', async (_, given) => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using action = runAction({
      emulator,
      with: { workflow: 'quick', 'dry-run': 'true', summary: 'false', ...given },
    });
    expect(await action.done).toMatchObject({ exitCode: 1, summary: '' });
  });

  test('says what the service refuses in the summary, too', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    emulator.fault({ kind: 'workflow', fault: { type: 'status', status: 401 }, times: 9 });
    await using action = runAction({ emulator, with: { workflow: 'quick', 'dry-run': 'true' } });
    const result = await action.done;
    expect(result.exitCode).toBe(1);
    const [error = ''] = annotationsOf(result, 'error');
    expect(result.summary).toContain(error);
  });

  test('says of what may be in the way that only the task itself can tell', async () => {
    await using emulator = await startEmulator({ workflows: [quick()], agents: AGENTS });
    const files = Object.fromEntries(
      ['a.png', '.hidden', 'b.png.changed-0123abcd', 'c/d.png'].map((name) => [name, '']),
    );
    const below = (folder: string) => Object.fromEntries(Object.keys(files).map((name) => [`${folder}/${name}`, name]));
    const plan = async (given: Record<string, string>) => {
      await using action = runAction({
        emulator,
        files: { ...below('art'), ...below('art/2') },
        with: { workflow: 'quick', path: 'art', 'dry-run': 'true', ...given },
      });
      const { exitCode, log } = await action.done;
      expect(exitCode).toBe(0);
      return log.filter((line) => line.startsWith("Not this action's"));
    };
    const said = (path: string) =>
      `Not this action's, and never replaced: ${path}. A task that makes a file of such a name fails, after it has run and been paid for`;
    expect(await plan({})).toEqual([said('art/a.png')]);
    expect(await plan({ matrix: 'seed: [1, 2]' })).toEqual([said('art/2/a.png')]);
    expect(await plan({ matrix: 'seed: [1, 3]' })).toEqual([]);
  });

  test('warns of labels that no agent has', async () => {
    await using emulator = await startEmulator({
      workflows: [quick({ required_labels: ['gpu', 'h200'] })],
      agents: AGENTS,
    });
    await using action = runAction({ emulator, with: { workflow: 'quick', 'dry-run': 'true' } });
    const result = await action.done;
    expect(result.exitCode).toBe(0);
    expect(annotationsOf(result, 'warning')).toEqual([expect.stringContaining('nobody has the label h200')]);
  });

  test('is over at once when the job is cancelled while it asks for the agents', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    emulator.fault({ kind: 'agents', fault: { type: 'stall' } });
    await using action = runAction({ emulator, with: { workflow: 'quick', 'dry-run': 'true' } });
    await emulator.waitFor(({ requests }) => requests.some(({ kind }) => kind === 'agents'));
    action.kill('SIGINT');
    expect(await action.done).toMatchObject({ exitCode: 1, signal: null, outputs: { status: 'cancelled' } });
    expect(emulator.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  test('does without the agents where the key may not read them', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    emulator.fault({ kind: 'agents', fault: { type: 'status', status: 403 }, times: 9 });
    await using action = runAction({ emulator, with: { workflow: 'quick', 'dry-run': 'true' } });
    const { exitCode, log } = await action.done;
    expect(exitCode).toBe(0);
    expect(log.join('\n')).toContain('Which agents could take it is not known: ');
  });

  test.each([
    [{ 'task-id': 'task-1', 'dry-run': 'true' }, 'Input dry-run says what would be submitted'],
    [{ workflow: 'quick', reuse: 'true', download: 'false' }, 'Write `download: true`, or leave reuse out'],
    [{ workflow: 'quick', reuse: 'true', 'wait-for-completion': 'false' }, 'Write `wait-for-completion: true`'],
  ])('refuses %j before any request', async (given, said) => {
    await using emulator = await startEmulator();
    await using action = runAction({ emulator, with: given });
    const result = await action.done;
    expect(result.exitCode).toBe(1);
    expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining(said)]);
    expect(emulator.requests).toEqual([]);
  });
});
