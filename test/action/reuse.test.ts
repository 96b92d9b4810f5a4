import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { Fault } from '../../emulator/faults.ts';
import type { StepResult } from '../../emulator/runner/runner.ts';
import { type ActionRun, annotationsOf, countOf, filesOf, quick, runAction, timeless } from './harness.ts';

const ART = 'cyberun-outputs';
const GIVEN = { workflow: 'quick', parameters: 'seed: 7', reuse: 'true' };
const MANY = { workflow: 'quick', matrix: 'seed: [1, 2, 3]', reuse: 'true' };

/** A step that finds what an earlier one left, as `actions/cache` or an earlier step of the job brings it. */
function again(emulator: Emulator, before: ActionRun, given: Record<string, string>, change = (_art: string) => {}) {
  return runAction({
    emulator,
    with: given,
    prepare(workspace) {
      cpSync(join(before.workspace, ART), join(workspace, ART), { recursive: true });
      change(join(workspace, ART));
    },
  });
}

const posts = (emulator: Emulator) => emulator.requests.filter(({ method }) => method === 'POST').length;
const tasksOf = ({ outputs }: StepResult) => JSON.parse(outputs.tasks ?? '[]');

/** Outputs, but where the workspace is, and what is said of reuse alone. */
function outputsOf(result: StepResult, { workspace }: ActionRun): Record<string, unknown> {
  const outputs = Object.entries(result.outputs).map(([name, value]) => [name, value.replaceAll(workspace, '')]);
  const tasks = tasksOf(result).map((task: object) => ({ ...task, reused: undefined }));
  return { ...Object.fromEntries(outputs), tasks };
}

