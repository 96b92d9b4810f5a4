/** Says what CHANGELOG.md says of a version that is about to be released. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { releaseNotes } from './changelog.ts';
import { beginCommand, messageOf } from './command.ts';

const USAGE = `npm run -s release:notes -- VERSION

Says what CHANGELOG.md says of a version, such as 1.2.0. Ends with 1, and why, where that is not what is about to be released.`;

const version = beginCommand(USAGE, () => {
  const [given, ...more] = parseArgs({ allowPositionals: true }).positionals;
  if (given === undefined || more.length > 0) throw new Error('Say one version, such as 1.2.0');
  return given;
});

const read = (name: string) => readFileSync(join(import.meta.dirname, '..', name), 'utf8');
try {
  console.log(releaseNotes(read('CHANGELOG.md'), version, JSON.parse(read('package.json')).version));
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
