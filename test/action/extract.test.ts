import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Packed, tgzOf, zipOf } from '../../emulator/archives.ts';
import { nerfstudioExport } from '../../emulator/catalogue.ts';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { StepResult } from '../../emulator/runner/runner.ts';
import type { EmulatedOutput } from '../../emulator/workflows.ts';
import { header, tar } from '../archive/tar.ts';
import { zip } from '../archive/zip.ts';
import {
  type ActionRun,
  annotationsOf,
  countOf,
  filesOf,
  namesOf,
  quick,
  runAction,
  SMALL,
  waitForFile,
} from './harness.ts';

const ART = 'cyberun-outputs';
const LISTS = ['SHA256SUMS', 'cyberun-run.json'];
const GIVEN = { workflow: 'quick', extract: 'true', reuse: 'true', parameters: 'seed: 7' };
const packed = (files: Record<string, string>): Packed[] =>
  Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
const SCENE = { 'splat.ply': 'a splat', 'images/1.png': 'one', 'images/2.png': 'two' };

const archive = (name: string, bytes: Uint8Array, about?: Record<string, unknown>): EmulatedOutput => ({
  output: `${name}.id`,
  name,
  bytes,
  ...(about && { about }),
});
const startWith = (...outputs: EmulatedOutput[]) => startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
const startScene = () => startWith(archive('scene.zip', zipOf(packed(SCENE))));
const run = (emulator: Emulator, given: Record<string, string> = {}) =>
  runAction({ emulator, with: { ...GIVEN, ...given } });

/** A step that finds what an earlier one left. */
const again = (
  emulator: Emulator,
  { workspace: before }: ActionRun,
  given: Record<string, string> = {},
  change: (art: string) => void = () => {},
) =>
  runAction({
    emulator,
    with: { ...GIVEN, ...given },
    prepare(workspace) {
      cpSync(join(before, ART), join(workspace, ART), { recursive: true });
      change(join(workspace, ART));
    },
  });

const folderOf = ({ workspace }: ActionRun) => join(workspace, ART);
/** All names, hidden ones too, but for the lists. */
const namesIn = (action: ActionRun) => namesOf(folderOf(action)).filter((name) => !LISTS.includes(name));
const textsIn = (action: ActionRun) =>
  Object.fromEntries(Object.entries(filesOf(folderOf(action))).map(([name, bytes]) => [name, bytes.toString()]));
const checkSums = (action: ActionRun) =>
  execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: folderOf(action), encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.replace(/: OK$/, ''));
interface FileOut {
  readonly path: string;
  readonly archive?: string;
}
const filesOut = ({ outputs }: StepResult): FileOut[] => JSON.parse(outputs.files ?? '[]');
const recordIn = (action: ActionRun) => JSON.parse(readFileSync(join(folderOf(action), 'cyberun-run.json'), 'utf8'));
const kindsFrom = ({ requests }: Emulator, from: number) => requests.slice(from).map(({ kind }) => kind);

