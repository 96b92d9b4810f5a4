import { isDeepStrictEqual } from 'node:util';
import filenamify from 'filenamify';
import { withoutEnd } from '../base/ends.ts';
import { isWritten } from '../base/mapping.ts';
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
 * Names combinations by the values in which they differ (by all their values when they do not), in their order.
 * Values without a letter or digit, such as an empty text, leave `combination 3` and `combination-3`.
 */
export function nameCombinations(combinations: readonly Combination[]): CombinationName[] {
  const keys = [...new Set(combinations.flatMap(Object.keys))];
  const varying = keys.filter((key) =>
    combinations.some((one) => !isDeepStrictEqual(one[key], combinations[0]?.[key])),
  );
  const varied = varying.length > 0 ? varying : keys;
  const taken = new Set<string>();
  const labels = new Set<string>();
  const reached = new Map<string, number>();
  return combinations.map((combination, index) => {
    const values = varied.flatMap((key) => leaves(combination[key]).map((text) => ({ key, text })));
    const label = labelOf(values) || `combination ${index + 1}`;
    let name = label;
    for (let number = reached.get(label) ?? 2; labels.has(name); number += 1) {
      reached.set(label, number + 1);
      name = `${label} (${number})`;
    }
    labels.add(name);
    const words = cut(values.flatMap(({ text }) => folderWords(text)).join(', '), LONGEST_FOLDER_WORDS);
    return { label: name, folder: unique(folderName(words) || `combination-${index + 1}`, taken) };
  });
}

/** GitHub's names of jobs end there, too. In UTF-16 code units, as the others here. */
const LONGEST_LABEL = 100;
/** A folder's name is made of the beginning of each value, so that a long prompt leaves room for the seed behind it. */
const LONGEST_FOLDER_VALUE = 40;
const LONGEST_FOLDER_WORDS = 100;

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
 * Values one after the other, each as it is or not at all, since the runner masks a secret where it stands as it is, line by
 * line. The longest go first where they are too many; instead of them, it says how long they are.
 */
function labelOf(values: readonly Leaf[]): string {
  const filled = values
    .map((value) => ({ ...value, line: linesOf(value.text).join(' ') }))
    .filter(({ line }) => line !== '');
  const parts = filled
    // More than a label has room for, however short they are.
    .slice(0, LONGEST_LABEL)
    .map((part) => ({ ...part, said: UNSAYABLE.test(part.line) ? lengthOf(part) : part.line }));
  const isShort = () => parts.reduce((sum, { said }) => sum + said.length + ', '.length, 0) < LONGEST_LABEL;
  for (const part of [...parts].sort((one, other) => other.line.length - one.line.length)) {
    if (isShort()) break;
    part.said = lengthOf(part);
  }
  while (parts.length > 1 && !isShort()) parts.pop();
  return [...parts.map(({ said }) => said), ...(parts.length < filled.length ? ['…'] : [])].join(', ');
}

/** What a line of the log cannot show as it is. */
const UNSAYABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

function lengthOf({ key, text }: Leaf): string {
  return `${cut(linesOf(key).join(' '), 40)} of ${text.length.toLocaleString('en-US')} characters`;
}

function linesOf(text: string): string[] {
  const lines = text.split(/[\n\r]/).map((line) => line.trim());
  return lines.filter((line) => line !== '');
}

/** What a folder's name has of a value: its beginning, which is readable, unless it is one long word, as a secret may be. */
function folderWords(text: string): string[] {
  const line = text.replace(/[\p{Cc}\p{Z}]+/gu, ' ').trim();
  const isHidden = line === '' || (line.length > LONGEST_FOLDER_VALUE && !line.includes(' '));
  return isHidden ? [] : [cut(line, LONGEST_FOLDER_VALUE)];
}

function cut(text: string, most: number): string {
  // At most two code units make a character, so this start is long enough to tell, however long the text.
  const characters = Array.from(text.slice(0, most * 4));
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text;
}

// Room left for a dash after a name that Windows reserves, and for the number that makes a name unique.
const FOLDER_BYTES = LONGEST_FOLDER - '-'.length - `-${MOST_COMBINATIONS}`.length;

function folderName(label: string): string {
  const words = label
    // Before the bytes are counted, since it can make more of them.
    .normalize('NFC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '-')
    .replace(/[^\p{L}\p{M}\p{N}._]+|\.\.+/gu, '-')
    .replace(/^[^\p{L}\p{N}]+/u, '');
  const { read } = new TextEncoder().encodeInto(words, new Uint8Array(FOLDER_BYTES));
  const name = withoutEnd(words.slice(0, read), /[-._]/);
  return name === '' ? '' : filenamify(name, { replacement: '-' });
}

function unique(name: string, taken: Set<string>): string {
  // Upper, then lower: also ß and SS are one name to a file system that folds case.
  const fold = (text: string) => text.toUpperCase().toLowerCase().normalize('NFC');
  let candidate = name;
  for (let number = 2; taken.has(fold(candidate)); number += 1) candidate = `${name}-${number}`;
  taken.add(fold(candidate));
  return candidate;
}
