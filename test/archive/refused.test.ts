import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ArchiveError } from '../../src/archive/errors.ts';
import type { ArchiveKind } from '../../src/archive/kind.ts';
import { END, file, folder, header, long, padded, pax, record, tar } from './tar.ts';
import { unpacked } from './unpacked.ts';
import { field, zip } from './zip.ts';

const data = Buffer.from('what is in it');
const good = Buffer.concat([file('a.txt', data)]);

/** Throws what unpacking throws; whatever is no ArchiveError fails the test. */
async function refusal(kind: ArchiveKind, bytes: Uint8Array): Promise<string> {
  const outcome = await unpacked(kind, bytes).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(ArchiveError);
  return outcome instanceof ArchiveError ? outcome.message : '';
}

/** Packs one file of a name in both ways. */
const PACKERS: readonly (readonly [ArchiveKind, (name: string, more?: string) => Buffer])[] = [
  ['zip', (name, more) => zip([name, ...(more === undefined ? [] : [more])].map(zipped))],
  ['tar', (name, more) => tar(named(name), ...(more === undefined ? [] : [named(more)]))],
];

function zipped(name: string) {
  return { name, data: name.endsWith('/') ? Buffer.alloc(0) : data };
}

function named(name: string): Buffer {
  const isFolder = name.endsWith('/');
  return Buffer.concat([pax(record('path', name)), isFolder ? folder('it/') : file('it', data)]);
}

describe.each(PACKERS)('a name in a %s', (kind, pack) => {
  test.each([
    ['/etc/passwd', 'an absolute path'],
    ['//host/share', 'an absolute path'],
    ['../a', 'leads out of its folder'],
    ['a/../../b', 'leads out of its folder'],
    ['a/..', 'leads out of its folder'],
    ['C:/a', 'the letter of a drive'],
    ['c:a', 'the letter of a drive'],
    ['\\\\host\\share\\a', 'a backslash'],
    ['a\\..\\b', 'a backslash'],
    ['', 'without a name'],
    ['a//b', 'a part that is no name'],
    ['a/./b', 'a part that is no name'],
    ['.', 'a part that is no name'],
    ['a\nb', 'cannot show'],
    ['a\tb', 'cannot show'],
    ['a\u001b[31mb', 'cannot show'],
    ['a\u0085::error::b', 'cannot show'],
    ['a\u202eb', 'cannot show'],
    ['a##[error]b', 'cannot show'],
    ['::error::b', 'cannot show'],
    ['  ::error::b', 'cannot show'],
    [`a?X-Amz-Signature=${'0a'.repeat(32)}`, 'cannot show'],
    ['a'.repeat(256), 'more than 255 bytes'],
    [`${'a/'.repeat(400)}b`, 'more than 800 bytes'],
  ])('is refused: %j', async (name, reason) => {
    expect(await refusal(kind, pack(name))).toContain(reason);
  });

  test.each([
    ['a.txt', 'A.TXT', 'two entries of one name'],
    ['caf\u00e9', 'cafe\u0301', 'two entries of one name'],
    ['a.txt', 'a.txt', 'two entries of one name'],
    ['straße', 'STRASSE', 'two entries of one name'],
    ['A/one', 'a/two', 'two entries of one name'],
    ['A/', 'a/', 'two entries of one name'],
    ['a', 'a/b', 'a file and a folder'],
    ['a/b', 'a', 'a file and a folder'],
    ['a/b', 'A', 'a file and a folder'],
    ['a', 'a/', 'a file and a folder'],
    ['a/', 'a', 'a file and a folder'],
  ])('is refused beside another: %j and %j', async (name, more, reason) => {
    expect(await refusal(kind, pack(name, more))).toContain(reason);
  });

  test('is told in few words, none of which is a command', async () => {
    const message = await refusal(kind, pack(`/##[add-mask]${'x '.repeat(350)}`));
    expect(message).not.toContain('##[');
    expect(message.length).toBeLessThan(600);
  });
});

function wideEnd(end64: (record: Buffer) => void): Buffer {
  return zip([{ name: 'a', data }], { isZip64: true, end64 });
}

