import { shown } from '../base/inert.ts';
import { isMapping, isWritten, type Mapping } from '../base/mapping.ts';
import { differInDigits } from '../base/numbers.ts';
import { nearest } from './nearest.ts';

/** One choice of values, key by key; frozen. */
export type Combination = Readonly<Record<string, unknown>>;

/** The most combinations a matrix may make, before `exclude`, too: built and named within seconds, in each share. */
export const MOST_COMBINATIONS = 100_000;
/** The most that one step runs of them. (GitHub's own limit is 256 jobs; a task costs less than a job.) */
export const LARGEST_SHARE = 1000;

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
 * @throws {Error} When the matrix has something else than lists, an empty list, an `exclude` for a key it does not have, or makes
 *   no combination or more than {@link MOST_COMBINATIONS}.
 * @see https://docs.github.com/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations
 * @see https://github.com/actions/runner/blob/main/src/Sdk/WorkflowParser/Conversion/MatrixBuilder.cs
 */
export function expandMatrix(matrix: Mapping): Combination[] {
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
  const added = new Set(includes.flatMap((include) => Object.keys(include.added)));
  requireRoom(lists.length + added.size, originals.length);
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
    throw new Error(`it makes no combination: ${why}`);
  }
  return combinations.map((combination) => Object.freeze(combination));
}

// A workflow has fewer parameters.
const MOST_LISTS = 100;
// Each key is copied for every combination.
const MOST_PAIRS = 1_000_000;
// Comparisons, of which an "include" costs more: it compares texts, and adds what agrees.
const MOST_EFFORT = { exclude: 20_000_000, include: 1_000_000 };

interface List {
  readonly key: string;
  readonly values: readonly unknown[];
}

function filledList(key: string, values: unknown): readonly unknown[] {
  if (!Array.isArray(values)) throw new Error(`${quote(key)} must be a list; one value is a list too: [value]`);
  if (values.length === 0) throw new Error(`the list of ${quote(key)} is empty`);
  return values;
}

function mappings(name: 'include' | 'exclude', value: unknown): readonly Mapping[] {
  if (!Array.isArray(value)) throw new Error(`"${name}" must be a list of mappings`);
  return value.map((entry: unknown, index) => {
    if (isMapping(entry) && Object.keys(entry).length > 0) return entry;
    throw new Error(`entry ${index + 1} of "${name}" must be a mapping with at least one key`);
  });
}

function requireKey(key: string, keys: readonly string[]): void {
  if (keys.includes(key)) return;
  const guess = nearest(key, keys);
  const hint = guess === undefined ? '' : `; did you mean ${quote(guess)}?`;
  throw new Error(`"exclude" names ${quote(key)}, which is not a key of the matrix${hint}`);
}

function requireCount(count: number): void {
  if (count <= MOST_COMBINATIONS) return;
  throw new Error(`it makes ${count} combinations, more than the ${MOST_COMBINATIONS} that are possible`);
}

function requireRoom(keys: number, combinations: number): void {
  if (keys * combinations <= MOST_PAIRS) return;
  throw new Error(
    `it has ${keys} keys for ${combinations} combinations, more than can be built in a moment; what is always the same belongs in "parameters"`,
  );
}

/** What compares every entry with every combination takes minutes where both are many. */
function requireEffort(name: 'include' | 'exclude', entries: number, combinations: number): void {
  if (entries * combinations <= MOST_EFFORT[name]) return;
  throw new Error(
    `"${name}" has ${entries} entries for ${combinations} combinations, more than can be compared in a moment`,
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
    throw new Error(`it has ${lists.length} keys, more than the ${MOST_LISTS} that are possible`);
  }
  const size = lists.reduce((product, { values }) => product * values.length, 1);
  requireCount(size);
  requireRoom(lists.length, size);
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

function quote(text: string): string {
  return shown(JSON.stringify(text), LONGEST_QUOTE);
}

/** In UTF-16 code units. */
const LONGEST_QUOTE = 100;
