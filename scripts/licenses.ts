/**
 * Writes dist/<entry>/licenses.txt: the licence of every package that the bundle holds, in whichever of its chunks. The
 * bundler knows which (`--stats-out`): ncc's own `--license` sees only chunks that were not concatenated, and what it
 * writes itself names only some.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** A module in webpack's stats; one that was concatenated of others names them. */
interface Module {
  readonly name: string;
  readonly modules?: readonly Module[];
}

for (const entry of ['main', 'post']) {
  const stats: { readonly modules: readonly Module[] } = JSON.parse(
    readFileSync(join(root, 'build', `${entry}.json`), 'utf8'),
  );
  const packages = new Set(stats.modules.flatMap(namesOf).flatMap(packageOf));
  writeFileSync(join(root, 'dist', entry, 'licenses.txt'), [...packages].sort().map(licenseOf).join('\n'));
}

function namesOf({ name, modules = [] }: Module): string[] {
  return [name, ...modules.flatMap(namesOf)];
}

function packageOf(path: string): string[] {
  return [...path.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)].flatMap(([, name]) => name ?? []).slice(-1);
}

function licenseOf(name: string): string {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.\w+)?$/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n\n${'-'.repeat(80)}\n`;
}
