import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { annotationsOf, callsOf, namesOf, preload, quick, runAction } from './harness.ts';

const workflows = [quick()];

describe('where the workspace is reached through a link', () => {
  test('every path in the outputs is one that the job knows, and leads to the file', async () => {
    await using emulator = await startEmulator({ workflows });
    await using action = runAction({ emulator, linked: true, with: { workflow: 'quick', path: 'art/today' } });
    const { exitCode, outputs } = await action.done;
    expect(exitCode).toBe(0);
    expect(outputs).toMatchObject({
      path: join(action.workspace, 'art/today'),
      file: 'art/today/output_00001_.png',
      'checksums-path': join(action.workspace, 'art/today/SHA256SUMS'),
    });
    expect(JSON.parse(outputs.files ?? '')).toMatchObject([{ path: 'art/today/output_00001_.png' }]);
    execFileSync('cp', [outputs.file ?? '', 'hero.png'], { cwd: action.workspace });
    execFileSync('sha256sum', ['--check', '--strict', outputs['checksums-path'] ?? ''], { cwd: outputs.path });
    expect(namesOf(action.workspace)).toContain('hero.png');
  });

  test('so it is for every combination of a matrix', async () => {
    await using emulator = await startEmulator({ workflows });
    await using action = runAction({ emulator, linked: true, with: { workflow: 'quick', matrix: 'seed: [1, 2]' } });
    const { exitCode, outputs } = await action.done;
    expect(exitCode).toBe(0);
    expect(outputs).toMatchObject({
      path: join(action.workspace, 'cyberun-outputs'),
      file: 'cyberun-outputs/1/output_00001_.png',
      'checksums-path': join(action.workspace, 'cyberun-outputs/SHA256SUMS'),
    });
    expect(JSON.parse(outputs.files ?? '').map(({ path }: { path: string }) => path)).toEqual([
      'cyberun-outputs/1/output_00001_.png',
      'cyberun-outputs/2/output_00001_.png',
    ]);
    execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: outputs.path });
  });

  test('what is in the way is told by the path that the job knows', async () => {
    await using emulator = await startEmulator({ workflows });
    const files = { 'art/output_00001_.png': 'mine' };
    await using action = runAction({ emulator, linked: true, files, with: { workflow: 'quick', path: 'art' } });
    const [error] = annotationsOf(await action.done, 'error');
    expect(error).toContain(`output_00001_.png exists in ${join(action.workspace, 'art')} already`);
  });
});

test('a folder that is reached through a link is told by the name that the user gave it', async () => {
  await using emulator = await startEmulator({ workflows });
  await using action = runAction({
    emulator,
    files: { 'volume/keep': '' },
    links: { art: 'volume' },
    with: { workflow: 'quick', path: 'art/today' },
  });
  const { exitCode, outputs } = await action.done;
  expect(exitCode).toBe(0);
  expect(outputs).toMatchObject({ path: join(action.workspace, 'art/today'), file: 'art/today/output_00001_.png' });
  expect(namesOf(action.workspace)).toEqual([
    'volume/keep',
    'volume/today/SHA256SUMS',
    'volume/today/cyberun-run.json',
    'volume/today/output_00001_.png',
  ]);
});

const LONG = 'x'.repeat(256);
const TASK = { 'task-id': '019abc12-9012-7890-abcd-ef1234567896' };

