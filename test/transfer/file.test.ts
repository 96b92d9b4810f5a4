import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createWriter } from '../../src/transfer/file.ts';

/** A file in memory that takes of each write only so many bytes, in turn, and never two writes at one time. */
function createFile(takes: readonly number[]) {
  const content = new Uint8Array(4 * 1024 * 1024);
  let size = 0;
  let writes = 0;
  let busy = false;
  const file = {
    async writev(chunks: readonly Uint8Array[], position: number) {
      if (busy) throw new Error('two writes at one time');
      busy = true;
      const all = Buffer.concat(chunks).subarray(0, takes[writes++ % takes.length] ?? Number.POSITIVE_INFINITY);
      await new Promise((resolve) => setImmediate(resolve));
      content.set(all, position);
      size = Math.max(size, position + all.length);
      busy = false;
      return { bytesWritten: all.length };
    },
  };
  return { file, content: () => content.subarray(0, size), writes: () => writes };
}

const pattern = (size: number, seed: number) =>
  Uint8Array.from({ length: size }, (_, index) => (index * 31 + seed) % 256);

describe('createWriter', () => {
  test('writes every byte in its place, however short the disk writes', async () => {
    const sizes = fc.array(fc.oneof(fc.nat(50), fc.constantFrom(0, 65_536, 300_000, 524_288, 524_289)), {
      maxLength: 8,
    });
    const takes = fc.array(
      fc.oneof(fc.integer({ min: 100_000, max: 600_000 }), fc.constant(Number.POSITIVE_INFINITY)),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    await fc.assert(
      fc.asyncProperty(sizes, takes, fc.nat(1000), async (sizes, takes, start) => {
        const { file, content } = createFile(takes);
        const writer = createWriter(file, start);
        const chunks = sizes.map(pattern);
        let expected = start;
        for (const chunk of chunks) {
          await writer.write(chunk);
          expected += chunk.length;
          expect(writer.position()).toBe(expected);
        }
        await writer.flush();
        const whole = Buffer.concat(chunks);
        expect(Buffer.compare(content().subarray(whole.length === 0 ? 0 : start), whole)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test('splits a chunk anywhere when the disk takes a byte at a time', async () => {
    const { file, content, writes } = createFile([1, 2]);
    const writer = createWriter(file, 3);
    for (const chunk of [[1, 2, 3], [], [4], [5, 6]]) await writer.write(Uint8Array.from(chunk));
    await writer.flush();
    expect([...content()]).toEqual([0, 0, 0, 1, 2, 3, 4, 5, 6]);
    expect(writes()).toBe(4);
  });

  test('gathers small chunks into few writes, and writes nothing twice', async () => {
    const { file, writes, content } = createFile([Number.POSITIVE_INFINITY]);
    const writer = createWriter(file, 0);
    for (let count = 0; count < 64; count += 1) await writer.write(pattern(16_384, count));
    await writer.flush();
    await writer.flush();
    expect(writes()).toBe(2);
    expect(content()).toHaveLength(1024 * 1024);
  });

  test('goes on after a flush', async () => {
    const { file, content } = createFile([Number.POSITIVE_INFINITY]);
    const writer = createWriter(file, 0);
    await writer.write(Uint8Array.of(1));
    await writer.flush();
    await writer.write(Uint8Array.of(2));
    await writer.flush();
    expect([...content()]).toEqual([1, 2]);
  });

  test('tells whoever writes or flushes next what the disk said, and nobody else', async () => {
    const full = { writev: () => Promise.reject(new Error('ENOSPC')) };
    const flushed = createWriter(full, 0);
    await flushed.write(new Uint8Array(600_000));
    await expect(flushed.flush()).rejects.toThrow('ENOSPC');
    const written = createWriter(full, 0);
    await written.write(new Uint8Array(600_000));
    // An unhandled rejection meanwhile would fail this test run.
    await new Promise((resolve) => setImmediate(resolve));
    await expect(written.write(new Uint8Array(600_000))).rejects.toThrow('ENOSPC');
  });

  test('ends when the disk takes nothing more without saying why', async () => {
    const { file } = createFile([2, 0]);
    const writer = createWriter(file, 0);
    await writer.write(new Uint8Array(5));
    await expect(writer.flush()).rejects.toThrow('nothing more could be written');
  });
});
