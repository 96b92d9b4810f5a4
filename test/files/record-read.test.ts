import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, realpath, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { type Disk, systemDisk } from '../../src/base/disk.ts';
import { openGround } from '../../src/files/ground.ts';
import { LISTS } from '../../src/files/names.ts';
import { openRecord } from '../../src/files/record.ts';
import { findForeign, LARGEST_RECORD, readSaid, readVerified } from '../../src/files/record-read.ts';
import { listed } from '../../src/files/record-text.ts';
import { createDigester, type Digester } from '../../src/transfer/digest.ts';

const KEY = 'sk-test-0123456789';
const { signal } = new AbortController();
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const statement = { definition: '{}', builder: '{}', metadata: '{}', others: [], leftOut: undefined };

let folder = '';
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'record-read-')));
});
afterEach(() => rm(folder, { recursive: true }));

const put = (name: string, text: string) => writeFile(join(folder, name), text);

async function open(disk: Disk = systemDisk) {
  const author = { statement, key: KEY, offersAll: true };
  return openRecord(await openGround(disk, folder, folder), author, { disk, clock: systemClock, signal });
}

/** Puts files there, as one run does. */
async function run(files: Readonly<Record<string, string>>): Promise<void> {
  const record = await open();
  for (const [name, text] of Object.entries(files)) await put(name, text);
  await record.adopt(Object.entries(files).map(([name, text]) => listed(name, sha256(text))));
  await record.seal(Object.keys(files));
}

describe('what is read of a record', () => {
  test('is which files it lists, of this run and of earlier ones, and which of them are as it says', async () => {
    await run({ 'a.png': 'a', 'b.png': 'b', 'link.png': 'c' });
    await run({ 'c.png': 'c', 'd.png': 'd' });
    await put('b.png', 'mine');
    await rm(join(folder, 'd.png'));
    await rm(join(folder, 'link.png'));
    await symlink(join(folder, 'c.png'), join(folder, 'link.png'));
    const found = await readVerified(systemDisk, folder, KEY, signal);
    const places = (files: Iterable<{ readonly place: string }> = []) => Array.from(files, ({ place }) => place).sort();
    expect(places(found?.earlier)).toEqual(['a.png', 'b.png', 'link.png']);
    expect(places(found?.own)).toEqual(['SHA256SUMS', 'c.png', 'd.png']);
    expect(places(found?.verified.values())).toEqual(['SHA256SUMS', 'a.png', 'c.png']);
    expect(found?.verified.get('a.png')).toMatchObject({ sha256: sha256('a') });
    expect(await readSaid(systemDisk, folder, KEY)).toEqual({
      earlier: found?.earlier,
      own: found?.own,
      value: found?.value,
    });
  });

  test('is the same where a thread computes the digests of large files', async () => {
    const [large, other] = ['l'.repeat(3_000_000), 'o'.repeat(300_000)];
    await run({ 'large.bin': large, 'other.bin': other, 'small.bin': 's' });
    await put('other.bin', `x${other.slice(1)}`);
    const beside = createDigester();
    let asked = 0;
    const digester: Digester = (file) => {
      asked += 1;
      return beside(file);
    };
    const found = await readVerified(systemDisk, folder, KEY, signal, digester);
    expect([...(found?.verified.keys() ?? [])].sort()).toEqual(['SHA256SUMS', 'large.bin', 'small.bin']);
    expect(found?.verified.get('large.bin')?.sha256).toBe(sha256(large));
    expect(asked).toBe(2);
  });

  test.each<[string, (path: string) => Promise<void>]>([
    ['longer', (path) => appendFile(path, 'more')],
    ['shorter', (path) => truncate(path, 1)],
    ['another', (path) => rm(path).then(() => writeFile(path, 'a'.repeat(2_000)))],
  ])('leaves out a file that became %s while it was read', async (_, change) => {
    await run({ 'a.bin': 'a'.repeat(2_000) });
    const path = join(folder, 'a.bin');
    const open: Disk['open'] = async (asked, flags) => {
      const file = await systemDisk.open(asked, flags);
      if (asked === path) await change(path);
      return file;
    };
    const found = await readVerified({ ...systemDisk, open }, folder, KEY, signal);
    expect([...(found?.verified.keys() ?? [])]).toEqual(['SHA256SUMS']);
  });

  test.each<[string, () => Promise<void>, string]>([
    ['there is none', async () => undefined, KEY],
    ['it is another key’s', () => run({ 'a.png': 'a' }), `${KEY}0`],
    ['it is no file', () => symlink('a.png', join(folder, LISTS.record)), KEY],
  ])('is nothing where %s', async (_, make, key) => {
    await make();
    expect(await readVerified(systemDisk, folder, key, signal)).toBeUndefined();
    expect(await readSaid(systemDisk, folder, key)).toBeUndefined();
  });
});

describe('a record', () => {
  /** The machine's disk, on which it seems to have that size. */
  const sized = (size: number): Disk => ({
    ...systemDisk,
    async lstat(path, options) {
      const mark = await systemDisk.lstat(path, options);
      if (!path.endsWith(LISTS.record)) return mark;
      const { dev, ino, mtimeNs } = mark;
      return { dev, ino, mtimeNs, size: BigInt(size), isFile: () => true, isDirectory: () => false };
    },
  });

  test('is read up to its bound, and no further', async () => {
    await run({ 'a.png': 'a' });
    expect(await readSaid(sized(LARGEST_RECORD), folder, KEY)).toBeDefined();
    const disk = sized(LARGEST_RECORD + 1);
    expect(await readSaid(disk, folder, KEY)).toBeUndefined();
    expect(await findForeign(disk, folder, KEY, signal)).toContain('did not sign');
  });

  test('that cannot be read is nobody’s', async () => {
    await run({ 'a.png': 'a' });
    const readFile = () => Promise.reject(Object.assign(new Error('EACCES'), { code: 'EACCES' }));
    expect(await findForeign({ ...systemDisk, readFile }, folder, KEY, signal)).toContain('did not sign');
    await expect(open({ ...systemDisk, readFile })).rejects.toThrow('did not sign');
  });
});

test('a list of digests is ours by its own digest, not by that of another file that is', async () => {
  await run({ 'a.png': 'a' });
  await put(LISTS.checksums, 'a');
  expect(await findForeign(systemDisk, folder, KEY, signal)).toMatch(/^lies a file SHA256SUMS that no/);
});

test('a page of somebody else is in the way of a page, and of nothing else', async () => {
  await put(LISTS.page, 'mine');
  expect(await findForeign(systemDisk, folder, KEY, signal, LISTS, true)).toMatch(/^lies a file index\.html that no/);
  expect(await findForeign(systemDisk, folder, KEY, signal)).toBeUndefined();
  await run({ 'a.png': 'a' });
  expect(await readSaid(systemDisk, folder, KEY)).toMatchObject({ value: { complete: true } });
});
