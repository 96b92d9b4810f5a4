import type { DiskFile } from '../base/disk.ts';

/** Bytes gathered before a write: few large writes are twice as fast as many small ones (bench/). */
const GATHER = 512 * 1024;

/** Writes chunks one after another, from a position on, while the next ones are being received. */
export interface Writer {
  /** Where the next chunk goes; every byte before it is written once {@link flush} resolves. */
  position(): number;
  /** Takes a chunk; waits when the disk is slower than the network. Throws what the disk says of an earlier write. */
  write(chunk: Uint8Array): Promise<void>;
  /** Waits until everything taken is written. Throws what the disk says. */
  flush(): Promise<void>;
}

export function createWriter(file: Pick<DiskFile, 'writev'>, start: number): Writer {
  let position = start;
  let gathered: Uint8Array[] = [];
  let size = 0;
  let writing: Promise<void> = Promise.resolve();

  async function rotate(): Promise<void> {
    await writing;
    if (size === 0) return;
    writing = writeAll(file, gathered, position - size);
    // Whoever writes or flushes next is told; until then nobody listens.
    writing.catch(() => undefined);
    gathered = [];
    size = 0;
  }

  return {
    position: () => position,
    async write(chunk) {
      gathered.push(chunk);
      size += chunk.byteLength;
      position += chunk.byteLength;
      if (size >= GATHER) await rotate();
    },
    async flush() {
      await rotate();
      await writing;
    },
  };
}

/** `writev` may write less than it was given, and says so only by its count. */
async function writeAll(
  file: Pick<DiskFile, 'writev'>,
  chunks: readonly Uint8Array[],
  position: number,
): Promise<void> {
  let at = position;
  let left = [...chunks];
  while (left.length > 0) {
    const { bytesWritten } = await file.writev(left, at);
    if (bytesWritten === 0) throw new Error('nothing more could be written');
    at += bytesWritten;
    left = withoutHead(left, bytesWritten);
  }
}

function withoutHead(chunks: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skip = bytes;
  return chunks.flatMap((chunk) => {
    const rest = chunk.subarray(Math.min(skip, chunk.byteLength));
    skip -= chunk.byteLength - rest.byteLength;
    return rest.byteLength === 0 ? [] : [rest];
  });
}
