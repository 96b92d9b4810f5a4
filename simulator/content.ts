import { createRandom } from './random.ts';

/** The bytes of an object are made of a few blocks, so that a large one costs no more than a small one. */
const BLOCK = 64 * 1024;
const BLOCKS = 16;

const { int } = createRandom(20_260_101);
const blocks = Array.from({ length: BLOCKS }, () => Uint8Array.from({ length: BLOCK }, () => int(0, 255)));

/** Which bytes an object has: two of another number differ nearly everywhere. */
export type Content = number;

/** The bytes from `from` to `to` of a content, in pieces; nobody may write into them. */
export function bytesOf(content: Content, from: number, to: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = from; at < to; ) {
    const index = Math.floor(at / BLOCK);
    const start = at % BLOCK;
    const end = Math.min(BLOCK, start + to - at);
    const block = blocks[(content + index * 7) % BLOCKS];
    if (block !== undefined) pieces.push(block.subarray(start, end));
    at += end - start;
  }
  return pieces;
}

/** Whether bytes are exactly those of a content of that length. */
export function isContent(bytes: Uint8Array, content: Content, length: number): boolean {
  if (bytes.byteLength !== length) return false;
  let at = 0;
  return bytesOf(content, 0, length).every((piece) => {
    const same = Buffer.compare(piece, bytes.subarray(at, at + piece.byteLength)) === 0;
    at += piece.byteLength;
    return same;
  });
}
