import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readAction } from '../../emulator/runner/stepenv.ts';
import { ROOT } from './harness.ts';

const ENTRIES = ['main', 'post'] as const;

/** All code that an entry can load. */
function codeOf(entry: (typeof ENTRIES)[number]): string {
  const folder = join(ROOT, 'dist', entry);
  const files = readdirSync(folder).filter((name) => /\.[cm]?js$/.test(name));
  return files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
}

/** The way it goes, in whatever quotes, and that of what it is asked for. */
const SUBMITS = [/\/run[`'"]/, /\/r\/workflows/];

test('post holds no code that can submit', () => {
  for (const trace of SUBMITS) expect(codeOf('post')).not.toMatch(trace);
});

test('the traces of a submit that post has none of are there in main', () => {
  for (const trace of SUBMITS) expect(codeOf('main')).toMatch(trace);
  expect(codeOf('post')).toContain('/cancel`');
});

test('action.yml names the built files, and post runs always', () => {
  const { runs } = readAction(ROOT);
  expect(runs).toEqual({
    using: 'node24',
    main: 'dist/main/index.js',
    post: 'dist/post/index.js',
    'post-if': 'always()',
  });
  for (const path of [runs.main, runs.post ?? '']) expect(existsSync(join(ROOT, path))).toBe(true);
});

test.each(ENTRIES)('dist/%s is an ES module, with a package.json that says so', (entry) => {
  expect(JSON.parse(readFileSync(join(ROOT, 'dist', entry, 'package.json'), 'utf8'))).toEqual({ type: 'module' });
  expect(readFileSync(join(ROOT, 'dist', entry, 'index.js'), 'utf8')).toMatch(/^.*exports__ = await /m);
});

/** The code that is read before the first line of an entry runs. */
const loadedFirst = (entry: (typeof ENTRIES)[number]) => readFileSync(join(ROOT, 'dist', entry, 'index.js'), 'utf8');

test('little is loaded first', () => {
  // An update of undici or of @actions/core may bring more: see what scripts/bundle.ts leaves out.
  expect(loadedFirst('main').length).toBeLessThan(560_000);
  expect(loadedFirst('post').length).toBeLessThan(20_000);
});

test('what is used of undici is loaded with main, and of post when something is left open', () => {
  expect(loadedFirst('main')).toContain('UND_ERR_CONNECT_TIMEOUT');
  expect(loadedFirst('post')).not.toContain('UND_ERR_CONNECT_TIMEOUT');
  expect(codeOf('post')).toContain('UND_ERR_CONNECT_TIMEOUT');
});

test.each(ENTRIES)('dist/%s asks Node for each of its modules when it is needed, and imports none', (entry) => {
  const names = [...codeOf(entry).matchAll(/(?:from|import)\s?"([\w:/]+)"/g)].map(([, name]) => name ?? '');
  expect(names.filter(isBuiltin)).toEqual([]);
  expect(codeOf(entry)).toContain('getBuiltinModule(`node:util`)');
});

test.each(ENTRIES)('dist/%s comes with the licence of every package inside', (entry) => {
  const licences = readFileSync(join(ROOT, 'dist', entry, 'licenses.txt'), 'utf8');
  const code = codeOf(entry);
  const inside = [...ownTexts()].flatMap(([name, texts]) => (texts.some((text) => code.includes(text)) ? [name] : []));
  const expected = entry === 'main' ? ['@actions/core', 'undici', 'yaml'] : ['undici'];
  // Of this one post has no text that is long.
  expect(licences).toMatch(/^@actions\/core \d/m);
  expect(inside).toEqual(expect.arrayContaining(expected));
  for (const name of inside) {
    const { version, license } = JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8'));
    const start = licences.indexOf(`${name} ${version} (${license})\n`);
    expect(start, name).toBeGreaterThanOrEqual(0);
    expect(licences.slice(start, start + 3000), name).toMatch(/permission|licensed under/i);
  }
});

/** Every package that the action may use, directly or not, by the lockfile. */
function packages(): string[] {
  const lock: Lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const ours = Object.entries(lock.packages).filter(([path, { dev, optional }]) => path !== '' && !dev && !optional);
  return ours.map(([path]) => path.slice('node_modules/'.length));
}

interface Lock {
  readonly packages: Record<
    string,
    { readonly dev?: boolean; readonly optional?: boolean; hasInstallScript?: boolean }
  >;
}

/** Long texts in each package's code that no other package has: a bundle with one of them in it holds the package. */
function ownTexts(): Map<string, string[]> {
  const owners = new Map<string, Set<string>>();
  for (const name of packages()) {
    const folder = join(ROOT, 'node_modules', name);
    // A bundle for browsers has texts of others.
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (file) => /\.[cm]?js$/.test(file) && file !== 'browser.js',
    );
    for (const file of files) {
      const texts = readFileSync(join(folder, file), 'utf8').match(/(?<=['"`])[\w .:-]{24,80}(?=['"`])/g) ?? [];
      for (const text of texts) owners.set(text, (owners.get(text) ?? new Set()).add(name));
    }
  }
  const own = new Map<string, string[]>();
  for (const [text, [name = '', ...others]] of owners) {
    if (others.length === 0) own.set(name, [...(own.get(name) ?? []), text]);
  }
  return own;
}

test('no package runs a script when it is installed, and there is one undici', () => {
  const lock: Lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const all = Object.entries(lock.packages);
  expect(all.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
  expect(all.filter(([path]) => path.endsWith('/undici'))).toHaveLength(1);
});

test.each(ENTRIES)('dist/%s holds no path of the machine that built it', (entry) => {
  expect(codeOf(entry)).not.toContain(ROOT);
  expect(codeOf(entry)).not.toMatch(/file:\/\/\/(home|work|root|Users)/);
});
