import { isUtf8 } from 'node:buffer';
import { inert } from '../base/inert.ts';
import { broken, quoted, refused } from './errors.ts';

/** Change what an entry is: sparse files of GNU, and their likes of star; a link's target; the coding of names. */
const CHANGES = /^(?:GNU\..*|SCHILY\.(?:realsize|offset|filetype)|linkpath|hdrcharset)$/;

/**
 * The records of a PAX header: `LENGTH KEY=VALUE`, each with a line break at its end, LENGTH counting all of it. A reader that
 * passes over one that it does not understand sees another archive than one that does, so all have to be whole, and none twice.
 *
 * @throws {ArchiveError} when one is broken, or changes what an entry is
 */
export function readRecords(text: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let rest = text; rest.length > 0; ) {
    const digits = /^[1-9]\d{0,6} /.exec(rest.toString('latin1', 0, 8))?.[0];
    const record = rest.subarray(0, Number(digits ?? 0));
    const body = record.subarray(digits?.length ?? 0, -1);
    const equals = body.indexOf('=');
    if (record.length !== Number(digits) || record.at(-1) !== LINE_BREAK || equals < 1) {
      throw broken(inert`a PAX header before an entry cannot be read`);
    }
    const key = body.toString('latin1', 0, equals);
    if (CHANGES.test(key))
      throw refused(inert`an entry that is sparse, a link, or not named in UTF-8 (PAX record ${quoted(key)})`);
    if (records.has(key)) throw refused(inert`an entry of which a PAX header says ${quoted(key)} twice`);
    records.set(key, TEXTS.has(key) ? textOf(body.subarray(equals + 1)) : '');
    rest = rest.subarray(record.length);
  }
  return records;
}

const LINE_BREAK = 10;
/** Those that are read; values of others may be of bytes. */
const TEXTS = new Set(['path', 'size']);

function textOf(value: Buffer): string {
  if (!isUtf8(value)) throw refused(inert`an entry ${quoted(value.toString())} whose name is not in UTF-8`);
  return value.toString();
}

/** The entry's name, where the records say one. */
export function pathIn(records: ReadonlyMap<string, string>): string | undefined {
  return records.get('path');
}

/**
 * The entry's size, where the records say one.
 *
 * @throws {ArchiveError} when it is no number
 */
export function sizeIn(records: ReadonlyMap<string, string>): number | undefined {
  const size = records.get('size');
  if (size !== undefined && !/^\d{1,15}$/.test(size)) throw broken(inert`the size of an entry is no number`);
  return size === undefined ? undefined : Number(size);
}
