/**
 * What the GitHub Actions runner makes of an action's words: lines of output, commands in them, masks, and the files of
 * `GITHUB_OUTPUT` and its sisters. Rules read off actions/runner (`ActionCommand.cs`, `ActionCommandManager.cs`,
 * `FileCommandManager.cs`, `SecretMasker.cs`).
 */

/** A `::name key=value::data` line, or the legacy `##[name key=value;]data`. `name` is in lower case. */
export interface Command {
  name: string;
  properties: Record<string, string>;
  data: string;
}

/** One `name=value` or `name<<delimiter` entry of a command file. */
export interface Entry {
  name: string;
  value: string;
  delimiter?: string;
}

/** The values hidden from a job's log. */
export interface Masks {
  /** Every value added, whole, in order. */
  readonly values: string[];
  /** Hides a value, each of its lines, and the ways both are written in base64, JSON, URIs and XML. */
  add(value: string): void;
  /** The text with each hidden stretch as `***`. */
  hide(text: string): string;
}

/** A stream's text, chunk by chunk, cut into lines. */
export interface LineReader {
  push(chunk: string): void;
  /** The stream is over: what is left is a line, too. */
  end(): void;
}

/**
 * Cuts a stream into lines as .NET's `ReadLine` does: at `\n`, `\r\n` or a bare `\r`. A `\r` at the end of a chunk waits for
 * its `\n`. `ending` is `''` for a last line that has none.
 */
export function createLineReader(onLine: (line: string, ending: string) => void): LineReader {
  let rest = '';
  return {
    push(chunk) {
      rest += chunk;
      let start = 0;
      for (const match of rest.matchAll(/\r\n|\n|\r(?!$)/g)) {
        onLine(rest.slice(start, match.index), match[0]);
        start = match.index + match[0].length;
      }
      rest = rest.slice(start);
    },
    end() {
      if (rest !== '') onLine(rest.replace(/\r$/, ''), rest.endsWith('\r') ? '\r' : '');
      rest = '';
    },
  };
}

/** The command in a line, if it has one whose name is in `known` (lower case); an unknown name makes the line plain text. */
export function parseCommand(line: string, known: ReadonlySet<string>): Command | undefined {
  return parseCurrent(trimStart(line), known) ?? parseLegacy(line, known);
}

/** The name of a line which has the form of a `::command::`, whether or not there is such a command. */
export function commandName(line: string): string | undefined {
  return /^::(.*?)::/s.exec(trimStart(line))?.[1]?.split(' ')[0]?.toLowerCase();
}

/**
 * The entries of a command file. Reading ends at the first malformed one: `problem` says what it is, in the runner's words,
 * and the entries before it stand (so does the runner with a file that was cut off by SIGKILL).
 * `windows`: `\r\n` ends a line as well.
 */
export function parseEntries(
  text: string,
  windows: boolean = process.platform === 'win32',
): { entries: Entry[]; problem?: string } {
  const newline = windows ? /\r?\n$/ : /\n$/;
  const whole = text.replace(/^\uFEFF/, '').match(/[^\n]*\n|[^\n]+/g) ?? [];
  const lines = whole.map((line) => line.replace(newline, ''));
  const entries: Entry[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const [, name, sign, tail] = /^(.*?)(=|<<)(.*)$/s.exec(line) ?? [];
    if (name === undefined || tail === undefined) return { entries, problem: `Invalid format '${line}'` };
    if (name === '') return { entries, problem: `Invalid format '${line}'. Name must not be empty` };
    if (sign === '=') {
      entries.push({ name, value: tail });
      continue;
    }
    if (tail === '') return { entries, problem: `Invalid format '${line}'. Delimiter must not be empty` };
    const end = lines.indexOf(tail, at + 1);
    if (end === -1) return { entries, problem: `Invalid value. Matching delimiter not found '${tail}'` };
    // The newline before the delimiter is not the value's; those within it stay as they were written.
    entries.push({
      name,
      value: whole
        .slice(at + 1, end)
        .join('')
        .replace(newline, ''),
      delimiter: tail,
    });
    at = end;
  }
  return { entries };
}

/** An empty set of masks; `main` and `post` of a job share one. */
export function createMasks(): Masks {
  const values: string[] = [];
  const forms = new Set<string>();
  return {
    values,
    add(value) {
      values.push(value);
      const lines = value.split(/[\r\n]/).map((line) => line.trim());
      for (const part of [value, ...lines].filter((part) => part !== '')) {
        for (const form of writings(part)) forms.add(form);
      }
    },
    hide(text) {
      const ranges: { from: number; to: number }[] = [];
      for (const form of forms) {
        for (let from = text.indexOf(form); from !== -1; from = text.indexOf(form, from + 1)) {
          ranges.push({ from, to: from + form.length });
        }
      }
      // Stretches that overlap or touch are one `***`, as the runner has it.
      ranges.sort((a, b) => a.from - b.from);
      let shown = '';
      let at = -1;
      for (const { from, to } of ranges) {
        if (from > at) shown += `${text.slice(Math.max(at, 0), from)}***`;
        at = Math.max(at, to);
      }
      return shown + text.slice(Math.max(at, 0));
    },
  };
}

function parseCurrent(line: string, known: ReadonlySet<string>): Command | undefined {
  const name = commandName(line);
  if (name === undefined || !known.has(name)) return undefined;
  const end = line.indexOf('::', 2);
  return {
    name,
    properties: parseProperties(line.slice(2, end), ',', { ...NEWLINES, '%3A': ':', '%2C': ',' }),
    data: decode(line.slice(end + 2), NEWLINES),
  };
}

function parseLegacy(line: string, known: ReadonlySet<string>): Command | undefined {
  const [, info, data] = /##\[(.*?)\](.*)$/s.exec(line) ?? [];
  const name = info?.split(' ')[0]?.toLowerCase();
  if (info === undefined || data === undefined || name === undefined || !known.has(name)) return undefined;
  const escapes = { ...NEWLINES, '%3B': ';', '%5D': ']' };
  return { name, properties: parseProperties(info, ';', escapes), data: decode(data, escapes) };
}

function parseProperties(info: string, separator: string, escapes: Record<string, string>): Record<string, string> {
  const properties: Record<string, string> = {};
  const [, list = ''] = /^\S* (.*)$/s.exec(info) ?? [];
  for (const pair of list.trim().split(separator)) {
    const [, key, value] = /^([^=]+)=(.+)$/s.exec(pair) ?? [];
    if (key !== undefined && value !== undefined) properties[key] = decode(value, escapes);
  }
  return properties;
}

const NEWLINES = { '%0D': '\r', '%0A': '\n' };

/** `%25` comes last, so that `%250A` is the text `%0A` and not a line's end. */
function decode(text: string, escapes: Record<string, string>): string {
  return Object.entries({ ...escapes, '%25': '%' }).reduce((so, [code, char]) => so.replaceAll(code, char), text);
}

/** .NET's TrimStart: unlike JavaScript's it drops U+0085 and keeps U+FEFF. */
function trimStart(text: string): string {
  return text.replace(/^(?:(?!\uFEFF)[\s\u0085])+/, '');
}

/** The ways in which the runner's value encoders write a secret (those which concern a JavaScript action). */
function writings(value: string): string[] {
  const bytes = Buffer.from(value);
  const base64 = [0, 1, 2].map((shift) => bytes.subarray(shift).toString('base64'));
  const uri = encodeURIComponent(value.toWellFormed());
  const json = JSON.stringify(value).slice(1, -1);
  const xml = value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
  return [value, ...base64, uri, json, xml].filter((form) => form !== '');
}
