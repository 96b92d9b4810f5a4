import { asWritten } from './numbers.ts';

/** Values in one text, members and entries alike: V8 takes up to 200 bytes for each while it keeps their digits. */
export const MOST_VALUES = 250_000;
/** Brackets inside one another: whoever goes down into a value from here has a stack for that. */
export const DEEPEST = 100;

/** A JSON text has more in it than this process could hold. */
export class JsonBoundsError extends Error {
  override readonly name = 'JsonBoundsError';
}

/**
 * What a JSON text says, numbers with all their digits. Throws what `JSON.parse` throws, or {@link JsonBoundsError} before
 * anything is made of it.
 *
 * @param textOf Makes of every text what stands for it.
 */
export function parseJson(text: string, textOf?: (value: string) => string): unknown {
  return parse(text, hasOddNumber(text, MOST_VALUES, DEEPEST), textOf);
}

/** The same of a text that is known to be this action's own, and so whatever it has: no bound but its length is needed. */
export function parseOwnJson(text: string): unknown {
  return parse(text, hasOddNumber(text, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY));
}

/** V8 calls back for each value, and takes ten times as long for it: only where that tells more than the values do. */
function parse(text: string, isOdd: boolean, textOf?: (value: string) => string): unknown {
  if (!isOdd && textOf === undefined) return JSON.parse(text);
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
    if (typeof value === 'string') return textOf?.(value) ?? value;
    return typeof value === 'number' ? asWritten(value, context?.source) : value;
  });
}

/** Whether JavaScript would write one of its numbers otherwise. Throws {@link JsonBoundsError}. */
function hasOddNumber(text: string, mostValues: number, deepest: number): boolean {
  let isOdd = false;
  let values = 1;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) at = endOfString(text, at);
    else if (character === COMMA) values += 1;
    else if (character === CLOSE_LIST || character === CLOSE_OBJECT) depth -= 1;
    else if (character === OPEN_LIST || character === OPEN_OBJECT) {
      values += 1;
      depth += 1;
      if (depth > deepest) throw new JsonBoundsError(`it is nested deeper than ${deepest} levels`);
    } else if (character === MINUS || isDigit(character)) {
      const end = endOfNumber(text, at);
      const written = text.slice(at, end);
      isOdd ||= String(Number(written)) !== written;
      at = end - 1;
    }
    if (values > mostValues) throw new JsonBoundsError(`it has more than ${mostValues} values`);
  }
  return isOdd;
}

/** A key that an object of a valid JSON text has twice, and the offset of the second one, in UTF-16 code units. */
export function findRepeatedKey(text: string): { readonly key: string; readonly at: number } | undefined {
  /** The keys of each bracket that is open; a list has none. */
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === OPEN_OBJECT) open.push(new Set());
    else if (character === OPEN_LIST) open.push(undefined);
    else if (character === CLOSE_LIST || character === CLOSE_OBJECT) open.pop();
    else if (character === QUOTE) {
      const start = at;
      at = endOfString(text, at);
      AFTER.lastIndex = at + 1;
      if (!AFTER.test(text)) continue;
      const key = String(JSON.parse(text.slice(start, at + 1)));
      const keys = open.at(-1);
      if (keys?.has(key)) return { key, at: start };
      keys?.add(key);
    }
  }
  return undefined;
}

/** Where the string that begins there has its closing quote, or the text its end. */
export function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let before = at;
    while (text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
    if ((at - before) % 2 === 0) return at;
  }
  return text.length;
}

/** Behind the number that begins there. */
function endOfNumber(text: string, start: number): number {
  let at = start + 1;
  while (isDigit(text.charCodeAt(at)) || IN_NUMBERS.includes(text.charCodeAt(at))) at += 1;
  return at;
}

function isDigit(character: number): boolean {
  return character >= 0x30 && character <= 0x39;
}

/** What makes a string a key. */
const AFTER = /[ \t\r\n]*:/y;
/** Beside digits: `+-.Ee`. */
const IN_NUMBERS: readonly number[] = [0x2b, 0x2d, 0x2e, 0x45, 0x65];
const MINUS = 0x2d;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
