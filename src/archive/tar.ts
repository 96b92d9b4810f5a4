import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { inert } from '../base/inert.ts';
import { type Cursor, createCursor } from './cursor.ts';
import { broken, quoted, refused } from './errors.ts';
import { type Listing, mostExpanded, tooLarge } from './listing.ts';
import { pathIn, readRecords, sizeIn } from './pax.ts';

/** In bytes; what is read at once. */
const CHUNK = 1024 * 1024;

/**
 * Lists a tar archive, as it is or in gzip, without keeping more of it than a header.
 *
 * Every block is decoded by node-tar, but the way from one to the next is ours: what a parser passes over (the size of a folder,
 * a record it cannot read, what follows the end) is where another one may see other entries. So a block has to be written in
 * the one way that all readers agree on.
 *
 * @param bytes The size of the file.
 * @throws {ArchiveError} when it is broken or ambiguous, expands to too much, or has what `listing` refuses; the signal's reason
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
 */
export async function listTar(
  archive: string,
  kind: 'tar' | 'tgz',
  bytes: number,
  listing: Listing,
  signal: AbortSignal,
): Promise<void> {
  const read = (chunks: AsyncIterable<Uint8Array>) => listEntries(createCursor(within(chunks, bytes, signal)), listing);
  const file = createReadStream(archive, { highWaterMark: CHUNK });
  if (kind === 'tar') return pipeline(file, read);
  const gunzip = createGunzip({ chunkSize: CHUNK });
  await pipeline(file, gunzip, read);
  // zlib ends at what is no further member, and says nothing of it.
  if (gunzip.bytesWritten !== bytes) throw broken(inert`something follows the end of its gzip stream`);
}

/** The same chunks, as long as nobody aborts, and they are no more than the archive may expand to. */
async function* within(chunks: AsyncIterable<Uint8Array>, bytes: number, signal: AbortSignal) {
  const most = mostExpanded(bytes);
  let sum = 0;
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    sum += chunk.byteLength;
    if (sum > most) throw tooLarge(most);
    yield chunk;
  }
}

const BLOCK = 512;
/** Of what stands before an entry: its long name, or records about it. In bytes. */
const LONGEST_HEADER = 1024 * 1024;

/** What was said of the next entry, before its own header. */
interface Ahead {
  readonly name?: string;
  readonly size?: number;
}

async function listEntries(cursor: Cursor, listing: Listing): Promise<void> {
  const { Header } = await import('tar/header');
  let ahead: Ahead | undefined;
  for (let block = await cursor.take(BLOCK); !isZero(block); block = await cursor.take(BLOCK)) {
    if (block.length < BLOCK) throw broken(inert`it ends before its end is marked`);
    const size = checkBlock(block);
    const header = new Header(block);
    if (!header.cksumValid) throw broken(inert`a header of an entry has another checksum`);
    const { type, path = '' } = header;
    if (type === 'ExtendedHeader' || type === 'NextFileHasLongPath' || type === 'GlobalExtendedHeader') {
      // Which of two counts, and for what, readers decide differently.
      if (ahead !== undefined) throw refused(inert`two headers before one entry, ${quoted(ahead.name ?? path)}`);
      const text = await readText(cursor, size);
      if (type === 'GlobalExtendedHeader') {
        checkGlobal(text);
        continue;
      }
      ahead = type === 'ExtendedHeader' ? aheadBy(readRecords(text)) : { name: longName(text) };
      continue;
    }
    await listEntry(cursor, listing, { type, name: ahead?.name ?? path, size: sizeOf(ahead, size) });
    ahead = undefined;
  }
  if (ahead !== undefined) throw broken(inert`it ends behind a header, without the entry that it tells of`);
  await checkEnd(cursor);
}

async function listEntry(
  cursor: Cursor,
  listing: Listing,
  entry: { type: string | undefined; name: string; size: number },
) {
  const { type, name, size } = entry;
  if (type !== 'File' && type !== 'OldFile' && type !== 'Directory') {
    throw refused(
      inert`an entry ${quoted(name)} that is neither a file nor a folder: ${TYPES.get(type ?? '') ?? 'of an unknown type'}`,
    );
  }
  // Before there was a type for folders, the slash said it.
  const isFolder = type === 'Directory' || name.endsWith('/');
  if (isFolder && size > 0) throw refused(inert`a folder with data, ${quoted(name)}`);
  listing.add(name, isFolder ? undefined : size);
  await skip(cursor, size);
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['SymbolicLink', 'a symbolic link'],
  ['Link', 'a hard link'],
  ['NextFileHasLongLinkpath', 'a link with a long target'],
  ['CharacterDevice', 'a character device'],
  ['BlockDevice', 'a block device'],
  ['FIFO', 'a fifo'],
  ['SparseFile', 'a sparse file'],
]);

