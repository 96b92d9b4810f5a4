import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemDisk } from '../../src/base/disk.ts';
import { exists, isInside, makeFolder, makeSubfolders, resolveInside } from '../../src/files/folder.ts';
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
    expect(await resolveInside(workspace, path)).toBe(join(workspace, expected));
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
        const found = await resolveInside(workspace, path);
        if (found === undefined) return;
        expect(`${found}/`.startsWith(`${workspace}/`)).toBe(true);
        // What is found holds no link any more, as far as it exists.
        for (let place = found; ; place = join(place, '..')) {
          if (await exists(systemDisk, place)) {
            expect(await realpath(place)).toBe(place);
            break;
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('knows a workspace by another name', async () => {
    const link = join(base, 'link');
    await symlink(workspace, link);
    expect(await resolveInside(link, 'out')).toBe(join(workspace, 'out'));
    expect(await resolveInside(link, join(link, 'out'))).toBe(join(workspace, 'out'));
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
