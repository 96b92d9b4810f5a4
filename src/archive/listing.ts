import { posix } from 'node:path';
import { fold } from '../base/fold.ts';
import { inert } from '../base/inert.ts';
import { quoted, refused } from './errors.ts';

/** What an archive may have, folders included, also those that only names of files tell of. */
const MOST_ENTRIES = 100_000;
/** In UTF-8 bytes. Some systems take 1024 for a whole path. */
const LONGEST_PATH = 800;
/** Of all paths together, in UTF-8 bytes: they are kept until the end. */
const LONGEST_PATHS = 16 * 1024 ** 2;
/** In UTF-8 bytes: what most file systems take. */
const LONGEST_COMPONENT = 255;

/** The most bytes that an archive of so many may become: a text compresses to a twentieth at best, a bomb to a thousandth. */
export function mostExpanded(archiveBytes: number): number {
  return Math.max(20 * archiveBytes, 1024 ** 3);
}

/** What an archive holds at a path. */
export interface Listed {
  /** Below the folder that it is unpacked to, with `/` between components. */
  readonly path: string;
  /** Of a file; `undefined` for a folder. */
  readonly bytes: number | undefined;
}

/** The entries of one archive, each checked when it is added. */
export interface Listing {
  /**
   * Adds what a reader found.
   *
   * @param name As the archive has it; a folder's may end with a slash.
   * @param bytes Of a file; `undefined` for a folder.
   * @throws {ArchiveError} when the name leads out of the folder, is none that a log or some file system takes, or is, but for
   *   its spelling, another entry's; or when there are too many or too large ones
   */
  add(name: string, bytes: number | undefined): void;
  /** All that there is to be once the archive is unpacked, folders that were never named included. */
  all(): readonly Listed[];
}

/** @param archiveBytes The size of the archive itself. */
export function createListing(archiveBytes: number): Listing {
  const known = new Map<string, Listed>();
  const most = mostExpanded(archiveBytes);
  let added = 0;
  let expanded = 0;
  let named = 0;

  function place(listed: Listed): void {
    named += Buffer.byteLength(listed.path);
    if (named > LONGEST_PATHS) throw refused(inert`names of more than ${LONGEST_PATHS / 1024 ** 2} MiB in all`);
    known.set(fold(listed.path), listed);
    if (known.size > MOST_ENTRIES) throw tooMany();
  }

  /** From the innermost on, up to the first one that is known: so many entries in deep folders cost no more than their names. */
  function placeFoldersOf(path: string): void {
    for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) {
      const there = known.get(fold(folder));
      if (there === undefined) place({ path: folder, bytes: undefined });
      else if (there.bytes !== undefined) throw fileAndFolder(there.path);
      else if (there.path !== folder) throw sameName(there.path, folder);
      else return;
    }
  }

  return {
    add(name, bytes) {
      added += 1;
      if (added > MOST_ENTRIES) throw tooMany();
      const path = pathOf(name, bytes === undefined);
      if (path === undefined) return;
      expanded += bytes ?? 0;
      if (expanded > most) throw tooLarge(most);
      const there = known.get(fold(path));
      if (there === undefined) place({ path, bytes });
      else if ((there.bytes === undefined) !== (bytes === undefined)) throw fileAndFolder(path);
      // A folder may be named after its files, and twice.
      else if (bytes !== undefined || there.path !== path) throw sameName(there.path, path);
      placeFoldersOf(path);
    },
    all: () => [...known.values()],
  };
}

/** More than {@link mostExpanded}. */
export function tooLarge(most: number) {
  return refused(
    inert`more than ${Math.floor(most / 1024 ** 2)} MiB in it, which is 20 times its own size, or 1 GiB where that is more: the limit for what is unpacked`,
  );
}

function tooMany() {
  return refused(inert`more than ${MOST_ENTRIES.toLocaleString('en-US')} entries`);
}

function fileAndFolder(path: string) {
  return refused(inert`an entry ${quoted(path)} that is a file and a folder`);
}

function sameName(one: string, other: string) {
  return refused(
    inert`two entries of one name, ${quoted(one)} and ${quoted(other)}: some file systems take upper and lower case, or two spellings in Unicode, for the same`,
  );
}

/** The path that a name stands for; `undefined` for the folder itself, `./`, with which `tar -c .` begins. */
function pathOf(name: string, isFolder: boolean): string | undefined {
  const reason = reasonAgainst(name);
  if (reason !== undefined) throw refused(reason);
  const parts = name.split('/');
  if (isFolder && parts.length > 1 && parts.at(-1) === '') parts.pop();
  if (parts.length > 1 && parts[0] === '.') parts.shift();
  if (isFolder && parts.length === 1 && parts[0] === '.') return undefined;
  if (parts.includes('..')) throw refused(inert`an entry ${quoted(name)} that leads out of its folder`);
  if (parts.includes('') || parts.includes('.'))
    throw refused(inert`an entry ${quoted(name)} with a part that is no name`);
  const long = parts.find((part) => Buffer.byteLength(part) > LONGEST_COMPONENT);
  if (long !== undefined)
    throw refused(inert`an entry ${quoted(name)} with a name of more than ${LONGEST_COMPONENT} bytes`);
  return parts.join('/');
}

/** Why a name is refused as a whole. The programs that unpack print names to the log, where one must not be a command. */
function reasonAgainst(name: string) {
  if (name === '') return inert`an entry without a name`;
  if (Buffer.byteLength(name) > LONGEST_PATH) {
    return inert`an entry with a path of more than ${LONGEST_PATH} bytes, ${quoted(name)}`;
  }
  if (name.includes('\\')) return inert`an entry ${quoted(name)} with a backslash, which is a folder's end on Windows`;
  if (name.startsWith('/')) return inert`an entry ${quoted(name)} with an absolute path`;
  if (/^[a-z]:/i.test(name)) return inert`an entry ${quoted(name)} with the letter of a drive`;
  if (/\p{Cc}/u.test(name) || inert`${name}` !== name) {
    return inert`an entry ${quoted(name)} with a name that a log cannot show as it is: control or invisible characters, a command of the runner, or what looks like a secret`;
  }
  return undefined;
}
