import type { Entry, ZipFile } from 'yauzl';
import { inert } from '../base/inert.ts';
import { broken } from './errors.ts';
import type { Window } from './window.ts';

/** The records at the end, as long as they are: of an entry without its texts, of the end, of zip64's, and of where that is. */
const RECORD = 46;
const END = 22;
const END64 = 56;
const LOCATOR = 20;

/** Their beginnings. */
const IS_END64 = 0x06064b50;
const IS_LOCATOR = 0x07064b50;

/** Stands where a number is to be read in zip64's record. */
const IN_ZIP64 = [0xffff, 0xffff_ffff];

/** How many bytes of the directory an entry has. */
export function recordSize({ fileNameLength, extraFieldLength, fileCommentLength }: Entry): number {
  return RECORD + fileNameLength + extraFieldLength + fileCommentLength;
}

/**
 * Where the directory begins, if it and the records of its end fill the rest of the file.
 *
 * yauzl finds the end's record as unzip does, from behind; it goes by the one of zip64 wherever there is one, unzip only where
 * the other one has no room, so they must not differ.
 *
 * @param bytes The size of the file.
 * @param directory What its entries are together.
 * @throws {ArchiveError} when they differ, or something is before or behind the directory
 */
export async function directoryStart(
  window: Window,
  zip: ZipFile,
  bytes: number,
  directory: { readonly size: number; readonly count: number },
): Promise<number> {
  const { size, count } = directory;
  const at = bytes - END - zip.comment.length;
  const end = await window.read(END, at);
  const locator = at < LOCATOR ? undefined : await window.read(LOCATOR, at - LOCATOR);
  const isZip64 = locator?.readUInt32LE() === IS_LOCATOR;
  const start = (isZip64 ? at - LOCATOR - END64 : at) - size;
  // This disk, that of the directory, entries on it and in all; the directory's size and place.
  const found = [end.readUInt16LE(4), end.readUInt16LE(6), end.readUInt16LE(8), end.readUInt16LE(10)];
  found.push(end.readUInt32LE(12), end.readUInt32LE(16));
  const expected = [0, 0, count, count, size, start];
  if (!found.every((value, index) => value === expected[index] || (isZip64 && IN_ZIP64.includes(value))))
    throw disagrees();
  if (isZip64) await checkEnd64(window, locator, at - LOCATOR - END64, [count, count, size, start]);
  return start;
}

async function checkEnd64(window: Window, locator: Buffer, at: number, expected: readonly number[]): Promise<void> {
  if (at < 0) throw disagrees();
  const end = await window.read(END64, at);
  const found = [24, 32, 40, 48].map((offset) => Number(end.readBigUInt64LE(offset)));
  const disks = [locator.readUInt32LE(4), end.readUInt32LE(16), end.readUInt32LE(20)];
  const isWhole = end.readUInt32LE() === IS_END64 && Number(end.readBigUInt64LE(4)) === END64 - 12;
  const isHere = Number(locator.readBigUInt64LE(8)) === at && disks.every((disk) => disk === 0);
  if (!isWhole || !isHere || !found.every((value, index) => value === expected[index])) throw disagrees();
}

/** What those say who go by the directory's end. */
export function disagrees() {
  return broken(
    inert`its directory is not where its end says, is in several files, or has something before or behind it`,
  );
}
