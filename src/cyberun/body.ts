import { gather } from '../base/gather.ts';
import { type Inert, inert } from '../base/inert.ts';
import { endOfString, JsonBoundsError, parseJson } from '../base/json.ts';
import { redact } from '../base/redact.ts';
import type { Body } from '../base/wire.ts';
import { ApiError } from './errors.ts';

/** Bytes; a result with a thousand presigned URLs is about 1 MB. */
export const LARGEST_ANSWER = 8 * 1024 * 1024;

/** The whole text. Throws when it breaks off; {@link ApiError} of type `malformed` when it is larger than any answer. */
export async function readText(name: string, body: Body): Promise<string> {
  const gathered = gather(LARGEST_ANSWER);
  for await (const chunk of body) {
    if (!gathered.add(chunk)) throw tooMuch(name, `it has more than ${LARGEST_ANSWER / 1024 / 1024} MiB`);
  }
  return new TextDecoder().decode(gathered.take());
}

/** What an answer's text says, `undefined` for an empty one. Throws {@link ApiError} of type `shape` or `malformed`. */
export function readAnswer(name: string, text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return parseJson(text);
  } catch (cause) {
    if (cause instanceof JsonBoundsError) throw tooMuch(name, cause.message, cause);
    if (isPage(text)) {
      throw new ApiError(
        'shape',
        inert`${name} was answered with a page instead of JSON: ${text}. A proxy or a login page may stand before the service: check api-url.`,
        { cause },
      );
    }
    throw new ApiError(
      'malformed',
      inert`${name} was answered with broken JSON: ${breakText(text, cause)}. The service writes it so, or a proxy cuts it: whoever runs them can mend it.`,
      { cause },
    );
  }
}

function tooMuch(name: string, why: string, cause?: unknown): ApiError {
  return new ApiError(
    'malformed',
    inert`${name} was answered with more than this action takes: ${why}. Something else than the service may answer at api-url, or a workflow leaves far more than its files: whoever runs them can look.`,
    { cause },
  );
}

/** In the place of what an answer has there, and nobody can read. */
export class Unreadable {
  /** What is wrong with it, as a sentence. */
  readonly why: Inert;

  constructor(why: Inert) {
    this.why = why;
  }
}

/**
 * What a result says, as {@link readAnswer} has it. Where only the value of `task_output` is no JSON, which a program of the
 * workflow had a hand in (Python writes NaN), the rest is read all the same, with {@link Unreadable} in its place. The rest
 * has to be strict JSON with an end, so nothing of it can be missing.
 */
export function readResult(name: string, text: string): unknown {
  try {
    return readAnswer(name, text);
  } catch (error) {
    const place = placeOf('task_output', text);
    if (!(error instanceof ApiError) || place === undefined) throw error;
    const rest = tryJson(`${text.slice(0, place.from)}null${text.slice(place.to)}`);
    if (typeof rest !== 'object' || rest === null) throw error;
    return { ...rest, task_output: new Unreadable(error.message) };
  }
}

function tryJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function isPage(text: string): boolean {
  return /^\s*</.test(text);
}

/** So much of what stands before the break is shown, in UTF-16 code units. */
const SHOWN = 40;

function breakText(text: string, cause: unknown): Inert {
  if (!(cause instanceof SyntaxError)) return inert`${cause instanceof Error ? cause.message : String(cause)}`;
  if (!/^\s*[{["]/.test(text)) return inert`it begins with ${text}`;
  const at = breakOf(text, cause);
  const before = whatIsBefore(text, at);
  if (at >= text.trimEnd().length) return inert`it breaks off after ${at} characters, behind \`${before}\``;
  // V8 quotes what stands around an unexpected token, which may be a piece of a secret that nobody knows for one.
  const said = cause.message.replace(/, (?:\.\.\.)?".*$/s, '').replace(/(?: in JSON)? at position .*$/s, '');
  return inert`${said} at character ${at + 1}, behind \`${before}\``;
}

/** What stands before a place, but for texts that are not there whole: half of one may be half of a secret. */
function whatIsBefore(text: string, at: number): string {
  let end = at;
  for (let quote = text.indexOf('"'); quote !== -1 && quote < at; quote = text.indexOf('"', quote + 1)) {
    const start = quote;
    quote = endOfString(text, start);
    if (quote >= at) end = start + 1;
  }
  const tail = redact(text.slice(Math.max(0, end - 10_000), end)).slice(-SHOWN);
  return end <= SHOWN ? tail : tail.slice(Math.max(0, tail.indexOf('"')));
}

/** How many characters are well-formed, as V8 says it or can be asked. */
function breakOf(text: string, { message }: SyntaxError): number {
  const told = /at position (\d+)/.exec(message)?.[1];
  if (told !== undefined) return Number(told);
  if (!isUnexpected(message)) return text.length;
  let [whole, broken] = [0, text.length];
  while (broken - whole > 1) {
    const middle = (whole + broken) >>> 1;
    if (isUnexpected(messageOf(text.slice(0, middle)))) broken = middle;
    else whole = middle;
  }
  return whole;
}

function isUnexpected(message: string): boolean {
  return message.startsWith('Unexpected token');
}

function messageOf(text: string): string {
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}

/** Where the value of a member of the outermost object stands, by the brackets and quotes alone; `undefined` without an end. */
function placeOf(key: string, text: string): { readonly from: number; readonly to: number } | undefined {
  let depth = 0;
  let from: number | undefined;
  let word: string | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at);
      word = depth === 1 ? text.slice(at + 1, end) : undefined;
      at = end;
    } else if (character === '{' || character === '[') depth += 1;
    else if (from !== undefined && depth === 1 && (character === ',' || character === '}')) return { from, to: at };
    else if (character === '}' || character === ']') depth -= 1;
    else if (character === ':' && depth === 1 && word === key) from ??= at + 1;
  }
  return undefined;
}
