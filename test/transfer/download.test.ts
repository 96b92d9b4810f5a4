import { createHash } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import type { Fault } from '../../emulator/faults.ts';
import { createObject, generatedSha256 } from '../../emulator/objects.ts';
import { type Disk, type DiskFile, systemDisk } from '../../src/base/disk.ts';
import { getObject } from '../../src/transfer/storage.ts';
import { createLeapingClock } from '../base/leaping-clock.ts';
import { staysPending } from '../emulator/client.ts';
import { createObjectAt, getsOf, rangesOf } from './objects.ts';

const MB = 1024 * 1024;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('a file comes whole, by one request, with its digest and media type', async () => {
  await using object = await createObjectAt(300_000);
  expect(await object.fetch()).toEqual({ bytes: 300_000, sha256: sha256(object.content()), mediaType: 'image/png' });
  expect(await object.isRight()).toBe(true);
  expect(await object.names()).toEqual(['file.bin']);
  expect(object.meter).toEqual({ sizes: [300_000], bytes: 300_000 });
  const [request, ...others] = getsOf(object.emulator);
  expect(others).toEqual([]);
  expect(request?.headers).toMatchObject({ range: `bytes=0-${8 * MB - 1}`, 'accept-encoding': 'identity' });
  expect(request?.headers.authorization).toBeUndefined();
});

test('an empty file comes, too', async () => {
  await using object = await createObjectAt(0);
  expect(await object.fetch()).toMatchObject({ bytes: 0, sha256: sha256(Buffer.of()) });
  expect(await object.names()).toEqual(['file.bin']);
});

test('an empty file comes from a storage that says no more than 416', async () => {
  await using object = await createObjectAt(0);
  object.fault({ type: 'status', status: 416 });
  object.fault({ type: 'ignore-range' });
  expect(await object.fetch()).toMatchObject({ bytes: 0 });
  expect(getsOf(object.emulator).map(({ headers }) => headers.range !== undefined)).toEqual([true, false]);
});

describe('a file comes whole in spite of', () => {
  const faults: (Fault & { times?: number })[] = [
    { type: 'refuse' },
    { type: 'reset-after' },
    { type: 'reset-headers' },
    { type: 'drop', afterBytes: 1 },
    { type: 'drop', afterBytes: 1_500_000 },
    { type: 'drop', afterBytes: 1_500_000, reset: true },
    { type: 'end', afterBytes: 1_500_000 },
    { type: 'no-length' },
    { type: 'close-delimited' },
    { type: 'ignore-range' },
    { type: 'changed-object' },
    ...[408, 429, 500, 502, 503, 504].map((status) => ({ type: 'status' as const, status })),
    { type: 'trickle', bytesPerSecond: 2_000 },
  ];
  test.for(faults)('$type $status $afterBytes', async (fault) => {
    await using object = await createObjectAt(3_000_000);
    object.fault(fault, { times: 2 });
    expect(await object.fetch()).toMatchObject({ bytes: 3_000_000, sha256: sha256(object.content()) });
    expect(await object.isRight()).toBe(true);
    expect(await object.names()).toEqual(['file.bin']);
    expect(object.meter).toEqual({ sizes: [3_000_000], bytes: 3_000_000 });
  });
});

test('a break costs what was not received, and no more', async () => {
  await using object = await createObjectAt(3_000_000);
  object.fault({ type: 'drop', afterBytes: 1_000_000 }, { times: 2 });
  await object.fetch();
  expect(rangesOf(object.emulator).map(([from]) => from)).toEqual([0, 1_000_000, 2_000_000]);
  const etag = object.emulator.objects.values().next().value?.etag;
  expect(getsOf(object.emulator).map(({ headers }) => headers['if-match'])).toEqual([undefined, etag, etag]);
});

