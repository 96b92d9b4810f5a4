import { withoutEnd } from './ends.ts';
import { RunError } from './errors.ts';
import { inert } from './inert.ts';
import { findRepeatedKey, JsonBoundsError, parseJson } from './json.ts';
import { asWritten, WrittenNumber } from './numbers.ts';
import {
  givenTwice,
  LONGEST_SHOWN,
  lostMark,
  lostRest,
  misspelt,
  notYaml,
  placeOf,
  tooDeep,
  tooMuch,
} from './spelling.ts';

/**
 * A YAML or JSON mapping, as plain values; numbers that JavaScript would write otherwise are {@link WrittenNumber}s, words
 * of YAML that it would write otherwise are {@link WrittenWord}s.
 */
export type Mapping = Readonly<Record<string, unknown>>;

/** A word that YAML has a meaning for, whose text says more than that: `TRUE`, `Null`, `~`. JSON has none. */
export class WrittenWord {
  readonly value: boolean | null;
  readonly text: string;

  constructor(value: boolean | null, text: string) {
    this.value = value;
    this.text = text;
  }
}

/**
 * Reads a mapping. JSON is tried first, so that it does not pay for loading the YAML parser. Line ends may be those of any
 * system, and a CR at the end of a text is no part of it.
 *
 * @param name The input it came from, for errors.
 * @throws {RunError} of kind `input` when it is neither, or no mapping; nothing but comments is an empty one
 */
export async function readMapping(text: string, name: string): Promise<Mapping> {
  const value = readJson(text, name) ?? (await readYaml(text, name));
  if (isMapping(value)) return value;
  const found = Array.isArray(value) ? 'a list' : `only ${JSON.stringify(toSendable(value))}`;
  throw new RunError(
    'input',
    inert`Input ${name} must be a mapping, and is ${found}. Write one \`key: value\` a line, such as \`prompt: a cat in space\`, or a JSON object.`,
  );
}

/** Whether a value is a mapping: an object, but neither a list nor something that {@link isWritten}. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isWritten(value);
}

/** Whether a value is a scalar that remembers how it was written. */
export function isWritten(value: unknown): value is WrittenNumber | WrittenWord {
  return value instanceof WrittenNumber || value instanceof WrittenWord;
}

/** A copy that `JSON.stringify` writes with every digit the user wrote, and with the meaning of every word. */
export function toSendable(value: unknown): unknown {
  if (value instanceof WrittenWord) return value.value;
  if (value instanceof WrittenNumber) return JSON_NUMBER.test(value.text) ? rawJson(value.text) : value.value;
  if (Array.isArray(value)) return value.map(toSendable);
  if (isMapping(value))
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toSendable(entry)]));
  return value;
}

