/** What to say of YAML and JSON that a user wrote and nobody can read, or not as it was meant: where, and what to write. */
import { withoutEnd } from './ends.ts';
import { RunError } from './errors.ts';
import { type Inert, inert, shown } from './inert.ts';

/** A place in a text. */
export interface Place {
  /** From 1, as an editor counts; columns are UTF-16 code units. */
  readonly line: number;
  readonly column: number;
  /** The line itself; `undefined` where it is too long to show, as none is shown in part. */
  readonly shown: string | undefined;
}

/** So long a line, or a piece of one, is shown. */
export const LONGEST_SHOWN = 120;

/** Where an offset in a text is, in UTF-16 code units. */
export function placeOf(text: string, at: number): Place {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  const whole = text.slice(start, end === -1 ? undefined : end).trim();
  const line = text.slice(0, start).split('\n').length;
  return { line, column: at - start + 1, shown: whole === '' || whole.length > LONGEST_SHOWN ? undefined : whole };
}

/** `in line 3, column 9 (\`prompt: a: b\`)` */
function describe({ line, column, shown }: Place): Inert {
  const where = inert`in line ${line}, column ${column}`;
  return shown === undefined ? where : inert`${where} (\`${shown}\`)`;
}

/** A tag, or an anchor that nothing refers to: more often than not it is the beginning of a text, and would be lost. */
export interface Mark {
  readonly tag: string | undefined;
  readonly anchor: string | undefined;
  /** The text behind it; `undefined` for a list or a mapping. */
  readonly source: string | undefined;
  readonly key: string | undefined;
  readonly place: Place;
}

/** The error for a beginning of a text that YAML would drop. */
export function lostMark(name: string, { tag, anchor, source, key, place }: Mark): RunError {
  const short = tag?.replace(/^tag:yaml\.org,2002:/, '!!');
  const mark = [short ?? [], anchor === undefined ? [] : `&${anchor}`].flat().join(' ');
  const what = inert`Input ${name} has a text in line ${place.line} that begins with ${mark}, which to YAML is ${tag === undefined ? 'an anchor' : 'a tag'} and no part of the text.`;
  if (source === undefined)
    return new RunError('input', inert`${what} Leave it out, or put quotes around the text.`, undefined, place);
  // Who writes `!!str 007` wants the text behind it.
  const text = short !== undefined && TYPE.test(short) ? source : `${mark} ${source}`.trim();
  return new RunError('input', inert`${what} Put quotes around the text: \`${quoted(key, text)}\`.`, undefined, place);
}

const TYPE = /^!!(?:str|int|float|bool|null|binary|timestamp)$/;

/** A `#` in a text, which YAML takes for the beginning of a comment. */
export interface Rest {
  readonly source: string;
  readonly rest: string;
  readonly key: string | undefined;
  readonly place: Place;
}

/** The error for a text whose end YAML would drop. */
export function lostRest(name: string, { source, rest, key, place }: Rest): RunError {
  return new RunError(
    'input',
    inert`Input ${name} has a text ${describe(place)} of which YAML would drop \`${rest.trim()}\` as a comment. Put quotes around the text: \`${quoted(key, `${source}${rest}`)}\`. If it is a comment, write a space after the #.`,
    undefined,
    place,
  );
}

function quoted(key: string | undefined, text: string): string {
  const value = shown(JSON.stringify(text), 200);
  return key === undefined ? value : `${key}: ${value}`;
}

/** The error for a key that a mapping has twice; `at` is the offset of the second one. */
export function givenTwice(name: string, key: string, text: string, at: number): RunError {
  const place = placeOf(text, at);
  return new RunError(
    'input',
    inert`Input ${name} has the key ${key} twice, for the second time ${describe(place)}. Write each key once, as only one of the values could count.`,
    undefined,
    place,
  );
}