describe('a zip is refused', () => {
  const symlink = 0o120777;
  test.each<readonly [string, Buffer, string]>([
    ['with a symbolic link', zip([{ name: 'a', data: Buffer.from('/etc'), mode: symlink }]), 'a symbolic link'],
    ['with a device', zip([{ name: 'a', mode: 0o020666 }]), 'a character device'],
    ['with a fifo', zip([{ name: 'a', mode: 0o010666 }]), 'a fifo'],
    ['with a file that is called a folder', zip([{ name: 'a/', mode: 0o100644 }]), 'a file and a folder'],
    ['with a folder that is called a file', zip([{ name: 'a', mode: 0o040755 }]), 'a file and a folder'],
    ['with a folder that has data', zip([{ name: 'a/', data }]), 'a file and a folder'],
    ['encrypted', zip([{ name: 'a', data, flags: 0x801 }]), 'an encrypted entry'],
    ['encrypted strongly', zip([{ name: 'a', data, flags: 0x841 }]), 'encryption'],
    ['with hidden headers', zip([{ name: 'a', data, flags: 0x2800 }]), 'encrypted'],
    ['compressed otherwise', zip([{ name: 'a', data, method: 14 }]), 'than deflate (method 14)'],
    ['with a name of another coding', zip([{ name: Buffer.from([0x82, 0x61]), data, flags: 0 }]), 'not in UTF-8'],
    [
      'with two names',
      zip([{ name: 'a', data, extra: field(0x7075, Buffer.from('\u0001\u0043\u00be\u00b7\u00e8../b', 'latin1')) }]),
      'a second, different name',
    ],
    ['with another name before the data', zip([{ name: 'a', data, localName: 'b' }]), 'different things'],
    ['with another method before the data', zip([{ name: 'a', data, localMethod: 0 }]), 'different things'],
    [
      'whose entries overlap',
      zip([
        { name: 'a', data },
        { name: 'a2', data, offset: 0 },
      ]),
      'overlap',
    ],
    ['with something before it', zip([{ name: 'a', data, before: Buffer.from('#!/bin/sh\n') }]), 'overlap'],
    [
      'with something between',
      zip([
        { name: 'a', data },
        { name: 'b', data, before: data },
      ]),
      'overlap',
    ],
    ['with something before its directory', zip([{ name: 'a', data }], { beforeDirectory: data }), 'overlap'],
    ['with something behind its directory', zip([{ name: 'a', data }], { afterDirectory: data }), 'directory'],
    ['with something behind it', zip([{ name: 'a', data }], { after: data }), 'extra bytes at the end'],
    [
      'with another archive behind it',
      Buffer.concat([zip([{ name: 'a', data }]), zip([{ name: 'b', data }])]),
      'directory',
    ],
    [
      'with another archive in its comment',
      zip([{ name: 'a', data }], { comment: `PK\u0005\u0006${'\0'.repeat(18)}` }),
      'directory',
    ],
    ['in several files', zip([{ name: 'a', data }], { end: (record) => record.writeUInt16LE(1, 4) }), 'multi-disk'],
    [
      'whose directory is in another file',
      zip([{ name: 'a', data }], { end: (record) => record.writeUInt16LE(1, 6) }),
      'in several files',
    ],
    [
      'whose end counts fewer',
      zip(
        [
          { name: 'a', data },
          { name: 'b', data },
        ],
        { end: (record) => record.writeUInt16LE(1, 10) },
      ),
      'directory',
    ],
    [
      'whose two ends differ',
      zip([{ name: 'a', data }], { isZip64: true, end: (record) => record.writeUInt32LE(0, 16) }),
      'directory',
    ],
    [
      'whose wide end counts fewer',
      zip(
        [
          { name: 'a', data },
          { name: 'b', data },
        ],
        { isZip64: true, end64: (record) => record.writeUInt8(1, 32) },
      ),
      'directory',
    ],
    ['whose wide end has another size', wideEnd((record) => record.writeUInt8(1, 40)), 'directory'],
    ['whose wide end counts fewer here', wideEnd((record) => record.writeUInt8(0, 24)), 'directory'],
    ['whose wide end has its directory elsewhere', wideEnd((record) => record.writeUInt8(1, 20)), 'directory'],
    ['whose wide end says more', wideEnd((record) => record.writeUInt8(45, 4)), 'directory'],
    ['with less data than it says', zip([{ name: 'a', data, claims: { bytes: 14 } }]), 'is less than it says'],
    ['with more data than it says', zip([{ name: 'a', data, claims: { bytes: 1 } }]), 'more than it says'],
    ['with another checksum', zip([{ name: 'a', data, claims: { crc: 1 } }]), 'another checksum'],
    ['that is none', Buffer.from('<html>'), 'not a zip file'],
    ['that is empty', Buffer.alloc(0), 'not a zip file'],
  ])('%s', async (_what, bytes, reason) => {
    expect(await refusal('zip', bytes)).toContain(reason);
  });

  test('with more than 100,000 entries', async () => {
    const entries = Array.from({ length: 100_001 }, (_, index) => ({ name: `${index}`, method: 0 }));
    expect(await refusal('zip', zip(entries, { isZip64: true }))).toContain('more than 100,000 entries');
  });

  test('with more than 100,000 folders that its files are in', async () => {
    const entries = Array.from({ length: 2000 }, (_, index) => ({ name: `${index}/${'a/'.repeat(60)}b`, method: 0 }));
    expect(await refusal('zip', zip(entries))).toContain('more than 100,000 entries');
  });

  test('with names that take too much memory', async () => {
    const end = ['b', 'c', 'd'].map((letter) => letter.repeat(250)).join('/');
    const entries = Array.from({ length: 22_000 }, (_, index) => ({ name: `${index}/${end}`, method: 0 }));
    expect(await refusal('zip', zip(entries))).toContain('names of more than 16 MiB');
  });

  test('with a directory that takes too much memory', async () => {
    const entries = Array.from({ length: 600 }, (_, index) => ({
      name: `${index}`,
      extra: field(1234, Buffer.alloc(60_000)),
    }));
    expect(await refusal('zip', zip(entries))).toContain('a directory of more than 32 MiB');
  });

  test('that says it becomes too large', async () => {
    const entries = [1, 2, 3].map((name) => ({ name: `${name}`, data, claims: { bytes: 400 * 1024 ** 2 } }));
    const message = await refusal('zip', zip(entries));
    expect(message).toContain('more than 1024 MiB');
    expect(message).toContain('20 times');
  });
});