// RFC 8259, section 6.
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** `undefined` when the text is no JSON. */
function readJson(text: string, name: string): unknown {
  if (text.trim() === '') return {};
  if (!/^\s*[{["]/.test(text)) return undefined;
  let value: unknown;
  try {
    value = parseJson(text, withoutLastCr);
  } catch (error) {
    if (error instanceof JsonBoundsError) throw tooMuch(name, error.message, error);
    return undefined;
  }
  const repeated = findRepeatedKey(text);
  if (repeated !== undefined) throw givenTwice(name, repeated.key, text, repeated.at);
  return value;
}

/** UTF-16 code units of YAML, and signs in it that may make a value: the parser takes a kilobyte for each. */
const LONGEST_YAML = 1024 * 1024;
const MOST_SIGNS = 100_000;
const SIGNS = /\n+|[,:[\]{}?*&!-]/g;

async function readYaml(given: string, name: string): Promise<unknown> {
  const { isAlias, isCollection, isPair, isScalar, parseDocument, visit } = await import('yaml');
  const text = withPlainBreaks(given);
  if (text.length > LONGEST_YAML) throw tooMuch(name, `YAML of more than ${LONGEST_YAML} characters`);
  if (countSigns(text) > MOST_SIGNS)
    throw tooMuch(name, `YAML with more than ${MOST_SIGNS} signs such as \`:\` and \`,\``);
  try {
    // What JSON has, whatever the document's directives say: no dates, sets or binaries.
    const document = parseDocument(text, {
      schema: 'core',
      resolveKnownTags: false,
      // Looked for below: here, each key would be compared with every other.
      uniqueKeys: false,
      prettyErrors: false,
    });
    const [problem] = document.errors;
    if (problem !== undefined) throw misspelt(name, problem, text);
    const aliases = new Set<string>();
    visit(document, { Alias: (_key, { source }) => void aliases.add(source) });
    visit(document, {
      Value(_key, node, path) {
        const { tag, range } = node;
        const anchor =
          isScalar(node) && node.anchor !== undefined && !aliases.has(node.anchor) ? node.anchor : undefined;
        const source = isScalar(node) ? (node.source ?? '') : undefined;
        const pair = path.at(-1);
        const key = isPair(pair) && pair.key !== node && isScalar(pair.key) ? pair.key.source : undefined;
        const at = range?.[0] ?? 0;
        if (tag !== undefined || anchor !== undefined)
          throw lostMark(name, { tag, anchor, source, key, place: placeOf(text, at) });
        const isText = isScalar(node) && node.type === 'PLAIN' && (typeof node.value === 'string' || source === '');
        const rest = isText && range ? CUT_OFF.exec(text.slice(range[1], range[1] + LONGEST_SHOWN))?.[0] : undefined;
        if (rest !== undefined)
          throw lostRest(name, { source: source ?? '', rest: rest.trimEnd(), key, place: placeOf(text, at) });
      },
    });
    visit(document, {
      Map(_key, map) {
        const keys = new Set<string>();
        for (const { key } of map.items) {
          if (isCollection(key))
            throw notYaml(name, 'a key is a list or a mapping', placeOf(text, key.range?.[0] ?? 0));
          const word = isScalar(key) ? keyOf(key) : isAlias(key) ? `*${key.source}` : '';
          if (keys.has(word)) throw givenTwice(name, word, text, isScalar(key) ? (key.range?.[0] ?? 0) : 0);
          keys.add(word);
        }
      },
    });
    visit(document, {
      Scalar(key, node) {
        node.value = key === 'key' ? keyOf(node) : scalar(node.value, node.source ?? '');
      },
    });
    if (document.contents === null) return {};
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    // An anchor may hold itself; nothing that follows could deal with that.
    JSON.stringify(value);
    return value;
  } catch (cause) {
    if (cause instanceof RunError) throw cause;
    if (cause instanceof RangeError) throw tooDeep(name, cause);
    throw notYaml(
      name,
      cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause),
      undefined,
      cause,
    );
  }
}

function countSigns(text: string): number {
  let count = 0;
  for (const _ of text.matchAll(SIGNS)) if (++count > MOST_SIGNS) break;
  return count;
}

/** A comment that no space separates from its `#`, in the line of the text before it: it was part of that text. */
const CUT_OFF = /^[ \t]*#+[^\s#][^\n]*/;

/** A key is a text, whatever else it looks like. */
function keyOf({ value, source = '' }: { readonly value: unknown; readonly source?: string }): string {
  return typeof value === 'string' ? value : source;
}

/** A scalar of YAML's core schema. */
function scalar(value: unknown, source: string): unknown {
  if (typeof value === 'string') return withoutLastCr(value);
  // JSON has no `.inf` and no `.nan`: they are what they look like, texts.
  if (typeof value === 'number')
    return Number.isFinite(value) || JSON_NUMBER.test(source) ? asWritten(value, source) : source;
  // Where nothing stands (`key:`), there is no word.
  const isWord = (typeof value === 'boolean' && source !== String(value)) || (value === null && source !== '');
  return isWord ? new WrittenWord(value, source) : value;
}

/** LF as the one line break. CR LF may have been made of CR LF once more. */
function withPlainBreaks(text: string): string {
  return text.replace(/\r+(\n?)/g, (run: string, lf: string) => lf || '\n'.repeat(run.length));
}

function withoutLastCr(text: string): string {
  const rest = withoutEnd(text, /[\r\n]/);
  return rest + text.slice(rest.length).replaceAll('\r', '');
}

/** `JSON.rawJSON` (V8 11.4): not in TypeScript's libraries yet. */
function rawJson(text: string): unknown {
  const json: { rawJSON?(text: string): unknown } = JSON as object;
  return json.rawJSON?.(text) ?? Number(text);
}