describe('reuse', () => {
  test('makes no request but to read the workflow, and gives the outputs of then', async () => {
    const input = { key: 'image', type: 'file' } as const;
    await using emulator = await startEmulator({
      workflows: [quick({ parameters: [{ key: 'seed', type: 'number' }, input] })],
    });
    const given = { ...GIVEN, parameters: 'image: ./a.png\nseed: 7' };
    const files = { 'a.png': 'a sketch' };
    await using first = runAction({ emulator, files, with: given });
    const before = await first.done;
    expect(before).toMatchObject({ exitCode: 0, outputs: { status: 'completed' } });
    const asked = emulator.requests.length;
    await using second = runAction({
      emulator,
      files,
      with: { ...given, parameters: '{"seed": 7.0, "image": "a.png"}' },
      prepare: (workspace) => cpSync(join(first.workspace, ART), join(workspace, ART), { recursive: true }),
    });
    const after = await second.done;
    expect(after.exitCode).toBe(0);
    expect(emulator.requests.slice(asked).map(({ kind }) => kind)).toEqual(['workflow']);
    expect(outputsOf(after, second)).toEqual(outputsOf(before, first));
    expect(tasksOf(after)).toMatchObject([{ reused: true, parameters: { image: expect.stringMatching(/^inputs\//) } }]);
    expect(tasksOf(before)).toMatchObject([{ reused: false, fingerprint: before.outputs.fingerprint }]);
    expect(filesOf(join(second.workspace, ART))).toEqual(filesOf(join(first.workspace, ART)));
    expect(timeless(after.log)).toEqual([
      expect.stringContaining('Cyberun at '),
      'Nothing to submit: what quick (version 7) would make is here already',
      '▸ parameters',
      expect.anything(),
      expect.anything(),
      expect.stringMatching(/^Reused from task [\w-]+ of \d{4}-\d\d-\d\d, which ran 0:00: 1 file$/),
    ]);
    expect(after.summary).toMatch(/: reused, .*\n\nQueued \(0:\d\d\) · ran \(0:\d\d\) · /);
    expect(after.summary).toMatch(/ · reused, of `\d{4}-\d\d-\d\d` · /);
  });

  test('of a matrix runs what is missing or changed, and nothing else', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using first = runAction({ emulator, with: MANY });
    const before = await first.done;
    expect(before.log).toContain(
      'All 3 tasks run, each for this reason: there is no earlier run in its folder (such as cyberun-outputs/1)',
    );
    const asked = posts(emulator);
    await using second = again(emulator, first, MANY, (art) => {
      const path = join(art, '2', 'output_00001_.png');
      const bytes = readFileSync(path);
      bytes[500] = (bytes[500] ?? 0) ^ 1;
      writeFileSync(path, bytes);
      rmSync(join(art, '3'), { recursive: true });
    });
    const after = await second.done;
    expect(after).toMatchObject({ exitCode: 0, outputs: { status: 'completed' } });
    expect(posts(emulator) - asked).toBe(2);
    expect(tasksOf(after)).toMatchObject([{ reused: true }, { reused: false }, { reused: false }]);
    const kept = Object.keys(filesOf(join(second.workspace, ART, '2'))).filter((name) => name.includes('.changed-'));
    expect(annotationsOf(after, 'warning')).toEqual([
      `What was changed in cyberun-outputs/2 since it was made is kept as ${kept[0]}, to make way for what comes.`,
    ]);
    expect(after.outputs.fingerprint).toBe(before.outputs.fingerprint);
    expect(after.outputs.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(after.log).toContain('▸ 1 of 3 tasks is reused, 2 run');
    expect(after.log).toContain('  | [2]  Runs, as output_00001_.png was changed since it was made');
    expect(after.log).toContain('  | [3]  Runs, as there is no earlier run in its folder');
    expect(after.log.join('\n')).toMatch(/Submitting quick \(version 7\) to [^,]+, 2 of 3 tasks, 2 at a time/);
    expect(after.log.at(-1)).toMatch(/^3 tasks: 1 reused, 2 completed$/);
    expect(after.summary).toContain(' · 1 reused\n');
    await using third = again(emulator, second, MANY);
    const last = await third.done;
    expect(posts(emulator) - asked).toBe(2);
    expect(tasksOf(last)).toMatchObject([{ reused: true }, { reused: true }, { reused: true }]);
    expect(outputsOf(last, third)).toEqual(outputsOf(after, second));
  });

  test('has files in the order of the outputs, whichever came first', async () => {
    const outputs = [5_000_000, 100, 200].map((bytes, index) => ({ output: `${index}`, name: `${index}.png`, bytes }));
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
    await using first = runAction({ emulator, with: GIVEN });
    const before = await first.done;
    await using second = again(emulator, first, GIVEN);
    const after = await second.done;
    expect(tasksOf(after)).toMatchObject([{ reused: true }]);
    expect(outputsOf(after, second)).toEqual(outputsOf(before, first));
    expect(after.outputs.file).toBe('cyberun-outputs/0.png');
  });

  test('knows a combination whose folder had another name, as a key had one value only', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    const one = { workflow: 'quick', parameters: 'prompt: a tower', matrix: 'seed: [1, 2]', reuse: 'true' };
    await using first = runAction({ emulator, with: one });
    await first.done;
    const two = { workflow: 'quick', matrix: '{"prompt": ["a tower", "a barn"], "seed": [1, 2]}', reuse: 'true' };
    await using plan = again(emulator, first, { ...two, 'dry-run': 'true' });
    const planned = await plan.done;
    expect(tasksOf(planned).map(({ reused }: { reused: boolean }) => reused)).toEqual([true, true, false, false]);
    expect(Object.keys(filesOf(join(plan.workspace, ART)))).toContain('1/output_00001_.png');
    await using second = again(emulator, first, two);
    const after = await second.done;
    expect(countOf(emulator, 'submit')).toBe(4);
    expect(tasksOf(after).map(({ reused }: { reused: boolean }) => reused)).toEqual([true, true, false, false]);
    expect(after.log).toContain('The folder 1 is called a-tower-1 now, as that combination is');
    expect(Object.keys(filesOf(join(second.workspace, ART))).filter((name) => name.endsWith('.png'))).toEqual([
      'a-barn-1/output_00001_.png',
      'a-barn-2/output_00001_.png',
      'a-tower-1/output_00001_.png',
      'a-tower-2/output_00001_.png',
    ]);
    expect(JSON.parse(after.outputs.files ?? '')[0].path).toBe('cyberun-outputs/a-tower-1/output_00001_.png');
    const sums = filesOf(join(second.workspace, ART)).SHA256SUMS?.toString() ?? '';
    const listed = sums.split('\n').map((line) => line.slice(66));
    expect(listed.filter((name) => name.endsWith('.png'))).toEqual([
      'a-barn-1/output_00001_.png',
      'a-barn-2/output_00001_.png',
      'a-tower-1/output_00001_.png',
      'a-tower-2/output_00001_.png',
    ]);
  });

  test('of fifty combinations makes no submit at all', async () => {
    const seeds = Array.from({ length: 50 }, (_, index) => index);
    const given = { ...MANY, matrix: `{"seed": [${seeds}]}`, 'max-parallel': '50' };
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using first = runAction({ emulator, with: given });
    const before = await first.done;
    const asked = posts(emulator);
    await using second = again(emulator, first, given);
    const after = await second.done;
    expect([asked, posts(emulator)]).toEqual([50, 50]);
    expect(outputsOf(after, second)).toEqual(outputsOf(before, first));
    expect(tasksOf(after).every(({ reused }: { reused: boolean }) => reused)).toBe(true);
    expect(after.log.at(-1)).toBe('50 tasks: 50 reused');
  });

  test('of another run sets what was changed aside, too, so that nothing is paid for in vain', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using first = runAction({ emulator, with: GIVEN });
    await first.done;
    await using second = again(emulator, first, { ...GIVEN, parameters: 'seed: 8' }, (art) => {
      writeFileSync(join(art, 'output_00001_.png'), 'retouched');
    });
    expect(await second.done).toMatchObject({ exitCode: 0, outputs: { status: 'completed' } });
    const files = filesOf(join(second.workspace, ART));
    const kept = Object.keys(files).find((name) => name.startsWith('output_00001_.png.changed-')) ?? '';
    expect(files[kept]?.toString()).toBe('retouched');
    expect(files['output_00001_.png']).toHaveLength(1000);
    expect(files.SHA256SUMS?.toString()).not.toContain('changed');
  });

  test.each<[string, Record<string, string>, Parameters<typeof quick>[0], string]>([
    ['another parameter', { parameters: 'seed: 8' }, {}, 'seed differs'],
    ['other parameters', { parameters: 'seed: 8\nprompt: x' }, {}, 'seed, prompt differ'],
    ['another version', {}, { version: 8 }, "the workflow's version differs"],
    ['another pool', { 'target-pool': 'team' }, {}, 'target_pool differs'],
  ])('runs again with %s', async (_, given, changes, said) => {
    await using emulator = await startEmulator({ workflows: [quick(), quick({ ...changes, workflow_slug: 'other' })] });
    await using first = runAction({ emulator, with: GIVEN });
    await first.done;
    const workflow = Object.keys(given).length === 0 ? 'other' : 'quick';
    await using second = again(emulator, first, { ...GIVEN, ...given, workflow });
    const { log } = await second.done;
    expect(countOf(emulator, 'submit')).toBe(2);
    expect(log).toContain(`Runs, as what is in its folder is of another run: ${said}`);
  });

  test.each([
    ['a file could not be had', 'b.png'],
    ['none could', '.png'],
  ])('fetches the files of a run of which %s, and pays for nothing', async (_, lost) => {
    const outputs = ['a.png', 'b.png'].map((name, index) => ({ output: `${index}`, name, bytes: 100 }));
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
    const when = ({ path }: { readonly path: string }) => path.includes(lost);
    emulator.fault({
      kind: 'storage-get',
      fault: { type: 'status', status: 404 },
      times: lost === '.png' ? 2 : 1,
      when,
    });
    await using first = runAction({ emulator, with: GIVEN });
    const before = await first.done;
    expect(before).toMatchObject({ exitCode: 1, outputs: { status: 'completed' } });
    await using second = again(emulator, first, GIVEN);
    const after = await second.done;
    expect(after).toMatchObject({ exitCode: 0, outputs: { status: 'completed', 'gpu-seconds': '0' } });
    expect(countOf(emulator, 'submit')).toBe(1);
    expect(after.log.join('\n')).toMatch(
      /Fetches the files of task [\w-]+ of \d{4}-\d\d-\d\d, which completed, but did not all come\n/,
    );
    expect(tasksOf(after)).toMatchObject([{ ...tasksOf(before)[0], error: null, reused: true }]);
    expect(Object.keys(filesOf(join(second.workspace, ART)))).toEqual([
      'SHA256SUMS',
      'a.png',
      'b.png',
      'cyberun-run.json',
    ]);
    await using third = again(emulator, second, GIVEN);
    expect(outputsOf(await third.done, third)).toEqual(outputsOf(after, second));
    expect(countOf(emulator, 'submit')).toBe(1);
  });

  test.each(['SIGINT', 'SIGKILL'] as const)(
    'fetches the files of a task whose step ended by %s meanwhile',
    async (signal) => {
      const outputs = [{ output: '0', name: 'large.bin', bytes: 3_000_000 }];
      await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
      emulator.fault({ kind: 'storage-get', fault: { type: 'stall', afterBytes: 100_000 } });
      const given = { workflow: 'quick', matrix: 'seed: [1]', reuse: 'true' };
      await using first = runAction({ emulator, with: given });
      // By then the record says whose the folder is.
      await emulator.waitFor(() => countOf(emulator, 'storage-get') === 1);
      first.kill(signal);
      await first.done;
      await using second = again(emulator, first, given);
      expect(await second.done).toMatchObject({ exitCode: 0, outputs: { status: 'completed' } });
      expect(countOf(emulator, 'submit')).toBe(1);
      expect(filesOf(join(second.workspace, ART, '1'))['large.bin']).toHaveLength(3_000_000);
    },
  );

  test('says how to have a run again whose files cannot be fetched', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    emulator.fault({ kind: 'storage-get', fault: { type: 'status', status: 404 }, times: 9 });
    await using first = runAction({ emulator, with: GIVEN });
    await first.done;
    await using second = again(emulator, first, GIVEN);
    const result = await second.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'completed' } });
    expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('or leave reuse out to run it anew.')]);
    expect(countOf(emulator, 'submit')).toBe(1);
  });

  test('runs again what the service may have deleted by now, though it offers URLs', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    emulator.fault({ kind: 'storage-get', fault: { type: 'status', status: 404 } });
    const completed_at = new Date(Date.now() - 8 * 86_400_000).toISOString();
    const change = (json: object) => ({ ...json, completed_at });
    emulator.fault({ kind: 'task', times: 100, fault: { type: 'reshape', change } });
    await using first = runAction({ emulator, with: GIVEN });
    await first.done;
    await using second = again(emulator, first, GIVEN);
    expect((await second.done).exitCode).toBe(0);
    expect(countOf(emulator, 'submit')).toBe(2);
  });

  test('gives a folder its new name, too, where a file in it was changed, which is kept', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    const one = { workflow: 'quick', parameters: 'prompt: a tower', matrix: 'seed: [1, 2]', reuse: 'true' };
    await using first = runAction({ emulator, with: one });
    await first.done;
    const two = { workflow: 'quick', matrix: '{"prompt": ["a tower", "a barn"], "seed": [1]}', reuse: 'true' };
    await using second = again(emulator, first, two, (art) => {
      writeFileSync(join(art, '1/output_00001_.png'), 'retouched');
    });
    expect(await second.done).toMatchObject({ exitCode: 0, outputs: { status: 'completed' } });
    expect(countOf(emulator, 'submit')).toBe(4);
    const files = filesOf(join(second.workspace, ART, 'a-tower'));
    const kept = Object.keys(files).find((name) => name.includes('.changed-')) ?? '';
    expect(files[kept]?.toString()).toBe('retouched');
    expect(files['output_00001_.png']).toHaveLength(1000);
  });

  /** A run whose one file could not be had, although its task completed. */
  async function runWithoutFile(emulator: Emulator): Promise<ActionRun> {
    emulator.fault({ kind: 'storage-get', fault: { type: 'status', status: 404 } });
    const run = runAction({ emulator, with: GIVEN });
    expect(await run.done).toMatchObject({ exitCode: 1, outputs: { status: 'completed' } });
    return run;
  }

  test('stops nothing, as nothing is open, where files of an earlier run cannot be had', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    emulator.fault({ kind: 'storage-get', times: 2, fault: { type: 'status', status: 404 } });
    const given = { ...MANY, matrix: 'seed: [1, 2]' };
    await using first = runAction({ emulator, with: { ...given, 'fail-fast': 'false' } });
    await first.done;
    const lost = emulator.tasks.find(({ parameters }) => parameters.seed === 1)?.id ?? 'none';
    const when = ({ path }: { readonly path: string }) => path.includes(lost);
    emulator.fault({ kind: 'storage-get', times: 9, fault: { type: 'status', status: 404 }, when });
    await using second = again(emulator, first, given);
    const result = await second.done;
    expect(result.exitCode).toBe(1);
    expect(result.log.join('\n')).not.toContain('fail-fast is on');
    expect(JSON.parse(result.outputs.files ?? '')).toHaveLength(1);
    expect(countOf(emulator, 'submit')).toBe(2);
  });

  test('runs again what the service has no more', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using first = await runWithoutFile(emulator);
    emulator.fault({ kind: 'result', fault: { type: 'status', status: 410 } });
    await using second = again(emulator, first, GIVEN);
    const { log, exitCode } = await second.done;
    expect([exitCode, countOf(emulator, 'submit')]).toEqual([0, 2]);
    expect(log).toContain('Runs, as not all files of the earlier run arrived, and the service has them no more');
  });

  test.each<[string, Fault]>([
    ['is not found for a moment', { type: 'status', status: 404 }],
    ['fails for a moment', { type: 'status', status: 503 }],
    ['is late', { type: 'delay', ms: 300 }],
    ['breaks off', { type: 'drop', afterBytes: 10, reset: true }],
  ])('pays for nothing where the result of an earlier run %s', async (_, fault) => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using first = await runWithoutFile(emulator);
    emulator.fault({ kind: 'result', fault });
    await using second = again(emulator, first, GIVEN);
    expect(await second.done).toMatchObject({ exitCode: 0, outputs: { status: 'completed', 'gpu-seconds': '0' } });
    expect(countOf(emulator, 'submit')).toBe(1);
  });

  test.each<[string, Fault]>([
    ['is refused', { type: 'status', status: 403 }],
    ['is no JSON', { type: 'body', body: '{"download_urls": {' }],
  ])('neither pays nor fetches where the result of an earlier run %s', async (_, fault) => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using first = await runWithoutFile(emulator);
    emulator.fault({ kind: 'result', times: 99, fault });
    await using second = again(emulator, first, GIVEN);
    const result = await second.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { tasks: '[]' } });
    expect(annotationsOf(result, 'error')).toEqual([expect.stringMatching(/GET \S*\/result(?:\.| was answered)/)]);
    expect(countOf(emulator, 'submit')).toBe(1);
  });

  test('is over at once when the job is cancelled while it asks for the result of an earlier run', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using first = await runWithoutFile(emulator);
    emulator.fault({ kind: 'result', fault: { type: 'stall' } });
    const asked = countOf(emulator, 'result');
    await using second = again(emulator, first, GIVEN);
    await emulator.waitFor(() => countOf(emulator, 'result') > asked);
    second.kill('SIGINT');
    expect(await second.done).toMatchObject({
      exitCode: 1,
      signal: null,
      outputs: { status: 'cancelled', tasks: '[]' },
    });
    expect(countOf(emulator, 'submit')).toBe(1);
  });

  test('believes no record that this key did not sign, whatever was changed in it', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using first = runAction({ emulator, with: GIVEN });
    await first.done;
    for (const [from, to] of [
      ['"complete":true', '"complete":false'],
      ['"seed":7', '"seed":8'],
      ['"runSeconds":', '"runSeconds":1'],
      [/"fingerprint":"./, '"fingerprint":"'],
      [/"signature":"./, '"signature":"'],
    ] as const) {
      await using second = again(emulator, first, GIVEN, (art) => {
        const path = join(art, 'cyberun-run.json');
        const text = readFileSync(path, 'utf8');
        expect(text.replace(from, to)).not.toBe(text);
        writeFileSync(path, text.replace(from, to));
      });
      const result = await second.done;
      expect(result.exitCode).toBe(1);
      expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('this api-key did not sign')]);
    }
    expect(countOf(emulator, 'submit')).toBe(1);
  });

  test('of equal combinations costs nothing, and so nobody is warned of that', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    const given = { ...MANY, matrix: 'seed: [2, 2]' };
    await using first = runAction({ emulator, with: given });
    expect(annotationsOf(await first.done, 'warning')).toEqual([expect.stringContaining('2 combinations are equal')]);
    await using second = again(emulator, first, given);
    expect(await second.done).toMatchObject({ exitCode: 0, annotations: [] });
    expect(countOf(emulator, 'submit')).toBe(2);
  });

  test('says that a seed which is not given is that of then', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    const given = { ...GIVEN, parameters: 'prompt: a cat' };
    await using first = runAction({ emulator, with: given });
    expect((await first.done).log.join('\n')).not.toContain('seed is not given');
    await using second = again(emulator, first, given);
    const { log, summary } = await second.done;
    expect(log.join('\n')).toContain('seed is not given, and what is reused has that of then');
    expect(summary).toContain('\n\n`seed is not given, and what is reused has that of then');
  });

  test('of a workflow that cannot be read finds nothing, and says why', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    emulator.fault({ kind: 'workflow', fault: { type: 'status', status: 403 }, times: 10 });
    await using action = runAction({ emulator, with: GIVEN });
    const result = await action.done;
    expect(result.exitCode).toBe(0);
    expect(result.outputs.fingerprint).toBeUndefined();
    expect(annotationsOf(result, 'warning')).toContain(
      'Nothing can be reused: a run has no fingerprint, as the workflow could not be read.',
    );
  });
});
