import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { StepResult } from '../../emulator/runner/runner.ts';
import type { Behaviour, EmulatedOutput } from '../../emulator/workflows.ts';
import { type ActionRun, annotationsOf, countOf, namesOf, quick, runAction, SMALL } from './harness.ts';

const ART = 'cyberun-outputs';
const MASK: EmulatedOutput = { output: '12.images.0', name: 'mask.png', bytes: 2500 };
const NOTES: EmulatedOutput = { output: '14.text.0', name: 'notes.txt', bytes: 300 };
const SMALL_ONE: EmulatedOutput = {
  ...{ output: '9.images.1', name: 'small.png', bytes: 200 },
  about: { subfolder: 'previews', filename: 'small.png' },
};
/** It is flat, as it says itself. */
const flat = (output: EmulatedOutput): EmulatedOutput => ({ ...output, about: { subfolder: '' } });
const FIVE = [flat(SMALL), SMALL_ONE, flat(MASK), flat(NOTES), flat({ ...NOTES, output: '15.text.0' })];

const start = (behaviour: Behaviour = {}) =>
  startEmulator({ workflows: [quick({ behaviour: { outputs: FIVE, ...behaviour } })] });
const run = (emulator: Emulator, pattern: string, more: Record<string, string> = {}) =>
  runAction({ emulator, with: { workflow: 'quick', pattern, ...more } });
/** The names of the objects that were asked for, each once. */
const fetched = (emulator: Emulator, from = 0) => [
  ...new Set(
    emulator.requests
      .slice(from)
      .filter(({ kind }) => kind === 'storage-get')
      .map(({ path }) => path.slice(path.lastIndexOf('/') + 1)),
  ),
];
const filesIn = ({ workspace }: ActionRun, folder = ART) =>
  namesOf(join(workspace, folder)).filter((name) => !/(?:SHA256SUMS|cyberun-run\.json)$/.test(name));
const listed = ({ workspace }: ActionRun) =>
  readFileSync(join(workspace, ART, 'SHA256SUMS'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.slice(66));
const recordIn = ({ workspace }: ActionRun) =>
  JSON.parse(readFileSync(join(workspace, ART, 'cyberun-run.json'), 'utf8'));
const namesOut = ({ outputs }: StepResult) =>
  JSON.parse(outputs.files ?? '[]').map(({ name }: { name: string }) => name);

describe('pattern', () => {
  test.each<[string, string[]]>([
    ['*.png\n!mask.png', ['output_00001_.png', 'previews/small.png']],
    ['!*.png', ['notes-2.txt', 'notes.txt']],
    ['notes.txt', ['notes-2.txt', 'notes.txt']],
    ['notes-2.txt', ['notes-2.txt']],
    ['previews/*', ['previews/small.png']],
    ['9.images.*\n!previews/**', ['output_00001_.png']],
    ['!*.txt\n15.*', ['notes-2.txt']],
  ])('%j fetches just that', async (pattern, expected) => {
    await using emulator = await start();
    await using action = run(emulator, pattern);
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [], outputs: { status: 'completed' } });
    expect(filesIn(action)).toEqual(expected);
    expect(listed(action)).toEqual(expected);
    expect(namesOut(result)).toHaveLength(expected.length);
    expect(countOf(emulator, 'storage-get')).toBe(expected.length);
    expect(result.log).toContain(`Downloading ${expected.length} of 5 files (pattern)`);
    const { complete, leftOut } = recordIn(action);
    expect([complete, leftOut.length]).toEqual([true, 5 - expected.length]);
  });

  test('is not told of where it selects everything', async () => {
    await using emulator = await start();
    await using action = run(emulator, '*');
    const result = await action.done;
    expect(result.log).toContain('Downloading 5 files');
    expect(recordIn(action)).not.toHaveProperty('leftOut');
  });

  test('warns once of lines that match nothing, with the names that are there', async () => {
    await using emulator = await start();
    await using action = run(emulator, '*.png\n*.exr\n!*.tmp');
    const result = await action.done;
    expect(result.exitCode).toBe(0);
    expect(annotationsOf(result, 'warning')).toEqual([
      'Input pattern: *.exr, !*.tmp match no file of the task, which has output_00001_.png (9.images.0), previews/small.png (9.images.1), mask.png (12.images.0), notes.txt (14.text.0), notes-2.txt (15.text.0).',
    ]);
  });

  test.each<[string, number, ('error' | 'warning')[]]>([
    ['warn', 0, ['warning']],
    ['error', 1, ['error']],
    ['ignore', 0, []],
  ])('that selects nothing is what if-no-files-found makes of it: %s', async (rule, exitCode, levels) => {
    await using emulator = await start();
    await using action = run(emulator, '*.PNG\n!*.txt', { 'if-no-files-found': rule });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode, outputs: { status: 'completed', files: '[]', 'checksums-path': '' } });
    expect(result.annotations.map(({ level }) => level)).toEqual(levels);
    // A green headline alone would say that all is well.
    expect(result.summary.includes('\n- ⚠️ `')).toBe(rule === 'warn');
    const said = [...result.annotations.map(({ message }) => message), ...result.log].join('\n');
    expect(said).toContain(
      'of its files pattern (*.PNG, !*.txt) selects none: it has output_00001_.png (9.images.0), ',
    );
    expect(countOf(emulator, 'storage-get')).toBe(0);
    expect(filesIn(action)).toEqual([]);
  });

  test('that is none is said with all else that is wrong, and nothing is asked', async () => {
    await using emulator = await start();
    await using action = run(emulator, '!\n/etc/*\n*.png\n[a', { retries: '-1' });
    const result = await action.done;
    expect(result.exitCode).toBe(1);
    expect(emulator.requests).toEqual([]);
    const [message = ''] = annotationsOf(result, 'error');
    expect(message).toMatch(/^There are 4 problems\. /);
    for (const line of ['`!*.png`', '`etc/*`', '`*.{png,jpg}`']) expect(message).toContain(`Write e.g. ${line}.`);
  });

  test('of a matrix holds for each combination', async () => {
    await using emulator = await start();
    await using action = run(emulator, 'mask.png\nprevie[vw]s/*', { matrix: 'seed: [1, 2]' });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [] });
    expect(filesIn(action)).toEqual(['1/mask.png', '1/previews/small.png', '2/mask.png', '2/previews/small.png']);
    expect(fetched(emulator).sort()).toEqual(['mask.png', 'small.png']);
  });
});

