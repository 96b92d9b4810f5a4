import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createDisk } from '../../simulator/disk.ts';
import { systemClock } from '../../src/base/clock.ts';
import { downloadAll } from '../../src/files/downloads.ts';
import { openGround } from '../../src/files/ground.ts';
import { openRecord } from '../../src/files/record.ts';
import { listed } from '../../src/files/record-text.ts';
import { statementOf } from '../../src/files/statement.ts';
import { nothingKnown } from '../../src/task/run.ts';
import { bytesOf, playStorage } from '../transfer/played.ts';

const order = {
  target: { taskId: 'task-1', wasRead: true },
  workflow: undefined,
  fingerprint: undefined,
  digests: new Map<string, string>(),
};
const statement = statementOf(order, nothingKnown(order), undefined, 'https://cyberun.test/api/v1');
const author = { statement, key: 'sk-test-0123456789', offersAll: true, taskId: 'task-1' };
const { signal } = new AbortController();
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Fetches files of these names to a disk in memory with so much room, of which a write may take the half. */
async function start(names: readonly string[], free: number, mostBytes?: number) {
  const storage = await playStorage();
  const disk = createDisk({ free, isShort: true });
  let arrivals = Promise.withResolvers<void>();
  const wanted = names.map((place) => ({
    output: place,
    place,
    from: { url: () => `${storage.url}/${place}`, renew: async () => undefined },
  }));
  const context = { ...storage.context, disk: disk.mount(() => false), mostBytes };
  const where = { workspace: '/w', folder: '/w/out' };
  const done = downloadAll(wanted, where, author, context, storage.meter, () => {
    arrivals.resolve();
    arrivals = Promise.withResolvers();
  });
  const file = (name: string) => disk.files().get(`/w/out/${name}`) ?? Buffer.of();
  return {
    storage,
    done,
    /** Resolves at the next arrival. */
    arrival: () => arrivals.promise,
    file,
    names: () => [...disk.files().keys()].map((path) => path.slice('/w/out/'.length)).sort(),
    text: (name: string) => Buffer.from(file(name)).toString(),
    [Symbol.asyncDispose]: storage[Symbol.asyncDispose],
  };
}

describe('files that each fit the disk, and together do not,', () => {
  const big = (seed: number) => bytesOf(600_000, seed);
  const tiny = bytesOf(10, 3);

  test('come until it is full; the one that is too much goes, and what comes later has its room', async () => {
    await using task = await start(['a', 'b', 'c', 'd', 'e', 'f'], 1_000_000);
    const { storage } = task;
    const [a, b] = [await storage.next('/a'), await storage.next('/b')];
    a.begin(big(1), 1_000);
    b.begin(big(2), 1_000);
    // There was room for either when it was said how large it is.
    await storage.received(2_000);
    const arrival = task.arrival();
    a.end();
    await arrival;
    b.end();
    for (const name of ['c', 'd', 'e']) (await storage.next(`/${name}`)).give(tiny);
    const late = bytesOf(300_000, 4);
    (await storage.next('/f')).give(late);
    const { files, failures } = await task.done;
    expect(failures).toMatchObject([{ place: 'b', error: { type: 'final' } }]);
    expect(String(failures[0]?.error)).toMatch(
      /The disk does not take the file: .*ENOSPC.*\. The file has 600 kB\. Free space on the runner/,
    );
    expect(files.map(({ place }) => place)).toEqual(['a', 'c', 'd', 'e', 'f']);
    const whole = { a: big(1), c: tiny, d: tiny, e: tiny, f: late };
    for (const [name, bytes] of Object.entries(whole)) expect(bytes.equals(task.file(name))).toBe(true);
    expect(task.names()).toEqual(['SHA256SUMS', 'cyberun-run.json', ...Object.keys(whole)].sort());
    const sums = Object.entries(whole).map(([name, bytes]) => `${sha256(bytes)} *${name}\n`);
    expect(task.text('SHA256SUMS')).toBe(sums.join(''));
    expect(JSON.parse(task.text('cyberun-run.json')).complete).toBe(false);
  });

  test('are told before the first byte where the others are there already', async () => {
    await using task = await start(['a', 'b'], 1_000_000);
    const { storage } = task;
    const [a, b] = [await storage.next('/a'), await storage.next('/b')];
    const arrival = task.arrival();
    a.give(big(1));
    await arrival;
    b.begin(big(2), 0);
    const { files, failures } = await task.done;
    expect(files.map(({ place }) => place)).toEqual(['a']);
    expect(String(failures[0]?.error)).toMatch(/The disk is too full: the file has 600 kB, 39\d kB are free\./);
    expect(task.names()).toEqual(['SHA256SUMS', 'a', 'cyberun-run.json']);
  });
});

describe('max-download-size', () => {
  const most = 9_000;

  test('is of one file: those that are larger together come', async () => {
    await using task = await start(['a', 'b', 'c'], 1e9, most);
    for (const name of ['a', 'b', 'c']) (await task.storage.next(`/${name}`)).give(bytesOf(most));
    expect(await task.done).toMatchObject({ files: [{ bytes: most }, { bytes: most }, { bytes: most }], failures: [] });
  });

  test('is of the whole file: one of which each part is smaller does not come, and no part is asked for', async () => {
    await using storage = await playStorage();
    const fetched = storage.fetch({ mostBytes: most, cuts: { first: 4_000, least: 4_000, most: 4_000 } });
    (await storage.next()).begin(bytesOf(most + 1), 0);
    await expect(fetched).rejects.toThrow('The file has 9 kB, more than the 9 kB that');
    expect(storage.asked).toHaveLength(1);
  });
});

test('files that each fit a record, and together with what it lists do not, are refused', async () => {
  const disk = createDisk({ free: 1e9, isShort: false }).mount(() => false);
  const open = async () =>
    openRecord(await openGround(disk, '/w', '/w/out'), author, { disk, clock: systemClock, signal });
  const text = (place: string, mib: number) =>
    listed(place, sha256(Buffer.of()), { mediaType: 'x'.repeat(mib * 1024 * 1024) });
  const first = await open();
  await disk.writeFile('/w/out/earlier', '', { flag: 'wx' });
  await first.adopt([text('earlier', 9)]);
  await first.seal([]);
  const record = await open();
  await record.adopt([text('own', 9)]);
  await expect(record.addFolder([text('x/1', 4), text('x/2', 4)], 'x', '/w/out/part')).rejects.toThrow(
    'With 5 files, cyberun-run.json would be larger than any is read.',
  );
  // What comes one by one is no more than a task offers, and no file is lost for it.
  await record.adopt([text('one', 9)]);
});
