import { isUtf8 } from 'node:buffer';
import type { Entry } from 'yauzl';
import { type Inert, inert } from '../base/inert.ts';
import { quoted, refused } from './errors.ts';

/** How an entry's data is kept: as it is, or by deflate. */
export const STORED = 0;
const DEFLATED = 8;
/** Of the general purpose bits: sizes and checksum are behind the data. */
export const DESCRIPTOR = 1 << 3;
/** Besides: how it was deflated (1, 2), a name in UTF-8 (11). */
const HARMLESS = (1 << 1) | (1 << 2) | DESCRIPTOR | (1 << 11);
/** Info-ZIP's extra field with the name in UTF-8, behind a version and a checksum, of 5 bytes. */
const UNICODE_PATH = 0x7075;

/** An entry's name as errors have it. */
export function nameOf(entry: Entry): Inert {
  return quoted(entry.fileNameRaw.toString());
}

/** Whether it is a folder: by the slash alone, which is what all readers go by. */
export function isFolder({ fileNameRaw }: Entry): boolean {
  return fileNameRaw.at(-1) === '/'.charCodeAt(0);
}

/**
 * An entry's name, once all else that the directory says of it is accepted.
 *
 * A name is UTF-8 if it can be, whatever the flag says: Debian's zip does not set it, and unzip takes the bytes of Unix as they are.
 *
 * @throws {ArchiveError} when it is encrypted, packed in a way that unzip may not know, a link, or named in another coding
 */
export function checkedName(entry: Entry): string {
  const { fileNameRaw: raw, generalPurposeBitFlag: flags, compressionMethod: method } = entry;
  const name = nameOf(entry);
  if (!isUtf8(raw)) throw refused(inert`an entry ${name} whose name is not in UTF-8`);
  if (entry.extraFields.some(({ id, data }) => id === UNICODE_PATH && !data.subarray(5).equals(raw))) {
    throw refused(inert`an entry ${name} with a second, different name`);
  }
  if (entry.isEncrypted()) throw refused(inert`an encrypted entry, ${name}`);
  if ((flags & ~HARMLESS) !== 0) throw refused(inert`an entry ${name} that is encrypted, or a patch of another`);
  if (method !== STORED && method !== DEFLATED) {
    throw refused(inert`an entry ${name} that is compressed in another way than deflate (method ${method})`);
  }
  checkType(entry);
  return raw.toString();
}

const FILE_TYPE = 0o170000;
const FOLDER = 0o040000;
const FILE = 0o100000;
const TYPES: ReadonlyMap<number, string> = new Map([
  [0o120000, 'a symbolic link'],
  [0o020000, 'a character device'],
  [0o060000, 'a block device'],
  [0o010000, 'a fifo'],
  [0o140000, 'a socket'],
]);

/** unzip takes the upper half of the attributes for a mode of Unix, whatever system the directory names. */
function checkType(entry: Entry): void {
  const type = (entry.externalFileAttributes >>> 16) & FILE_TYPE;
  if (type !== 0 && type !== FOLDER && type !== FILE) {
    throw refused(inert`an entry ${nameOf(entry)} that is ${TYPES.get(type) ?? 'of an unknown type'}`);
  }
  const isOther = type !== 0 && (type === FOLDER) !== isFolder(entry);
  if (isOther || (isFolder(entry) && entry.uncompressedSize > 0)) {
    throw refused(inert`an entry ${nameOf(entry)} that is a file and a folder`);
  }
}
