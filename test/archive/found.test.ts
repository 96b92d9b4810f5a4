import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ArchiveError } from '../../src/archive/errors.ts';
import { checkFound } from '../../src/archive/found.ts';

const LISTED = [
  { path: 'd', bytes: undefined },
  { path: 'd/caf\u00e9', bytes: 3 },
  { path: 'b', bytes: 1 },
];

let home = '';
/** Beside the folder. */
let away = '';

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'archive-'));
  away = `${home}-away`;
  mkdirSync(join(home, 'd'));
  writeFileSync(join(home, 'd/caf\u00e9'), 'abc');
  writeFileSync(join(home, 'b'), 'b');
});

afterEach(() => {
  for (const path of [home, away]) rmSync(path, { recursive: true, force: true });
});

function check(signal = new AbortController().signal) {
  return checkFound(home, LISTED, signal);
}

test('what is listed, and nothing else, is returned in its order', async () => {
  expect(await check()).toEqual(LISTED.slice(1));
});

test('a name is the one that lies on disk, where a file system has its own Unicode form', async () => {
  renameSync(join(home, 'd/caf\u00e9'), join(home, 'd/cafe\u0301'));
  expect(await check()).toEqual([{ path: 'd/cafe\u0301', bytes: 3 }, LISTED[2]]);
});

test.each<readonly [string, (at: (path: string) => string) => void, string]>([
  ['one more file', (at) => writeFileSync(at('d/more'), ''), '"d/more", which it does not list'],
  ['one more folder', (at) => mkdirSync(at('more')), '"more", which it does not list'],
  ['one more link', (at) => symlinkSync('b', at('more')), '"more", which it does not list'],
  ['a missing file', (at) => rmSync(at('b')), '"b" is not there'],
  ['a missing folder', (at) => rmSync(at('d'), { recursive: true }), '"d" is not there'],
  ['a shorter file', (at) => truncateSync(at('b'), 0), '"b" is another thing'],
  ['a longer file', (at) => writeFileSync(at('b'), 'bb'), '"b" is another thing'],
  ['another name', (at) => renameSync(at('b'), at('B')), '"B", which it does not list'],
  ['the same name twice', (at) => writeFileSync(at('d/cafe\u0301'), 'abc'), 'is there twice'],
])('%s is not what was listed', async (_what, change, reason) => {
  change((path) => join(home, path));
  expect(await refusal()).toContain(reason);
});

test.each<readonly [string, string, (path: string) => void]>([
  ['a link', 'b', (path) => symlinkSync('d/caf\u00e9', path)],
  ['a link to a folder', 'd', (path) => symlinkSync('/', path)],
  ['a file', 'd', (path) => writeFileSync(path, '')],
  ['a folder', 'b', (path) => mkdirSync(path)],
  ['a file that has another name, too', 'b', (path) => linkSync(away, path)],
])('%s in place of %s is not what was listed', async (_what, name, make) => {
  rmSync(join(home, name), { recursive: true });
  writeFileSync(away, 'b');
  make(join(home, name));
  expect(await refusal()).toContain(`"${name}" is another thing`);
});

async function refusal(): Promise<string> {
  const outcome = await check().catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(ArchiveError);
  return outcome instanceof ArchiveError ? outcome.message : '';
}

test('an abort ends it with its reason', async () => {
  const reason = new Error('cancelled');
  await expect(check(AbortSignal.abort(reason))).rejects.toBe(reason);
});
