/**
 * Runs the tests against programs of others (test/real/), and says at the end what was tried with which version of which.
 * Ends with 1 where a part is missing, where its tests fail, and where it has none: what was not tried did not pass.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';
import { beginCommand } from '../../scripts/command.ts';
import { find, PARTS, type Part } from './parts.ts';

const USAGE = `npm run test:real -- [--help]

Runs the built action against programs of others: ${PARTS.map(({ name }) => name).join(', ')}. Some are built, once,
which needs Go. Ends with 1 where one is missing, or a test fails. It has no other options.`;

beginCommand(USAGE, () => parseArgs());
const root = join(import.meta.dirname, '../..');
const parts = PARTS.map((part) => ({ part, found: find(part) }));
const isThere = (name: string) => parts.some(({ part, found }) => part.name === name && 'version' in found);
const lacks = ({ name, needs = [] }: Part) => [name, ...needs].filter((one) => !isThere(one));
const folderOf = ({ name }: Part) => `test/real/${name}/`;

const folders = PARTS.filter((part) => lacks(part).length === 0).map(folderOf);
const options = { root, config: join(root, 'vitest.real.config.ts'), watch: false, passWithNoTests: true };
const vitest = folders.length > 0 ? await startVitest('test', folders, options) : undefined;
const modules = vitest?.state.getTestModules() ?? [];

const lines = parts.map(({ part, found }) => {
  if ('missing' in found) return { isGood: false, text: `${part.name}: missing, nothing was tried; ${found.missing}` };
  const is = `${part.name} ${found.version}`;
  if (lacks(part).length > 0)
    return { isGood: false, text: `${is}: nothing was tried without ${lacks(part).join(', ')}` };
  const tests = modules
    .filter(({ relativeModuleId }) => relativeModuleId.startsWith(folderOf(part)))
    .flatMap(({ children }) => [...children.allTests()]);
  const passed = tests.filter((test) => test.result().state === 'passed').length;
  const rest = tests.length - passed;
  return {
    isGood: passed > 0 && rest === 0,
    text: `${is}: ${passed} tests passed${rest > 0 ? `, ${rest} did not` : ''}`,
  };
});
await vitest?.close();

for (const { text } of lines) console.log(text);
for (const { name, differences } of PARTS) {
  if (differences !== undefined) console.log([`Where ${name} differs:`, ...differences].join('\n  '));
}
// A file that cannot be read, say, is none of their tests.
const isGood = lines.every((line) => line.isGood) && (process.exitCode ?? 0) === 0;
console.log(isGood ? 'All parts were tried, and all holds.' : 'Not all parts were tried and hold: see above.');
process.exit(isGood ? 0 : 1);
