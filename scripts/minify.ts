/**
 * Makes what ncc built small, as Node reads all of it before the first line runs: main takes a fifth less time to start.
 * ncc's own `--minify` leaves out the parts that are loaded later.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { minifySync } from 'rolldown/utils';

const dist = join(import.meta.dirname, '..', 'dist');

for (const name of globSync('*/*.js', { cwd: dist })) {
  const path = join(dist, name);
  const { code, errors } = minifySync(name, readFileSync(path, 'utf8'), { module: true });
  if (errors.length > 0) throw new Error(`${name} could not be made small`, { cause: errors });
  writeFileSync(path, code);
}
