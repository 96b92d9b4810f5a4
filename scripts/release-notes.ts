/**
 * `npm run -s release:notes -- 1.2.0`: says what CHANGELOG.md says of a version, and ends with 1, and why, where that is not
 * what is about to be released.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { releaseNotes } from './changelog.ts';

const read = (name: string) => readFileSync(join(import.meta.dirname, '..', name), 'utf8');
try {
  console.log(releaseNotes(read('CHANGELOG.md'), process.argv[2] ?? '', JSON.parse(read('package.json')).version));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
