import { type Inert, inert, shown } from '../base/inert.ts';

/** GitHub refuses a summary above 1 MiB, in bytes, with an error; all steps' summaries are shown one below the other. */
const MOST_ROWS = 500;
/** What the lines of one list may take. */
const MOST_BYTES = 192 * 1024;

/** A table with a row an item. */
export function list<T>(head: readonly string[], items: readonly T[], row: (item: T) => readonly string[]): string {
  const { text, more } = listed(items, (item) => line(row(item)));
  return [line(head), line(head.map(() => '---')), text].join('\n') + more;
}

/** A line an item, as many as there is room for, and what says how many are left out. */
export function listed<T>(
  items: readonly T[],
  render: (item: T) => string,
): { readonly text: string; readonly more: string } {
  const lines: string[] = [];
  let size = 0;
  for (const item of items.slice(0, MOST_ROWS)) {
    const text = render(item);
    size += Buffer.byteLength(text);
    if (size > MOST_BYTES) break;
    lines.push(text);
  }
  const more = items.length - lines.length;
  return { text: lines.join('\n'), more: more > 0 ? `\n\nand ${more} more` : '' };
}

/** The same of cells. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return list(head, rows, (row) => row);
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
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

/** A fenced block: as it is, too, whatever backticks are in it. */
export function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(2, longestTicks(text)) + 1);
  return `${fence}text\n${text}\n${fence}`;
}

/** A parameter's value, as it is or not at all: it may hold a secret. */
export function shownValue(value: unknown): Inert {
  return shown(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
}

function longestTicks(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((most, { length }) => Math.max(most, length), 0);
}