describe('extract', () => {
  test.each([
    ['zip', 'scene.zip'],
    ['tgz', 'scene.tar.gz'],
  ])("unpacks Nerfstudio's export beside itself: %s", async (format, name) => {
    await using emulator = await startEmulator({ workflows: [nerfstudioExport] });
    await using action = runAction({
      emulator,
      with: { workflow: 'nerfstudio-export', extract: 'true', parameters: `{ format: ${format}, steps: 2, seed: 1 }` },
    });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [], outputs: { file: `${ART}/${name}` } });
    const inside = ['splat.ply', 'transforms.json', ...[1, 2, 3].map((view) => `images/frame_0000${view}.png`)];
    const places = inside.map((path) => `scene/${path}`);
    expect(namesIn(action)).toEqual([name, ...places].sort());
    expect(checkSums(action)).toEqual([name, ...places].sort());
    expect(filesOut(result)).toEqual([
      expect.not.objectContaining({ archive: expect.anything() }),
      ...places.map((place) =>
        expect.objectContaining({
          path: `${ART}/${place}`,
          archive: `${ART}/${name}`,
          task_id: result.outputs['task-id'],
        }),
      ),
    ]);
    expect(filesOut(result)[2]).toMatchObject({ media_type: 'application/json' });
    const said = recordIn(action);
    expect(said.complete).toBe(true);
    expect(
      said.runDetails.byproducts
        .filter(({ annotations }: { annotations?: object }) => annotations && 'archive' in annotations)
        .map((one: { name: string }) => one.name),
    ).toEqual(places);
    expect(result.log).toContain(`${name}: 5 files unpacked to scene`);
    expect(result.summary).toContain(`- \`${name}: 5 files unpacked to scene\``);
    // Packed by another program than ours, they are what was packed.
    const program = format === 'zip' ? ['unzip', '-p'] : ['tar', 'xzOf'];
    const [tool = '', ...flags] = program;
    const bytes = execFileSync(tool, [...flags, join(folderOf(action), name), 'splat.ply']);
    expect(readFileSync(join(folderOf(action), 'scene/splat.ply'))).toEqual(bytes);
  });

  test('leaves archives as they are by default, and what is none whatever it is called', async () => {
    await using emulator = await startWith(
      archive('scene.zip', zipOf(packed(SCENE))),
      archive('zip', Buffer.from('x')),
    );
    await using action = run(emulator, { extract: 'false' });
    expect((await action.done).annotations).toEqual([]);
    expect(namesIn(action)).toEqual(['scene.zip', 'zip']);
    await using other = run(emulator, { pattern: 'zip' });
    const said = 'Input extract: nothing is unpacked, as no file is an archive (.zip, .tar, .tar.gz, .tgz): zip.';
    expect(await other.done).toMatchObject({ exitCode: 0, annotations: [{ level: 'warning', message: said }] });
    expect(namesIn(other)).toEqual(['zip']);
  });

  test('warns of files that hold no archive, of a matrix once, in the summary, too', async () => {
    await using emulator = await startWith(
      archive('scene.7z', Buffer.from('7z')),
      archive('b.zip.txt', Buffer.from('b')),
    );
    const text =
      'Input extract: nothing is unpacked, as no file is an archive (.zip, .tar, .tar.gz, .tgz): scene.7z, b.zip.txt.';
    await using one = run(emulator);
    const first = await one.done;
    expect(first).toMatchObject({ exitCode: 0, outputs: { status: 'completed' } });
    expect(annotationsOf(first, 'warning')).toEqual([text]);
    expect(first.summary).toContain(`- ⚠️ \`${text}\`\n`);
    await using many = run(emulator, { parameters: '', matrix: 'seed: [1, 2, 3, 4]' });
    const second = await many.done;
    const told = `[1], [2], [3] and 1 more: ${text}`;
    expect(annotationsOf(second, 'warning')).toEqual([told]);
    expect(second.summary).toContain(`- ⚠️ \`${told}\`\n`);
  });

  test('is true or false, which is found before anything is asked', async () => {
    await using emulator = await startScene();
    await using action = run(emulator, { extract: 'yes' });
    expect(annotationsOf(await action.done, 'error')).toEqual([
      'Input extract is yes, and must be true or false. Write e.g. `extract: true`.',
    ]);
    expect(emulator.requests).toEqual([]);
  });

  test('gives safe and unique names, to folders as to what is in them', async () => {
    const inner = zipOf(packed({ 'deep.txt': 'deep' }));
    const odd = zip([
      { name: 'what?:.txt', data: Buffer.from('odd') },
      { name: 'what_.txt', data: Buffer.from('other') },
      { name: 'SHA256SUMS', data: Buffer.from('mine') },
      { name: '-rf/.env', data: Buffer.from('hidden') },
      { name: 'empty/' },
      { name: 'inner.zip', data: inner },
    ]);
    await using emulator = await startWith(
      archive('scene.zip', odd, { subfolder: '' }),
      archive('scene', Buffer.from('a file'), { subfolder: '' }),
      archive('scene.tgz', tgzOf(packed({ 'a.txt': 'a' })), { subfolder: '' }),
      archive('b.txt', Buffer.from('b'), { subfolder: 'scene-2' }),
      archive('SHA256SUMS.zip', zipOf(packed({ 'a.txt': 'sums' })), { subfolder: '' }),
    );
    await using action = run(emulator);
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [] });
    expect(namesIn(action)).toEqual(
      [
        ...[
          'SHA256SUMS-2/a.txt',
          'SHA256SUMS.zip',
          'scene',
          'scene-2/b.txt',
          'scene-4/a.txt',
          'scene.tgz',
          'scene.zip',
        ],
        ...['SHA256SUMS-2', 'inner.zip', 'rf/env', 'what_-2.txt', 'what_.txt'].map((name) => `scene-3/${name}`),
      ].sort(),
    );
    expect(checkSums(action)).toHaveLength(12);
  });

  test('is for what a pattern selects', async () => {
    await using emulator = await startWith(
      archive('a.zip', zipOf(packed({ 'x.png': 'x' }))),
      archive('b.zip', zipOf(packed({ 'y.png': 'y' }))),
    );
    await using action = run(emulator, { pattern: 'a.*' });
    expect(await action.done).toMatchObject({ exitCode: 0, annotations: [] });
    expect(namesIn(action)).toEqual(['a.zip', 'a/x.png']);
  });

  test('works in each folder of a matrix, and in that of all', async () => {
    await using emulator = await startScene();
    await using action = run(emulator, { matrix: 'seed: [1, 2]', parameters: '' });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [] });
    const places = ['1', '2'].flatMap((seed) =>
      ['scene.zip', ...Object.keys(SCENE).map((path) => `scene/${path}`)].map((path) => `${seed}/${path}`),
    );
    expect(checkSums(action).sort()).toEqual(places.sort());
    expect(filesOut(result).filter(({ archive: from }) => from === `${ART}/2/scene.zip`)).toHaveLength(3);
    const { byproducts } = recordIn(action).runDetails;
    expect(byproducts.map(({ annotations }: { annotations?: { archive?: string } }) => annotations?.archive)).toContain(
      '2/scene.zip',
    );
    expect(result.log.filter((line) => line.endsWith('scene.zip: 3 files unpacked to scene'))).toHaveLength(2);
    expect(result.summary).toContain('- `2`: `scene.zip: 3 files unpacked to scene`');
    const asked = emulator.requests.length;
    await using second = again(emulator, action, { matrix: 'seed: [1, 2]', parameters: '' }, (art) =>
      rmSync(join(art, '2/scene'), { recursive: true }),
    );
    const after = await second.done;
    expect(kindsFrom(emulator, asked)).toEqual(['workflow']);
    expect(filesOut(after)).toEqual(filesOut(result));
    expect(filesOf(join(folderOf(second), '2/scene'))).toEqual(filesOf(join(folderOf(action), '2/scene')));
  });
});