/** Magic and version, of POSIX and of GNU; nothing before either was. */
const POSIX = 'ustar\u000000';
const MAGICS = [POSIX, 'ustar  \u0000', '\u0000'.repeat(8)];

/** Returns the size that is written: for a folder's, node-tar says 0, whatever data follows. */
function checkBlock(block: Buffer): number {
  const magic = block.toString('latin1', 257, 265);
  if (!MAGICS.includes(magic)) throw broken(inert`a header is none of tar`);
  if (!isUtf8(fieldOf(block, 0, 100)) || (magic === POSIX && !isUtf8(fieldOf(block, 345, 155)))) {
    throw refused(inert`an entry ${quoted(fieldOf(block, 0, 100).toString())} whose name is not in UTF-8`);
  }
  const size = block.subarray(124, 136);
  // In base 256, as far as a double holds it exactly.
  if (size[0] === 0x80 && size.readUIntBE(1, 5) === 0 && size.readUIntBE(5, 1) < 0x20)
    return Number(size.readBigUInt64BE(4));
  const digits = /^ *([0-7]+)[ \0]*$/.exec(size.toString('latin1'))?.[1];
  if (digits === undefined) throw broken(inert`the size of an entry is no number`);
  return Number.parseInt(digits, 8);
}

/** A text in a header, up to its end. */
function fieldOf(block: Buffer, start: number, length: number): Buffer {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return end === -1 ? field : field.subarray(0, end);
}

async function readText(cursor: Cursor, size: number): Promise<Buffer> {
  if (size > LONGEST_HEADER) throw refused(inert`a header of more than ${LONGEST_HEADER} bytes before an entry`);
  const text = await cursor.take(size);
  if (text.length < size) throw broken(inert`it ends within a header`);
  await skip(cursor, 0, size);
  return text;
}

/** GNU's long name, with a zero at its end, or without. */
function longName(text: Buffer): string {
  const name = text.at(-1) === 0 ? text.subarray(0, -1) : text;
  if (name.includes(0) || !isUtf8(name))
    throw refused(inert`an entry ${quoted(name.toString())} whose name is not in UTF-8`);
  return name.toString();
}

function aheadBy(records: ReadonlyMap<string, string>): Ahead {
  const name = pathIn(records);
  const size = sizeIn(records);
  return { ...(name === undefined ? {} : { name }), ...(size === undefined ? {} : { size }) };
}

/** GNU tar and Go honour a path or size for all that follows, node-tar and Python do not. git writes a comment. */
function checkGlobal(text: Buffer): void {
  const records = readRecords(text);
  if (pathIn(records) !== undefined || sizeIn(records) !== undefined) {
    throw refused(inert`a header that gives all entries one name or size`);
  }
}

/** What a header has no room for is 0 in it, or the lower part; all else has to be said twice alike. */
function sizeOf(ahead: Ahead | undefined, size: number): number {
  if (ahead?.size === undefined || ahead.size === size) return size;
  if (ahead.size < 8 ** 11) throw refused(inert`an entry of which two headers say different sizes`);
  return ahead.size;
}

/** Passes over data, and what fills its last block. */
async function skip(cursor: Cursor, size: number, before = 0): Promise<void> {
  const length = size + ((BLOCK - ((size + before) % BLOCK)) % BLOCK);
  if ((await cursor.skip(length)) < length) throw broken(inert`it ends within an entry`);
}

/** After one block of zeros there is another; GNU tar stops there, others read on, so nothing may follow. */
async function checkEnd(cursor: Cursor): Promise<void> {
  const second = await cursor.take(BLOCK);
  if (second.length < BLOCK || !isZero(second)) throw broken(inert`its end is not marked by two empty blocks`);
  for (let rest = await cursor.take(BLOCK); rest.length > 0; rest = await cursor.take(BLOCK)) {
    if (!isZero(rest)) throw refused(inert`something behind its end`);
  }
}

const ZEROS = Buffer.alloc(BLOCK);

/** Nothing at all is not. */
function isZero(block: Buffer): boolean {
  return block.length > 0 && block.equals(ZEROS.subarray(0, block.length));
}