test('an object that changes after a break is fetched anew, not glued together', async () => {
  await using object = await createObjectAt(3_000_000);
  object.fault({ type: 'drop', afterBytes: 1_000_000 });
  object.fault({ type: 'changed-object' });
  expect(await object.fetch()).toMatchObject({ sha256: sha256(object.content()) });
  expect(await object.isRight()).toBe(true);
  expect(rangesOf(object.emulator).map(([from]) => from)).toEqual([0, 1_000_000, 0]);
  expect(object.meter.bytes).toBe(3_000_000);
});

test('an object that became shorter leaves nothing of its former self', async () => {
  await using object = await createObjectAt(3_000_000);
  object.fault({ type: 'drop', afterBytes: 1_000_000 });
  const when = () => {
    for (const key of object.emulator.objects.keys()) {
      object.emulator.objects.set(key, createObject(Buffer.from('short'), 'image/png'));
    }
    return false;
  };
  object.emulator.fault({ kind: 'storage-get', when, fault: { type: 'no-length' } });
  expect(await object.fetch()).toMatchObject({ bytes: 5, sha256: sha256(Buffer.from('short')) });
  expect(await object.isRight()).toBe(true);
});

test('a part of another object is not taken, even from a storage that ignores If-Match', async () => {
  await using object = await createObjectAt(3_000_000);
  object.fault({ type: 'drop', afterBytes: 1_000_000 });
  const headers = { etag: '"another"', 'content-range': 'bytes 1000000-1000003/3000000' };
  object.fault({ type: 'status', status: 206, headers, body: 'abcd' });
  await object.fetch();
  expect(await object.isRight()).toBe(true);
  expect(rangesOf(object.emulator).map(([from]) => from)).toEqual([0, 1_000_000, 0]);
});

test('a small body that is not wanted any more ends nothing but itself', async () => {
  await using object = await createObjectAt(1_000);
  object.fault({ type: 'drop', afterBytes: 500 });
  object.fault({ type: 'ignore-range' });
  await object.fetch();
  expect(await object.isRight()).toBe(true);
});

test('a storage that ignores the range after a break begins anew', async () => {
  await using object = await createObjectAt(3_000_000);
  object.fault({ type: 'drop', afterBytes: 1_000_000 });
  object.fault({ type: 'ignore-range' }, { times: 2 });
  await object.fetch();
  expect(await object.isRight()).toBe(true);
  expect(rangesOf(object.emulator).map(([from]) => from)).toEqual([0, 1_000_000, 0]);
});

test('an object that changes all the time is given up', async () => {
  await using object = await createObjectAt(3_000_000);
  for (let round = 0; round < 9; round += 1) {
    object.fault({ type: 'drop', afterBytes: 1_000_000 });
    object.fault({ type: 'changed-object' });
  }
  await expect(object.fetch()).rejects.toMatchObject({ type: 'changed' });
  expect(await object.names()).toEqual([]);
  expect(getsOf(object.emulator)).toHaveLength(10);
});

describe('a URL that is no longer accepted', () => {
  test.for(['aws', 'r2', 'gcs', 'minio'] as const)('is replaced, as %s puts it, mid-file too', async (form) => {
    await using object = await createObjectAt(3_000_000);
    object.fault({ type: 'expired', form });
    object.fault({ type: 'drop', afterBytes: 1_000_000 });
    object.fault({ type: 'expired', form });
    await object.fetch();
    expect(await object.isRight()).toBe(true);
    expect(object.renewals()).toBe(2);
    expect(rangesOf(object.emulator).map(([from]) => from)).toEqual([0, 0, 1_000_000, 1_000_000]);
  });

  test('is replaced when its time is over', async () => {
    await using object = await createObjectAt(1_000);
    object.emulator.skipTime(3_601_000);
    await object.fetch();
    expect(object.renewals()).toBe(1);
  });

  test('that nothing replaces ends with what the storage says', async () => {
    await using object = await createObjectAt(1_000);
    const body =
      '<Error><Code>AccessDenied</Code><Message>The key &quot;a &amp; b&quot; was revoked.</Message></Error>';
    object.fault({ type: 'status', status: 403, body }, { times: Number.POSITIVE_INFINITY });
    await expect(object.fetch()).rejects.toMatchObject({
      type: 'refused',
      message: 'The storage answered 403 AccessDenied: The key "a & b" was revoked.',
    });
    expect(getsOf(object.emulator)).toHaveLength(4);
    expect(await object.names()).toEqual([]);
  });
});

