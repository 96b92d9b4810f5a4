import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { Fault } from '../../emulator/faults.ts';
import { systemClock } from '../../src/base/clock.ts';
import { type Disk, systemDisk } from '../../src/base/disk.ts';
import type { UploadSlot } from '../../src/base/upload-slot.ts';
import { createWire, type Wire } from '../../src/base/wire.ts';
import type { TransferContext } from '../../src/transfer/storage.ts';
import { type LocalFile, uploadFile } from '../../src/transfer/upload.ts';
import { createLeapingClock } from '../base/leaping-clock.ts';

const MEGABYTE = 1_000_000;
/** How long a try that is not the first waits for a refusal, in milliseconds. */
const HESITATION = 3_000;

function createFile(content: Uint8Array): LocalFile {
  const folder = mkdtempSync(join(tmpdir(), 'upload-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'sketch.png');
  writeFileSync(path, content);
  const identity = statSync(path, { bigint: true });
  const name = 'sketch.png';
  return { path, place: name, name, bytes: content.length, sha256: '', mediaType: 'image/png', identity };
}

/** Bytes of which no two places look alike. */
function someBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let place = 0; place + 4 <= length; place += 4) bytes.writeUInt32LE(place, place);
  return bytes;
}

/** Uploads a file to the emulator as the action does, and keeps what was counted. */
function upload(emulator: Emulator, file: LocalFile, changes: Partial<TransferContext> = {}, repeats = false) {
  const clock = createLeapingClock();
  const wire = createWire();
  onTestFinished(wire[Symbol.asyncDispose]);
  const notices: string[] = [];
  const notice = (message: string) => void notices.push(message);
  const { signal } = new AbortController();
  const context = { wire, isHome: () => true, disk: systemDisk, notice, clock, signal, ...changes };
  const counts = { size: 0, sent: 0 };
  const meter = {
    size: (total: number) => (counts.size += total),
    bytes: (count: number) => (counts.sent += count),
  };
  const slots: UploadSlot[] = [];
  const slot = async (): Promise<UploadSlot> => {
    if (repeats && slots[0] !== undefined) return slots[0];
    const body = JSON.stringify({ file_name: file.name, file_size: file.bytes, content_type: file.mediaType });
    const headers = { authorization: `Bearer ${emulator.apiKey}` };
    const answer = await fetch(`${emulator.apiUrl}/r/files/presign`, { method: 'POST', headers, body });
    const { file_key, upload_url, upload_headers } = (await answer.json()) as {
      file_key: string;
      upload_url: string;
      upload_headers: Record<string, string>;
    };
    slots.push({ fileKey: file_key, url: upload_url, headers: upload_headers });
    return slots.at(-1) as UploadSlot;
  };
  return { uploading: uploadFile(file, slot, context, meter), counts, slots, notices, waited: clock.waited };
}

const puts = (emulator: Emulator) => emulator.requests.filter(({ kind }) => kind === 'storage-put');
const stored = (emulator: Emulator, key: string) => Buffer.from(emulator.objects.get(key)?.bytes ?? []);