/** The error for more than there is memory for. */
export function tooMuch(name: string, said: string, cause?: unknown): RunError {
  return new RunError(
    'input',
    inert`Input ${name} is more than this action takes: ${said}. Large data belongs into a file that a parameter of type file names.`,
    cause,
  );
}

/** The error for a text that no stack is high enough for. */
export function tooDeep(name: string, cause: unknown): RunError {
  return tooMuch(name, 'lists or mappings too deep inside one another', cause);
}

/** The error for what the package yaml refuses; `pos` are offsets in the text. */
export function misspelt(
  name: string,
  { code, message, pos }: { readonly code: string; readonly message: string; readonly pos: readonly [number, number] },
  text: string,
): RunError {
  // Its stack has an end.
  if (code === 'RESOURCE_EXHAUSTION') return tooDeep(name, new Error(message));
  const place = placeOf(text, Math.min(pos[0], text.length));
  return notYaml(name, message, place, undefined, adviceFor(code, message, place.shown ?? ''));
}

const QUOTES =
  'A text that holds `: ` or ` #`, or begins with a sign such as `!`, `&`, `*` or `@`, needs quotes around it.';

const EXPRESSIONS =
  'Write what comes from an expression as `key: ${{ toJSON(github.event.release.name) }}`: that quotes it.';

/** @param code Of the package yaml (its errors.ts). */
function adviceFor(code: string, message: string, line: string): string {
  const [, key, value = ''] = /^(?:- )*([\w.-]+): +(\S.*)$/.exec(line) ?? [];
  const isPlain = key !== undefined && !/^["'[{|>]/.test(value);
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'Indent with spaces, not with tabs.';
    case 'BAD_DQ_ESCAPE':
      return 'In double quotes a backslash begins an escape: write two of them, or use single quotes.';
    case 'MULTIPLE_DOCS':
      return 'A line of `---` begins another document: leave it out, or indent it where it belongs to a text.';
    case 'BAD_INDENT':
      return 'Keys of one mapping begin in the same column, and a `[` or `{` needs its end.';
    case 'MISSING_CHAR':
      if (/quote/.test(message))
        return "A quote that opens a text needs one that closes it; in single quotes, write ' twice.";
      if (/[Ff]low/.test(message)) return 'Each `[` and `{` needs its end, and a comma stands between two entries.';
      return /Implicit/.test(message) ? 'Write `key: value`, with a space after the colon.' : QUOTES;
    case 'UNEXPECTED_TOKEN':
      if (/^[[{]/.test(line)) return 'A comma stands between two entries, and each `[` and `{` needs its end.';
      return isPlain
        ? QUOTES
        : "What follows a closing quote or bracket belongs to no text: put quotes around the whole; in single quotes, write ' twice.";
    case 'BLOCK_AS_IMPLICIT_KEY':
      return isPlain && /:(?: |$)/.test(value)
        ? `A text that holds \`: \` needs quotes around it: \`${quoted(key, value)}\`.`
        : 'Keys of one mapping begin in the same column, and a text that holds `: ` needs quotes around it.';
    case 'BAD_SCALAR_START':
    case 'BAD_ALIAS':
      return isPlain
        ? `A text that begins with such a sign needs quotes around it: \`${quoted(key, value)}\`.`
        : QUOTES;
    default:
      return QUOTES;
  }
}

/** The error for a text that is neither YAML nor JSON, with advice that fits it. */
export function notYaml(name: string, said: string, place?: Place, cause?: unknown, advice = QUOTES): RunError {
  const where = place === undefined ? '' : inert` ${describe(place)}`;
  // A value of an expression may have brought a line of its own; no file has one.
  const expressions = name.startsWith('parameters-file') ? '' : inert` ${EXPRESSIONS}`;
  return new RunError(
    'input',
    inert`Input ${name} cannot be read as YAML or JSON${where}. ${advice}${expressions} (${withoutEnd(said, /[.:]/)}.)`,
    cause,
    place,
  );
}