describe('a file that is missing', () => {
  const without = (id: string) => ({
    kind: 'result' as const,
    times: Number.POSITIVE_INFINITY,
    fault: {
      type: 'reshape' as const,
      change: (result: Record<string, unknown>) => ({
        ...result,
        download_urls: { ...(result.download_urls as object), [id]: null },
      }),
    },
  });

  test.each(['12.images.0', '14.text.0'])('and is not selected is neither waited for nor missed: %s', async (id) => {
    await using emulator = await start();
    emulator.fault(without(id));
    await using action = run(emulator, '9.images.*', { reuse: 'true' });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [] });
    expect(countOf(emulator, 'result')).toBe(1);
    expect(result.log).toContain('Downloading 2 of 5 files (pattern)');
    expect(recordIn(action).leftOut.map(({ output }: { output: string }) => output)).toContain(id);
  });

  test('and is selected is waited for, and an error', async () => {
    await using emulator = await start();
    emulator.fault(without('12.images.0'));
    await using action = runAction({ emulator, with: { workflow: 'quick', pattern: 'mask.png\n9.*' }, faster: 60 });
    const result = await action.done;
    expect(result.exitCode).toBe(1);
    expect(annotationsOf(result, 'error')[0]).toContain(
      '1 of 3 files did not arrive. The service offers no URL of 12.images.0',
    );
  });

  test('and of which nobody knows the name is waited for', async () => {
    await using emulator = await start({ outputs: FIVE.slice(0, 1), outputStyle: 'both' });
    const change = (result: Record<string, unknown>) => ({
      ...{ ...result, task_output: { ...(result.task_output as object), image_count: 2 } },
    });
    emulator.fault({ kind: 'result', times: Number.POSITIVE_INFINITY, fault: { type: 'reshape', change } });
    await using action = runAction({ emulator, with: { workflow: 'quick', pattern: '9.*' }, faster: 60 });
    expect(annotationsOf(await action.done, 'error')[0]).toContain('1 of 2 files did not arrive');
  });
});

