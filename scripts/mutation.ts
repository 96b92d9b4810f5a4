/** Changes src in small ways (StrykerJS), and says which changes no test notices. */
import { globSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { beginCommand } from './command.ts';
import { formatVerdict, judge, readExplained } from './mutation/survivors.ts';

const USAGE = `npm run mutation -- [FILE...]

Changes the files of scripts/mutation/stryker.json in small ways, and runs the tests of each change, which takes an hour; or
some files alone: npm run mutation -- src/base/redact.ts. Ends with 1 where a change survives that
scripts/mutation/explained.diff does not explain, or where that explains one that does not survive.`;

const root = join(import.meta.dirname, '..');
const files = beginCommand(USAGE, () => {
  const { positionals } = parseArgs({ allowPositionals: true });
  // Globs, and lines (src/a.ts:10-20), are StrykerJS's to read.
  const gone = positionals.find((file) => globSync(file.replace(/:[\d:-]+$/, ''), { cwd: root }).length === 0);
  if (gone !== undefined) throw new Error(`There is no file ${gone}`);
  return positionals;
});
const read = (path: string) => readFileSync(join(root, path), 'utf8');
// Before an hour of work.
const explained = readExplained(read('scripts/mutation/explained.diff'));
process.chdir(root);
const results = await new Stryker({
  configFile: 'scripts/mutation/stryker.json',
  ...(files.length > 0 && { mutate: files }),
}).runMutationTest();
const mutants = results.map((result) => ({ ...result, file: relative(root, result.fileName).split(sep).join('/') }));
const verdict = judge(mutants, read, explained);
console.log(formatVerdict(verdict));
if (mutants.length === 0 || verdict.unexplained.length > 0 || verdict.stale.length > 0) process.exitCode = 1;
