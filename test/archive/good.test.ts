import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { archiveKind, archiveStem } from '../../src/archive/kind.ts';
import { END, file, folder, header, long, pax, record, tar } from './tar.ts';
import { type Tree, unpacked } from './unpacked.ts';
import { field, zip } from './zip.ts';

const data = Buffer.from('what is in it');
const text = data.toString();

test.each([
  ['scene.zip', 'zip', 'scene'],
  ['scene.TAR.GZ', 'tgz', 'scene'],
  ['scene.tgz', 'tgz', 'scene'],
  ['a.b.tar', 'tar', 'a.b'],
  ['scene.gz', undefined, 'scene.gz'],
  ['scene.zip.png', undefined, 'scene.zip.png'],
  ['zip', undefined, 'zip'],
  ['.zip', undefined, '.zip'],
  ['.tar.gz', undefined, '.tar.gz'],
])('%s is of the kind %s, with the stem %s', (name, kind, stem) => {
  expect(archiveKind(name)).toBe(kind);
  expect(archiveStem(name)).toBe(stem);
});

test('a zip is unpacked, whatever it is packed like', async () => {
  const large = Buffer.alloc(5 * 1024 ** 2, 'abc');
  const entries = [
    { name: 'stored', data, method: 0 },
    { name: 'deflated', data },
    { name: 'large', data: large },
    { name: 'large stored', data: large, method: 0 },
    { name: 'open', data, isOpen: true },
    { name: 'wide', data, isZip64: true },
    { name: 'empty', method: 0 },
    { name: 'empty, deflated' },
    { name: 'no mode', data, mode: 0 },
    { name: 'd/' },
    { name: 'd/e/f', data },
    { name: 'named later/a', data },
    { name: 'named later/' },
    { name: 'named later/' },
    { name: 'unflagged-gr\u00fcn', data, flags: 0 },
    { name: 'gr\u00fc\u00dfe \u6f22 \u{1f3e0}', data },
    { name: 'cafe\u0301', data },
    { name: 'a;b ?*[x] $(id) \'"&|<>', data },
    { name: `${'n'.repeat(251)}.txt`, data },
    { name: 'twice', data, extra: field(0x7075, Buffer.from('\u0001    twice')) },
  ];
  const tree = await unpacked('zip', zip(entries, { comment: 'a comment' }));
  const files = entries.filter(({ name }) => !name.endsWith('/'));
  const expected: Record<string, string | null> = { d: null, 'd/e': null, 'named later': null };
  for (const { name, data: bytes } of files) expected[name] = bytes?.toString('latin1') ?? '';
  expect(tree).toEqual(expected);
  expect(await unpacked('zip', zip(entries, { isZip64: true }))).toEqual(expected);
});

const UNUSUAL: readonly (readonly [string, Buffer, Tree])[] = [
  ['nothing', tar(), {}],
  ['an empty file', tar(file('a', Buffer.alloc(0))), { a: '' }],
  ['a folder', tar(folder('a/')), { a: null }],
  ['a folder of old', tar(header({ name: 'a/' })), { a: null }],
  ['a file of old', tar(file('a', data, { type: '\0', magic: '\0'.repeat(8) })), { a: text }],
  ['GNU', tar(file('a', data, { magic: 'ustar  \0' })), { a: text }],
  ['a prefix', tar(file('b', data, { prefix: 'a/c' })), { a: null, 'a/c': null, 'a/c/b': text }],
  ['the folder itself', tar(folder('./'), file('./a', data), file('./b/c', data)), { a: text, b: null, 'b/c': text }],
  ['GNU long names', tar(long('n'.repeat(200)), file('n', data)), { ['n'.repeat(200)]: text }],
  [
    'a PAX name',
    tar(pax(record('path', 'gr\u00fc\u00dfe \u6f22')), file('n', data)),
    { 'gr\u00fc\u00dfe \u6f22': text },
  ],
  ['a PAX size', tar(pax(record('size', '13') + record('mtime', '1.5')), file('a', data)), { a: text }],
  ['a comment for all', tar(pax(record('comment', 'c0ffee'), 'g'), file('a', data)), { a: text }],
  [
    'attributes of bytes',
    tar(pax(Buffer.from('22 SCHILY.xattr.u=\xff\n\x00\n', 'latin1')), file('a', data)),
    { a: text },
  ],
  [
    'a size in base 256',
    tar(file('a', data, { sizeField: Buffer.from('80000000000000000000000d', 'hex') })),
    { a: text },
  ],
  ['a size with spaces', tar(file('a', data, { sizeField: Buffer.from('         15 ') })), { a: text }],
  ['more empty blocks', Buffer.concat([tar(file('a', data)), END, END, END]), { a: text }],
];

