import { crc32, inflateRawSync } from 'node:zlib';
import type { Entry, LocalFileHeader, ZipFile } from 'yauzl';
import { type Inert, inert } from '../base/inert.ts';
import { broken, refused } from './errors.ts';
import type { Window } from './window.ts';
import { disagrees } from './zip-end.ts';
import { DESCRIPTOR, nameOf, STORED } from './zip-entry.ts';

/** What is behind an entry's data: checksum and two sizes, of 4 or 8 bytes, with or without a signature. */
const DESCRIPTOR_SIZES = [12, 16, 20, 24];

/**
 * Reads each entry's header and data, in the order of the file, from its beginning to its directory.
 *
 * @param end Where the directory begins.
 * @throws {ArchiveError} when a header says anything else than the directory, the data is not what both say, or entries overlap
 *   or leave room between them; the signal's reason
 */
export async function checkData(
  zip: ZipFile,
  window: Window,
  entries: readonly Entry[],
  end: number,
  signal: AbortSignal,
): Promise<void> {
  const inOrder = entries.toSorted((one, other) => one.relativeOffsetOfLocalHeader - other.relativeOffsetOfLocalHeader);
  let position = 0;
  for (const [index, entry] of inOrder.entries()) {
    signal.throwIfAborted();
    if (entry.relativeOffsetOfLocalHeader !== position) throw refused(gapAt(entry));
    const local = await zip.readLocalFileHeaderPromise(entry);
    if (!agrees(local, entry)) throw refused(inert`an entry ${nameOf(entry)} of which two places say different things`);
    const dataEnd = local.fileDataStart + entry.compressedSize;
    position = inOrder[index + 1]?.relativeOffsetOfLocalHeader ?? end;
    const isNext = isOpen(entry) ? DESCRIPTOR_SIZES.includes(position - dataEnd) : position === dataEnd;
    if (!isNext) throw refused(gapAt(entry));
    await checkContent(zip, window, entry, local.fileDataStart, signal);
  }
  if (position !== end) throw disagrees();
}

function gapAt(entry: Entry): Inert {
  return inert`entries that overlap, or something between them that belongs to none, at ${nameOf(entry)}`;
}

/** Whether its sizes and checksum are behind the data, as nobody knew them when the header was written. */
function isOpen({ generalPurposeBitFlag }: Entry): boolean {
  return (generalPurposeBitFlag & DESCRIPTOR) !== 0;
}

/** The field in which zip64 has sizes, and what stands in their place. */
const ZIP64 = 0x0001;
const IN_ZIP64 = 0xffff_ffff;

function agrees(local: LocalFileHeader, entry: Entry): boolean {
  const { compressedSize, uncompressedSize } = sizesOf(local);
  const same = (value: number, known: number) =>
    value === known || (isOpen(entry) && (value === 0 || value === IN_ZIP64));
  return (
    local.fileName.equals(entry.fileNameRaw) &&
    local.generalPurposeBitFlag === entry.generalPurposeBitFlag &&
    local.compressionMethod === entry.compressionMethod &&
    same(local.crc32, entry.crc32) &&
    same(compressedSize, entry.compressedSize) &&
    same(uncompressedSize, entry.uncompressedSize)
  );
}

/** A header before the data has both sizes in zip64's field, or neither. */
function sizesOf({ compressedSize, uncompressedSize, extraField }: LocalFileHeader) {
  if (compressedSize !== IN_ZIP64 && uncompressedSize !== IN_ZIP64) return { compressedSize, uncompressedSize };
  for (let at = 0; at + 20 <= extraField.length; at += 4 + extraField.readUInt16LE(at + 2)) {
    if (extraField.readUInt16LE(at) !== ZIP64) continue;
    return {
      uncompressedSize: Number(extraField.readBigUInt64LE(at + 4)),
      compressedSize: Number(extraField.readBigUInt64LE(at + 12)),
    };
  }
  return { compressedSize, uncompressedSize };
}

/** What is inflated at once, in bytes, packed and unpacked: for each of many small files, a stream costs ten times that. */
const SMALL_PACKED = 256 * 1024;
const SMALL = 4 * 1024 * 1024;

async function checkContent(
  zip: ZipFile,
  window: Window,
  entry: Entry,
  start: number,
  signal: AbortSignal,
): Promise<void> {
  let sum = 0;
  if (entry.compressedSize <= SMALL_PACKED && entry.uncompressedSize <= SMALL) {
    const data = dataOf(entry, await window.read(entry.compressedSize, start));
    if (data.length !== entry.uncompressedSize) throw broken(inert`the data of ${nameOf(entry)} is less than it says`);
    sum = crc32(data);
  } else {
    // yauzl counts what comes, and ends it as soon as that is more than was said.
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      signal.throwIfAborted();
      sum = crc32(chunk, sum);
    }
  }
  if (sum !== entry.crc32) throw broken(inert`the data of ${nameOf(entry)} has another checksum`);
}

function dataOf(entry: Entry, packed: Buffer): Buffer {
  if (entry.compressionMethod === STORED) return packed;
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(entry.uncompressedSize, 1) });
  } catch (error) {
    throw broken(inert`the data of ${nameOf(entry)} is not deflated, or more than it says`, error);
  }
}
