import { chmod, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageFor } from '../base/errors.ts';
import { type Inert, inert } from '../base/inert.ts';
import { ArchiveError, quoted } from './errors.ts';
import type { Listed } from './listing.ts';

/** A regular file that came out of an archive. */
export interface Entry {
  /** Below the folder it was unpacked to, as it lies on disk, with `/` between components. */
  readonly path: string;
  readonly bytes: number;
}

/**
 * Compares what lies in a folder with what the archive was to hold. So whatever another reader made of the same bytes, it is
 * what was checked, or it is refused. Files become what downloaded ones are: nobody's but ours to write, not to be executed.
 *
 * @returns The files, in the order of the archive.
 * @throws {ArchiveError} when anything else lies there, or something is missing or of another size; the signal's reason
 */
export async function checkFound(folder: string, listed: readonly Listed[], signal: AbortSignal): Promise<Entry[]> {
  // HFS+ has names in another Unicode form than they are given in.
  const expected = new Map(listed.map((entry) => [entry.path.normalize('NFC'), entry]));
  const found = new Map<Listed, string>();
  const open = [''];
  for (let below = open.pop(); below !== undefined; below = open.pop()) {
    for (const name of await readdir(join(folder, below))) {
      signal.throwIfAborted();
      const path = below === '' ? name : `${below}/${name}`;
      const entry = expected.get(path.normalize('NFC'));
      if (entry === undefined) throw differs(inert`there is ${quoted(path)}, which it does not list`);
      if (found.has(entry)) throw differs(inert`${quoted(path)} is there twice`);
      found.set(entry, path);
      await checkEntry(join(folder, path), entry);
      if (entry.bytes === undefined) open.push(path);
    }
  }
  const missing = listed.find((entry) => !found.has(entry));
  if (missing !== undefined) throw differs(inert`${quoted(missing.path)} is not there`);
  return listed.flatMap((entry) =>
    entry.bytes === undefined ? [] : { path: found.get(entry) ?? entry.path, bytes: entry.bytes },
  );
}

const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;

async function checkEntry(path: string, entry: Listed): Promise<void> {
  const there = await lstat(path);
  const isRight =
    entry.bytes === undefined ? there.isDirectory() : there.isFile() && there.size === entry.bytes && there.nlink === 1;
  if (!isRight) throw differs(inert`${quoted(entry.path)} is another thing, or of another size`);
  // An archive may say that even we must not read it.
  const mode = entry.bytes === undefined ? (there.mode & FOLDER_MODE) | 0o700 : (there.mode & FILE_MODE) | 0o600;
  if ((there.mode & 0o7777) !== mode) await chmod(path, mode);
}

function differs(what: Inert): ArchiveError {
  return new ArchiveError(
    inert`What the runner's program unpacked is not what the archive lists: ${what}. Probably the two read it differently, or the file system takes no such name. Nothing of it was kept. Have the workflow pack it anew, with plain names.`,
    undefined,
  );
}

/** What the disk says while an archive is unpacked, as an error that says so. */
export function diskFault(error: unknown): ArchiveError {
  return new ArchiveError(
    inert`The archive could not be unpacked: ${messageFor(error)}. Nothing of it was kept. Make room on the runner's disk, or have the folder be one that it can write to.`,
    error,
  );
}
