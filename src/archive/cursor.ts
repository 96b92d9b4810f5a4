/** Reads bytes that come in chunks, in the lengths that are asked for. */
export interface Cursor {
  /** The next so many bytes; fewer at the end. They are good until the next call. */
  take(length: number): Promise<Buffer>;
  /** Passes over the next so many bytes, without keeping them. Returns how many there were. */
  skip(length: number): Promise<number>;
}

export function createCursor(chunks: AsyncIterable<Uint8Array>): Cursor {
  const more = chunks[Symbol.asyncIterator]();
  let chunk: Buffer = Buffer.alloc(0);

  /** What is there of the next so many bytes, from the next chunk where this one is used up; none at the end. */
  async function some(length: number): Promise<Buffer> {
    while (chunk.length === 0 && length > 0) {
      const { done, value } = await more.next();
      if (done) break;
      chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    const part = chunk.subarray(0, length);
    chunk = chunk.subarray(part.length);
    return part;
  }

  return {
    async take(length) {
      const parts: Buffer[] = [await some(length)];
      let left = length - (parts[0]?.length ?? 0);
      while (left > 0) {
        const part = await some(left);
        if (part.length === 0) break;
        parts.push(part);
        left -= part.length;
      }
      return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    },
    async skip(length) {
      let left = length;
      while (left > 0) {
        const part = await some(left);
        if (part.length === 0) break;
        left -= part.length;
      }
      return length - left;
    },
  };
}