describe('an archive that is not unpacked stays, and is why the step fails', () => {
  const good = zipOf(packed(SCENE));
  const link = zip([{ name: 'out', data: Buffer.from('/etc'), mode: 0o120777 }]);
  test.each<[string, string, Uint8Array]>([
    ['a way up', 'scene.zip', zip([{ name: '../evil.txt', data: Buffer.from('x') }])],
    ['a root', 'scene.zip', zip([{ name: '/tmp/evil.txt', data: Buffer.from('x') }])],
    ['a link', 'scene.zip', link],
    ['a hard link', 'scene.tar', tar(header({ name: 'a', type: '1', link: '/etc/passwd' }))],
    ['a device', 'scene.tar', tar(header({ name: 'a', type: '3' }))],
    ['a password', 'scene.zip', zip([{ name: 'a.txt', data: Buffer.from('x'), flags: 0x801 }])],
    ['one name twice', 'scene.zip', zip(['a.txt', 'A.TXT'].map((name) => ({ name, data: Buffer.from('x') })))],
    ['no end', 'scene.zip', good.subarray(0, good.length - 30)],
    ['no end in gzip', 'scene.tgz', tgzOf(packed(SCENE)).subarray(0, 60)],
    ['another kind', 'scene.zip', gzipSync('x')],
    [
      'less than it says',
      'scene.zip',
      zip([{ name: 'a.txt', data: Buffer.from('x'), claims: { bytes: 3_000_000_000 } }]),
    ],
  ])('as it has %s', async (_, name, bytes) => {
    await using emulator = await startWith(archive(name, bytes), SMALL);
    await using action = run(emulator);
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'completed', file: `${ART}/${name}` } });
    const [message = ''] = annotationsOf(result, 'error');
    expect(message).toMatch(
      new RegExp(`^${name} was not unpacked, and is there as the task made it\\. ${name}: The archive is `),
    );
    expect(message).not.toContain('task-id');
    expect(namesIn(action)).toEqual(['output_00001_.png', name].sort());
    expect(readdirSync(folderOf(action)).sort()).toEqual(
      ['SHA256SUMS', 'cyberun-run.json', 'output_00001_.png', name].sort(),
    );
    expect(checkSums(action)).toEqual(['output_00001_.png', name].sort());
    expect(existsSync('/tmp/evil.txt')).toBe(false);
    // The downloads are whole: they are neither paid for nor fetched again.
    expect(recordIn(action).complete).toBe(true);
    const asked = emulator.requests.length;
    await using second = again(emulator, action);
    expect(annotationsOf(await second.done, 'error')[0]).toContain('was not unpacked');
    expect(kindsFrom(emulator, asked)).toEqual(['workflow']);
  });

  test('and others are unpacked all the same', async () => {
    await using emulator = await startWith(archive('a.zip', link), archive('b.zip', good));
    await using action = run(emulator);
    expect(await action.done).toMatchObject({ exitCode: 1 });
    expect(namesIn(action)).toEqual(['a.zip', 'b.zip', 'b/images/1.png', 'b/images/2.png', 'b/splat.ply']);
  });

  test('as somebody else has a file in its folder, which stays', async () => {
    await using emulator = await startScene();
    const files = { [`${ART}/scene/notes.md`]: 'my notes' };
    await using action = runAction({ emulator, files, with: GIVEN });
    const result = await action.done;
    expect(result.exitCode).toBe(1);
    expect(annotationsOf(result, 'error')[0]).toMatch(/scene\/notes\.md is in the way, .* it is not this action's/);
    expect(namesIn(action)).toEqual(['scene.zip', 'scene/notes.md']);
    expect(textsIn(action)).toMatchObject({ 'scene/notes.md': 'my notes' });
    expect(checkSums(action)).toEqual(['scene.zip']);
  });

  test('as a link has the name of its folder', async () => {
    await using emulator = await startScene();
    const files = { 'src/a.txt': 'mine', [`${ART}/b.txt`]: 'b' };
    await using action = runAction({ emulator, files, links: { [`${ART}/scene`]: '../src' }, with: GIVEN });
    expect(annotationsOf(await action.done, 'error')[0]).toMatch(/cyberun-outputs\/scene is in the way/);
    expect(namesOf(join(action.workspace, 'src'))).toEqual(['a.txt']);
  });
});

