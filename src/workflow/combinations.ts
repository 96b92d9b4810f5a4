import { isDeepStrictEqual } from 'node:util';
import filenamify from 'filenamify';
import { withoutEnd } from '../base/ends.ts';
import { shown } from '../base/inert.ts';
import { isMapping, isWritten, type Mapping } from '../base/mapping.ts';
import { differInDigits } from '../base/numbers.ts';
import { nearest } from './nearest.ts';

/** One choice of values, key by key; frozen. */
export type Combination = Readonly<Record<string, unknown>>;

/** How a person and a file system call one combination. */
export interface CombinationName {
  /** One line for people, such as `a cat, 7`. Foreign text: make it inert before it is printed. */
  readonly label: string;
  /** A folder name, such as `a-cat-7`: unique, at most {@link LONGEST_FOLDER} bytes, fit for every file system. */
  readonly folder: string;
}

/** The most combinations a matrix may make. (GitHub's own limit is 256 jobs; a task costs less than a job.) */
export const MOST_COMBINATIONS = 1000;

/** The longest folder name, in bytes of UTF-8. */
export const LONGEST_FOLDER = 80;

/**
 * The combinations of a matrix, as GitHub's `strategy.matrix` makes them and in its order: the first key varies slowest.
 *
 * - `exclude` removes every combination of which it is a part.
 * - `include` adds its pairs to every combination left whose own (not added) values they agree with, a later entry over
 *   an earlier one. An entry that agrees with none becomes a combination itself, which no other entry adds to.
 *
 * Values agree as GitHub compares them, see {@link agrees}. Unlike GitHub's, keys are told apart by case, since the
 * parameters they stand for are.
 *
 * @param matrix The parsed `matrix` input: a mapping of keys to lists, with `include` and `exclude` as lists of mappings.
 * @throws {Error} When the matrix has another shape, an empty list, an `exclude` for a key it does not have, or makes
 *   no combination or more than {@link MOST_COMBINATIONS}.
 * @see https://docs.github.com/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations
 * @see https://github.com/actions/runner/blob/main/src/Sdk/WorkflowParser/Conversion/MatrixBuilder.cs
 */
export function expandMatrix(matrix: unknown): Combination[] {
  if (!isMapping(matrix)) throw new Error('matrix must be a mapping of keys to lists, such as "seed: [1, 2, 3]"');
  const { include = [], exclude = [], ...rest } = matrix;
  const lists = Object.entries(rest).map(([key, values]) => ({ key, values: filledList(key, values) }));
  const keys = lists.map(({ key }) => key);
  const excludes = mappings('exclude', exclude);
  for (const key of new Set(excludes.flatMap(Object.keys))) requireKey(key, keys);
  const includes = mappings('include', include).map((pairs) => splitByKeys(pairs, keys));

  const all = product(lists);
  requireEffort('exclude', excludes.length, all.length);
  const isExcluded = anyOf(excludes, lists);
  const originals = all.filter((original) => !isExcluded(original));
  requireCount(originals.length);
  requireEffort('include', includes.length, originals.length);
  const expanded = originals.map((original) => {
    const extras = includes.filter(({ own }) => agrees(original, own)).map(({ added }) => added);
    // Not Object.assign: a key named __proto__ stays a key.
    return Object.fromEntries([original, ...extras].flatMap(Object.entries));
  });
  const additional = includes
    .filter(({ own }) => !originals.some((original) => agrees(original, own)))
    .map(({ own, added }) => ({ ...own, ...added }));

  const combinations = [...expanded, ...additional];
  requireCount(combinations.length);
  if (combinations.length === 0) {
    const why = lists.length > 0 ? '"exclude" removes them all' : 'it has neither a list nor an "include"';
    throw new Error(`matrix makes no combination: ${why}`);
  }
  return combinations.map((combination) => Object.freeze(combination));
}

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

// What the lists alone may make before "exclude": enough for any real use, little enough to build in a moment.
const LARGEST_PRODUCT = 100_000;
// A workflow has fewer parameters; each is copied for every combination.
const MOST_LISTS = 100;
// Comparisons, of which an "include" costs more: it compares texts, and adds what agrees.
const MOST_EFFORT = { exclude: 20_000_000, include: 1_000_000 };

interface List {
  readonly key: string;
  readonly values: readonly unknown[];
}

