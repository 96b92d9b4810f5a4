import { type Inert, inert, joinInert, shown, someOf } from '../base/inert.ts';
import { isMapping, isWritten, type Mapping, toSendable, WrittenWord } from '../base/mapping.ts';
import { asWritten, compareNumbers, digitsOf, type Numeral, sizeOf, toWhole, WrittenNumber } from '../base/numbers.ts';
import type { WorkflowParameter } from '../cyberun/schema.ts';
import { nearest } from './nearest.ts';

/** Given values, as the workflow wants them. */
export interface ConvertedParameters {
  /** By key; what the workflow gives no type to may still be a {@link WrittenNumber} or a {@link WrittenWord}. */
  readonly values: Mapping;
  /** Keys of the values that are workspace paths, or keys of files that are not written as such. */
  readonly fileKeys: readonly string[];
  /** Everything that does not fit, in the order of the given keys. */
  readonly problems: readonly Inert[];
}

/**
 * Converts values to the types that a workflow declares, and finds everything that does not fit: unknown keys, wrong types,
 * values out of range or not among the options, required ones that are missing. An empty value (`key:`) counts as not given,
 * and so does an empty text (`key: ""`), which an expression may leave, where the type is not text.
 *
 * @param hasUnread Unknown keys may be parameters all the same: they are passed on unchecked.
 */
export function convertParameters(
  declared: readonly WorkflowParameter[],
  given: Mapping,
  hasUnread = false,
): ConvertedParameters {
  const byKey = new Map(declared.map((parameter) => [parameter.key, parameter]));
  const problems: Inert[] = [];
  const values = new Map<string, unknown>();
  const refused = new Set<string>();
  for (const [key, value] of Object.entries(given)) {
    const parameter = byKey.get(key);
    if (parameter === undefined && hasUnread) {
      values.set(key, value);
      continue;
    }
    if (parameter === undefined) {
      const known = [...byKey.keys()];
      // Nobody reads on so far, and to compare thousands with thousands takes minutes.
      const close = problems.length < MOST_GUESSES ? nearest(key, known) : undefined;
      // A required one that was misspelt is one problem, not two.
      if (close !== undefined) refused.add(close);
      problems.push(unknownKey(key, known, close));
      continue;
    }
    const converted = convert(parameter, value);
    if (converted.ok) values.set(key, converted.value);
    else if (!isEmpty(value)) {
      refused.add(key);
      problems.push(inert`${key}: given ${show(value)}, accepted: ${accepted(parameter)}${converted.hint ?? ''}`);
    }
  }
  for (const parameter of byKey.values()) {
    const { key } = parameter;
    const missing = !refused.has(key) && isEmpty(values.get(key));
    if (parameter.required && missing && isEmpty(parameter.default)) {
      const found = Object.hasOwn(given, key) ? 'empty' : 'not given';
      problems.push(inert`${key}: required, and ${found}; accepted: ${accepted(parameter)}`);
    }
  }
  const isPath = (key: string) => byKey.get(key)?.type === 'file' && fileKeyOf(given[key]) === undefined;
  const fileKeys = [...values.keys()].filter(isPath);
  return { values: Object.fromEntries(values), fileKeys, problems };
}

const MOST_GUESSES = 20;

type Converted = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly hint?: string };

const NO: Converted = { ok: false };
const yes = (value: unknown): Converted => ({ ok: true, value });

function convert(parameter: WorkflowParameter, given: unknown): Converted {
  const value = meaningOf(given);
  // A text is what was written, `~` and `Null` included, and an option may be; elsewhere YAML's words mean what they mean.
  const isLiteral = parameter.type === 'string' || parameter.type === 'select';
  if (!isLiteral && (value === null || value === undefined)) return NO;
  switch (parameter.type) {
    case 'number':
    case 'integer':
      return toNumber(parameter, given);
    case 'boolean':
      return toBoolean(value);
    case 'string': {
      const text = toText(given);
      return text === undefined ? NO : yes(text);
    }
    case 'file': {
      // A block scalar (`image: |`) ends with a line break.
      const path = toText(fileKeyOf(given) ?? given)?.trim() ?? '';
      return path === '' ? NO : yes(path);
    }
    case 'select':
      return toOption(parameter, given);
    default:
      // A type that is not documented: the service knows what it wants.
      return yes(given);
  }
}

