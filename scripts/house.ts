/** Says what the source does against the lines of the house (house/rooms.ts), and ends with 1 when that is anything. */
import { join } from 'node:path';
import { patternProblemsOf, problemsOf } from './house/problems.ts';
import { readTree } from './house/tree.ts';

const tree = readTree(join(import.meta.dirname, '..'));
const problems = [...problemsOf(tree), ...patternProblemsOf(tree)];
for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error(`${problems.length} against the lines of the house. The tables are in scripts/house/rooms.ts.`);
  process.exitCode = 1;
}
