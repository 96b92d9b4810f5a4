import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkQuotes } from '../../src/archive/tool.ts';
import { file, folder, tar } from './tar.ts';
import { treeOf } from './unpacked.ts';
import { zip } from './zip.ts';

const CHILD = join(import.meta.dirname, 'child.ts');
const data = Buffer.from('what is in it');

let home = '';
let target = '';

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'archive-'));
  target = join(home, 'folder');
  mkdirSync(target);
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

interface Outcome {
  readonly files?: readonly string[];
  readonly error?: string;
  readonly message?: string;
}

/** Unpacks in a process of its own; returns what came of it, and its log before that. */
function run(name: string, bytes: Buffer, env: Record<string, string> = {}, ...more: string[]) {
  const archive = join(home, name);
  writeFileSync(archive, bytes);
  const { stdout, stderr, status } = spawnSync(process.execPath, [CHILD, name, archive, target, ...more], {
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...env },
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const lines = stdout.trimEnd().split('\n');
  const outcome: Outcome = JSON.parse(lines.pop() ?? '');
  // The runner shows debug lines in a debugged run alone.
  return { outcome, lines: lines.filter((line) => line !== '' && !line.startsWith('::debug::')) };
}

/** A folder with programs in it that are ours, to be the whole PATH. */
function programs(scripts: Record<string, string>): string {
  const bin = join(home, 'bin');
  mkdirSync(bin);
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}

const ARCHIVES: readonly (readonly [string, string, (...names: string[]) => Buffer])[] = [
  ['a.zip', 'unzip', (...names) => zip(names.map((name) => ({ name, data })))],
  ['a.tar', 'tar', (...names) => tar(...names.map((name) => file(name, data)))],
  ['a.tgz', 'tar', (...names) => gzipSync(tar(...names.map((name) => file(name, data))))],
];

test.each(ARCHIVES)('%s: the log has the command, and no more', (archive, tool, pack) => {
  const { outcome, lines } = run(archive, pack('a'));
  expect(outcome).toEqual({ files: ['a'] });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(new RegExp(`^\\[command\\].*/${tool} .*`));
});

test.each(ARCHIVES)('%s: debugged, the log has names, none of which is a command', (archive, _tool, pack) => {
  const names = ['ab::error::b', ' -rf', '%0A::error', '[error]x', '$(id)', "it's", '#[error]', 'ünï'];
  const { outcome, lines } = run(archive, pack(...names), { RUNNER_DEBUG: '1' });
  expect(outcome).toEqual({ files: names });
  const told = lines.filter((line) => !line.startsWith('[command]'));
  expect(told.length).toBeGreaterThanOrEqual(names.length);
  expect(told.filter((line) => /^\s*::|##\[/.test(line))).toEqual([]);
});

test.each(ARCHIVES)('%s: where the program is missing, the error says which to install', (archive, tool, pack) => {
  const { outcome } = run(archive, pack('a'), { PATH: programs({}) });
  expect(outcome.error).toBe('ArchiveError');
  expect(outcome.message).toContain(`the runner has no ${tool}`);
  expect(outcome.message).toContain(`apt-get install ${tool}`);
});

test.each(ARCHIVES)('%s: a program that only warns has failed', (archive, tool, pack) => {
  const { outcome } = run(archive, pack('a'), { PATH: programs({ [tool]: '[ "$1" = --version ] && exit 0; exit 1' }) });
  expect(outcome.error).toBe('ArchiveError');
  expect(outcome.message).toContain('failed with exit code 1');
});

test.each(ARCHIVES)('%s: a program that unpacks something else has unpacked nothing', (archive, tool, pack) => {
  const { outcome } = run(archive, pack('a'), { PATH: programs({ [tool]: 'exit 0' }) });
  expect(outcome.error).toBe('ArchiveError');
  expect(outcome.message).toContain('"a" is not there');
});

test.each(ARCHIVES)('%s: a program that never ends is waited for within a bound', (archive, tool, pack) => {
  const hangs = programs({ [tool]: '[ "$1" = --version ] && exit 0; read forever' });
  const { outcome } = run(archive, pack('a'), { PATH: hangs }, 'late');
  expect(outcome.error).toBe('ArchiveError');
  expect(outcome.message).toContain('within 60 minutes');
});

test('tar without gzip is an error that says so', () => {
  const bin = programs({});
  symlinkSync('/bin/tar', join(bin, 'tar'));
  const { outcome } = run('a.tgz', gzipSync(tar(file('a', data))), { PATH: bin });
  expect(outcome.error).toBe('ArchiveError');
  expect(outcome.message).toContain('tar needs gzip');
});

test.each(ARCHIVES)('%s: names in Unicode arrive in a runner without a language', (archive, _tool, pack) => {
  expect(run(archive, pack('gr\u00fc\u00dfe \u6f22'), { LANG: 'C', LC_ALL: 'C' }).outcome).toEqual({
    files: ['gr\u00fc\u00dfe \u6f22'],
  });
});

test('an empty zip is empty, although unzip fails on it', () => {
  expect(run('a.zip', zip([]))).toEqual({ outcome: { files: [] }, lines: [] });
});

test.each([
  [
    'a.zip',
    zip([
      { name: 'd/', mode: 0o040000 },
      { name: 'd/a', data, mode: 0o106777 },
      { name: 'b', data, mode: 0o100000 },
    ]),
  ],
  ['a.tar', tar(folder('d', { mode: 0 }), file('d/a', data, { mode: 0o6777 }), file('b', data, { mode: 0 }))],
])('%s: whatever modes it names, its files are ours to read, and not to be executed', (archive, bytes) => {
  expect(run(archive, bytes).outcome.files).toEqual(['d/a', 'b']);
  const mode = (path: string) => statSync(join(target, path)).mode & 0o7777;
  expect({ a: mode('d/a'), b: mode('b'), d: mode('d') & 0o700 }).toEqual({ a: 0o644, b: 0o600, d: 0o700 });
  expect(treeOf(target)).toEqual({ d: null, 'd/a': data.toString(), b: data.toString() });
});

test('whoever an archive says its files belong to, they are ours', () => {
  run('a.tar', tar(folder('d', { owner: 1234 }), file('d/a', data, { owner: 1234 })));
  expect([statSync(join(target, 'd')).uid, statSync(join(target, 'd/a')).uid]).toEqual([
    process.getuid?.(),
    process.getuid?.(),
  ]);
});

test('a path that PowerShell would not read as one is refused where that unpacks', () => {
  expect(() => checkQuotes('zip', ['C:\\it\u2019s'], '\\')).toThrow('typographic quote');
  expect(() => checkQuotes('zip', ["C:\\it's"], '\\')).not.toThrow();
  expect(() => checkQuotes('zip', ['/it\u2019s'], '/')).not.toThrow();
  expect(() => checkQuotes('tar', ['C:\\it\u2019s'], '\\')).not.toThrow();
});
