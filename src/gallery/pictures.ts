import { type Disk, READ_NO_LINK } from '../base/disk.ts';
import { HEAD, pictureType } from './kinds.ts';

/** Bytes read at one time: a multiple of three, so that the base64 of pieces is that of the whole. */
const PIECE = 768 * 1024;

/** The media type of the picture at a path; `undefined` for anything else, and for what cannot be read. */
export async function findPicture(disk: Disk, path: string): Promise<string | undefined> {
  try {
    const file = await disk.open(path, READ_NO_LINK);
    try {
      const head = Buffer.alloc(HEAD);
      const { bytesRead } = await file.read(head, 0, HEAD, 0);
      return pictureType(head.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

/** A file as base64, in pieces. No more of it than so many bytes, however it grows. */
export async function* readBase64(disk: Disk, path: string, bytes: number): AsyncGenerator<string> {
  for await (const piece of readPieces(disk, path, bytes)) yield piece.toString('base64');
}

/** A file whole, and no more of it than so many bytes. */
export async function readWhole(disk: Disk, path: string, bytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of readPieces(disk, path, bytes)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

/** Each piece is good until the next. */
async function* readPieces(disk: Disk, path: string, bytes: number): AsyncGenerator<Buffer> {
  const file = await disk.open(path, READ_NO_LINK);
  try {
    const buffer = Buffer.alloc(Math.min(PIECE, bytes));
    for (let at = 0; at < bytes; ) {
      const wanted = Math.min(buffer.byteLength, bytes - at);
      const got = await fill(file, buffer, wanted, at);
      yield buffer.subarray(0, got);
      if (got < wanted) return;
      at += got;
    }
  } finally {
    await file.close();
  }
}

/** A read may bring less than it was asked for, and base64 cannot go on in the middle of three bytes. */
async function fill(
  file: Pick<Awaited<ReturnType<Disk['open']>>, 'read'>,
  buffer: Uint8Array,
  wanted: number,
  position: number,
): Promise<number> {
  let got = 0;
  while (got < wanted) {
    const { bytesRead } = await file.read(buffer, got, wanted - got, position + got);
    if (bytesRead === 0) break;
    got += bytesRead;
  }
  return got;
}
