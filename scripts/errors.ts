/** Writes docs/errors.md: every error that a run can end with, as a test of the built action saw it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { beginCommand } from './command.ts';
import { formatList, readList } from './errors/document.ts';
import { choose } from './errors/list.ts';
import { phrasesIn, textOf } from './errors/phrases.ts';
import { sortPhrases, strangeErrors, tableProblems } from './errors/problems.ts';
import { readSeen } from './errors/seen.ts';
import { readTree } from './house/tree.ts';

const USAGE = `npm run errors -- [--check]

Writes docs/errors.md, every error that a run can end with, from what the tests of the built action saw since the last build:
npx vitest run test/action first. Ends with 1 where none saw some of the words that src has for errors.

  --check  writes nothing, and ends with 1 as well where the list is another one`;

const { check } = beginCommand(
  USAGE,
  () => parseArgs({ options: { check: { type: 'boolean', default: false } } }).values,
);
const root = join(import.meta.dirname, '..');
const path = join(root, 'docs/errors.md');
const problems = listErrors(check);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

function listErrors(isCheck: boolean): string[] {
  const { seen, missing } = readSeen(root);
  if (missing.length > 0) {
    return [
      `Nobody knows whether docs/errors.md is right: since the action was built, these were not run, or not whole: ${missing.length > 10 ? `${missing.length} files of test/action` : missing.join(', ')}. Run \`npx vitest run test/action\` first.`,
    ];
  }
  const sources = [...readTree(root)].filter(([file]) => file.startsWith('src/'));
  const sorted = sortPhrases(sources.flatMap(([file, text]) => phrasesIn(file, text)));
  const written = readFileSync(path, 'utf8');
  const { entries, unseen } = choose(sorted.wanted, seen, readList(written));
  const list = formatList(entries);
  if (!isCheck) writeFileSync(path, list);
  return [
    ...unseen.map(
      ({ path, line, ...phrase }) =>
        `${path}:${line} No test of the built action saw an error with "${textOf(phrase)}". Write one, or say in scripts/errors/tables.ts where else it is read.`,
    ),
    ...strangeErrors(sorted, seen),
    ...tableProblems(sorted, seen),
    ...(isCheck && list !== written
      ? ['docs/errors.md is not what the tests saw: run `npm run errors`, and read what it wrote.']
      : []),
  ];
}
