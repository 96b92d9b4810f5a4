import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempDisposable, open, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDigester, digestHere } from '../../src/transfer/digest.ts';
import { bytesOf } from './played.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const ROOT = join(import.meta.dirname, '../..');

test('a digest is that of the bytes, wherever it is computed and in whatever pieces, several at a time', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'digest-'));
  const beside = createDigester();
  const path = join(folder.path, 'file');
  const cut = fc.tuple(fc.nat(3_000_000), fc.array(fc.nat(3_000_000), { maxLength: 5 }));
  await fc.assert(
    fc.asyncProperty(fc.array(cut, { minLength: 1, maxLength: 4 }), async (files) => {
      const digests = files.map(async ([size, ends], index) => {
        const bytes = bytesOf(size, index);
        await writeFile(path + index, bytes);
        await using file = await open(path + index);
        const all = [beside(file), digestHere(file)];
        const places = [...ends.filter((end) => end < size).sort((one, other) => one - other), size];
        // Twice the same is nothing more.
        for (const digest of all) for (const place of places) for (const to of [place, place]) await digest.add(to);
        expect(await Promise.all(all.map((digest) => digest.end()))).toEqual([sha256(bytes), sha256(bytes)]);
      });
      await Promise.all(digests);
    }),
    { numRuns: 20 },
  );
});

/** How many threads digests of 1,000 bytes each have, which are begun one after the other, and then come to their end. */
async function threadsOf(files: number, most: number, worth: number): Promise<number> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'digest-'));
  const path = join(folder.path, 'file');
  const bytes = bytesOf(1_000);
  await writeFile(path, bytes);
  await using file = await open(path);
  // Node counts them.
  const next = async () => {
    const worker = new Worker('', { eval: true });
    const { threadId } = worker;
    await worker.terminate();
    return threadId;
  };
  const before = await next();
  const digester = createDigester(most, worth);
  const digests = [];
  for (let begun = 0; begun < files; begun += 1) {
    const digest = digester(file);
    await digest.add(1_000);
    digests.push(digest);
  }
  for (const digest of digests) expect(await digest.end()).toBe(sha256(bytes));
  // Each of these ends before the next one begins.
  for (let begun = 0; begun < 3; begun += 1) {
    const digest = digester(file);
    await digest.add(1_000);
    expect(await digest.end()).toBe(sha256(bytes));
  }
  return (await next()) - before - 1;
}

test.for([
  { files: 0, most: 3, worth: 1_000, threads: 1, why: 'files that come one after the other have one' },
  { files: 2, most: 3, worth: 1_000, threads: 2, why: 'two at a time have two' },
  { files: 5, most: 3, worth: 1_000, threads: 3, why: 'there are no more than may be' },
  { files: 5, most: 3, worth: 2_000, threads: 3, why: 'each is worth so many bytes' },
  { files: 4, most: 3, worth: 2_000, threads: 2, why: 'each is worth so many bytes, and no fewer' },
  { files: 5, most: 3, worth: 6_000, threads: 1, why: 'little needs no other' },
])('$why', async ({ files, most, worth, threads }) => {
  expect(await threadsOf(files, most, worth)).toBe(threads);
});

test('where the thread cannot read the file, its digest is computed here, and that of others as before', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'digest-'));
  const path = join(folder.path, 'file');
  const bytes = bytesOf(2_000_000);
  await writeFile(path, bytes);
  await using file = await open(path);
  let reads = 0;
  const read: typeof file.read = (...asked: Parameters<typeof file.read>) => {
    reads += 1;
    return file.read(...asked);
  };
  const digester = createDigester();
  const [lost, well] = [digester({ read, fd: 1_000_000 }), digester({ read, fd: file.fd })];
  for (const to of [500_000, 2_000_000]) await Promise.all([lost.add(to), well.add(to)]);
  expect(await well.end()).toBe(sha256(bytes));
  expect(reads).toBe(0);
  expect(await lost.end()).toBe(sha256(bytes));
  expect(reads).toBeGreaterThan(0);
});

test.for([
  ['beside', createDigester()],
  ['here', digestHere],
] as const)('a file that is shorter than what was written has none, computed %s', async ([, digester]) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'digest-'));
  const path = join(folder.path, 'file');
  await writeFile(path, bytesOf(1_000));
  await using file = await open(path);
  const digest = digester(file);
  const digesting = digest.add(1_001).then(() => digest.end());
  await expect(digesting).rejects.toMatchObject({ type: 'final', message: expect.stringContaining('gave back less') });
});

test('the process waits for what it asked, and for nothing more', async () => {
  const script = `import { open } from 'node:fs/promises';
    import { createDigester } from './src/transfer/digest.ts';
    const file = await open(process.execPath);
    const { size } = await file.stat();
    const digest = createDigester()(file);
    await digest.add(size);
    console.log(await digest.end());`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: ROOT });
  expect(stdout).toMatch(/^[0-9a-f]{64}\n$/);
});
