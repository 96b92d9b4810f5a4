import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemDisk } from '../../src/base/disk.ts';
import { formatChecksums, parseChecksums, readChecksums, writeChecksums } from '../../src/files/checksums.ts';
import { safeName, uniqueNames } from '../../src/files/names.ts';

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');
const DIGEST = digestOf('');

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checksums-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a list of checksums', () => {
  const names = fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }).map(safeName), {
    maxLength: 8,
  });

  test('is read back as it was written, for every safe name', () => {
    fc.assert(
      fc.property(names, (names) => {
        const checksums = new Map(names.map((name) => [name, digestOf(name)]));
        const text = formatChecksums(checksums);
        expect(parseChecksums(text)).toEqual(checksums);
        expect(parseChecksums(text.replaceAll('\n', '\r\n'))).toEqual(checksums);
        expect(formatChecksums(new Map([...checksums].reverse()))).toBe(text);
      }),
    );
  });

  test('is a line a file, in the order of the names', () => {
    expect(
      formatChecksums(
        new Map([
          ['b c', DIGEST],
          ['a', DIGEST],
        ]),
      ),
    ).toBe(`${DIGEST} *a\n${DIGEST} *b c\n`);
    expect(formatChecksums(new Map())).toBe('');
  });

  test('is read in the form of text mode too, and without what is of another form', () => {
    const short = DIGEST.slice(1);
    const text = `${DIGEST}  text\n${DIGEST} *star\n${short} *a\n${DIGEST.toUpperCase()} *b\n${DIGEST}*c\n${DIGEST} *\n# d\n\n`;
    expect([...parseChecksums(text).keys()]).toEqual(['text', 'star']);
  });

  test.skipIf(spawnSync('sha256sum', ['--version']).status !== 0)('is one that sha256sum -c accepts', async () => {
    const raw = [
      'plain.png',
      'with space.txt',
      ' * star',
      'a\\b',
      '-dash',
      'é\u0301 日本 \u{1f600}',
      "it's",
      'a\nb',
      'x'.repeat(300),
    ];
    const names = uniqueNames([...raw, ...raw].map(safeName));
    await Promise.all(names.map((name) => writeFile(join(folder, name), name)));
    await writeChecksums(systemDisk, folder, new Map(names.map((name) => [name, digestOf(name)])));
    const check = () => spawnSync('sha256sum', ['-c', '--strict', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' });
    expect(check()).toMatchObject({ status: 0, stderr: '' });
    expect(check().stdout.trimEnd().split('\n')).toHaveLength(names.length);
    await writeFile(join(folder, 'plain.png'), 'something else');
    expect(check().status).toBe(1);
  });
});

describe('the file in a folder', () => {
  test('is written whole, replaced, and read back', async () => {
    expect(await readChecksums(systemDisk, folder)).toEqual(new Map());
    expect(await writeChecksums(systemDisk, folder, new Map([['a', DIGEST]]))).toBe(join(folder, 'SHA256SUMS'));
    await writeChecksums(systemDisk, folder, new Map([['b', DIGEST]]));
    expect(await readChecksums(systemDisk, folder)).toEqual(new Map([['b', DIGEST]]));
    expect(await readdir(folder)).toEqual(['SHA256SUMS']);
  });

  test('is neither read nor written through a link', async () => {
    const target = join(folder, 'target');
    await writeFile(target, `${DIGEST} *a\n`);
    await symlink(target, join(folder, 'SHA256SUMS'));
    expect(await readChecksums(systemDisk, folder)).toEqual(new Map());
    await writeChecksums(systemDisk, folder, new Map([['b', DIGEST]]));
    expect(await readFile(target, 'utf8')).toBe(`${DIGEST} *a\n`);
    await expect(readlink(join(folder, 'SHA256SUMS'))).rejects.toThrow('EINVAL');
  });
});