describe('a tar is refused', () => {
  const octal = (text: string) => Buffer.from(text.padEnd(12, '\0'), 'latin1');
  const named = (name: string) => record('path', name);
  test.each<readonly [string, Buffer, string]>([
    ['with a symbolic link', tar(header({ name: 'a', type: '2', link: '/etc' })), 'a symbolic link'],
    ['with a link within', tar(good, header({ name: 'b', type: '2', link: 'a.txt' })), 'a symbolic link'],
    ['with a hard link', tar(good, header({ name: 'b', type: '1', link: 'a.txt' })), 'a hard link'],
    ['with a long link', tar(long('/etc', 'K'), header({ name: 'b', type: '2' })), 'a link with a long target'],
    ['with a device', tar(header({ name: 'a', type: '3' })), 'a character device'],
    ['with a block device', tar(header({ name: 'a', type: '4' })), 'a block device'],
    ['with a fifo', tar(header({ name: 'a', type: '6' })), 'a fifo'],
    ['with a sparse file of old', tar(file('a', data, { type: 'S', magic: 'ustar  \0' })), 'a sparse file'],
    ['with a sparse file of PAX', tar(pax(record('GNU.sparse.major', '1')), good), 'GNU.sparse.major'],
    ['with a volume', tar(header({ name: 'a', type: 'V' })), 'of an unknown type'],
    ['with an unknown type', tar(file('a', data, { type: 'Z' })), 'of an unknown type'],
    ['with a contiguous file', tar(file('a', data, { type: '7' })), 'of an unknown type'],
    ['with a folder that has data', tar(file('a/', data, { type: '5' })), 'a folder with data'],
    ['with a folder of old that has data', tar(file('a/', data)), 'a folder with data'],
    ['with a name of another coding', tar(header({ name: Buffer.from([0x82, 0x61]) })), 'not in UTF-8'],
    ['with a long name of another coding', tar(file('l', Buffer.from([0xff, 0]), { type: 'L' }), good), 'not in UTF-8'],
    ['with a long name of two', tar(long('a\0b'), good), 'not in UTF-8'],
    ['with a PAX name of another coding', tar(pax(Buffer.from('9 path=\xff\n', 'latin1')), good), 'not in UTF-8'],
    ['with a PAX link', tar(pax(record('linkpath', 'b')), good), 'linkpath'],
    ['with another coding', tar(pax(record('hdrcharset', 'BINARY')), good), 'hdrcharset'],
    ['with a name for all', tar(pax(named('b'), 'g'), good), 'all entries'],
    ['with a size for all', tar(pax(record('size', '0'), 'g'), good), 'all entries'],
    ['with two PAX headers', tar(pax(named('b')), pax(named('c')), good), 'two headers'],
    ['with two long names', tar(long('b'), long('c'), good), 'two headers'],
    ['with a PAX and a long name', tar(pax(named('b')), long('c'), good), 'two headers'],
    ['with a PAX header for a global one', tar(pax(named('b')), pax(record('comment', 'c'), 'g'), good), 'two headers'],
    ['with a name twice', tar(pax(named('b') + named('c')), good), 'twice'],
    ['with a broken record', tar(pax('9 path=b\nxx'), good), 'cannot be read'],
    ['with a record that is longer', tar(pax('99 path=b\n'), good), 'cannot be read'],
    ['with a record that is shorter', tar(pax('6 path=b\n'), good), 'cannot be read'],
    ['with a record of length 0', tar(pax('0 path=b\n'), good), 'cannot be read'],
    ['with a record without a value', tar(pax('6 abc\n'), good), 'cannot be read'],
    ['with a record without a key', tar(pax('5 =b\n'), good), 'cannot be read'],
    ['with a record without an end', tar(pax('9 path=bc'), good), 'cannot be read'],
    ['with two sizes', tar(pax(record('size', '512')), good), 'different sizes'],
    ['with a size of words', tar(pax(record('size', '1e3')), good), 'no number'],
    ['with a negative size', tar(header({ name: 'a', sizeField: Buffer.alloc(12, 0xff) })), 'no number'],
    ['with a size that is no number', tar(header({ name: 'a', sizeField: octal('0000000012x') })), 'no number'],
    ['with a signed size', tar(header({ name: 'a', sizeField: octal('+AAB') })), 'no number'],
    ['with no size', tar(header({ name: 'a', sizeField: octal('') })), 'no number'],
    ['with a size beyond all', tar(header({ name: 'a', sizeField: Buffer.alloc(12, 0x80) })), 'no number'],
    ['with a header before nothing', tar(good, pax(named('b'))), 'without the entry'],
    [
      'with an endless header',
      tar(file('l', Buffer.alloc(1024 ** 2 + 1, 'a'), { type: 'L' }), good),
      'a header of more than',
    ],
    ['with another checksum', tar(header({ name: 'a', checksum: 1 })), 'another checksum'],
    ['of another format', tar(header({ name: 'a', magic: 'ustar\u000001' })), 'none of tar'],
    ['that ends before its end', good, 'before its end is marked'],
    ['that ends within data', tar(good).subarray(0, 600), 'within an entry'],
    ['that ends within what fills a block', tar(good).subarray(0, 1000), 'within an entry'],
    ['that ends within a header', tar(good).subarray(0, 300), 'before its end is marked'],
    ['that ends within a name', tar(long('b'.repeat(600)), good).subarray(0, 1000), 'within a header'],
    ['with half an end', Buffer.concat([good, END.subarray(0, 512)]), 'two empty blocks'],
    [
      'with an empty block between',
      Buffer.concat([good, END.subarray(0, 512), tar(file('b', data))]),
      'two empty blocks',
    ],
    ['with more behind its end', Buffer.concat([tar(good), tar(file('b', data))]), 'behind its end'],
    ['that is none', padded(Buffer.from('<html>')), 'no number'],
    ['that is empty', Buffer.alloc(0), 'before its end is marked'],
    ['that is in gzip', gzipSync(tar(good)), 'before its end is marked'],
  ])('%s', async (_what, bytes, reason) => {
    expect(await refusal('tar', bytes)).toContain(reason);
  });

  test('with more than 100,000 entries', async () => {
    const entries = Array.from({ length: 100_001 }, (_, index) => header({ name: `${index}` }));
    expect(await refusal('tgz', gzipSync(tar(...entries), { level: 1 }))).toContain('more than 100,000 entries');
  });

  test('with more than 100,000 times the same folder', async () => {
    const entries = Array.from({ length: 100_001 }, () => folder('a/'));
    expect(await refusal('tgz', gzipSync(tar(...entries), { level: 1 }))).toContain('more than 100,000 entries');
  });
});

