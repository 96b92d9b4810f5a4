import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
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
    expect(after.summary).toMatch(/\| Queued \| \(0:\d\d\) \|\n\| Ran \| \(0:\d\d\) \|/);
    expect(after.summary).toMatch(/\| Status \| reused, of `\d{4}-\d\d-\d\d` \|/);
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
      `What was changed in cyberun-outputs/2 since it was made is kept as ${kept[0]}, as its task runs again.`,
    ]);
    expect(after.outputs.fingerprint).toBe(before.outputs.fingerprint);
    expect(after.outputs.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(after.log).toContain('▸ 1 of 3 tasks is reused, 2 run');
    expect(after.log).toContain('  | [2]  Runs, as output_00001_.png is missing, or no longer as it was');
    expect(after.log).toContain('  | [3]  Runs, as there is no earlier run in its folder');
    expect(after.log.join('\n')).toMatch(/Submitting quick \(version 7\) to [^,]+, 2 of 3 tasks, 2 at a time/);
    expect(after.log.at(-1)).toMatch(/^3 tasks: 1 reused, 2 completed$/);
    expect(after.summary).toContain('3 of 3 tasks succeeded, 1 of them reused.');
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

  test.each<[string, Record<string, string>, Parameters<typeof quick>[0]]>([
    ['another parameter', { parameters: 'seed: 8' }, {}],
    ['another version', {}, { version: 8 }],
    ['another pool', { 'target-pool': 'team' }, {}],
  ])('runs again with %s', async (_, given, changes) => {
    await using emulator = await startEmulator({ workflows: [quick(), quick({ ...changes, workflow_slug: 'other' })] });
    await using first = runAction({ emulator, with: GIVEN });
    await first.done;
    const workflow = Object.keys(given).length === 0 ? 'other' : 'quick';
    await using second = again(emulator, first, { ...GIVEN, ...given, workflow });
    const { log } = await second.done;
    expect(countOf(emulator, 'submit')).toBe(2);
    expect(log).toContain('Runs, as what is in its folder is of another run');
  });

  test('runs again what did not all arrive', async () => {
    const outputs = ['a.png', 'b.png'].map((name, index) => ({ output: `${index}`, name, bytes: 100 }));
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
    emulator.fault({
      kind: 'storage-get',
      fault: { type: 'status', status: 404 },
      times: 100,
      when: ({ path }) => path.includes('b.png'),
    });
    await using first = runAction({ emulator, with: GIVEN });
    expect(await first.done).toMatchObject({ exitCode: 1, outputs: { status: 'completed' } });
    await using second = again(emulator, first, GIVEN);
    expect((await second.done).log).toContain('Runs, as not all files of the earlier run arrived');
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