describe.each(['tar', 'tgz'] as const)('a %s is unpacked', (kind) => {
  test.each(UNUSUAL)('with %s', async (_what, bytes, expected) => {
    expect(await unpacked(kind, kind === 'tar' ? bytes : gzipSync(bytes))).toEqual(expected);
  });
});

test('gzip may have several members', async () => {
  const bytes = tar(file('a', data));
  const members = [bytes.subarray(0, 700), bytes.subarray(700)].map((part) => gzipSync(part));
  expect(await unpacked('tgz', Buffer.concat(members))).toEqual({ a: text });
});

test.each(['zip', 'tgz'] as const)('10,000 files of a %s', async (kind) => {
  const names = Array.from({ length: 10_000 }, (_, index) => `${index % 100}/${index}`);
  const bytes =
    kind === 'zip'
      ? zip(names.map((name) => ({ name, data })))
      : gzipSync(tar(...names.map((name) => file(name, data))), { level: 1 });
  const tree = await unpacked(kind, bytes);
  expect(Object.keys(tree)).toHaveLength(10_100);
  expect(tree['99/9999']).toBe(text);
});

test.each(['zip', 'tgz'] as const)('an abort ends the listing of a %s, with its reason', async (kind) => {
  const reason = new Error('cancelled');
  const large = Buffer.alloc(256 * 1024 ** 2);
  const bytes = kind === 'zip' ? zip([{ name: 'a', data: large }]) : gzipSync(tar(file('a', large)), { level: 1 });
  await expect(unpacked(kind, bytes, AbortSignal.abort(reason))).rejects.toBe(reason);
  const controller = new AbortController();
  setImmediate(() => controller.abort(reason));
  await expect(unpacked(kind, bytes, controller.signal)).rejects.toBe(reason);
});

describe('what others pack', () => {
  const TREE: Readonly<Record<string, string>> = {
    'scene/a.txt': 'a',
    'scene/empty': '',
    'scene/gr\u00fc\u00dfe \u6f22/b': 'b',
    [`scene/${'long'.repeat(40)}/${'name'.repeat(40)}.ply`]: 'c'.repeat(100_000),
  };
  let home = '';

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'archive-'));
    for (const [path, content] of Object.entries(TREE)) {
      mkdirSync(dirname(join(home, path)), { recursive: true });
      writeFileSync(join(home, path), content);
    }
    mkdirSync(join(home, 'scene/nothing'));
  });

  afterEach(() => rmSync(home, { recursive: true, force: true }));

  test.each([
    ['a.zip', 'zip -q -r a.zip scene'],
    ['a.zip', 'zip -q -r -0 a.zip scene'],
    ['a.zip', 'zip -q -r -fz a.zip scene'],
    ['a.zip', 'zip -q -r - scene | cat > a.zip'],
    ['a.zip', 'zip -q -r -D -X a.zip scene && zip -q -r a.zip scene'],
    ['a.tar', 'tar -cf a.tar scene'],
    ['a.tar', 'tar -cf a.tar ./scene'],
    ['a.tar', 'tar -cf a.tar --format=posix scene'],
    ['a.tar', 'tar -cf a.tar --format=gnu scene'],
    ['a.tar', 'tar -cf a.tar --format=oldgnu scene'],
    ['a.tar', 'tar -cf a.tar -b 1 scene'],
    ['a.tgz', 'tar -czf a.tgz scene'],
    ['a.tar.gz', 'tar -c --format=posix scene | gzip -9 > a.tar.gz'],
  ])('%s: %s', async (name, command) => {
    expect(spawnSync('sh', ['-c', command], { cwd: home, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    const tree = await unpacked(archiveKind(name) ?? 'zip', readFileSync(join(home, name)));
    const files = Object.entries(tree).filter(([, content]) => content !== null);
    expect(Object.fromEntries(files)).toEqual(TREE);
    expect(tree['scene/nothing']).toBe(null);
  });
});