describe('what was unpacked before', () => {
  test('is taken as it is', async () => {
    await using emulator = await startScene();
    await using first = run(emulator);
    const before = await first.done;
    const asked = emulator.requests.length;
    await using second = again(emulator, first);
    const after = await second.done;
    expect(after).toMatchObject({ exitCode: 0, annotations: [] });
    expect(kindsFrom(emulator, asked)).toEqual(['workflow']);
    expect(filesOf(folderOf(second))).toEqual(filesOf(folderOf(first)));
    expect(filesOut(after)).toEqual(filesOut(before));
    expect(after.log.at(-1)).toMatch(/^Reused from task .*: 1 file$/);
    expect(after.log.join('\n')).not.toContain('unpacked');
    await using third = again(emulator, second, { extract: 'false' });
    expect(filesOut(await third.done).map(({ path }) => path)).toEqual([`${ART}/scene.zip`]);
    expect(filesOf(folderOf(third))).toEqual(filesOf(folderOf(first)));
  });

  test.each<[string, Record<string, string>, (art: string) => void]>([
    ['where it was not asked for then', { extract: 'false' }, () => {}],
    ['where a file is missing', {}, (art) => rmSync(join(art, 'scene/images/1.png'))],
    ['where the folder is missing', {}, (art) => rmSync(join(art, 'scene'), { recursive: true })],
    ['where the list of digests is missing', {}, (art) => rmSync(join(art, 'SHA256SUMS'))],
  ])('is unpacked from what is there, without a fetch or a task: %s', async (_, given, change) => {
    await using emulator = await startScene();
    await using first = run(emulator, given);
    await first.done;
    const asked = emulator.requests.length;
    await using second = again(emulator, first, {}, change);
    const result = await second.done;
    expect(result).toMatchObject({
      exitCode: 0,
      annotations: [],
      outputs: { status: 'completed', 'gpu-seconds': '0' },
    });
    expect(kindsFrom(emulator, asked)).toEqual(['workflow']);
    expect(textsIn(second)).toMatchObject(
      Object.fromEntries(Object.entries(SCENE).map(([path, text]) => [`scene/${path}`, text])),
    );
    expect(filesOut(result).map(({ path }) => path)).toEqual(
      ['scene.zip', ...Object.keys(SCENE).map((path) => `scene/${path}`)].map((path) => `${ART}/${path}`),
    );
    expect(checkSums(second)).toHaveLength(4);
    await using third = again(emulator, second);
    expect(filesOut(await third.done)).toEqual(filesOut(result));
    expect(emulator.tasks).toHaveLength(1);
  });

  test('is only planned in a dry run', async () => {
    await using emulator = await startScene();
    await using first = run(emulator, { extract: 'false' });
    await first.done;
    await using second = again(emulator, first, { 'dry-run': 'true' });
    const result = await second.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [], outputs: { status: 'planned' } });
    expect(result.log.join('\n')).toContain('it would be reused, and nothing run');
    expect(filesOf(folderOf(second))).toEqual(filesOf(folderOf(first)));
  });

  test('is set aside as a folder where it was changed', async () => {
    await using emulator = await startScene();
    await using first = run(emulator);
    await first.done;
    await using second = again(emulator, first, {}, (art) => writeFileSync(join(art, 'scene/splat.ply'), 'mine now'));
    const result = await second.done;
    expect(result.exitCode).toBe(0);
    const aside = readdirSync(folderOf(second)).find((name) => name.startsWith('scene.changed-')) ?? '';
    expect(annotationsOf(result, 'warning')).toEqual([expect.stringContaining(`is kept as ${aside}, to make way`)]);
    expect(textsIn(second)).toMatchObject({ [`${aside}/splat.ply`]: 'mine now', 'scene/splat.ply': 'a splat' });
    expect(checkSums(second)).toHaveLength(4);
    expect(emulator.tasks).toHaveLength(1);
  });

  test('is not trusted where the archive was changed', async () => {
    await using emulator = await startScene();
    await using first = run(emulator);
    await first.done;
    await using second = again(emulator, first, {}, (art) => writeFileSync(join(art, 'scene.zip'), link()));
    const result = await second.done;
    expect(result.exitCode).toBe(0);
    expect(emulator.tasks).toHaveLength(2);
    expect(textsIn(second)['scene/splat.ply']).toBe('a splat');
  });

  test('is replaced as a whole by another run', async () => {
    const outputs = (parameters: Readonly<Record<string, unknown>>) => [
      archive('scene.zip', zipOf(packed(parameters.seed === 7 ? SCENE : { 'only.txt': 'only' }))),
    ];
    await using emulator = await startEmulator({
      workflows: [{ ...quick(), behaviour: (parameters) => ({ steps: 2, outputs: outputs(parameters) }) }],
    });
    await using first = run(emulator);
    await first.done;
    await using second = again(emulator, first, { parameters: 'seed: 8' });
    expect((await second.done).exitCode).toBe(0);
    expect(namesIn(second)).toEqual(['scene.zip', 'scene/only.txt']);
    expect(checkSums(second)).toEqual(['scene.zip', 'scene/only.txt']);
  });

  const link = () => zip([{ name: 'out', data: Buffer.from('/etc'), mode: 0o120777 }]);
});