function filledList(key: string, values: unknown): readonly unknown[] {
  if (!Array.isArray(values)) throw new Error(`matrix: ${quote(key)} must be a list; one value is a list too: [value]`);
  if (values.length === 0) throw new Error(`matrix: the list of ${quote(key)} is empty`);
  return values;
}

function mappings(name: 'include' | 'exclude', value: unknown): readonly Mapping[] {
  if (!Array.isArray(value)) throw new Error(`matrix: "${name}" must be a list of mappings`);
  return value.map((entry: unknown, index) => {
    if (isMapping(entry) && Object.keys(entry).length > 0) return entry;
    throw new Error(`matrix: entry ${index + 1} of "${name}" must be a mapping with at least one key`);
  });
}

function requireKey(key: string, keys: readonly string[]): void {
  if (keys.includes(key)) return;
  const guess = nearest(key, keys);
  const hint = guess === undefined ? '' : `; did you mean ${quote(guess)}?`;
  throw new Error(`matrix: "exclude" names ${quote(key)}, which is not a key of the matrix${hint}`);
}

function requireCount(count: number, most = MOST_COMBINATIONS): void {
  if (count > most) throw new Error(`matrix makes ${count} combinations, more than the ${most} that are possible`);
}

/** What compares every entry with every combination takes minutes where both are many. */
function requireEffort(name: 'include' | 'exclude', entries: number, combinations: number): void {
  if (entries * combinations <= MOST_EFFORT[name]) return;
  throw new Error(
    `matrix: "${name}" has ${entries} entries for ${combinations} combinations, more than can be compared in a moment`,
  );
}

/** Whether a combination holds one of the filters; what of each list a filter agrees with is found once, not every time. */
function anyOf(filters: readonly Mapping[], lists: readonly List[]): (combination: Mapping) => boolean {
  const listed = new Map(lists.map(({ key, values }) => [key, values]));
  const wanted = filters.map((filter) =>
    Object.entries(filter).map(([key, leaf]) => {
      return { key, values: new Set((listed.get(key) ?? []).filter((value) => agrees(value, leaf))) };
    }),
  );
  return (combination) => wanted.some((parts) => parts.every(({ key, values }) => values.has(combination[key])));
}

function product(lists: readonly List[]): Mapping[] {
  if (lists.length === 0) return [];
  if (lists.length > MOST_LISTS) {
    throw new Error(`matrix has ${lists.length} keys, more than the ${MOST_LISTS} that are possible`);
  }
  requireCount(
    lists.reduce((size, { values }) => size * values.length, 1),
    LARGEST_PRODUCT,
  );
  return lists.reduce<Mapping[]>(
    (shorter, { key, values }) => shorter.flatMap((start) => values.map((value) => ({ ...start, [key]: value }))),
    [{}],
  );
}

function splitByKeys(pairs: Mapping, keys: readonly string[]): { own: Mapping; added: Mapping } {
  const entries = Object.entries(pairs);
  return {
    own: Object.fromEntries(entries.filter(([key]) => keys.includes(key))),
    added: Object.fromEntries(entries.filter(([key]) => !keys.includes(key))),
  };
}

/**
 * Whether `value` holds everything in `filter`: each leaf of the filter, at its place, equals the value's by the `==` of
 * GitHub's expressions (texts regardless of case; otherwise as numbers: `'7'` is 7; what is missing counts as null). Unlike
 * GitHub's, two seeds of 64 bits that share a double are two.
 *
 * @see https://docs.github.com/actions/reference/workflows-and-actions/expressions#operators
 */
function agrees(value: unknown, filter: unknown): boolean {
  if (typeof filter === 'object' && filter !== null && !isWritten(filter)) {
    return Object.entries(filter).every(([key, leaf]) => agrees(part(value, key), leaf));
  }
  if (typeof value === 'string' && typeof filter === 'string') return value.toUpperCase() === filter.toUpperCase();
  return toNumber(value) === toNumber(filter) && !differInDigits(digitsIn(value), digitsIn(filter));
}

function part(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}

function toNumber(value: unknown): number {
  if (isWritten(value)) return Number(value.value);
  return typeof value === 'object' && value !== null ? Number.NaN : Number(value ?? 0);
}

function digitsIn(value: unknown): string {
  return isWritten(value) ? value.text : String(value);
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

function quote(text: string): string {
  return shown(JSON.stringify(text), LONGEST_LABEL);
}
