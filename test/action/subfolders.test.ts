import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import type { EmulatedOutput } from '../../emulator/workflows.ts';
import { annotationsOf, countOf, filesOf, namesOf, quick, runAction, SMALL } from './harness.ts';

const startWith = (...outputs: EmulatedOutput[]) => startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
const folderOf = ({ workspace }: { readonly workspace: string }) => join(workspace, 'cyberun-outputs');

describe('a folder of the service', () => {
  const gltf = (key: string): EmulatedOutput => ({
    output: key,
    name: key.slice(key.lastIndexOf('/') + 1),
    bytes: 500,
    key,
  });
  const SCENE = ['scene/scene.gltf', 'scene/textures/wood.png', 'scene/textures/bark.png'].map(gltf);

  test('is one below path, so that a scene finds its textures', async () => {
    await using emulator = await startWith(...SCENE);
    await using action = runAction({ emulator, with: { workflow: 'quick', path: 'art/3d' } });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [], outputs: { file: 'art/3d/scene/scene.gltf' } });
    const folder = join(action.workspace, 'art/3d');
    expect(namesOf(folder)).toEqual([
      ...['SHA256SUMS', 'cyberun-run.json', 'scene/scene.gltf', 'scene/textures/bark.png', 'scene/textures/wood.png'],
    ]);
    const files: { path: string; name: string }[] = JSON.parse(result.outputs.files ?? '');
    expect(files.map(({ path, name }) => [path, name])).toEqual([
      ['art/3d/scene/scene.gltf', 'scene.gltf'],
      ['art/3d/scene/textures/wood.png', 'wood.png'],
      ['art/3d/scene/textures/bark.png', 'bark.png'],
    ]);
    const checked = execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' });
    expect(checked).toContain('scene/textures/wood.png: OK');
    expect(result.log.join('\n')).toContain('scene/textures/wood.png  500 B  sha256');
    expect(result.summary).toContain('scene/textures/wood.png');
  });

  test('is what ComfyUI says, below the folder of each combination', async () => {
    const outputs: EmulatedOutput[] = [
      { ...SMALL, about: { filename: 'output_00001_.png', subfolder: 'drafts\\2024', type: 'output' } },
      { ...SMALL, output: '9.images.1', name: 'final.png', about: { subfolder: '' } },
    ];
    await using emulator = await startWith(...outputs);
    await using action = runAction({ emulator, with: { workflow: 'quick', matrix: 'seed: [1, 2]' } });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [] });
    const files = ['1', '2'].flatMap((seed) => [`${seed}/drafts/2024/output_00001_.png`, `${seed}/final.png`]);
    expect(namesOf(folderOf(action)).filter((name) => !/(SHA256SUMS|cyberun-run\.json)$/.test(name))).toEqual(files);
    const listed = readFileSync(join(folderOf(action), 'SHA256SUMS'), 'utf8');
    expect(
      listed
        .trim()
        .split('\n')
        .map((line) => line.slice(66)),
    ).toEqual(files);
    execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: folderOf(action) });
    expect(result.summary).toContain('1/drafts/2024/output_00001_.png');
  });

  test('is none where the service does not say so', async () => {
    await using emulator = await startEmulator({
      workflows: [
        quick({ behaviour: { outputs: [gltf('scene/scene.gltf')], outputStyle: 'agent' } }),
        quick({ workflow_slug: 'sorted', behaviour: { outputs: [SMALL, { ...SMALL, output: '12.images.0' }] } }),
      ],
    });
    await using one = runAction({ emulator, with: { workflow: 'quick' } });
    expect((await one.done).outputs.file).toBe('cyberun-outputs/scene.gltf');
    await using other = runAction({ emulator, with: { workflow: 'sorted' } });
    expect((await other.done).exitCode).toBe(0);
    expect(namesOf(folderOf(other))).toEqual([
      'SHA256SUMS',
      'cyberun-run.json',
      'output_00001_-2.png',
      'output_00001_.png',
    ]);
  });

  test('leads out by no name, and clashes with none', async () => {
    const subfolders = [
      ...['..', '../..', 'a/../../..', '/etc', '\\\\host\\share', 'C:\\x', '.git', 'SHA256SUMS', 'con'],
      ...['x/'.repeat(9), 'y'.repeat(300), 'Deep', 'deep', 'x.png', `${'z'.repeat(200)}/${'z'.repeat(200)}`],
    ];
    const outputs = subfolders.map(
      (subfolder, index): EmulatedOutput => ({
        output: `o${index}`,
        name: 'x.png',
        bytes: 10 + index,
        about: { subfolder },
      }),
    );
    await using emulator = await startWith(...outputs);
    await using action = runAction({
      emulator,
      files: { 'keep.txt': 'mine' },
      with: { workflow: 'quick', path: 'art' },
    });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [] });
    const { 'keep.txt': _, 'art/SHA256SUMS': __, 'art/cyberun-run.json': ___, ...files } = filesOf(action.workspace);
    expect(Object.keys(files).every((path) => path.startsWith('art/'))).toBe(true);
    expect(
      Object.values(files)
        .map(({ length }) => length)
        .sort(),
    ).toEqual(outputs.map(({ bytes }) => bytes));
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(['art/git/x.png', 'art/SHA256SUMS-2/x.png', 'art/con_/x.png', 'art/Deep/x-2.png']),
    );
    // Six lead out, two are too long or too deep, and a folder has the name already.
    expect(Object.keys(files)).toContain('art/x-9.png');
    execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: join(action.workspace, 'art') });
  });

  test.each([
    ['a link out of the workspace', { 'cyberun-outputs/scene': '/tmp' }],
    ['a link to another folder of it', { 'cyberun-outputs/scene': '../src' }],
    ['a link to nothing', { 'cyberun-outputs/scene': 'nothing' }],
  ])('is not looked for behind %s', async (_, links) => {
    await using emulator = await startWith(...SCENE);
    await using action = runAction({
      emulator,
      files: { 'src/keep.txt': 'mine', 'cyberun-outputs/other.txt': 'mine' },
      links,
      with: { workflow: 'quick' },
    });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'completed', files: '[]' } });
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringMatching(/cyberun-outputs\/scene is a link or a file, and the task has a folder of that name\./),
    ]);
    expect(namesOf(action.workspace)).toEqual(['cyberun-outputs/other.txt', 'src/keep.txt']);
    expect(countOf(emulator, 'storage-get')).toBe(0);
  });

  test('keeps what somebody else put there, and replaces what an earlier run did, more than once', async () => {
    await using emulator = await startWith(...SCENE);
    const stranger = { 'cyberun-outputs/scene/textures/wood.png': 'mine' };
    await using refused = runAction({ emulator, files: stranger, with: { workflow: 'quick' } });
    const result = await refused.done;
    expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('scene/textures/wood.png exists')]);
    expect(filesOf(refused.workspace)).toEqual({ 'cyberun-outputs/scene/textures/wood.png': Buffer.from('mine') });

    await using first = runAction({ emulator, with: { workflow: 'quick' } });
    await first.done;
    await using second = runAction({ emulator, files: filesOf(first.workspace), with: { workflow: 'quick' } });
    expect(await second.done).toMatchObject({ exitCode: 0, annotations: [] });
    await using flat = await startWith(SMALL);
    await using third = runAction({ emulator: flat, files: filesOf(second.workspace), with: { workflow: 'quick' } });
    expect(await third.done).toMatchObject({ exitCode: 0, annotations: [] });
    const listed = readFileSync(join(folderOf(third), 'SHA256SUMS'), 'utf8')
      .trim()
      .split('\n');
    expect(listed.map((line) => line.slice(66))).toEqual([
      ...['output_00001_.png', 'scene/scene.gltf', 'scene/textures/bark.png', 'scene/textures/wood.png'],
    ]);
  });
});
