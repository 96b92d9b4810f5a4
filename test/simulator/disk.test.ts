import { expect, test } from 'vitest';
import { createDisk } from '../../simulator/disk.ts';
import { READ_NO_LINK } from '../../src/base/disk.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('a simulated disk keeps what is written to its place, and gives it a new name', async () => {
  const disk = createDisk({ free: 1_000, isShort: false });
  const mounted = disk.mount(() => false);
  const file = await mounted.open('/a.part', 'wx+');
  expect(await file.writev([bytes('world')], 6)).toEqual({ bytesWritten: 5 });
  await file.writev([bytes('hello'), bytes(' ')], 0);
  const buffer = new Uint8Array(20);
  expect(await file.read(buffer, 0, 20, 6)).toEqual({ bytesRead: 5 });
  await file.close();
  await mounted.rename('/a.part', '/a');
  expect(await mounted.readFile('/a', 'utf8')).toBe('hello world');
  expect([...disk.files().keys()]).toEqual(['/a']);
});

test('a simulated disk says no as Node does', async () => {
  const mounted = createDisk({ free: 4, isShort: false }).mount(() => false);
  const file = await mounted.open('/a', 'wx+');
  await expect(mounted.open('/a', 'wx+')).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(mounted.open('/b', READ_NO_LINK)).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(file.writev([bytes('hello')], 0)).rejects.toMatchObject({ code: 'ENOSPC' });
  await file.close();
  await expect(file.truncate(0)).rejects.toMatchObject({ code: 'EBADF' });
});

test('a simulated disk gives a file a second name, tells it from others, and has its room back once all names are gone', async () => {
  const disk = createDisk({ free: 10_000, isShort: false });
  const mounted = disk.mount(() => false);
  const free = async () => (await mounted.statfs('/')).bavail;
  const before = await free();
  await mounted.writeFile('/a', 'x'.repeat(8_192), { flag: 'wx' });
  await mounted.writeFile('/b', '', { flag: 'wx' });
  await expect(mounted.link('/a', '/b')).rejects.toMatchObject({ code: 'EEXIST' });
  await mounted.link('/a', '/c');
  const [a, b, c] = await Promise.all(['/a', '/b', '/c'].map((path) => mounted.lstat(path, { bigint: true })));
  expect(c?.ino).toBe(a?.ino);
  expect(b?.ino).not.toBe(a?.ino);
  await mounted.rm('/a', { force: true });
  expect(await free()).toBe(before - 2);
  await mounted.rename('/b', '/c');
  expect(await free()).toBe(before);
});

test('a simulated disk may take less than it was given, and takes nothing from a process that is dead', async () => {
  const disk = createDisk({ free: 1_000, isShort: true });
  let isDead = false;
  const file = await disk.mount(() => isDead).open('/a', 'wx+');
  expect(await file.writev([bytes('hello!'), bytes('more')], 0)).toEqual({ bytesWritten: 3 });
  isDead = true;
  void file.writev([bytes('hello')], 0);
  expect(disk.files().get('/a')).toEqual(bytes('hel'));
});
