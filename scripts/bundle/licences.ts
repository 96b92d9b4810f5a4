import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const packages = join(import.meta.dirname, '../../node_modules');

/** The licence of every package that one of these files is of. */
export function licencesOf(files: readonly string[]): string {
  return [...new Set(files.flatMap(packageOf))].sort().map(licenceOf).join('\n');
}

function packageOf(path: string): string[] {
  const all = path.replaceAll('\\', '/').matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)\//g);
  return [...all].flatMap(([, name]) => name ?? []).slice(-1);
}

function licenceOf(name: string): string {
  const folder = join(packages, name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.\w+)?$/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n\n${'-'.repeat(80)}\n`;
}