describe('an end in the middle', () => {
  /** A runner whose `unzip` unpacks, and then waits to be told that it is done. */
  function slowUnzip(workspace: string): NodeJS.ProcessEnv {
    const bin = join(workspace, 'bin');
    mkdirSync(bin, { recursive: true });
    const unzip = execFileSync('which', ['unzip'], { encoding: 'utf8' }).trim();
    writeFileSync(
      join(bin, 'unzip'),
      `#!/bin/sh\n${unzip} "$@"\ntouch '${join(workspace, 'half-done')}'\nfor i in $(seq 600); do [ -e '${join(workspace, 'go-on')}' ] && exit 0; sleep 0.05; done\n`,
    );
    chmodSync(join(bin, 'unzip'), 0o755);
    return { PATH: `${bin}:${process.env.PATH}` };
  }

  async function struck(emulator: Emulator, signal: 'SIGINT' | 'SIGKILL') {
    const env: Record<string, string> = {};
    const action = runAction({
      emulator,
      with: GIVEN,
      env,
      prepare: (workspace) => void Object.assign(env, slowUnzip(workspace)),
    });
    await waitForFile(action.workspace, /half-done$/);
    action.kill(signal);
    return { action, result: await action.done };
  }

  test('is no half folder, and a second step unpacks what is there', async () => {
    await using emulator = await startScene();
    const { action, result } = await struck(emulator, 'SIGINT');
    await using first = action;
    expect(result).toMatchObject({ exitCode: 1, outputs: { file: `${ART}/scene.zip` } });
    expect(annotationsOf(result, 'error')[0]).toMatch(/SIGINT/);
    writeFileSync(join(first.workspace, 'go-on'), '');
    expect(readdirSync(folderOf(first)).sort()).toEqual([...LISTS, 'scene.zip'].sort());
    expect(filesOut(result).map(({ path }) => path)).toEqual([`${ART}/scene.zip`]);
    const fetched = countOf(emulator, 'storage-get');
    await using second = again(emulator, first);
    expect(await second.done).toMatchObject({ exitCode: 0, annotations: [] });
    expect(namesIn(second)).toEqual(['scene.zip', 'scene/images/1.png', 'scene/images/2.png', 'scene/splat.ply']);
    expect(countOf(emulator, 'storage-get')).toBe(fetched);
    expect(emulator.tasks).toHaveLength(1);
  });

  test.each<[string, Record<string, string>]>([
    ['reuse', {}],
    ['task-id', { workflow: '', parameters: '', reuse: 'false' }],
  ])('by force leaves what a second step makes whole: %s', async (_, given) => {
    await using emulator = await startScene();
    const { action } = await struck(emulator, 'SIGKILL');
    await using first = action;
    writeFileSync(join(first.workspace, 'go-on'), '');
    expect(existsSync(join(folderOf(first), 'scene'))).toBe(false);
    const taskId = emulator.tasks[0]?.id ?? '';
    await using second = again(emulator, first, { ...given, ...(given.workflow === '' && { 'task-id': taskId }) });
    expect(await second.done).toMatchObject({ exitCode: 0 });
    expect(namesIn(second).filter((name) => !name.startsWith('.cyberun-'))).toEqual([
      ...['scene.zip', 'scene/images/1.png', 'scene/images/2.png', 'scene/splat.ply'],
    ]);
    expect(checkSums(second)).toHaveLength(4);
    expect(emulator.tasks).toHaveLength(1);
  });
});
