import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import filenamify from 'filenamify';
import { withoutEnd } from '../base/ends.ts';
import { isWritten } from '../base/mapping.ts';
import { isListName } from '../files/names.ts';
import { type Combination, MOST_COMBINATIONS } from './combinations.ts';

/** How a person and a file system call one combination. */
export interface CombinationName {
  /** One line for people, such as `a cat, 7`. Foreign text: make it inert before it is printed. */
  readonly label: string;
  /** A folder name, such as `a-cat-7`: unique, at most {@link LONGEST_FOLDER} bytes, fit for every file system. */
  readonly folder: string;
}

/** The longest folder name, in bytes of UTF-8. */
export const LONGEST_FOLDER = 80;

/**
 * Names combinations by the values in which they differ (by all their values when they do not), in their order. A value is
 * there as a whole, or what {@link insteadOf} says stands there: which of them depends on no other combination, so a folder is
 * found again when the matrix grows. Where all values are empty, that leaves `combination 3` and `combination`.
 */
export function nameCombinations(combinations: readonly Combination[]): CombinationName[] {
  const keys = [...new Set(combinations.flatMap(Object.keys))];
  const varying = keys.filter((key) => {
    const [first, ...others] = new Set(combinations.map((one) => one[key]));
    return others.some((other) => !isDeepStrictEqual(other, first));
  });
  const varied = varying.length > 0 ? varying : keys;
  const labelOf = createLabels();
  const folderOf = createFolders();
  const taken = new Map<string, number>();
  const labels = new Set<string>();
  const reached = new Map<string, number>();
  return combinations.map((combination, index) => {
    const values = varied
      .flatMap((key) => leaves(combination[key]).map((text) => ({ key, text })))
      .filter(({ text }) => text.trim() !== '');
    const label = labelOf(values) || `combination ${index + 1}`;
    let name = label;
    for (let number = reached.get(label) ?? 2; labels.has(name); number += 1) {
      reached.set(label, number + 1);
      name = `${label} (${number})`;
    }
    labels.add(name);
    return { label: name, folder: unique(folderOf(values) || 'combination', taken) };
  });
}

function leaves(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if (isWritten(value)) return [value.text];
  return typeof value === 'object' ? Object.values(value).flatMap(leaves) : [String(value)];
}

interface Leaf {
  readonly key: string;
  readonly text: string;
}

/**
 * What tells a value from others where it cannot stand as it is: `prompt 3fa9c1`, the parameter and the beginning of the
 * SHA-256 of the text. No part of the value, as that may be a secret, which the runner masks where it is whole.
 */
function insteadOf({ key, text }: Leaf, digestOf: (text: string) => string): string {
  return `${cut(linesOf(key).join(' '), LONGEST_KEY)} ${digestOf(text)}`.trim();
}

const LONGEST_KEY = 30;

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}

/** How values stand one after the other in a name. */
interface Manner {
  readonly between: string;
  /** For the whole, in the measure of `sizeOf`. */
  readonly room: number;
  sizeOf(text: string): number;
  /** A value as it is, or nothing where it may not be. */
  whole(text: string): string;
  instead(value: Leaf): string;
  /** What stands at the end where the last of these values are left out. */
  rest(values: readonly Leaf[]): string;
}

/** Values in their order. The longest are replaced first where there is no room for all, and then the last ones go. */
function inManner(values: readonly Leaf[], manner: Manner): string {
  const { between, room, sizeOf } = manner;
  // More than there is room for, however short they are.
  const parts = values.slice(0, room).map((value) => {
    const whole = manner.whole(value.text);
    return { value, said: whole !== '' && sizeOf(whole) <= room ? whole : manner.instead(value) };
  });
  const sizeWith = (...more: string[]) => sizeOf([...parts.map(({ said }) => said), ...more].join(between));
  for (const part of [...parts].sort((one, other) => sizeOf(other.said) - sizeOf(one.said))) {
    if (sizeWith() <= room) break;
    const shorter = manner.instead(part.value);
    if (sizeOf(shorter) < sizeOf(part.said)) part.said = shorter;
  }
  const rest = parts.length < values.length || sizeWith() > room ? [manner.rest(values)] : [];
  while (parts.length > 0 && sizeWith(...rest) > room) parts.pop();
  return [...parts.map(({ said }) => said), ...rest].join(between);
}

/** The same function; a text is looked at once, as it may be long, and many combinations have it. */
function once(of: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const found = known.get(text) ?? of(text);
    known.set(text, found);
    return found;
  };
}

function createLabels(): (values: readonly Leaf[]) => string {
  const digestOf = once(digest);
  const manner: Manner = {
    between: ', ',
    // GitHub's names of jobs end there, too. In UTF-16 code units.
    room: 100,
    sizeOf: (text) => text.length,
    whole: once((text) => {
      const line = linesOf(text).join(' ');
      return UNSAYABLE.test(line) ? '' : line;
    }),
    instead: (value) => `${insteadOf(value, digestOf)} (${value.text.length.toLocaleString('en-US')} characters)`,
    rest: () => '…',
  };
  return (values) => inManner(values, manner);
}

/** What a line of the log cannot show as it is. */
const UNSAYABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

function linesOf(text: string): string[] {
  const lines = text.split(/[\n\r]/).map((line) => line.trim());
  return lines.filter((line) => line !== '');
}

function cut(text: string, most: number): string {
  // At most two code units make a character, so this start is long enough to tell, however long the text.
  const characters = Array.from(text.slice(0, most * 4));
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text;
}

function createFolders(): (values: readonly Leaf[]) => string {
  const digestOf = once(digest);
  const manner: Manner = {
    between: '-',
    // In bytes. Some are left for a dash after a name that Windows reserves, and for the number that makes a name unique.
    room: LONGEST_FOLDER - '-'.length - `-${MOST_COMBINATIONS}`.length,
    sizeOf: (text) => Buffer.byteLength(text),
    whole: once((text) => (text.split(/\s+/).some(isBentToken) ? '' : folded(text))),
    instead: (value) => folded(insteadOf(value, digestOf)),
    rest: (all) => `more-${digest(JSON.stringify(all))}`,
  };
  return (values) => {
    const name = inManner(values, manner);
    return name === '' ? '' : filenamify(name, { replacement: '-' });
  };
}

/** A word as long as tokens are, which nobody would mask any more in the form that a folder can have. */
function isBentToken(word: string): boolean {
  return word.length >= TOKEN_LENGTH && folded(word) !== word;
}

/** The length of AWS' secret keys, which have `/` and `+` in them. */
const TOKEN_LENGTH = 40;

/** In characters that a folder's name can have everywhere. */
function folded(text: string): string {
  const words = text
    // Before the bytes are counted, since it can make more of them.
    .normalize('NFC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '-')
    .replace(/[^\p{L}\p{M}\p{Nd}._]+|\.\.+/gu, '-')
    .replace(/^[^\p{L}\p{Nd}]+/u, '');
  return withoutEnd(words, /[-._]/);
}

/** @param taken By folded name, the number that the next one like it may get. */
function unique(name: string, taken: Map<string, number>): string {
  // Upper, then lower: also ß and SS are one name to a file system that folds case.
  const fold = (text: string) => text.toUpperCase().toLowerCase().normalize('NFC');
  let candidate = name;
  let number = taken.get(fold(name)) ?? 2;
  for (; taken.has(fold(candidate)) || isListName(candidate); number += 1) candidate = `${name}-${number}`;
  taken.set(fold(candidate), 2).set(fold(name), number);
  return candidate;
}
