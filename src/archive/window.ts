import type { FileHandle } from 'node:fs/promises';

/** Bytes that are read at once. */
const SIZE = 256 * 1024;

/** Reads a file at any place; small reads that lie near each other cost one. */
export interface Window {
  /**
   * So many bytes from a position on.
   *
   * @throws {Error} when the file has no such place
   */
  read(length: number, position: number): Promise<Buffer>;
}

export function createWindow(file: FileHandle): Window {
  let kept = Buffer.alloc(0);
  let start = 0;
  return {
    async read(length, position) {
      const from = position - start;
      if (from >= 0 && from + length <= kept.length) return kept.subarray(from, from + length);
      const buffer = Buffer.alloc(Math.max(length, SIZE));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
      if (bytesRead < length) throw new Error('it ends before what it says is in it');
      kept = buffer.subarray(0, bytesRead);
      start = position;
      return kept.subarray(0, length);
    },
  };
}