describe('uploadFile', () => {
  test.each([0, 1, 1024 * 1024, 1024 * 1024 + 1, 3 * MEGABYTE])('brings %i bytes to the storage', async (length) => {
    await using emulator = await startEmulator();
    const content = someBytes(length);
    const { uploading, counts } = upload(emulator, createFile(content));
    expect(stored(emulator, await uploading).equals(content)).toBe(true);
    expect(counts).toEqual({ size: length, sent: length });
  });

  test('sends every signed header as it was given, the exact length, and no key', async () => {
    await using emulator = await startEmulator();
    await upload(emulator, createFile(someBytes(1000))).uploading;
    const [put] = puts(emulator);
    expect(put?.headers).toMatchObject({ 'content-type': 'image/png', 'content-length': '1000', 'if-none-match': '*' });
    expect(put?.headers).not.toHaveProperty('authorization');
    expect(put?.headers).not.toHaveProperty('transfer-encoding');
  });

  test('declares the length where the service names none', async () => {
    await using emulator = await startEmulator();
    const file = createFile(someBytes(1000));
    emulator.fault({ kind: 'storage-put', fault: { type: 'status', status: 200 } });
    const slot = async () => ({ fileKey: 'key', url: `${emulator.storageUrl}/cyberun/x`, headers: {} });
    const context = {
      wire: createWire(),
      isHome: () => true,
      disk: systemDisk,
      notice: () => undefined,
      clock: createLeapingClock(),
      signal: new AbortController().signal,
    };
    expect(await uploadFile(file, slot, context, { size: () => 0, bytes: () => 0 })).toBe('key');
    expect(puts(emulator)[0]?.headers['content-length']).toBe('1000');
  });

  test.each<[string, Fault]>([
    ['the storage is busy', { type: 'status', status: 503 }],
    ['the connection is refused', { type: 'refuse' }],
    ['the connection breaks half-way', { type: 'refuse', afterBytes: MEGABYTE }],
    ['the URL has expired', { type: 'expired', form: 'aws' }],
    ['the URL has expired, as R2 says it', { type: 'expired', form: 'r2' }],
    ['the signature is refused', { type: 'status', status: 403 }],
    ['a file of that key is there already', { type: 'status', status: 412 }],
    // The bytes arrived: with the same slot, the next try would be answered 412 for ever.
    ['the answer is lost', { type: 'reset-after' }],
  ])('tries again with a fresh slot when %s', async (_, fault) => {
    await using emulator = await startEmulator();
    emulator.fault({ kind: 'storage-put', times: 2, fault });
    const content = someBytes(3 * MEGABYTE);
    const { uploading, slots, counts, waited } = upload(emulator, createFile(content));
    const key = await uploading;
    expect(key).toBe(slots[2]?.fileKey);
    expect(stored(emulator, key).equals(content)).toBe(true);
    expect(new Set(puts(emulator).map(({ path }) => path)).size).toBe(3);
    expect(counts).toEqual({ size: content.length, sent: content.length });
    expect(waited.filter((ms) => ms !== HESITATION)).toHaveLength(2);
  });

  test.each([10, 30 * MEGABYTE])(
    'sends %i bytes again where a redirect leads, and counts them once',
    async (length) => {
      await using emulator = await startEmulator();
      emulator.fault({ kind: 'storage-put', times: 2, fault: { type: 'redirect', status: 307 } });
      const content = someBytes(length);
      const { uploading, slots, counts } = upload(emulator, createFile(content));
      const key = await uploading;
      expect(stored(emulator, key).equals(content)).toBe(true);
      expect(puts(emulator).at(-1)?.headers).toMatchObject({ 'content-length': String(length), 'if-none-match': '*' });
      expect(counts).toEqual({ size: length, sent: length });
      // A storage that closes while the file is still being sent may take its answer with it; then the whole is tried again.
      if (length === 10) expect([puts(emulator).length, slots.length]).toEqual([3, 1]);
    },
  );

  test('waits as long as the storage asks', async () => {
    await using emulator = await startEmulator();
    emulator.fault({ kind: 'storage-put', fault: { type: 'status', status: 503, headers: { 'retry-after': '7' } } });
    const { uploading, waited, notices } = upload(emulator, createFile(someBytes(10)));
    await uploading;
    expect(waited).toEqual([7000]);
    expect(notices).toEqual([]);
  });

  test('says that it waits, and for how long, when the storage asks for more than usual', async () => {
    await using emulator = await startEmulator();
    emulator.fault({ kind: 'storage-put', fault: { type: 'status', status: 503, headers: { 'retry-after': '60' } } });
    const { uploading, notices } = upload(emulator, createFile(someBytes(10)));
    await uploading;
    expect(notices).toEqual([expect.stringMatching(/^The storage answered 503 SlowDown: .* Trying again in 1m\.$/)]);
  });

  test.each([403, 412])('gives up after the third %i', async (status) => {
    await using emulator = await startEmulator();
    emulator.fault({ kind: 'storage-put', times: Number.POSITIVE_INFINITY, fault: { type: 'status', status } });
    const { uploading, counts } = upload(emulator, createFile(someBytes(10)));
    await expect(uploading).rejects.toMatchObject({ name: 'TransferError', type: 'final' });
    expect(puts(emulator)).toHaveLength(3);
    expect(counts.sent).toBe(0);
  });

  // What is still being sent when the storage closes is met by a reset, which may take the answer with it. versitygw looks at
  // no request before it has 8 KiB of its body.
  test.each([0, 8192])('hears a refusal after %i bytes of the file, and gives up soon', async (afterBytes) => {
    await using emulator = await startEmulator();
    const fault: Fault = { type: 'status', status: 403, hangUp: true, afterBytes };
    emulator.fault({ kind: 'storage-put', times: Number.POSITIVE_INFINITY, fault });
    const { uploading, counts } = upload(emulator, createFile(someBytes(30 * MEGABYTE)), { clock: systemClock });
    await expect(uploading).rejects.toMatchObject({ type: 'final', message: /^The storage answered 403 / });
    // One more where the first was heard by chance, and the second not; two where two were heard, and the third not.
    expect([3, 4, 5]).toContain(puts(emulator).length);
    expect(counts.sent).toBe(0);
  });

  // A proxy that reads no answer before it has the whole would lose it to the storage's impatience.
  test('waits for a refusal once a connection broke, and not before', async () => {
    await using emulator = await startEmulator();
    for (const status of [403, 412, 403]) emulator.fault({ kind: 'storage-put', fault: { type: 'status', status } });
    const refused = upload(emulator, createFile(someBytes(MEGABYTE)));
    await refused.uploading;
    expect([puts(emulator).length, refused.waited.includes(HESITATION)]).toEqual([4, false]);

    emulator.fault({ kind: 'storage-put', fault: { type: 'refuse' } });
    emulator.fault({ kind: 'storage-put', fault: { type: 'status', status: 403 } });
    const broken = upload(emulator, createFile(someBytes(MEGABYTE)));
    await broken.uploading;
    expect(broken.waited.filter((ms) => ms === HESITATION)).toHaveLength(2);
  });

  describe('where the service repeats a key,', () => {
    test.each<[string, Fault]>([
      ['no answer', { type: 'reset-after' }],
      ['half of one', { type: 'reset-headers' }],
    ])('a file that is there counts, where it was sent and %s came', async (_, fault) => {
      await using emulator = await startEmulator();
      const content = someBytes(MEGABYTE);
      emulator.fault({ kind: 'storage-put', fault });
      const { uploading, slots, counts, notices } = upload(emulator, createFile(content), {}, true);
      const key = await uploading;
      expect(key).toBe(slots[0]?.fileKey);
      expect(puts(emulator).map(({ status }) => status)).toEqual([undefined, 412]);
      expect(stored(emulator, key).equals(content)).toBe(true);
      expect(counts.sent).toBe(content.length);
      expect(notices).toEqual([expect.stringMatching(/^sketch\.png was sent, and the answer to that was lost\. /)]);
    });

    test.each<[string, number, Fault]>([
      ['broke off halfway', 30 * MEGABYTE, { type: 'refuse', afterBytes: MEGABYTE }],
      ['was refused', 10, { type: 'status', status: 403 }],
      ['came to a storage that was busy', 10, { type: 'status', status: 503 }],
      ['was sent on to nobody', 10, { type: 'redirect', status: 307, location: 'http://127.0.0.1:1/' }],
      ['was met by that file, too', 10, { type: 'status', status: 412 }],
    ])('a file that is there is somebody else’s, where the try before %s', async (_, length, fault) => {
      await using emulator = await startEmulator();
      emulator.fault({ kind: 'storage-put', fault });
      emulator.fault({ kind: 'storage-put', times: Number.POSITIVE_INFINITY, fault: { type: 'status', status: 412 } });
      const { uploading, counts } = upload(emulator, createFile(someBytes(length)), {}, true);
      await expect(uploading).rejects.toMatchObject({ type: 'final', message: /has a file of that key already/ });
      expect(counts.sent).toBe(0);
    });
  });

  test('is not given up for a refusal that came once, however late', async () => {
    await using emulator = await startEmulator();
    for (const status of [503, 403, 412, 503, 403, 503, 412]) {
      emulator.fault({ kind: 'storage-put', fault: { type: 'status', status } });
    }
    await upload(emulator, createFile(someBytes(10))).uploading;
    expect(puts(emulator)).toHaveLength(8);
  });

  test('goes through over a link that breaks again and again, early or late', async () => {
    await using emulator = await startEmulator();
    for (const afterBytes of [1, 2, 2, 2, 3, 3, 1, 2, 3].map((megabytes) => megabytes * MEGABYTE)) {
      emulator.fault({ kind: 'storage-put', fault: { type: 'refuse', afterBytes } });
    }
    const content = someBytes(4 * MEGABYTE);
    const { uploading, counts } = upload(emulator, createFile(content));
    expect(stored(emulator, await uploading).equals(content)).toBe(true);
    expect(puts(emulator)).toHaveLength(10);
    expect(counts.sent).toBe(content.length);
  });

  test.each([
    ['a host that nobody knows', 'ENOTFOUND', 30_000],
    ['a name server that is out of order', 'EAI_AGAIN', 180_000],
  ])('has its patience with %s', async (_, code, patience) => {
    const wire: Wire = () => Promise.reject(Object.assign(new Error(`getaddrinfo ${code} storage.invalid`), { code }));
    await using emulator = await startEmulator();
    const { uploading, waited } = upload(emulator, createFile(someBytes(10)), { wire });
    await expect(uploading).rejects.toMatchObject({ type: 'final', message: expect.stringContaining(code) });
    const total = waited.reduce((sum, ms) => sum + ms, 0);
    expect(total).toBeGreaterThan(patience);
    expect(total).toBeLessThanOrEqual(patience + 15_000);
  });

  test('says of a file that is too large who may not take it', async () => {
    await using emulator = await startEmulator();
    emulator.fault({ kind: 'storage-put', fault: { type: 'status', status: 413 } });
    const message = /^The storage answered 413 .*larger than it takes, or a proxy before it .*send a smaller file\.$/;
    await expect(upload(emulator, createFile(someBytes(10))).uploading).rejects.toThrow(message);
    expect(puts(emulator)).toHaveLength(1);
  });

  test.each([404, 411, 501])('does not try again after %i', async (status) => {
    await using emulator = await startEmulator();
    emulator.fault({ kind: 'storage-put', fault: { type: 'status', status } });
    await expect(upload(emulator, createFile(someBytes(10))).uploading).rejects.toThrow(
      `The storage answered ${status}`,
    );
    expect(puts(emulator)).toHaveLength(1);
  });

  test('gives up after minutes of faults', async () => {
    await using emulator = await startEmulator();
    emulator.fault({ kind: 'storage-put', times: Number.POSITIVE_INFINITY, fault: { type: 'status', status: 500 } });
    const { uploading, waited } = upload(emulator, createFile(someBytes(10)));
    await expect(uploading).rejects.toMatchObject({ type: 'final' });
    const total = waited.reduce((sum, ms) => sum + ms, 0);
    expect(total).toBeGreaterThan(180_000);
    expect(total).toBeLessThan(200_000);
  });

  test('tries a large file again although its first try alone outlasted the patience', async () => {
    await using emulator = await startEmulator();
    emulator.fault({ kind: 'storage-put', times: 2, fault: { type: 'status', status: 500 } });
    const fast = createLeapingClock();
    let time = 0;
    const clock = { ...fast, now: () => (time += 200_000) };
    const { uploading } = upload(emulator, createFile(someBytes(10)), { clock });
    await uploading;
    expect(puts(emulator)).toHaveLength(3);
  });

  test('says that a file is gone', async () => {
    await using emulator = await startEmulator();
    const gone = createFile(someBytes(10));
    rmSync(gone.path);
    await expect(upload(emulator, gone).uploading).rejects.toThrow(/^It cannot be read: ENOENT/);
    expect(emulator.objects.size).toBe(0);
  });

  test('says at once that what it was told to send cannot be read', async () => {
    await using emulator = await startEmulator();
    const small = createFile(someBytes(10));
    const folder = dirname(small.path);
    const file = { ...small, path: folder, identity: statSync(folder, { bigint: true }) };
    const { uploading, waited } = upload(emulator, file);
    await expect(uploading).rejects.toMatchObject({ type: 'final', message: expect.stringContaining('EISDIR') });
    expect(waited).toEqual([]);
  });

  test.each<[string, (path: string) => void, string | RegExp]>([
    ['a link', (path) => symlinkSync('/etc/hostname', path), /^It cannot be read: ELOOP/],
    ['a link to what was there', (path) => symlinkSync(`${path}.old`, path), /^It cannot be read: ELOOP/],
    ['another file', (path) => writeFileSync(path, 'a token'), /^It was replaced or written to/],
    ['a pipe', (path) => execFileSync('mkfifo', [path]), /^It was replaced or written to/],
  ])('sends nothing of %s that took the place of the file', async (_, replace, message) => {
    await using emulator = await startEmulator();
    const file = createFile(someBytes(10));
    renameSync(file.path, `${file.path}.old`);
    replace(file.path);
    const { uploading, waited } = upload(emulator, file);
    await expect(uploading).rejects.toMatchObject({ type: 'final', message: expect.stringMatching(message) });
    expect([waited, emulator.objects.size]).toEqual([[], 0]);
  });

  test('sends nothing of what a folder leads to that became a link, nor in a later try', async () => {
    await using emulator = await startEmulator();
    const file = createFile(someBytes(10));
    const folder = dirname(file.path);
    emulator.fault({
      kind: 'storage-put',
      fault: { type: 'status', status: 503 },
      when() {
        renameSync(folder, `${folder}-old`);
        mkdirSync(`${folder}-other`);
        writeFileSync(join(`${folder}-other`, 'sketch.png'), 'a token, and more of it');
        symlinkSync(`${folder}-other`, folder);
        return true;
      },
    });
    onTestFinished(() => {
      for (const end of ['-old', '-other']) rmSync(`${folder}${end}`, { recursive: true, force: true });
    });
    await expect(upload(emulator, file).uploading).rejects.toThrow('It was replaced or written to');
    expect(emulator.objects.size).toBe(0);
  });

  test.each<[string, (path: string) => void]>([
    ['became longer', (path) => appendFileSync(path, 'more')],
    ['became shorter', (path) => truncateSync(path, 100)],
    ['has other bytes', (path) => writeFileSync(path, 'other', { flag: 'r+' })],
  ])('sends nothing of a file that %s since it was looked at, and not the end of one meanwhile', async (_, write) => {
    await using emulator = await startEmulator();
    const before = createFile(someBytes(1000));
    write(before.path);
    const message = 'It was replaced or written to since it was looked at, and was not sent.';
    await expect(upload(emulator, before).uploading).rejects.toThrow(message);

    const during = createFile(someBytes(3 * MEGABYTE));
    const disk: Disk = {
      ...systemDisk,
      async open(path, flags) {
        const file = await systemDisk.open(path, flags);
        return {
          read(buffer, offset, length, position) {
            if (position > 0) write(during.path);
            return file.read(buffer, offset, length, position);
          },
          writev: (chunks, position) => file.writev(chunks, position),
          truncate: (bytes) => file.truncate(bytes),
          stat: (options) => file.stat(options),
          close: () => file.close(),
        };
      },
    };
    await expect(upload(emulator, during, { disk }).uploading).rejects.toThrow(/since it was looked at|became shorter/);
    expect(emulator.objects.size).toBe(0);
  });

  test('ends at once with the job, in the middle of a transfer', async () => {
    await using emulator = await startEmulator();
    emulator.fault({ kind: 'storage-put', fault: { type: 'stall' } });
    const job = new AbortController();
    const { uploading } = upload(emulator, createFile(someBytes(MEGABYTE)), { signal: job.signal });
    await emulator.waitFor((now) => puts(now).length > 0);
    job.abort(new Error('the job was cancelled'));
    await expect(uploading).rejects.toThrow('the job was cancelled');
    await emulator.waitFor((now) => puts(now).every(({ closedAt }) => closedAt !== undefined));
  });
});
