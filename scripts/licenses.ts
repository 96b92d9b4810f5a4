/**
 * Writes dist/<entry>/licenses.txt: the licence of every package that the bundle holds. ncc's own `--license` sees only
 * chunks that were not concatenated, which in an ESM bundle is almost none.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

for (const entry of ['main', 'post']) {
  const folder = join(root, 'dist', entry);
  const code = readdirSync(folder)
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
  const packages = new Set(
    [...code.matchAll(/node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\//g)].map(([, name]) => name ?? ''),
  );
  writeFileSync(join(folder, 'licenses.txt'), [...packages].sort().map(licenseOf).join('\n'));
}

function licenseOf(name: string): string {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.\w+)?$/i.test(entry));
  if (file === undefined || !existsSync(join(folder, file))) throw new Error(`${name} has no licence file`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n\n${'-'.repeat(80)}\n`;
}
