import { withoutEnd } from './ends.ts';
import { RunError } from './errors.ts';
import { inert, shown } from './inert.ts';
import { asWritten, WrittenNumber } from './numbers.ts';

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
  const value = readJson(text) ?? (await readYaml(text, name));
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
function readJson(text: string): unknown {
  if (text.trim() === '') return {};
  if (!/^\s*[{["]/.test(text)) return undefined;
  try {
    return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
      if (typeof value === 'string') return withoutLastCr(value);
      return typeof value === 'number' ? asWritten(value, context?.source) : value;
    });
  } catch {
    return undefined;
  }
}

async function readYaml(text: string, name: string): Promise<unknown> {
  const { isCollection, isPair, isScalar, LineCounter, parseDocument, visit } = await import('yaml');
  const lines = new LineCounter();
  // What JSON has, whatever the document's directives say: no dates, sets or binaries.
  const document = parseDocument(withPlainBreaks(text), {
    schema: 'core',
    resolveKnownTags: false,
    uniqueKeys: (one, other) => isScalar(one) && isScalar(other) && keyOf(one) === keyOf(other),
    lineCounter: lines,
  });
  const [problem] = document.errors;
  if (problem !== undefined) throw notYaml(name, problem.message.split('\n')[0] ?? '', problem);
  const aliases = new Set<string>();
  visit(document, { Alias: (_key, { source }) => void aliases.add(source) });
  visit(document, {
    Value(_key, node, path) {
      const { tag, range } = node;
      const anchor = isScalar(node) && node.anchor !== undefined && !aliases.has(node.anchor) ? node.anchor : undefined;
      if (tag === undefined && anchor === undefined) return;
      const pair = path.at(-1);
      const key = isPair(pair) && pair.key !== node && isScalar(pair.key) ? pair.key.source : undefined;
      const source = isScalar(node) ? (node.source ?? '') : undefined;
      throw lostMark(name, { tag, anchor, source, key, line: lines.linePos(range?.[0] ?? 0).line });
    },
  });
  visit(document, {
    Pair(_key, pair) {
      if (isCollection(pair.key)) throw notYaml(name, 'a key is a list or a mapping.');
    },
    Scalar(key, node) {
      node.value = key === 'key' ? keyOf(node) : scalar(node.value, node.source ?? '');
    },
  });
  if (document.contents === null) return {};
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    // An anchor may hold itself; nothing that follows could deal with that.
    JSON.stringify(value);
    return value;
  } catch (cause) {
    const said = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw notYaml(name, `${said}.`, cause);
  }
}

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

/** A tag, or an anchor that nothing refers to: more often than not it is the beginning of a text, and would be lost. */
interface Mark {
  readonly tag: string | undefined;
  readonly anchor: string | undefined;
  /** The text behind it; `undefined` for a list or a mapping. */
  readonly source: string | undefined;
  readonly key: string | undefined;
  readonly line: number;
}

function lostMark(name: string, { tag, anchor, source, key, line }: Mark): RunError {
  const short = tag?.replace(/^tag:yaml\.org,2002:/, '!!');
  const mark = [short ?? [], anchor === undefined ? [] : `&${anchor}`].flat().join(' ');
  const what = inert`Input ${name} has a text in line ${line} that begins with ${mark}, which to YAML is ${tag === undefined ? 'an anchor' : 'a tag'} and no part of the text.`;
  if (source === undefined) return new RunError('input', inert`${what} Leave it out, or put quotes around the text.`);
  // Who writes `!!str 007` wants the text behind it.
  const text = short !== undefined && TYPE.test(short) ? source : `${mark} ${source}`.trim();
  const quoted = shown(JSON.stringify(text), 200);
  return new RunError(
    'input',
    inert`${what} Put quotes around the text: \`${key === undefined ? '' : `${key}: `}${quoted}\`.`,
  );
}

const TYPE = /^!!(?:str|int|float|bool|null|binary|timestamp)$/;

function notYaml(name: string, said: string, cause?: unknown): RunError {
  // A value of an expression may have brought a line of its own.
  const advice = /unique/.test(said)
    ? 'Write each key once.'
    : 'A text that holds `: ` or ` #`, or begins with a sign such as `!`, `&`, `*` or `@`, needs quotes around it.';
  return new RunError(
    'input',
    inert`Input ${name} cannot be read as YAML or JSON: ${withoutEnd(said, /[.:]/)}. ${advice} Write what comes from an expression as \`key: \${{ toJSON(github.event.release.name) }}\`: that quotes it.`,
    cause,
  );
}

/** `JSON.rawJSON` (V8 11.4): not in TypeScript's libraries yet. */
function rawJson(text: string): unknown {
  const json: { rawJSON?(text: string): unknown } = JSON as object;
  return json.rawJSON?.(text) ?? Number(text);
}
