/**
 * `npm run mutation`: changes src in small ways (StrykerJS), runs the tests of each, and ends with 1 where one survives that
 * scripts/mutation/explained.diff does not explain, or where that explains one that does not survive. With files behind it
 * (`npm run mutation -- src/base/redact.ts`), of those alone.
 */
import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { formatVerdict, judge, readExplained } from './mutation/survivors.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
// Before an hour of work.
const explained = readExplained(read('scripts/mutation/explained.diff'));
const files = process.argv.slice(2);
process.chdir(root);
const results = await new Stryker({
  configFile: 'scripts/mutation/stryker.json',
  ...(files.length > 0 && { mutate: files }),
}).runMutationTest();
const mutants = results.map((result) => ({ ...result, file: relative(root, result.fileName).split(sep).join('/') }));
const verdict = judge(mutants, read, explained);
console.log(formatVerdict(verdict));
if (mutants.length === 0 || verdict.unexplained.length > 0 || verdict.stale.length > 0) process.exitCode = 1;
