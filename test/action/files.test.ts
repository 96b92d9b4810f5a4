import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import type { Behaviour, EmulatedOutput } from '../../emulator/workflows.ts';
import { annotationsOf, countOf, filesOf, namesOf, quick, runAction, SMALL } from './harness.ts';

const SECOND: EmulatedOutput = { output: '12.images.0', name: 'mask.png', bytes: 2500, contentType: 'image/png' };
const MESH: EmulatedOutput = { output: 'mesh', name: 'mesh.ply', bytes: 300_000 };

function startWith(behaviour: Behaviour) {
  return startEmulator({ workflows: [quick({ behaviour })] });
}

test('SHA256SUMS is one that sha256sum accepts, and its digests are those of the output files', async () => {
  await using emulator = await startWith({ outputs: [SMALL, SECOND, MESH] });
  await using action = runAction({ emulator, with: { workflow: 'quick', path: 'art/today' } });
  const { outputs } = await action.done;
  const folder = join(action.workspace, 'art/today');
  const checked = execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' });
  expect(checked.trim().split('\n').sort()).toEqual(['mask.png: OK', 'mesh.ply: OK', 'output_00001_.png: OK']);
  const listed = filesOf(folder).SHA256SUMS?.toString() ?? '';
  const files: { name: string; sha256: string; output: string; path: string; media_type: string }[] = JSON.parse(
    outputs.files ?? '',
  );
  for (const { name, sha256 } of files) expect(listed).toContain(`${sha256} *${name}\n`);
  expect(files.map(({ output, path, media_type }) => [output, path, media_type])).toEqual([
    ['9.images.0', 'art/today/output_00001_.png', 'image/png'],
    ['12.images.0', 'art/today/mask.png', 'image/png'],
    ['mesh', 'art/today/mesh.ply', 'application/octet-stream'],
  ]);
  expect(outputs).toMatchObject({ file: 'art/today/output_00001_.png' });
  expect(outputs['checksums-path']).toMatch(/\/art\/today\/SHA256SUMS$/);
});

test('a second step adds its files to the folder, and SHA256SUMS holds for all of them', async () => {
  await using emulator = await startEmulator({
    workflows: [quick(), quick({ workflow_slug: 'other', behaviour: { outputs: [MESH] } })],
  });
  await using first = runAction({ emulator, with: { workflow: 'quick' } });
  await first.done;
  await using second = runAction({ emulator, files: filesOf(first.workspace), with: { workflow: 'other' } });
  expect((await second.done).exitCode).toBe(0);
  const folder = join(second.workspace, 'cyberun-outputs');
  expect(namesOf(folder)).toEqual(['SHA256SUMS', 'cyberun-run.json', 'mesh.ply', 'output_00001_.png']);
  execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: folder });
});

test('a matrix between two single runs in one folder keeps the list of all, so that the last one may replace its own', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  const run = (given: Record<string, string>, files: Record<string, Buffer> = {}) =>
    runAction({ emulator, files, with: { workflow: 'quick', path: 'out', ...given } });
  await using single = run({});
  expect((await single.done).exitCode).toBe(0);
  await using many = run({ matrix: 'seed: [1, 2]' }, filesOf(single.workspace));
  expect((await many.done).exitCode).toBe(0);
  await using again = run({}, filesOf(many.workspace));
  expect(await again.done).toMatchObject({ exitCode: 0, outputs: { status: 'completed' } });
  const listed = filesOf(join(again.workspace, 'out'))
    .SHA256SUMS?.toString()
    .match(/(?<=\*).+/g);
  expect(listed).toEqual(['1/output_00001_.png', '2/output_00001_.png', 'output_00001_.png']);
});

test('a file of the checkout that has the name of an output is not replaced', async () => {
  await using emulator = await startWith({});
  await using action = runAction({
    emulator,
    files: { 'cyberun-outputs/output_00001_.png': 'mine' },
    with: { workflow: 'quick' },
  });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'completed', files: '[]' } });
  expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('output_00001_.png exists')]);
  expect(filesOf(action.workspace)).toEqual({ 'cyberun-outputs/output_00001_.png': Buffer.from('mine') });
});