describe('gzip is refused', () => {
  const packed = gzipSync(tar(good));
  const flipped = Buffer.from(packed);
  flipped.writeUInt8(flipped.readUInt8(packed.length - 6) ^ 1, packed.length - 6);
  test.each<readonly [string, Buffer, string]>([
    ['that is cut off', packed.subarray(0, -9), 'unexpected end of file'],
    ['whose checksum is cut off', packed.subarray(0, -4), 'unexpected end of file'],
    ['with another checksum', flipped, 'incorrect data check'],
    ['with something behind it', Buffer.concat([packed, data]), 'incorrect header check'],
    ['with zeros behind it', Buffer.concat([packed, Buffer.alloc(512)]), 'follows the end of its gzip stream'],
    ['that is none', tar(good), 'incorrect header check'],
    ['that is empty', Buffer.alloc(0), 'unexpected end of file'],
  ])('%s', async (_what, bytes, reason) => {
    expect(await refusal('tgz', bytes)).toContain(reason);
  });

  test('that says it becomes too large, before it does', async () => {
    const claims = gzipSync(header({ name: 'a', sizeField: Buffer.from('30000000000\0') }));
    expect(await refusal('tgz', claims)).toContain('more than 1024 MiB');
  });

  test('that becomes too large where no header says it', async () => {
    const zeros = gzipSync(Buffer.alloc(128 * 1024 ** 2), { level: 1 });
    const bomb = Buffer.concat([gzipSync(tar(good)), ...Array.from({ length: 9 }, () => zeros)]);
    expect(await refusal('tgz', bomb)).toContain('more than 1024 MiB');
  });
});
