import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { formatChecksums } from '../../src/files/checksums.ts';
import { safeName, uniqueNames } from '../../src/files/names.ts';

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');
const DIGEST = digestOf('');

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checksums-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a list of checksums', () => {
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
    const list = formatChecksums(new Map(names.map((name) => [name, digestOf(name)])));
    await writeFile(join(folder, 'SHA256SUMS'), list);
    const check = () => spawnSync('sha256sum', ['-c', '--strict', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' });
    expect(check()).toMatchObject({ status: 0, stderr: '' });
    expect(check().stdout.trimEnd().split('\n')).toHaveLength(names.length);
    await writeFile(join(folder, 'plain.png'), 'something else');
    expect(check().status).toBe(1);
  });
});
