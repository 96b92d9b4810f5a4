import { stripVTControlCharacters } from 'node:util';
import { redact } from './redact.ts';

declare const inertMark: unique symbol;

/**
 * Text that is safe to print: one line, no secrets, no control characters, nothing the runner takes for a command.
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

/**
 * A foreign text of several lines, each made inert.
 *
 * @param most The most lines to return; the line after them says how many were left out.
 */
export function inertLines(text: string, most = 50): Inert[] {
  const lines = text
    .slice(0, most * LONGEST_VALUE)
    .split(LINE_BREAK)
    .filter((line) => line.trim() !== '');
  const shown = lines.slice(0, most).map((line) => inert`${line}`);
  return lines.length > most ? [...shown, inert`… ${lines.length - most} more lines`] : shown;
}

// A bare CR and U+0085 end a line for the runner too (actions/runner reads with .NET's ReadLine and TrimStart).
const LINE_BREAK = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;
/** A run of breaks. As a class, not as a repeated choice: CR LF would match that in two ways, and a run of it in 2^n. */
const LINE_BREAKS = /[\n\r\v\f\u0085\u2028\u2029]+/g;
// Cc: C0 and C1, but for the breaks. Cf: bidi controls, zero-width characters, tags. Cs: lone surrogates.
const INVISIBLE = /(?![\n\r\v\f\u0085])[\p{Cc}\p{Cf}\p{Cs}]/gu;

function disarm(text: string): string {
  // Cut generously before the expensive work, exactly after it; a URL cut in two still loses its query.
  const head = text.slice(0, LONGEST_VALUE * 4);
  const visible = stripVTControlCharacters(head).replace(/\t/g, ' ').replace(INVISIBLE, '');
  // Secrets are looked for before the breaks are shown: one may stand on the line after its name.
  const line = breakBrackets(joinLines(redact(visible)));
  return line.length > LONGEST_VALUE ? `${line.slice(0, LONGEST_VALUE).toWellFormed()}…` : line;
}

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
