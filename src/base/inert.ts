import { stripVTControlCharacters } from 'node:util';
import { redact } from './redact.ts';

declare const inertMark: unique symbol;

/**
 * Text that is safe to print: one line, no secrets, no control characters but tabs, nothing the runner takes for a command.
 * Log, annotations, errors and summary accept nothing else, and only {@link inert} makes it.
 */
export type Inert = string & { readonly [inertMark]: true };

/** The longest a single foreign value may become, in UTF-16 code units; the rest is cut and shown as `…`. */
export const LONGEST_VALUE = 1000;

/**
 * Template tag: the literal parts are ours, every `${value}` is foreign and made inert.
 *
 * @example log.info(inert`Task ${task.id} failed: ${task.error}`)
 */
export function inert(literals: TemplateStringsArray, ...values: readonly (string | number)[]): Inert {
  let text = literals[0] ?? '';
  values.forEach((value, index) => {
    text += disarm(String(value)) + (literals[index + 1] ?? '');
  });
  return breakCommands(text) as Inert;
}

/** Joins inert texts; the separator is ours. */
export function joinInert(texts: readonly Inert[], separator = ', '): Inert {
  return breakCommands(texts.join(separator)) as Inert;
}

/** The same text with a full stop, where it ends without. */
export function asSentence(text: Inert): Inert {
  return /[.!?…]$/.test(text) ? text : inert`${text}.`;
}

/** `1 task`, `3 tasks`. */
export function amount(count: number, noun: string): Inert {
  return inert`${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `a, b and 3 more`: so many of several names, and how many there are beside. */
export function someOf(names: readonly string[], most: number): Inert {
  const shown = joinInert(names.slice(0, most).map((name) => inert`${name}`));
  return names.length > most ? inert`${shown} and ${names.length - most} more` : shown;
}

/** The same text with `…` wherever that part of it was, such as an id. */
export function without(text: Inert, part: string): Inert {
  return part === '' ? text : (breakCommands(text.replaceAll(part, '…')) as Inert);
}

/** The same text, of so many UTF-16 code units at most, cut as {@link inert} cuts. */
export function shorten(text: Inert, most: number): Inert {
  return breakCommands(cut(text, most)) as Inert;
}

/**
 * A foreign text of several lines, each made inert.
 *
 * @param most The most lines to return, besides one that says how many were left out; the last line is among them.
 */
export function inertLines(text: string, most = 50): Inert[] {
  // As a whole first: a secret may go on in the next line.
  const lines = redact(visible(cut(text, LONGEST_TEXT)))
    .split(LINE_BREAK)
    .filter((line) => line.trim() !== '')
    .map((line) => () => inert`${line}`);
  const left = lines.length - most;
  const shown = left > 0 ? [...lines.slice(0, most - 1), () => inert`… ${left} more lines`, ...lines.slice(-1)] : lines;
  return shown.map((line) => line());
}

/**
 * A value that may be, or hold, a secret of the user's: as it is, or not at all. The runner masks a secret where it stands
 * literally, line by line; what is cut, changed or escaped, everybody can read.
 *
 * @param most The longest that is shown, in UTF-16 code units.
 */
export function shown(text: string, most = LONGEST_VALUE): Inert {
  const whole = inert`${text}`;
  const isLiteral = text.length <= most && whole === joinLines(text);
  return isLiteral ? whole : inert`text of ${text.length.toLocaleString('en-US')} characters`;
}

/** So much of a text is looked at, in UTF-16 code units, so that a megabyte costs no more than a moment. */
const LONGEST_TEXT = 256 * 1024;

// A bare CR and U+0085 end a line for the runner too (actions/runner reads with .NET's ReadLine and TrimStart).
const LINE_BREAK = /\r\n|[\n-\r\u0085\u2028\u2029]/;
/** A run of breaks. As a class, not as a repeated choice: CR LF would match that in two ways, and a run of it in 2^n. */
const LINE_BREAKS = /[\n-\r\u0085\u2028\u2029]+/g;
// Cc: C0 and C1, but for tabs (a secret may have one) and breaks. Cf: bidi controls, zero-width characters, tags. Cs: lone
// surrogates.
const INVISIBLE = /(?![\t-\r\u0085])[\p{Cc}\p{Cf}\p{Cs}]/gu;

function disarm(text: string): string {
  // Generously before the expensive work, exactly after it: what is removed must not leave a place for half a secret.
  const head = cut(text, LONGEST_VALUE * 4);
  // Secrets are looked for before the breaks are shown: one may stand on the line after its name.
  return cut(breakBrackets(joinLines(redact(visible(head)))), LONGEST_VALUE);
}

function visible(text: string): string {
  // Node looks for the end of each of these through the whole text.
  const commandless = text.replace(TERMINAL_COMMAND, '').replaceAll('\u001b]', '');
  return stripVTControlCharacters(commandless).replace(INVISIBLE, '');
}

/** What a terminal would do, such as open a link, rather than show (OSC). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: what it is about begins and ends with one.
const TERMINAL_COMMAND = /\u001b\][^\u0007\u001b\u009c]*(?:[\u0007\u009c]|\u001b\\)/g;

/**
 * The one place that cuts foreign text, redacted before. Only between words: half of a secret is masked by nobody. (Half of
 * one with white space in it may remain.) What is one long word is not shown at all.
 */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  let end = most - '…'.length;
  while (end > 0 && !BETWEEN_WORDS.test(text.charAt(end))) end -= 1;
  return end === 0 ? `text of ${text.length.toLocaleString('en-US')} characters` : `${text.slice(0, end).trimEnd()}…`;
}

/** White space, or a character of a script that sets none between words. */
const BETWEEN_WORDS = /[\s\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\u3000-\u303f\uff00-\uff0f]/u;

/** One line of several: what breaks they had between them is shown, what stood around them goes. */
function joinLines(text: string): string {
  return text.replace(LINE_BREAKS, (breaks: string, at: number) =>
    at === 0 || at + breaks.length === text.length ? '' : ' ⏎ ',
  );
}

function breakCommands(line: string): string {
  // `##[name]` is a command anywhere in a line, `::name::` only at its start (actions/runner, ActionCommand.cs).
  return breakBrackets(line).replace(/^\s*::/, ': :');
}

function breakBrackets(line: string): string {
  return line.replace(/#(?=#\[)/g, '# ');
}
