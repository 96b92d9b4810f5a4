import { basename, extname } from 'node:path';
import filenamify from 'filenamify';

/** The name of the file that lists the digests; no output may take it. */
export const CHECKSUMS_NAME = 'SHA256SUMS';

/** The longest file name most file systems take, in UTF-8 bytes. */
const LONGEST_NAME = 255;
/** Room for `-1000` before the extension. */
const ROOM = 8;

/**
 * A file name made from what the service calls a file: one path component, valid on Linux, macOS and Windows, visible,
 * NFC, at most 255 bytes, and no option or hidden file in disguise. Whatever is given, a usable name comes back.
 */
export function safeName(raw: string): string {
  const last =
    raw
      .slice(0, LONGEST_CONSIDERED)
      .toWellFormed()
      .split(/[/\\]/)
      .findLast((part) => part.trim() !== '') ?? '';
  const clean = filenamify(last, { replacement: '_', maxLength: LONGEST_CONSIDERED })
    .replace(/\p{Cf}/gu, '')
    // A leading dot hides a file or configures a tool, a leading dash or `~` is read by a command line.
    .replace(/^[\s.~-]+/, '_')
    .trim();
  return shorten(clean === '' || clean === '_' ? 'output' : clean, LONGEST_NAME - ROOM);
}

/**
 * The same names, in the same order, made unique: names that some file system takes for the same (case, Unicode form)
 * get `-2`, `-3` ... before the extension, as does one of the `taken`.
 */
export function uniqueNames(names: readonly string[], taken: readonly string[] = [CHECKSUMS_NAME]): string[] {
  const used = new Set(taken.map(fold));
  return names.map((name) => {
    let candidate = name;
    for (let number = 2; used.has(fold(candidate)); number += 1) {
      const extension = extname(name);
      candidate = `${basename(name, extension)}-${number}${extension}`;
    }
    used.add(fold(candidate));
    return candidate;
  });
}

const LONGEST_CONSIDERED = 1000;

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase().toUpperCase();
}

/** Cuts the middle, not the extension, so that the name has at most `most` UTF-8 bytes. */
function shorten(name: string, most: number): string {
  if (Buffer.byteLength(name) <= most) return name;
  const extension = Buffer.byteLength(extname(name)) <= 32 ? extname(name) : '';
  let stem = '';
  let size = Buffer.byteLength(extension);
  for (const character of name) {
    size += Buffer.byteLength(character);
    if (size > most) break;
    stem += character;
  }
  return stem.trimEnd() + extension;
}
