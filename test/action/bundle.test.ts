import { existsSync, readdirSync, readFileSync } from 'node:fs';
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

const SUBMITS = [/submitTask/, /\/run`/, /['"]\/run['"]/, /\/r\/workflows/, /workflowPath/];

test('post holds no code that can submit', () => {
  for (const trace of SUBMITS) expect(codeOf('post')).not.toMatch(trace);
});

test('the traces of a submit that post has none of are there in main', () => {
  expect(SUBMITS.filter((trace) => trace.test(codeOf('main'))).length).toBeGreaterThanOrEqual(3);
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
  expect(readFileSync(join(ROOT, 'dist', entry, 'index.js'), 'utf8')).toMatch(/^import .* from ["']/m);
});

test.each(ENTRIES)('dist/%s comes with the licence of every package inside', (entry) => {
  const licences = readFileSync(join(ROOT, 'dist', entry, 'licenses.txt'), 'utf8');
  const packages = new Set(
    [...codeOf(entry).matchAll(/node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\//g)].map(([, name]) => name ?? ''),
  );
  expect([...packages]).toEqual(expect.arrayContaining(['@actions/core', 'undici', 'valibot']));
  for (const name of packages) {
    const { version, license } = JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8'));
    const start = licences.indexOf(`${name} ${version} (${license})\n`);
    expect(start, name).toBeGreaterThanOrEqual(0);
    expect(licences.slice(start, start + 3000), name).toMatch(/permission|licensed under/i);
  }
});

test.each(ENTRIES)('dist/%s holds no path of the machine that built it', (entry) => {
  expect(codeOf(entry)).not.toContain(ROOT);
  expect(codeOf(entry)).not.toMatch(/file:\/\/\/(home|work|root|Users)/);
});
