import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import type { RequestKind } from '../../emulator/requests.ts';
import { annotationsOf, countOf, preload, quick, runAction, SMALL } from './harness.ts';

/** A node of which functions of the disk fail for paths that end like that. */
const failing = (names: readonly ('link' | 'mkdir' | 'open' | 'rename' | 'writeFile')[], end: string, code: string) =>
  preload(`
    import fs from 'node:fs/promises';
    import { syncBuiltinESMExports } from 'node:module';
    for (const name of ${JSON.stringify(names)}) {
      const real = fs[name];
      fs[name] = async (...given) => {
        if (!given.some((one) => typeof one === 'string' && one.endsWith('${end}'))) return real(...given);
        throw Object.assign(new Error('${code}: so it is'), { code: '${code}' });
      };
    }
    syncBuiltinESMExports();
  `);

describe('where a disk does not take files, nothing is asked, and the error says why:', () => {
  test.each([
    [
      'EACCES',
      'where this job may make no file, as cyberun-outputs belongs to another user (which a container of an earlier job may have been) or is locked',
    ],
    ['EIO', 'where no file can be made: EIO: so it is'],
  ])('%s', async (code, why) => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    const nodeOptions = failing(['writeFile'], '.part', code);
    await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions });
    const [error = '', ...others] = annotationsOf(await action.done, 'error');
    expect(others).toEqual([]);
    expect(error).toBe(
      `Input path is cyberun-outputs, ${why}. Write the path of a folder that can be made and written, e.g. \`path: renders\`.`,
    );
    expect(emulator.requests).toEqual([]);
  });

  test('a combination has a folder that leads elsewhere', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using action = runAction({
      emulator,
      links: { 'cyberun-outputs': 'real', 'real/1': '/etc' },
      files: { 'real/keep': '' },
      with: { workflow: 'quick', matrix: 'seed: [1, 2]' },
    });
    expect(annotationsOf(await action.done, 'error')).toEqual([
      'Input path is cyberun-outputs, with the folder cyberun-outputs/1 of a combination, which leads out of the workspace. Write the path of a folder that can be made and written, e.g. `path: renders`.',
    ]);
    expect(emulator.requests).toEqual([]);
  });

  test('a file to send may not be read', async () => {
    await using emulator = await startEmulator({
      workflows: [quick({ parameters: [{ key: 'image', type: 'file', required: true }] })],
    });
    await using action = runAction({
      emulator,
      files: { 'sketch.png': 'a sketch' },
      with: { workflow: 'quick', parameters: 'image: sketch.png' },
      nodeOptions: failing(['open'], 'sketch.png', 'EACCES'),
    });
    expect(annotationsOf(await action.done, 'error')).toEqual([
      'The values in the input parameters do not fit the workflow quick: image: given "sketch.png", which this job may not read. Nothing was submitted.',
    ]);
    expect(countOf(emulator, 'submit')).toBe(0);
  });

  test('parameters are in a pipe', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using action = runAction({
      emulator,
      prepare: (workspace) => execFileSync('mkfifo', [join(workspace, 'render.yml')]),
      with: { workflow: 'quick', 'parameters-file': 'render.yml' },
    });
    expect(annotationsOf(await action.done, 'error')).toEqual([
      expect.stringMatching(
        /^Input parameters-file is render\.yml, which is no file\. Write the path of a file of param/,
      ),
    ]);
  });

  test('there is no workspace', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    const env = { GITHUB_WORKSPACE: '/nowhere/shop' };
    await using action = runAction({ emulator, with: { workflow: 'quick' }, env });
    expect(annotationsOf(await action.done, 'error')).toEqual([
      'GITHUB_WORKSPACE is /nowhere/shop, and there is no such folder: an earlier step may have removed it, or a container does not have it. Make it before this step, e.g. by actions/checkout.',
    ]);
    expect(emulator.requests).toEqual([]);
  });
});

describe('where a disk gives up while files come, the error says at what:', () => {
  test.each<[string, string[], RegExp]>([
    [
      'the record',
      failing(['link', 'rename'], '/cyberun-run.json', 'ENOSPC'),
      /cyberun-run\.json could not be written: ENOSPC: so it is\. Free space on the runner, or use a larger one\./,
    ],
    [
      'the list',
      failing(['link', 'rename'], '/SHA256SUMS', 'ENOSPC'),
      /The files are there, but SHA256SUMS, the list of their digests, could not be written: ENOSPC: so it is\. Free space/,
    ],
    [
      'a folder',
      failing(['mkdir'], '/previews', 'ENOSPC'),
      /The folder .*\/cyberun-outputs\/previews cannot be made: ENOSPC: so it is\. Nothing was replaced\. Choose another/,
    ],
  ])('%s', async (_, nodeOptions, said) => {
    const outputs = [{ ...SMALL, about: { subfolder: 'previews' } }];
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'completed' } });
    expect(annotationsOf(result, 'error')).toEqual([expect.stringMatching(said)]);
  });
});

describe('what another step does meanwhile is seen, and nothing of its own is replaced:', () => {
  const ART = 'cyberun-outputs';
  test.each<[string, RequestKind, (folder: string) => void, RegExp]>([
    [
      'it leaves a list of its own',
      'submit',
      (folder) => writeFileSync(join(folder, 'SHA256SUMS'), 'its own'),
      /^In .*cyberun-outputs lies a file SHA256SUMS that no cyberun-run\.json signed by this api-key lists as it is: it came with the checkout, or was changed\. Nothing was replaced\. Choose another path and fetch the files with task-id, or remove it first\. The task itself completed: a step with `task-id: /,
    ],
    [
      'it makes the folder a link',
      'submit',
      (folder) => {
        rmSync(folder, { recursive: true });
        symlinkSync('/etc', folder);
      },
      /^The folder .*\/cyberun-outputs leads out of the workspace: remove the link in it, or choose another path\. The task itself completed: a step with `task-id: /,
    ],
    [
      'it puts another folder in its place',
      'storage-get',
      (folder) => {
        renameSync(folder, `${folder}-away`);
        mkdirSync(folder);
      },
      /The folder .*cyberun-outputs is no longer the one that this step checked: something else in this job replaced or/,
    ],
    [
      'it leaves a page of its own',
      'storage-get',
      (folder) => writeFileSync(join(folder, 'index.html'), 'its own'),
      /^The files are there, but index\.html, the gallery, could not be written: in .* lies a file index\.html that no cyberun-run\.json .*\. Nothing was replaced\. Free space/,
    ],
  ])('%s', async (_, kind, change, said) => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using action = runAction({ emulator, with: { workflow: 'quick', gallery: 'true' } });
    let done = false;
    const when = () => {
      if (!done) change(join(action.workspace, ART));
      done = true;
      return false;
    };
    emulator.fault({ kind, when, fault: { type: 'refuse' } });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'completed' } });
    expect(annotationsOf(result, 'error')).toEqual([expect.stringMatching(said)]);
    expect(countOf(emulator, 'submit')).toBe(1);
  });
});
