import { expect, test } from 'vitest';
import { createDisk } from '../../simulator/disk.ts';
import type { Disk } from '../../src/base/disk.ts';
import { openGround } from '../../src/files/ground.ts';

/** A folder on a disk in memory, and what was looked at since it was opened. */
async function open(changes: Partial<Disk> = {}) {
  const disk = createDisk({ free: 1e9, isShort: false }).mount(() => false);
  const looked: string[] = [];
  const lstat: Disk['lstat'] = (path, options) => {
    looked.push(path);
    return disk.lstat(path, options);
  };
  const ground = await openGround({ ...disk, lstat, ...changes }, '/w', '/w/out');
  await ground.make(['a.png', 'sub/b.png']);
  looked.splice(0);
  return { disk, ground, looked };
}

test('those who ask in the same turn share one look at a folder', async () => {
  const { ground, looked } = await open();
  await Promise.all(['a.png', 'c.png', 'sub/b.png', 'd.png'].map((place) => ground.check(place)));
  expect(looked).toEqual(['/w/out', '/w/out/sub']);
  await ground.check('a.png');
  expect(looked).toEqual(['/w/out', '/w/out/sub', '/w/out']);
});

test('a look tells what is there after it was asked for, to all who share it', async () => {
  let isGone = false;
  const base = createDisk({ free: 1e9, isShort: false }).mount(() => false);
  const lstat: Disk['lstat'] = (path, options) =>
    isGone ? Promise.reject(new Error('ENOENT')) : base.lstat(path, options);
  const ground = await openGround({ ...base, lstat }, '/w', '/w/out');
  await ground.check('a.png');
  const checks = [ground.check('a.png'), ground.check('b.png')];
  isGone = true;
  const settled = await Promise.allSettled(checks);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('a folder is empty where nothing was in it, and not where that cannot be known', async () => {
  const { disk, ground } = await open();
  expect(ground.isEmpty).toBe(true);
  await disk.writeFile('/w/out/a.png', 'a', { flag: 'wx' });
  expect((await openGround(disk, '/w', '/w/out')).isEmpty).toBe(false);
  const readdir: Disk['readdir'] = () => Promise.reject(new Error('EACCES'));
  expect((await open({ readdir })).ground.isEmpty).toBe(false);
});