test.each([
  { outputStyle: 'agent', expected: [['output', 'output_00001_.png']] },
  {
    outputStyle: 'cloud',
    expected: [
      ['9.images.0', 'output_00001_.png'],
      ['12.images.0', 'mask.png'],
    ],
  },
  {
    outputStyle: 'both',
    expected: [
      ['9.images.0', 'output_00001_.png'],
      ['12.images.0', 'mask.png'],
    ],
  },
] as const)('every file comes once when the result is of the style $outputStyle', async ({ outputStyle, expected }) => {
  await using emulator = await startWith({ outputs: [SMALL, SECOND], outputStyle });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  const { exitCode, outputs } = await action.done;
  expect(exitCode).toBe(0);
  const files: { output: string; name: string }[] = JSON.parse(outputs.files ?? '');
  expect(files.map(({ output, name }) => [output, name])).toEqual(expected);
  expect(namesOf(join(action.workspace, 'cyberun-outputs'))).toEqual(
    ['SHA256SUMS', 'cyberun-run.json', ...expected.map(([, name]) => name)].sort(),
  );
  expect(countOf(emulator, 'storage-get')).toBe(expected.length);
});

test.each([
  { choice: 'warn', exitCode: 0, warnings: ['The task completed, but it has no files to download.'], errors: [] },
  { choice: 'ignore', exitCode: 0, warnings: [], errors: [] },
  {
    choice: 'error',
    exitCode: 1,
    warnings: [],
    errors: [
      'The task completed, but it has no files to download. If that is no surprise, set if-no-files-found to warn or ignore.',
    ],
  },
])('a task without files is what if-no-files-found: $choice says', async ({ choice, exitCode, warnings, errors }) => {
  await using emulator = await startWith({ outputStyle: 'neither' });
  await using action = runAction({ emulator, with: { workflow: 'quick', 'if-no-files-found': choice } });
  const result = await action.done;
  expect(result.exitCode).toBe(exitCode);
  expect(annotationsOf(result, 'warning')).toEqual(warnings);
  expect(annotationsOf(result, 'error')).toEqual(errors);
  expect(result.outputs).toMatchObject({
    status: 'completed',
    files: '[]',
    file: '',
    'checksums-path': '',
    result: '{}',
  });
  expect(result.log.join('\n')).toContain('has no files to download');
  expect(namesOf(action.workspace)).toEqual([]);
});

test('download: false follows the task and leaves its files where they are', async () => {
  await using emulator = await startWith({});
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', download: 'false', 'if-no-files-found': 'error' },
  });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 0, annotations: [], outputs: { status: 'completed', files: '[]' } });
  expect(JSON.parse(result.outputs.result ?? '')).toHaveProperty(['9.images.0']);
  expect(countOf(emulator, 'storage-get')).toBe(0);
  expect(namesOf(action.workspace)).toEqual([]);
});

test('a file that is not there fails the step, and the others come all the same', async () => {
  await using emulator = await startWith({ outputs: [SMALL, SECOND] });
  emulator.fault({
    kind: 'storage-get',
    when: ({ path }) => path.endsWith('mask.png'),
    fault: { type: 'status', status: 404 },
  });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  const result = await action.done;
  expect(result).toMatchObject({
    exitCode: 1,
    outputs: { status: 'completed', file: 'cyberun-outputs/output_00001_.png' },
  });
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringMatching(/^1 of 2 files did not arrive\. mask\.png: The storage answered 404/),
  ]);
  expect(namesOf(join(action.workspace, 'cyberun-outputs'))).toEqual([
    'SHA256SUMS',
    'cyberun-run.json',
    'output_00001_.png',
  ]);
});

test('URLs that expired before the download are replaced, once for all files', async () => {
  await using emulator = await startWith({ outputs: [SMALL, SECOND] });
  emulator.fault({ kind: 'storage-get', times: 2, fault: { type: 'expired', form: 'aws' } });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 0, annotations: [] });
  expect(countOf(emulator, 'result')).toBe(2);
  expect(namesOf(join(action.workspace, 'cyberun-outputs'))).toHaveLength(4);
});

test('a task_output above 256 KiB is left out of the outputs with a warning', async () => {
  const task_output = { note: 'x'.repeat(256 * 1024) };
  await using emulator = await startWith({ extra: { result: { task_output } } });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 0, outputs: { result: '' } });
  expect(annotationsOf(result, 'warning')).toEqual([expect.stringContaining('The output result is left out')]);
});

test('a file above max-download-size does not arrive, and the others do', async () => {
  const outputs = [SMALL, { output: '12.mesh', name: 'mesh.ply', bytes: 300_000 }];
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
  await using action = runAction({ emulator, with: { workflow: 'quick', 'max-download-size': '100kB' } });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'completed' } });
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringMatching(
      /^1 of 2 files did not arrive\. mesh\.ply: The file has 300 kB, more than the 100 kB that the input max-download-size allows\./,
    ),
  ]);
  const files = ['SHA256SUMS', 'cyberun-run.json', 'output_00001_.png'];
  expect(namesOf(action.workspace)).toEqual(files.map((name) => `cyberun-outputs/${name}`));
});
