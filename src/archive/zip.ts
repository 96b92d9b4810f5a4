import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Entry, ZipFile } from 'yauzl';
import { inert } from '../base/inert.ts';
import { refused } from './errors.ts';
import type { Listing } from './listing.ts';
import { createWindow, type Window } from './window.ts';
import { checkData } from './zip-data.ts';
import { directoryStart, recordSize } from './zip-end.ts';
import { checkedName, isFolder } from './zip-entry.ts';

/** In bytes, with what it says beside names. It is kept until the data was read. */
const LARGEST_DIRECTORY = 32 * 1024 ** 2;

/**
 * Lists a zip archive, and reads it once: what a header says of a size or a checksum is a claim, and unzip writes whatever
 * the data is. Readers find entries in different ways (by the directory at the end, by the headers before the data, from
 * either end), so what two of them could see differently is refused: there is nothing between entries, before or behind them.
 *
 * @param bytes The size of the file.
 * @throws {ArchiveError} when it is broken, ambiguous, encrypted, or has what `listing` refuses; the signal's reason; what
 *   yauzl or the disk say
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export async function listZip(archive: string, bytes: number, listing: Listing, signal: AbortSignal): Promise<void> {
  await using file = await open(archive);
  const window = createWindow(file);
  const zip = await openZip(archive, window, bytes);
  const entries: Entry[] = [];
  let size = 0;
  for await (const entry of zip.eachEntry()) {
    signal.throwIfAborted();
    listing.add(checkedName(entry), isFolder(entry) ? undefined : entry.uncompressedSize);
    entries.push(entry);
    size += recordSize(entry);
    if (size > LARGEST_DIRECTORY) throw refused(inert`a directory of more than ${LARGEST_DIRECTORY / 1024 ** 2} MiB`);
  }
  const end = await directoryStart(window, zip, bytes, { size, count: entries.length });
  await checkData(zip, window, entries, end, signal);
}

/** yauzl reads a file in pieces of some bytes, which from the disk itself would cost ten times the rest. */
async function openZip(archive: string, window: Window, bytes: number): Promise<ZipFile> {
  const { fromRandomAccessReaderPromise, RandomAccessReader } = await import('yauzl');
  class Reader extends RandomAccessReader {
    override read(target: Buffer, offset: number, length: number, from: number, done: (error: Error | null) => void) {
      const copy = (found: Buffer) => void found.copy(target, offset);
      window
        .read(length, from)
        .then(copy)
        .then(() => done(null), done);
    }
    override _readStreamForRange(start: number, end: number) {
      return createReadStream(archive, { start, end: end - 1 });
    }
  }
  return fromRandomAccessReaderPromise(new Reader(), bytes, { autoClose: false, decodeStrings: false });
}
