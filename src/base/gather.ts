/** Bytes that come in pieces, one after the other. */
export type Gathered = ReturnType<typeof gather>;

/** Most answers and events are no larger, and there may be a thousand open streams. */
const FIRST_BYTES = 1024;

/**
 * Gathers bytes in one buffer that grows, and is used again: pieces of one byte would have objects of a hundred bytes for
 * each, and texts that are put together a copy for each step.
 *
 * @param most The most bytes it takes.
 */
export function gather(most: number) {
  let buffer = new Uint8Array(Math.min(most, FIRST_BYTES));
  let size = 0;
  return {
    /** Adds a piece, unless that would be too much. Returns whether it was added. */
    add(piece: Uint8Array): boolean {
      const end = size + piece.byteLength;
      if (end > most) return false;
      if (end > buffer.length) {
        const larger = new Uint8Array(Math.min(most, Math.max(end, buffer.length * 2)));
        larger.set(buffer.subarray(0, size));
        buffer = larger;
      }
      buffer.set(piece, size);
      size = end;
      return true;
    },
    /** What was added since the last time, until the next piece is. */
    take(): Uint8Array {
      const taken = buffer.subarray(0, size);
      size = 0;
      return taken;
    },
  };
}