test('an object that is gone ends at once', async () => {
  await using object = await createObjectAt(1_000);
  object.emulator.objects.clear();
  await expect(object.fetch()).rejects.toMatchObject({
    type: 'final',
    message: expect.stringContaining('404 NoSuchKey'),
  });
  expect(getsOf(object.emulator)).toHaveLength(1);
  expect(await object.names()).toEqual([]);
});

describe('patience', () => {
  test('is over after three minutes without progress', async () => {
    await using object = await createObjectAt(1_000);
    object.fault({ type: 'status', status: 503 }, { times: Number.POSITIVE_INFINITY });
    const began = object.clock.now();
    await expect(object.fetch()).rejects.toMatchObject({ type: 'passing', message: expect.stringContaining('503') });
    expect(object.clock.now() - began).toBeGreaterThan(3 * 60_000);
    expect(object.clock.now() - began).toBeLessThan(60 * 60_000);
    expect(await object.names()).toEqual([]);
  });

  test('is over, and not overtaxed, when every answer is cut short before its first byte', async () => {
    await using object = await createObjectAt(1_000);
    object.fault({ type: 'end', afterBytes: 0 }, { times: Number.POSITIVE_INFINITY });
    const message = expect.stringContaining('it ended too early');
    await expect(object.fetch()).rejects.toMatchObject({ type: 'passing', message });
    expect(getsOf(object.emulator).length).toBeLessThan(100);
    expect(await object.names()).toEqual([]);
  });

  test('is renewed by progress, however often the link breaks', async () => {
    await using object = await createObjectAt(6_000_000);
    const everySecond = () => getsOf(object.emulator).length % 2 === 0;
    const busy: Fault = { type: 'status', status: 503, headers: { 'retry-after': '10' } };
    object.emulator.fault({ kind: 'storage-get', times: Number.POSITIVE_INFINITY, when: everySecond, fault: busy });
    object.fault({ type: 'drop', afterBytes: 66_000 }, { times: Number.POSITIVE_INFINITY });
    const clock = createLeapingClock();
    await object.fetch({ clock });
    expect(clock.now()).toBeGreaterThan(10 * 60_000);
    expect(await object.isRight()).toBe(true);
    expect(getsOf(object.emulator).length).toBeGreaterThan(180);
  });

  test('is over after half a minute with a host that nobody knows', async () => {
    await using object = await createObjectAt(1_000);
    const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND storage.invalid'), { code: 'ENOTFOUND' });
    const began = object.clock.now();
    const fetching = object.fetch({ wire: () => Promise.reject(unknown) });
    await expect(fetching).rejects.toMatchObject({ message: expect.stringContaining('ENOTFOUND') });
    expect(object.clock.now() - began).toBeGreaterThan(30_000);
    expect(object.clock.sleeps.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(60_000);
  });

  test('is told of where the storage asks for a long wait', async () => {
    await using object = await createObjectAt(1_000, 1_000);
    object.fault({ type: 'status', status: 503, headers: { 'retry-after': '60' } });
    await object.fetch();
    expect(object.notices).toEqual([expect.stringMatching(/^The storage answered 503 .* Trying again in 1m\.$/)]);
  });

  test('waits as long as Retry-After says', async () => {
    await using object = await createObjectAt(1_000);
    object.fault({ type: 'status', status: 503, headers: { 'retry-after': '25' } });
    await object.fetch();
    expect(object.clock.sleeps).toEqual([25_000]);
  });
});

test('a trickle is given up for another connection', async () => {
  await using object = await createObjectAt(3_000_000);
  object.fault({ type: 'trickle', bytesPerSecond: 2_000 });
  const began = performance.now();
  await object.fetch();
  expect(getsOf(object.emulator)).toHaveLength(2);
  // Half a minute on the fast clock, instead of 25 minutes on any.
  expect(performance.now() - began).toBeLessThan(30_000);
  expect(await object.isRight()).toBe(true);
});

test('a file that the disk has no room for ends before its first byte', async () => {
  const bytes = 2 ** 49;
  await using object = await createObjectAt({ bytes, seed: 1 });
  await expect(object.fetch()).rejects.toMatchObject({
    type: 'final',
    message: expect.stringMatching(/^The disk is too full: the file has 563 TB, .* are free\./),
  });
  expect(object.meter.bytes).toBe(0);
  expect(await object.names()).toEqual([]);
});

describe('a file system', () => {
  test.for<[string, Disk['statfs']]>([
    ['that does not say how large it is', () => Promise.reject(new Error('ENOSYS'))],
    ['that has no blocks', async () => ({ blocks: 0, bavail: 0, bsize: 4_096 })],
    ['whose blocks have no size', async () => ({ blocks: 1_000, bavail: 1_000, bsize: 0 })],
    ['with as much room as the file takes', async () => ({ blocks: 100_000, bavail: 20_000, bsize: 100 })],
  ])('%s is tried', async ([, statfs]) => {
    await using object = await createObjectAt(2_000_000);
    await object.fetch({ disk: { ...systemDisk, statfs } });
    expect(await object.isRight()).toBe(true);
  });

  test('with less room than that is full', async () => {
    await using object = await createObjectAt(2_000_001);
    const statfs = async () => ({ blocks: 100_000, bavail: 20_000, bsize: 100 });
    await expect(object.fetch({ disk: { ...systemDisk, statfs } })).rejects.toThrow('The disk is too full');
  });

  test('is not asked for a small file, which is tried', async () => {
    await using object = await createObjectAt(200_000);
    const statfs = vi.fn(systemDisk.statfs);
    await object.fetch({ disk: { ...systemDisk, statfs } });
    expect(statfs).not.toHaveBeenCalled();
  });

  const cuts = { first: 4_000, least: 1_500, most: 1_500 };

  /** The machine's disk, with files of another kind. */
  const diskWith = (change: (file: DiskFile) => Partial<DiskFile>): Disk => ({
    ...systemDisk,
    async open(path, flags) {
      const file = await systemDisk.open(path, flags);
      return {
        read: (...asked) => file.read(...asked),
        writev: (...asked) => file.writev(...asked),
        truncate: (bytes) => file.truncate(bytes),
        stat: (options) => file.stat(options),
        close: () => file.close(),
        ...change(file),
      };
    },
  });

  test('that writes and reads a little at a time keeps every byte, and the digest is of them', async () => {
    await using object = await createObjectAt(10_000);
    const disk = diskWith((file) => ({
      read: (buffer, offset, length, position) => file.read(buffer, offset, Math.min(length, 700), position),
      writev: ([first = Buffer.of()], position) => file.writev([first.subarray(0, 300)], position),
    }));
    expect(await object.fetch({ disk, cuts })).toMatchObject({ bytes: 10_000, sha256: sha256(object.content()) });
    expect(await object.isRight()).toBe(true);
  });

  test.for<[string, (file: DiskFile) => Partial<DiskFile>]>([
    ['gave back less than was written', () => ({ read: async () => ({ bytesRead: 0 }) })],
    ['does not take the file: EDQUOT', () => ({ writev: () => Promise.reject(new Error('EDQUOT')) })],
    // What a network's file system could not write is said as late as that.
    ['EIO', (file) => ({ close: () => file.close().then(() => Promise.reject(new Error('EIO'))) })],
  ])('that %s leaves nothing', async ([said, change]) => {
    await using object = await createObjectAt(10_000);
    await expect(object.fetch({ disk: diskWith(change), cuts })).rejects.toThrow(said);
    expect(await object.names()).toEqual([]);
  });
});

test('an abort ends it with its reason, closes the connection, and leaves nothing', async () => {
  await using object = await createObjectAt(3_000_000);
  object.fault({ type: 'stall', afterBytes: 1_000_000 });
  const fetching = object.fetch();
  await vi.waitUntil(() => object.meter.bytes === 1_000_000);
  expect(await object.names()).toEqual([expect.stringMatching(/^\.cyberun-.*\.part$/)]);
  object.job.abort(new Error('cancelled'));
  await expect(fetching).rejects.toThrow('cancelled');
  expect(await object.names()).toEqual([]);
  await object.emulator.waitFor(({ requests }) => requests.every(({ closedAt }) => closedAt !== undefined));
});

describe('a large file', () => {
  const bytes = 170 * MB + 17;

  test.for([
    { bytes: 8 * MB + 1, part: 4 * MB },
    { bytes, part: 4 * MB },
    { bytes: 520 * MB, part: 8 * MB },
  ])('of $bytes bytes comes in parts of $part after the first 8 MiB, with one digest', async ({ bytes, part }) => {
    await using object = await createObjectAt({ bytes, seed: 5 });
    expect(await object.fetch()).toMatchObject({ bytes, sha256: generatedSha256({ bytes, seed: 5 }) });
    const ranges = rangesOf(object.emulator).sort(([one], [other]) => one - other);
    const froms = [0, ...Array.from({ length: Math.ceil((bytes - 8 * MB) / part) }, (_, at) => 8 * MB + at * part)];
    expect(ranges).toEqual(froms.map((from, at) => [from, froms[at + 1] ?? bytes]));
    expect(object.meter).toEqual({ sizes: [bytes], bytes });
  });

  test('goes on where it broke, part by part, with fresh URLs', async () => {
    await using object = await createObjectAt({ bytes, seed: 6 });
    object.fault({ type: 'drop', afterBytes: 40 * MB });
    object.fault({ type: 'drop', afterBytes: 10 * MB, reset: true }, { times: 3, skip: 1 });
    object.emulator.fault({
      kind: 'storage-get',
      times: Number.POSITIVE_INFINITY,
      when: ({ query }) => query['X-Amz-Signature'] === firstSignature && getsOf(object.emulator).length > 6,
      fault: { type: 'expired', form: 'aws' },
    });
    const firstSignature = new URL(object.url()).searchParams.get('X-Amz-Signature');
    expect(await object.fetch()).toMatchObject({ bytes, sha256: generatedSha256({ bytes, seed: 6 }) });
    expect(object.renewals()).toBe(1);
    expect(object.meter.bytes).toBe(bytes);
  });

  test('ends as a whole, and at once, when one part cannot be had', async () => {
    await using object = await createObjectAt({ bytes, seed: 7 });
    object.fault({ type: 'stall', afterBytes: 1000 }, { skip: 1, times: 3 });
    object.fault({ type: 'status', status: 404 }, { skip: 1 });
    const began = performance.now();
    await expect(object.fetch()).rejects.toMatchObject({ type: 'final' });
    // The other parts would be silent for half a minute.
    expect(performance.now() - began).toBeLessThan(25_000);
    expect(await object.names()).toEqual([]);
    await object.emulator.waitFor(({ requests }) => requests.every(({ closedAt }) => closedAt !== undefined));
  });
});

test('the storage sees 16 connections at most', async () => {
  await using object = await createObjectAt(1_000);
  object.fault({ type: 'stall', head: true }, { times: Number.POSITIVE_INFINITY });
  const { wire, clock, job } = object;
  const asking = Array.from({ length: 40 }, () =>
    getObject(
      object.url(),
      { from: 0 },
      {
        wire,
        isHome: () => true,
        disk: systemDisk,
        notice: () => undefined,
        clock,
        signal: job.signal,
      },
    ).catch(() => undefined),
  );
  await object.emulator.waitFor(({ requests }) => requests.filter(({ kind }) => kind === 'storage-get').length >= 16);
  const more = object.emulator.waitFor((emulator) => getsOf(emulator).length > 16, job.signal);
  expect(await staysPending(more, 200)).toBe(true);
  job.abort(new Error('enough'));
  await Promise.all(asking);
});
