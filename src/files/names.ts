import { basename, extname, posix } from 'node:path';
import filenamify from 'filenamify';
import { withoutEnd } from '../base/ends.ts';
import { fold } from '../base/fold.ts';
import { redact } from '../base/redact.ts';
import type { Shard } from '../base/shard.ts';

/** How the files are called that tell of what is in a folder. */
export interface ListNames {
  /** Lists the digests. */
  readonly checksums: string;
  /** Says which others are this action's own, and how they came to be. */
  readonly record: string;
  /** Shows the pictures. */
  readonly page: string;
}

/** Those of a folder with a task's files, or with all the tasks of a matrix. */
export const LISTS: ListNames = { checksums: 'SHA256SUMS', record: 'cyberun-run.json', page: 'index.html' };

/** Those of one share of a matrix, of its own, so that the folders of all shares can be laid over each other. */
export function listsOf(shard: Shard | undefined): ListNames {
  if (shard === undefined) return LISTS;
  const share = `${shard.index}-of-${shard.count}`;
  return { checksums: `SHA256SUMS-${share}`, record: `cyberun-run-${share}.json`, page: `index-${share}.html` };
}

/** Whether a list may have that name, on whatever file system: no output, and no folder, may take it. */
export function isListName(name: string): boolean {
  return /^(?:SHA256SUMS(?:-\d+-OF-\d+)?|CYBERUN-RUN(?:-\d+-OF-\d+)?\.JSON|INDEX(?:-\d+-OF-\d+)?\.HTML)$/.test(
    fold(name),
  );
}

/** The longest file name most file systems take, in UTF-8 bytes. */
const LONGEST_NAME = 255;
/** A longer extension is none, but a part of the name. In bytes. */
const LONGEST_EXTENSION = 32;

/**
 * A file name made from what the service calls a file: one path component of letters, marks, digits, spaces and `._-`, which
 * begins with a letter or digit; valid on Linux, macOS and Windows, visible, NFC, at most 255 bytes. So it means nothing to
 * a shell, a glob or a command line. Whatever is given, a usable name comes back; a safe name comes back as it is, but for
 * what authorises its bearer.
 */
export function safeName(raw: string): string {
  const last =
    raw
      .slice(0, LONGEST_CONSIDERED)
      // First of all: with an invisible character inside, a reserved name looks like none.
      .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
      .split(/[/\\]/)
      .findLast((part) => part.trim() !== '') ?? '';
  // Outputs and log would not show a secret, and so not the file's name.
  const extension = extname(last);
  const shown = redact(last.slice(0, last.length - extension.length)) + extension;
  const plain = shown.normalize('NFC').replace(/[^\p{L}\p{M}\p{Nd} ._-]+/gu, '_');
  const named = plain.replace(/^[^\p{L}\p{Nd}]+/u, '');
  if (named === '') return 'output';
  // Of `???.png`, only the extension would be left.
  const whole = extname(plain) === `.${named}` ? `output.${named}` : named;
  return fitted(filenamify(whole, { replacement: '_', maxLength: LONGEST_CONSIDERED }));
}

/**
 * The same names, in the same order, made unique: names that some file system takes for the same (case, Unicode form)
 * get `-2`, `-3` ... before the extension, as does one of the `taken`, or of a list. Safe names stay safe.
 */
export function uniqueNames(names: readonly string[], taken: readonly string[] = []): string[] {
  const used = new Set(taken.map(fold));
  const reached = new Map<string, number>();
  return names.map((name) => {
    let candidate = name;
    let number = reached.get(fold(name)) ?? 1;
    while (used.has(fold(candidate)) || isListName(candidate)) {
      number += 1;
      candidate = fitted(name, `-${number}`);
    }
    reached.set(fold(name), number);
    used.add(fold(candidate));
    return candidate;
  });
}

/** Folders below a task's own; what goes deeper is put flat. */
const MOST_FOLDERS = 8;
/** Of their names together, in UTF-8 bytes: with a workspace's path before it, some systems take 1024 in all. */
const LONGEST_FOLDERS = 400;

/**
 * Folder names made from the path that the service gives, from the outermost on: each by the rules for names. None where it
 * leads up or begins at a root, or is too deep or too long: then the file is put flat, where its name alone counts.
 */
export function safeFolders(raw: string): string[] {
  if (raw.length > LONGEST_CONSIDERED || /^(?:[/\\]|[a-z]:)/i.test(raw)) return [];
  const parts = raw
    .split(/[/\\]/)
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== '.');
  if (parts.includes('..') || parts.length > MOST_FOLDERS) return [];
  const folders = parts.map(safeName);
  return Buffer.byteLength(folders.join('/')) > LONGEST_FOLDERS ? [] : folders;
}

/** A file's safe folders, from the outermost on, and its safe name. */
export interface Placing {
  readonly folders: readonly string[];
  readonly name: string;
}

/**
 * Where files go below one folder, in the same order, with `/` between components: folders that some file system takes for
 * the same are one, spelt as the first of them; names are unique in each folder, and none is that of a folder beside it.
 */
export function uniquePlaces(wanted: readonly Placing[]): string[] {
  const spellings = new Map<string, string>();
  const placed = wanted.map(({ folders, name }, index) => {
    const home = folders.reduce((outer, folder) => homeIn(outer, folder, spellings), '.');
    return { index, home, name };
  });
  const inside = Map.groupBy(new Set(spellings.values()), (folder) => posix.dirname(folder));
  const places: string[] = [];
  for (const [home, files] of Map.groupBy(placed, (file) => file.home)) {
    const folders = (inside.get(home) ?? []).map((folder) => posix.basename(folder));
    const names = files.map(({ name }) => name);
    uniqueNames(names, folders).forEach((name, at) => {
      places[files[at]?.index ?? 0] = posix.join(home, name);
    });
  }
  return places;
}

/** Whether it is a place that {@link uniquePlaces} could have given. */
export function isPlace(text: string): boolean {
  return text.split('/').every((part) => part === safeName(part));
}

/** List and record are where an owner is named, in whatever folder they lie, so no folder takes their names either. */
function homeIn(outer: string, name: string, spellings: Map<string, string>): string {
  const home = posix.join(outer, uniqueNames([name])[0] ?? name);
  const known = spellings.get(fold(home)) ?? home;
  spellings.set(fold(home), known);
  return known;
}

const LONGEST_CONSIDERED = 1000;

/** The name with a tail before its extension. What is too long is cut in the middle, not at the extension. */
function fitted(name: string, tail = ''): string {
  const extension = extensionOf(name);
  const end = tail + extension;
  return cut(basename(name, extension), LONGEST_NAME - Buffer.byteLength(end)) + end;
}

function extensionOf(name: string): string {
  const extension = extname(name);
  return Buffer.byteLength(extension) <= LONGEST_EXTENSION ? extension : '';
}

/** The beginning of a text, at most so many UTF-8 bytes of it, without a dot or space at its end if it was cut. */
function cut(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text;
  let kept = '';
  let size = 0;
  for (const character of text) {
    size += Buffer.byteLength(character);
    if (size > most) break;
    kept += character;
  }
  return withoutEnd(kept, /[\s.]/);
}