/** The key in `{file_key: ...}`. */
function fileKeyOf(value: unknown): unknown {
  return isMapping(value) && Object.keys(value).length === 1 ? value.file_key : undefined;
}

/** What YAML says that a word means. */
function meaningOf(value: unknown): unknown {
  return value instanceof WrittenWord ? value.value : value;
}

function toNumber({ type, min, max }: WorkflowParameter, value: unknown): Converted {
  const given = typeof value === 'string' ? parseNumber(value.trim()) : value;
  if (!isNumeral(given)) return NO;
  const number = type === 'integer' ? toWhole(given) : given;
  if (number === undefined || !Number.isFinite(sizeOf(number))) return NO;
  const isLow = min !== undefined && compareNumbers(number, min) < 0;
  const isHigh = max !== undefined && compareNumbers(number, max) > 0;
  return isLow || isHigh ? NO : yes(number);
}

function isNumeral(value: unknown): value is Numeral {
  return typeof value === 'number' || value instanceof WrittenNumber;
}

function parseNumber(text: string): Numeral | undefined {
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return undefined;
  return asWritten(Number(text), text);
}

function toBoolean(value: unknown): Converted {
  if (typeof value === 'boolean') return yes(value);
  if (typeof value === 'string' && /^(true|false)$/i.test(value.trim()))
    return yes(value.trim().toLowerCase() === 'true');
  return NO;
}

/** The text of a scalar, as it was written. */
function toText(value: unknown): string | undefined {
  if (isWritten(value)) return value.text;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

function toOption({ options = [] }: WorkflowParameter, given: unknown): Converted {
  const value = meaningOf(given);
  const text = toText(given);
  if (options.length === 0) return value === null || value === undefined ? NO : yes(given);
  // A list or a mapping is none, nor is nothing.
  if (text === undefined) return NO;
  const values = options.map(optionValue);
  const number = typeof value === 'string' ? parseNumber(value.trim()) : value;
  const tests = [
    (option: unknown) => toText(option) === text,
    // A block scalar ends with a line break.
    (option: unknown) => toText(option) === text.trim(),
    (option: unknown) => isNumeral(option) && isNumeral(number) && compareNumbers(option, number) === 0,
    (option: unknown) => option === value,
  ];
  for (const test of tests) if (values.some(test)) return yes(values.find(test));
  const close = nearest(
    text,
    values.map((option) => toText(option) ?? ''),
  );
  return close === undefined ? NO : { ok: false, hint: ` (did you mean ${close}?)` };
}

/** The options' shape is not documented: plain values, or `{value, label}`. */
function optionValue(option: unknown): unknown {
  return isMapping(option) && 'value' in option ? option.value : option;
}

function isEmpty(given: unknown): boolean {
  const value = meaningOf(given);
  return value === undefined || value === null || value === '';
}

function unknownKey(key: string, known: readonly string[], close: string | undefined): Inert {
  return close === undefined
    ? inert`${key}: no such parameter; there are ${someOf(known, 20)}`
    : inert`${key}: no such parameter, did you mean ${close}?`;
}

function accepted({ type, min, max, options = [], accept = [] }: WorkflowParameter): Inert {
  if (type === 'number' || type === 'integer') {
    const what = type === 'integer' ? inert`a whole number` : inert`a number`;
    const [least, most] = [min, max].map((limit) => (limit === undefined ? undefined : inert`${digitsOf(limit)}`));
    if (least !== undefined && most !== undefined) return inert`${what} from ${least} to ${most}`;
    if (least !== undefined) return inert`${what} of at least ${least}`;
    return most === undefined ? what : inert`${what} of at most ${most}`;
  }
  if (type === 'boolean') return inert`true or false`;
  if (type === 'select')
    return inert`one of ${joinInert(options.slice(0, 20).map((option) => inert`${show(optionValue(option))}`))}${options.length > 20 ? ` and ${options.length - 20} more` : ''}`;
  if (type === 'file')
    return inert`the path of a file in the workspace${accept.length > 0 ? ` (${accept.join(', ')})` : ''}, or {file_key: ...}`;
  return inert`a text`;
}

function show(value: unknown): Inert {
  const text = toText(value) ?? JSON.stringify(toSendable(value)) ?? String(value);
  return shown(typeof value === 'string' ? JSON.stringify(text) : text, LONGEST_SHOWN);
}

/** As an error names many values. In UTF-16 code units. */
const LONGEST_SHOWN = 200;