describe('reuse', () => {
  const GIVEN = { parameters: 'seed: 7', reuse: 'true' };
  const again = (
    emulator: Emulator,
    { workspace: before }: ActionRun,
    pattern: string,
    { with: given = {}, change = () => {} }: { with?: Record<string, string>; change?: (art: string) => void } = {},
  ) =>
    runAction({
      emulator,
      with: { workflow: 'quick', ...GIVEN, pattern, ...given },
      prepare(workspace) {
        cpSync(join(before, ART), join(workspace, ART), { recursive: true });
        change(join(workspace, ART));
      },
    });

  test.each<[string, string, string[]]>([
    ['by the same pattern', '*.png', ['mask.png', 'small.png', 'output_00001_.png']],
    ['by a narrower one', 'mask.*', ['mask.png']],
    ['by one in other words', '!*.txt', ['mask.png', 'small.png', 'output_00001_.png']],
  ])('takes what is there %s', async (_, pattern, expected) => {
    await using emulator = await start();
    await using first = run(emulator, '*.png', GIVEN);
    await first.done;
    const asked = emulator.requests.length;
    await using second = again(emulator, first, pattern);
    const result = await second.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [], outputs: { status: 'completed' } });
    expect(emulator.requests.slice(asked).map(({ kind }) => kind)).toEqual(['workflow']);
    expect(namesOut(result).sort()).toEqual(expected.sort());
    expect(listed(second)).toEqual(listed(first));
    expect(result.log.join('\n')).toContain(`: ${expected.length} of 5 files (pattern)`);
  });

  test('takes those of a run that brought everything', async () => {
    await using emulator = await start();
    await using first = run(emulator, '', GIVEN);
    await first.done;
    const asked = emulator.requests.length;
    await using second = again(emulator, first, 'notes.txt');
    const result = await second.done;
    expect(emulator.requests.slice(asked).map(({ kind }) => kind)).toEqual(['workflow']);
    // What is called otherwise only because of another file is known by its own name still.
    expect(namesOut(result)).toEqual(['notes.txt', 'notes-2.txt']);
    expect(filesIn(second)).toEqual(filesIn(first));
    expect(listed(second)).toHaveLength(5);
  });

  test('fetches what another pattern selects, and pays for nothing', async () => {
    await using emulator = await start();
    await using first = run(emulator, '*.png', GIVEN);
    await first.done;
    const asked = emulator.requests.length;
    await using second = again(emulator, first, '*.txt');
    const result = await second.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [] });
    expect(result.log.join('\n')).toMatch(
      /Fetches the files of task [\w-]+ of [\d-]+, which completed, and had more than pattern selected then/,
    );
    expect(emulator.tasks).toHaveLength(1);
    expect(fetched(emulator, asked)).toEqual(['notes.txt']);
    expect(namesOut(result)).toEqual(['notes.txt', 'notes-2.txt']);
    expect(filesIn(second)).toEqual([
      'mask.png',
      'notes-2.txt',
      'notes.txt',
      'output_00001_.png',
      'previews/small.png',
    ]);
    // What the former pattern brought is this action's own still.
    expect(listed(second)).toEqual(filesIn(second));
    expect(recordIn(second).leftOut).toHaveLength(3);
    // So it has everything now.
    const then = emulator.requests.length;
    await using third = again(emulator, second, '');
    expect(namesOut(await third.done).sort()).toEqual([
      'mask.png',
      'notes-2.txt',
      'notes.txt',
      'output_00001_.png',
      'small.png',
    ]);
    expect(emulator.requests.slice(then).map(({ kind }) => kind)).toEqual(['workflow']);
  });

  test('runs the task again only where the service has the others no more', async () => {
    await using emulator = await start();
    await using first = run(emulator, '*.png', GIVEN);
    await first.done;
    emulator.fault({ kind: 'result', times: 1, fault: { type: 'status', status: 410 } });
    await using second = again(emulator, first, '*.txt');
    const result = await second.done;
    expect(result.exitCode).toBe(0);
    expect(result.log.join('\n')).toContain(
      'Runs, as pattern selects files of the earlier run that it did not select then, and the service has them no more',
    );
    expect(emulator.tasks).toHaveLength(2);
  });

  test('holds what is there against the pattern as if it had come now', async () => {
    await using emulator = await start();
    await using first = run(emulator, '', GIVEN);
    await first.done;
    await using second = again(emulator, first, '*.exr', { with: { 'if-no-files-found': 'error' } });
    const result = await second.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'completed', files: '[]', 'checksums-path': '' } });
    expect(annotationsOf(result, 'error')[0]).toContain('of its files pattern (*.exr) selects none: it has ');
    await using third = again(emulator, first, '*.exr\n*.png');
    expect(annotationsOf(await third.done, 'warning')).toEqual([
      expect.stringMatching(/^Input pattern: \*\.exr matches no file/),
    ]);
    expect(emulator.tasks).toHaveLength(1);
  });

  test('pays for nothing because of a file that is not selected', async () => {
    await using emulator = await start();
    await using first = run(emulator, '', GIVEN);
    await first.done;
    await using second = again(emulator, first, '*.png', {
      change(art) {
        rmSync(join(art, 'notes.txt'));
        writeFileSync(join(art, 'notes-2.txt'), 'mine now');
      },
    });
    const result = await second.done;
    expect(result.exitCode).toBe(0);
    expect(emulator.tasks).toHaveLength(1);
    expect(namesOut(result)).toEqual(['output_00001_.png', 'small.png', 'mask.png']);
    expect(listed(second)).toEqual(['mask.png', 'output_00001_.png', 'previews/small.png']);
  });
});
