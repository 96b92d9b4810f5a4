import { type Inert, inert, LONGEST_VALUE, shown } from '../base/inert.ts';

/** GitHub refuses a summary above 1 MiB, in bytes, with an error; all steps' summaries are shown one below the other. */
const MOST_ROWS = 500;
/** What the lines of one list may take: a page has ten lists at most. */
const MOST_BYTES = 96 * 1024;

/** The head of a column, and what stands in it of an item. */
export type Column<T> = readonly [head: string, cell: (item: T) => string];

/** The parts of a page, one below the other; an empty one is left out. */
export function page(parts: readonly string[]): string {
  return below(parts).concat('\n');
}

/** A part that is shown to who opens it, under a title of ours; empty where it would have nothing in it. */
export function folded(title: string, parts: readonly string[], isOpen = false): string {
  const body = below(parts);
  return body === '' ? '' : `<details${isOpen ? ' open' : ''}><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

function below(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

/** A table with a row an item, and no column that nothing stands in; empty where there is no item. */
export function table<T>(columns: readonly Column<T>[], items: readonly T[]): string {
  const { texts: rows, left } = fitting(items, (item) => columns.map(([, cell]) => cell(item)));
  if (rows.length === 0) return left;
  const used = columns.map((_, at) => rows.some((row) => row[at] !== ''));
  const line = (cells: readonly string[]) => `| ${cells.filter((_, at) => used[at]).join(' | ')} |`;
  const head = [line(columns.map(([name]) => name)), line(columns.map(() => '---'))];
  return below([[...head, ...rows.map(line)].join('\n'), left]);
}

/** The same as a list. */
export function bullets<T>(items: readonly T[], render: (item: T) => string): string {
  const { texts, left } = fitting(items, (item) => `- ${render(item)}`);
  return below([texts.join('\n'), left]);
}

/** What stands below one another in a cell. */
export function lines(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('<br>');
}

/** What is made of as many items as there is room for, and what says how many are left out. */
function fitting<T, R extends string | readonly string[]>(items: readonly T[], render: (item: T) => R) {
  const texts: R[] = [];
  let size = 0;
  for (const item of items.slice(0, MOST_ROWS)) {
    const text = render(item);
    size += Buffer.byteLength(String(text));
    if (size > MOST_BYTES) break;
    texts.push(text);
  }
  const more = items.length - texts.length;
  return { texts, left: more > 0 ? `and ${more} more` : '' };
}

/**
 * A code span: nothing in it is Markdown or HTML, and all of it stands there as it is. GitHub masks a secret only where it
 * does: one with an entity in it is shown to everybody.
 */
export function span(text: string): string {
  return whole(inert`${text}`);
}

/** The same of what is safe already, and as long as it is. */
export function whole(text: Inert): string {
  const safe = text.trim();
  if (safe === '') return '';
  const fence = '`'.repeat(longestTicks(safe) + 1);
  const room = safe.startsWith('`') || safe.endsWith('`') ? ' ' : '';
  return fence + room + safe + room + fence;
}

/** The same in a table, where `|` could not stand as it is. */
export function code(text: string): string {
  return text.includes('|') ? `text of ${text.length.toLocaleString('en-US')} characters` : span(text);
}

/** A line a parameter, in a fence: a value may hold a secret. */
export function parameterLines(values: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(values);
  if (entries.length === 0) return '';
  const { texts, left } = fitting(entries, ([key, value]) => inert`${key}: ${shownValue(value)}`);
  return below([fenced(texts.join('\n')), left]);
}

/** A fenced block: as it is, too, whatever backticks are in it. */
function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(2, longestTicks(text)) + 1);
  return `${fence}text\n${text}\n${fence}`;
}

/**
 * A parameter's value, as it is or not at all: it may hold a secret.
 *
 * @param most The longest that is shown, in UTF-16 code units.
 */
export function shownValue(value: unknown, most = LONGEST_VALUE): Inert {
  return shown(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''), most);
}

function longestTicks(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((most, { length }) => Math.max(most, length), 0);
}
