import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemDisk } from '../../src/base/disk.ts';
import {
  exists,
  findObstacle,
  findShellWord,
  isInside,
  makeFolder,
  makeSubfolders,
  resolveInside,
} from '../../src/files/folder.ts';
import { TransferError } from '../../src/transfer/errors.ts';

let base = '';
let workspace = '';
beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'folder-')));
  workspace = join(base, 'workspace');
  await mkdir(join(workspace, 'sub', 'deep'), { recursive: true });
  await mkdir(join(base, 'workspace-2'));
  await symlink(base, join(workspace, 'up'));
  await symlink('/', join(workspace, 'root'));
  await symlink(join(workspace, 'sub'), join(workspace, 'inner'));
  await symlink('../workspace-2', join(workspace, 'beside'));
  await symlink(join(base, 'not-yet'), join(workspace, 'dangling'));
  await symlink('loop', join(workspace, 'loop'));
});
afterEach(() => rm(base, { recursive: true }));

describe('resolveInside', () => {
  test.each([
    ['out', 'out'],
    ['out/a/b', 'out/a/b'],
    ['.', ''],
    ['', ''],
    ['./a/../b/', 'b'],
    ['sub/../sub/new', 'sub/new'],
    ['inner', 'sub'],
    ['inner/new/er', 'sub/new/er'],
    ['..out', '..out'],
    ['...', '...'],
    ['up/workspace/sub', 'sub'],
    ['../workspace/sub', 'sub'],
  ])('takes %j, which lies inside', async (path, expected) => {
    expect((await resolveInside(workspace, path))?.real).toBe(join(workspace, expected));
  });

  test.each([
    ['..'],
    ['../workspace-2'],
    ['../new'],
    ['sub/../../new'],
    ['/'],
    ['/etc'],
    ['up'],
    ['up/new'],
    ['up/workspace-2/new'],
    ['root/etc'],
    ['beside'],
    ['beside/new'],
    ['inner/../../x'],
    ['dangling'],
    ['dangling/new'],
    ['loop'],
    ['loop/new'],
  ])('refuses %j, which leads out or nowhere', async (path) => {
    expect(await resolveInside(workspace, path)).toBeUndefined();
  });

  test('lets no path out, whatever it is made of', async () => {
    const part = fc.constantFrom(
      '..',
      '.',
      '',
      'sub',
      'deep',
      'new',
      'up',
      'root',
      'inner',
      'beside',
      'dangling',
      'loop',
      'workspace',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), fc.boolean(), async (parts, absolute) => {
        const path = (absolute ? [workspace, ...parts] : parts).join('/');
        const place = await resolveInside(workspace, path);
        if (place === undefined) return;
        const { real: found, seen } = place;
        expect(`${found}/`.startsWith(`${workspace}/`)).toBe(true);
        // What is found holds no link any more, as far as it exists.
        for (let place = found; ; place = join(place, '..')) {
          if (await exists(systemDisk, place)) {
            expect(await realpath(place)).toBe(place);
            break;
          }
        }
        // By the other name, it is below the workspace, and the same.
        expect(`${seen}/`.startsWith(`${workspace}/`)).toBe(true);
        if (await exists(systemDisk, found)) expect(await realpath(seen)).toBe(found);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['out', 'out', 'out'],
    ['.', '', ''],
    ['inner/new', 'sub/new', 'inner/new'],
    ['a/../inner', 'sub', 'inner'],
    ['LINK/out', 'out', 'out'],
    ['LINK', '', ''],
    ['LINK/inner/new', 'sub/new', 'inner/new'],
    ['WORKSPACE/inner', 'sub', 'inner'],
    ['../workspace/inner', 'sub', 'inner'],
    ['up/workspace/sub', 'sub', 'up/workspace/sub'],
    ['BASE/workspace-2/back/sub', 'sub', 'sub'],
  ])('where the workspace is known by a link, %j is %j, and told as %j', async (path, real, seen) => {
    const link = join(base, 'link');
    await symlink(workspace, link);
    await symlink(workspace, join(base, 'workspace-2', 'back'));
    const given = path.replace('LINK', link).replace('WORKSPACE', workspace).replace('BASE', base);
    expect(await resolveInside(link, given)).toEqual({ real: join(workspace, real), seen: join(link, seen) });
    expect(await resolveInside(link, join(base, 'out'))).toBeUndefined();
  });
});

describe('makeFolder', () => {
  test('makes what is missing, and what is there may be there', async () => {
    const folder = join(workspace, 'a', 'b');
    expect(await makeFolder(systemDisk, workspace, folder)).toBe(folder);
    expect(await makeFolder(systemDisk, workspace, folder)).toBe(folder);
  });

  test('refuses a folder that a link has led out since', async () => {
    await expect(makeFolder(systemDisk, workspace, join(workspace, 'beside'))).rejects.toThrow(TransferError);
    await expect(makeFolder(systemDisk, workspace, join(workspace, 'up', 'workspace-2'))).rejects.toThrow(
      'leads out of the workspace',
    );
  });

  test('refuses a file that is in the way', async () => {
    await writeFile(join(workspace, 'file'), '');
    await expect(makeFolder(systemDisk, workspace, join(workspace, 'file', 'a'))).rejects.toThrow();
  });
});

describe('findObstacle', () => {
  const find = (path: string) => findObstacle(systemDisk, workspace, join(workspace, path));

  test('makes the folder, finds nothing in the way, and leaves nothing in it', async () => {
    expect(await find('a/b')).toBeUndefined();
    expect(await find('a/b')).toBeUndefined();
    expect(await readdir(join(workspace, 'a', 'b'))).toEqual([]);
  });

  test.each([
    ['file', 'which is a file'],
    ['file/a', 'which cannot be made, as file is a file'],
    ['sub/file/a/b', 'which cannot be made, as sub/file is a file'],
    ['x'.repeat(256), 'which has a longer name than the file system takes'],
    [`sub/${'ä'.repeat(128)}/a`, 'which has a longer name than the file system takes'],
    ['beside', 'which leads out of the workspace'],
  ])('says of %j: %s', async (path, obstacle) => {
    await writeFile(join(workspace, 'file'), '');
    await writeFile(join(workspace, 'sub', 'file'), '');
    expect(await find(path)).toBe(obstacle);
  });

  test.each([
    ['EACCES', /^where this job may make no file, as a belongs to another user .* or is locked$/],
    ['EPERM', /^where this job may make no file, as a belongs to another user/],
    ['EROFS', /^where no file can be made, as a is on a file system that is read-only$/],
    ['ENOENT', /^where no file can be made: ENOENT$/],
    ['EDQUOT', /^where no file can be made: EDQUOT$/],
  ])('says what %s means, on making the folder and on writing into it', async (code, obstacle) => {
    await mkdir(join(workspace, 'a'));
    const fail = () => Promise.reject(Object.assign(new Error(code), { code }));
    const at = join(workspace, 'a', 'b');
    expect(await findObstacle({ ...systemDisk, mkdir: fail }, workspace, at)).toMatch(obstacle);
    const node = () => Promise.reject(Object.assign(new Error('ENOENT'), { code: 'ENOENT' }));
    expect(await findObstacle({ ...systemDisk, mkdir: node, writeFile: fail }, workspace, at)).toMatch(obstacle);
    expect(await findObstacle({ ...systemDisk, writeFile: fail }, workspace, join(workspace, 'a'))).toMatch(obstacle);
  });
});

test.each([
  ['~', '~', ''],
  ['~/out', '~', 'out'],
  ['~//out/a', '~', 'out/a'],
  ['~\\out', '~', 'out'],
  ['~runner/out', '~runner', 'out'],
  ['$HOME/out', '$HOME', 'out'],
  ['${HOME}/out', '${HOME}', 'out'],
  ['$RUNNER_TEMP', '$RUNNER_TEMP', ''],
  ['%TEMP%\\out', '%TEMP%', 'out'],
])('in %j a shell would replace %j, and leave %j', (path, word, rest) => {
  expect(findShellWord(path)).toEqual({ word, rest });
});

test.each(['out', './~/out', 'a/~', '~$draft.docx', '~backup', '$a.png', 'a$HOME', '100%', '%20/x', '$', ''])(
  'in %j a shell would replace nothing',
  (path) => {
    expect(findShellWord(path)).toBeUndefined();
  },
);

describe('makeSubfolders', () => {
  test('makes what is missing, and what is there may be there', async () => {
    const places = ['a.png', 'deep/a.png', 'x/y/a.png', 'x/y/b.png', 'x/z/a.png'];
    const folder = join(workspace, 'sub');
    for (let round = 0; round < 2; round += 1) await makeSubfolders(systemDisk, folder, places);
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(['deep', 'x', 'x/y', 'x/z']);
  });

  test.each(['up/new/a', 'root/new/a', 'inner/new/a', 'beside/a', 'dangling/a', 'loop/a'])(
    'follows no link, whether it leads out or not: %s',
    async (place) => {
      await expect(makeSubfolders(systemDisk, workspace, [place])).rejects.toMatchObject({
        type: 'final',
        message: expect.stringContaining('is a link or a file, and the task has a folder of that name'),
      });
      for (const folder of ['new', 'not-yet', 'workspace/sub/new', 'workspace/loop/a']) {
        expect(await exists(systemDisk, join(base, folder))).toBe(false);
      }
    },
  );

  test('says what is in the way, or why it cannot be made', async () => {
    await writeFile(join(workspace, 'file'), '');
    await expect(makeSubfolders(systemDisk, workspace, ['file/a'])).rejects.toThrow('file is a link or a file');
    await expect(makeSubfolders(systemDisk, workspace, ['file/a/b'])).rejects.toThrow('file is a link or a file');
    const disk = { ...systemDisk, mkdir: () => Promise.reject(new Error('EACCES: permission denied')) };
    await expect(makeSubfolders(disk, workspace, ['new/a'])).rejects.toThrow('cannot be made: EACCES');
  });
});

test('isInside is as good as comparing the resolved paths', () => {
  const path = fc
    .array(fc.constantFrom('..', '.', 'a', 'ab', '..a', ' '), { maxLength: 5 })
    .map((parts) => posix.join('/w', ...parts));
  fc.assert(
    fc.property(path, path, (root, path) => {
      const below = root === '/' ? '/' : `${root}/`;
      expect(isInside(root, path)).toBe(posix.resolve(path) === posix.resolve(root) || path.startsWith(below));
    }),
  );
});

test('exists sees a dangling link, too', async () => {
  expect(
    await Promise.all(
      ['sub', 'dangling', 'none', 'sub/none/a'].map((name) => exists(systemDisk, join(workspace, name))),
    ),
  ).toEqual([...[true, true, false, false]]);
});
