import { basename } from 'node:path';
import type { Seen } from './seen.ts';
import { SECTIONS } from './tables.ts';

const HEAD = `# Every error a step can end with

<!-- Written by "npm run errors" from what the tests of the built action see. -->

Look for words of yours here that hold no name, path or number: they are as an error of a test had them. Each error says what happened, why that probably is, and what to do; behind it is the test that provokes it. Headings are those of the annotations. What is tolerated instead, and for how long, is in [tolerance.md](tolerance.md).
`;

/** The list as Markdown, each section in the order of the alphabet. */
export function formatList(entries: readonly Seen[]): string {
  const sections = Object.entries(SECTIONS).map(([title, intro]) => {
    const lines = entries
      .filter((entry) => headingOf(entry) === title)
      .sort((a, b) => a.message.localeCompare(b.message, 'en', { numeric: true }))
      .map(lineOf);
    return `## ${title.charAt(0).toUpperCase()}${title.slice(1)}\n\n${intro}\n\n${lines.join('\n')}\n`;
  });
  return [HEAD, ...sections].join('\n');
}

/** `an input cannot be used` of `Cyberun: an input cannot be used`. */
export function headingOf({ title = '' }: { title?: string }): string {
  return title.replace(/^Cyberun: /, '');
}

function lineOf({ message, test }: Seen): string {
  return `- ${code(message)} [${basename(test, '.test.ts')}](../${test})`;
}

/** A code span, which shows everything as it is (CommonMark 0.31, 6.1). */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^`|`$/.test(text) ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}

/** What {@link formatList} wrote. */
export function readList(markdown: string): Seen[] {
  const entries: Seen[] = [];
  let title = '';
  for (const line of markdown.split('\n')) {
    const heading = /^## (.)(.*)$/.exec(line);
    if (heading !== null) title = `Cyberun: ${heading[1]?.toLowerCase()}${heading[2]}`;
    const [, , message, test] = /^- (`+) ?(.*?) ?\1 \[.*\]\(\.\.\/(.*)\)$/.exec(line) ?? [];
    if (message !== undefined && test !== undefined) entries.push({ title, message, test });
  }
  return entries;
}
