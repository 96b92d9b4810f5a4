import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DIFFERENCES } from './act/differences.ts';

/** A program of others that tests in `test/real/<name>/` run for real. */
export type Part = {
  /** Of its command, and of the folder of its tests. */
  readonly name: string;
  /** Parts that its tests run, too. */
  readonly needs?: readonly string[];
  /** Where it is not what it stands for, and what is done about that; printed with what was tried. */
  readonly differences?: readonly string[];
} & (
  | {
      /** The package of its command; built at `version`, once. */
      readonly go: string;
      readonly version: string;
    }
  | {
      /** Debian's package, in whatever version it is there. */
      readonly debian: string;
    }
);

/** All parts. A new one is a line here, and tests in a folder of its name, which find it by {@link commandOf}. */
export const PARTS: readonly Part[] = [
  { name: 'act', go: 'github.com/nektos/act', version: '0.2.89', differences: DIFFERENCES },
  { name: 'versitygw', go: 'github.com/versity/versitygw/cmd/versitygw', version: '1.8.0' },
  { name: 'nginx', debian: 'nginx', needs: ['versitygw'] },
  { name: 'tinyproxy', debian: 'tinyproxy', needs: ['versitygw'] },
];

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/real');
/** Debian keeps what serves out of the path of those who are not root. */
const FOLDERS = [...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin'];

/** Where a part's command is, whether it is there or not. */
export function commandOf(name: string): string {
  const part = PARTS.find((one) => one.name === name);
  if (part === undefined) throw new Error(`no part is called ${name}; the table is in test/real/parts.ts`);
  if ('go' in part) return join(CACHE, `${name}-${part.version}`, name);
  return FOLDERS.map((folder) => join(folder, name)).find(existsSync) ?? name;
}

/** A part that is there, with its version; or what to do about one that is not. */
export type Found = { readonly version: string } | { readonly missing: string };

/** Looks for a part, and builds it where that can be done. */
export function find(part: Part): Found {
  const command = commandOf(part.name);
  if ('debian' in part) {
    const { status, stdout, stderr } = spawnSync(command, ['-v'], { encoding: 'utf8' });
    const version = /\d+(?:\.\d+)+/.exec(`${stdout}${stderr}`)?.[0];
    return status === 0 && version !== undefined ? { version } : { missing: `apt-get install ${part.debian}` };
  }
  const { go, version } = part;
  if (existsSync(command)) return { version };
  if (spawnSync('go', ['version']).status !== 0) return { missing: 'install Go (https://go.dev/dl), which builds it' };
  console.log(`${part.name} ${version}: being built, which takes some minutes and is kept`);
  try {
    const env = { ...process.env, GOBIN: join(command, '..') };
    execFileSync('go', ['install', `${go}@v${version}`], { stdio: 'inherit', env });
    return { version };
  } catch {
    return { missing: `see why go install ${go}@v${version} failed` };
  }
}