describe('where files cannot be written', () => {
  test.concurrent.each([
    [
      'path',
      'notes/a/b',
      'Input path is notes/a/b, which cannot be made, as notes is a file.',
      '`path: cyberun-outputs`',
    ],
    ['path', `art/${LONG}`, 'which has a longer name than the file system takes.', '`path: cyberun-outputs`'],
    ['path', '~/out', 'Input path is ~/out, and nothing replaces ~ here, as no shell reads it.', '`path: out`'],
    ['path', '$HOME/out/a', 'and nothing replaces $HOME here', '`path: out/a`'],
    ['parameters-file', '~/render.yml', 'and nothing replaces ~ here', '`parameters-file: render.yml`'],
  ])('%s: %s is refused before anything is asked, with a line that is right', async (name, value, says, shows) => {
    for (const run of [{ workflow: 'quick' }, TASK]) {
      await using emulator = await startEmulator({ workflows });
      await using action = runAction({ emulator, files: { notes: '' }, with: { ...run, [name]: value } });
      const result = await action.done;
      expect(result).toMatchObject({ exitCode: 1, state: {}, outputs: { status: 'failed' }, post: { raw: '' } });
      const [error, ...others] = annotationsOf(result, 'error');
      expect(error).toContain(says);
      expect(error).toContain(shows);
      expect(others).toEqual([]);
      expect(emulator.requests).toEqual([]);
      expect(existsSync(join(action.workspace, '~'))).toBe(false);
    }
  });

  test('so is the folder of a combination that a file is in the way of', async () => {
    await using emulator = await startEmulator({ workflows });
    await using action = runAction({
      emulator,
      files: { 'cyberun-outputs/2': 'a file', 'cyberun-outputs/1/earlier.png': 'from an earlier run' },
      with: { workflow: 'quick', matrix: 'seed: [1, 2, 3]' },
    });
    const result = await action.done;
    expect(annotationsOf(result, 'error')).toEqual([
      'Input path is cyberun-outputs, with the folder cyberun-outputs/2 of a combination, which is a file. Write the path of a folder that can be made and written, e.g. `path: renders`.',
    ]);
    expect(emulator.requests).toEqual([]);
    expect(readdirSync(join(action.workspace, 'cyberun-outputs'), { recursive: true }).sort()).toEqual([
      '1',
      '1/earlier.png',
      '2',
    ]);
  });

  const isRoot = process.getuid?.() === 0;
  test.skipIf(isRoot)('so is a folder of another user (root, who may write everywhere, cannot see this)', async () => {
    await using emulator = await startEmulator({ workflows });
    await using action = runAction({
      emulator,
      prepare: (workspace) => {
        mkdirSync(join(workspace, 'art'));
        chmodSync(join(workspace, 'art'), 0o555);
      },
      with: { workflow: 'quick', path: 'art/today' },
    });
    const [error] = annotationsOf(await action.done, 'error');
    expect(error).toContain('Input path is art/today, where this job may make no file, as art belongs to another user');
    expect(emulator.requests).toEqual([]);
  });

  const canMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
  test.skipIf(!canMount).each(['mount', 'mount/today'])(
    'so is %s on a file system that is read-only (which takes the right to mount one)',
    async (path) => {
      await using emulator = await startEmulator({ workflows });
      await using action = runAction({
        emulator,
        prepare: (workspace) => {
          const mount = join(workspace, 'mount');
          mkdirSync(mount);
          execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', mount]);
        },
        with: { workflow: 'quick', path },
      });
      const mounted = action.done.finally(() => execFileSync('umount', ['--lazy', join(action.workspace, 'mount')]));
      const [error] = annotationsOf(await mounted, 'error');
      expect(error).toContain(
        `Input path is ${path}, where no file can be made, as mount is on a file system that is read-only.`,
      );
      expect(emulator.requests).toEqual([]);
    },
  );

  test.each([{ download: 'false' }, { 'wait-for-completion': 'false' }])(
    'nothing is made where no files are to come: %j',
    async (options) => {
      await using emulator = await startEmulator({ workflows });
      await using action = runAction({ emulator, with: { workflow: 'quick', ...options } });
      expect((await action.done).exitCode).toBe(0);
      expect(readdirSync(action.workspace)).toEqual([]);
    },
  );

  test('the folder is there from the beginning, and stays when the run goes wrong', async () => {
    await using emulator = await startEmulator({ workflows });
    await using action = runAction({ emulator, with: { workflow: 'quick', parameters: 'nonsense: 1' } });
    expect((await action.done).exitCode).toBe(1);
    expect(readdirSync(action.workspace, { recursive: true })).toEqual(['cyberun-outputs']);
  });
});

describe("where the runner's file for the summary cannot be written", () => {
  const SAYS = /^The runner's file GITHUB_STEP_SUMMARY could not be written: .*\. Its disk may be full/;
  const lost = preload(`process.env.GITHUB_STEP_SUMMARY = '/nowhere/summary';`);

  test('nothing is submitted, and the error says why', async () => {
    await using emulator = await startEmulator({ workflows });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions: lost });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'failed', error: expect.stringMatching(SAYS) } });
    expect(annotationsOf(result, 'error')).toEqual([expect.stringMatching(SAYS)]);
    expect(emulator.requests).toEqual([]);
  });

  test('a task that is attached to goes on', async () => {
    await using emulator = await startEmulator({ workflows });
    await using action = runAction({ emulator, with: TASK, nodeOptions: lost });
    expect(annotationsOf(await action.done, 'error')).toEqual([expect.stringMatching(SAYS)]);
    expect(callsOf(emulator)).toEqual([]);
  });

  test.each([{ summary: 'false' }, {}])('it is no matter where there is to be none: %j', async (options) => {
    await using emulator = await startEmulator({ workflows });
    const without = preload('delete process.env.GITHUB_STEP_SUMMARY;');
    const nodeOptions = 'summary' in options ? lost : without;
    await using action = runAction({ emulator, with: { workflow: 'quick', ...options }, nodeOptions });
    expect(await action.done).toMatchObject({ exitCode: 0, annotations: [] });
  });

  test('at the end, the files and the outputs are there all the same, and the step fails', async () => {
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
    const full = preload(`
      import { promises } from 'node:fs';
      const { appendFile } = promises;
      let full = false;
      promises.appendFile = async (...given) => {
        if (full) throw new Error('ENOSPC: no space left on device');
        return appendFile(...given);
      };
      process.on('SIGUSR2', () => { full = true; });
    `);
    await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions: full });
    await action.waitForLine('running on');
    action.kill('SIGUSR2');
    emulator.release(emulator.tasks[0]?.id ?? '');
    const result = await action.done;
    expect(result).toMatchObject({
      exitCode: 1,
      outputs: { status: 'completed', file: 'cyberun-outputs/output_00001_.png', error: expect.stringMatching(SAYS) },
    });
    expect(annotationsOf(result, 'error')).toEqual([expect.stringMatching(SAYS)]);
    expect(namesOf(action.workspace)).toHaveLength(3);
  });
});
