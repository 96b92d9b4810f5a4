/**
 * What a workflow declares, read also where it has another shape than the documentation gives it. `tell` is then told which
 * one; what nobody can read is `undefined`, and so unchecked.
 */
import { WrittenNumber } from '../base/numbers.ts';

/** Told of another shape, such as `a mapping`. */
export type Tell = (shape: string) => void;

type Fields = Readonly<Record<string, unknown>>;

/** Entries of one list or mapping; of more, none is read. A loader of a model zoo lists some thousands. */
const MOST_ENTRIES = 10_000;

/** Labels: a list of texts; or a text with commas, or a mapping, whose keys they are. Without any they are none. */
export function readLabels(raw: unknown, tell: Tell): string[] | undefined {
  if (isNothing(raw)) return [];
  const texts = readTexts(raw, tell);
  if (texts !== undefined || !isFields(raw) || countIn(raw) > MOST_ENTRIES) return texts;
  return Object.keys(raw).filter((label) => !isNothing(raw[label]) && raw[label] !== false);
}

/** A list of texts; or a text with commas between them, as in HTML. */
export function readTexts(raw: unknown, tell: Tell): string[] | undefined {
  if (isNothing(raw) || isTooLong(raw, tell)) return undefined;
  if (!Array.isArray(raw)) {
    tell(shapeOf(raw));
    return typeof raw === 'string' ? raw.split(',').flatMap((text) => text.trim() || []) : undefined;
  }
  const texts = raw.filter((entry) => typeof entry === 'string');
  if (texts.length < raw.length) tell('a list of other things than texts');
  return texts;
}

/** Options, each a value or `{value, label}`; or other objects with a value in them, or a mapping of labels to values. */
export function readOptions(raw: unknown, tell: Tell): unknown[] | undefined {
  if (isNothing(raw) || isTooLong(raw, tell)) return undefined;
  if (Array.isArray(raw) && raw.every((entry) => !isFields(entry) || isScalar(entry.value))) return raw;
  tell(Array.isArray(raw) ? 'a list of other objects' : shapeOf(raw));
  if (Array.isArray(raw)) {
    const options = raw.map((entry: unknown) => (isFields(entry) ? optionOf(entry) : entry));
    return options.every((option) => option !== undefined) ? options : undefined;
  }
  if (!isFields(raw)) return undefined;
  return Object.entries(raw).map(([label, entry]) => {
    const value = isFields(entry) ? entry.value : entry;
    return { value: isScalar(value) ? value : label, label };
  });
}

/** Parameters, each an object with a `key`; or with a `name`, or in a mapping of keys to what is said of each. */
export function readParameters(raw: unknown, tell: Tell): Record<string, unknown>[] | undefined {
  if (isNothing(raw) || isTooLong(raw, tell)) return undefined;
  if (Array.isArray(raw)) {
    const entries = raw.map((entry: unknown) => (isFields(entry) ? entry : {}));
    if (entries.every(({ key }) => typeof key === 'string')) return entries;
    tell('a list of other things than objects with a key');
    return entries.map((entry) => ({ ...entry, key: entry.key ?? entry.name }));
  }
  tell(shapeOf(raw));
  // A JSON Schema is a mapping, too, but not of parameters.
  if (!isFields(raw) || !Object.values(raw).every(isFields)) return undefined;
  return Object.entries(raw).map(([key, spec]) => ({ key, ...(isFields(spec) && spec) }));
}

function optionOf(entry: Fields): { value: unknown; label: unknown } | undefined {
  const value = [entry.value, entry.key, entry.id, entry.name, entry.label].find(isScalar);
  return value === undefined ? undefined : { value, label: entry.label };
}

function isTooLong(raw: unknown, tell: Tell): boolean {
  const isLong = countIn(raw) > MOST_ENTRIES;
  if (isLong) tell(`more than ${MOST_ENTRIES} entries`);
  return isLong;
}

function countIn(raw: unknown): number {
  if (typeof raw === 'string') return raw.split(',', MOST_ENTRIES + 1).length;
  return isFields(raw) || Array.isArray(raw) ? Object.keys(raw).length : 0;
}

function shapeOf(raw: unknown): string {
  if (isFields(raw)) return 'a mapping';
  if (Array.isArray(raw)) return 'a list';
  return typeof raw === 'string' ? 'a text' : `only ${String(raw)}`;
}

/** What a program has where nothing was set. */
function isNothing(raw: unknown): boolean {
  return raw === undefined || raw === null || raw === '' || (isFields(raw) && Object.keys(raw).length === 0);
}

function isFields(raw: unknown): raw is Fields {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw) && !(raw instanceof WrittenNumber);
}

function isScalar(raw: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof raw) || raw instanceof WrittenNumber;
}
