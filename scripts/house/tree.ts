import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** The text of each file that the lines of the house are for, by its path from the root, with `/` between its parts. */
export function readTree(root: string): Map<string, string> {
  const folders = '{src,simulator,emulator,test,bench,demo,scripts}/**/*.{ts,mts,cts,js,mjs,cjs}';
  const paths = globSync(['*.ts', folders], { cwd: root }).sort();
  return new Map(paths.map((path) => [path.split(sep).join('/'), readFileSync(join(root, path), 'utf8')]));
}
