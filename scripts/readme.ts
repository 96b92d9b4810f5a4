/** Keeps the tables of inputs and outputs in README.md what action.yml says. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { beginCommand } from './command.ts';

interface Action {
  inputs: Record<string, { description: string; default?: string }>;
  outputs: Record<string, { description: string }>;
}

const USAGE = `node scripts/readme.ts [--check]

Writes the tables of inputs and outputs in README.md, as action.yml has them.

  --check  only compares, and ends with 1 where they differ`;

const { check } = beginCommand(
  USAGE,
  () => parseArgs({ options: { check: { type: 'boolean', default: false } } }).values,
);
const root = join(import.meta.dirname, '..');
const readmePath = join(root, 'README.md');
const action: Action = parse(readFileSync(join(root, 'action.yml'), 'utf8'));
const readme = readFileSync(readmePath, 'utf8');

const inputs = Object.entries(action.inputs).map(([name, input]) => [
  `\`${name}\``,
  input.default === undefined ? '' : `\`${input.default}\``,
  input.description,
]);
const outputs = Object.entries(action.outputs).map(([name, output]) => [`\`${name}\``, output.description]);

const wanted = between(
  between(readme, 'inputs', table(['Input', 'Default', 'Meaning'], inputs)),
  'outputs',
  table(['Output', 'Value'], outputs),
);

if (!check) writeFileSync(readmePath, wanted);
else if (wanted !== readme) {
  console.error('README.md does not say what action.yml says: run `npm run fix`.');
  process.exitCode = 1;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function between(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [text.indexOf(open), text.indexOf(close)];
  if (start === -1 || end < start) throw new Error(`README.md lacks the markers ${open} and ${close}`);
  return `${text.slice(0, start + open.length)}\n${content}\n${text.slice(end)}`;
}
