import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHECKSUMS_NAME, safeName, uniqueNames } from '../../src/files/names.ts';

// The rules of the systems, written down anew: learn.microsoft.com/windows/win32/fileio/naming-a-file, POSIX NAME_MAX.
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\..*)?$/i;

function expectSafe(name: string): void {
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
  expect(name).not.toMatch(/[/\\<>:"|?*\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
  expect(name).not.toMatch(/^$|^[.\-~\s]|[.\s]$/);
  expect(name).not.toMatch(RESERVED);
  expect(name.normalize('NFC')).toBe(name);
}

const piece = fc.constantFrom(
  ...[
    '.',
    '..',
    '/',
    '\\',
    '-',
    '~',
    ' ',
    '\t',
    '\n',
    '\0',
    ':',
    '*',
    '"',
    '_',
    '$',
    'con',
    'NUL',
    'Aux',
    'com1',
    'LPT¹',
  ],
  ...['\u200d', '\u200b', '\u202e', '\u2028', '\ufeff', '\ufffe', '\ud800', '\u0301', '\u0338', '\u00a0', '\u3000'],
  ...['a', 'B', 'é', 'ß', 'ŉ', 'K', '日', '\u{1f600}', '.png', '.tar.gz', 'x'.repeat(120), '日'.repeat(40), '%2e%2e'],
);
const raw = fc.oneof(
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 300 }),
);

describe('safeName', () => {
  test('makes one visible component of anything, valid everywhere; a safe name stays as it is', () => {
    fc.assert(
      fc.property(raw, (text) => {
        const name = safeName(text);
        expectSafe(name);
        expect(safeName(name)).toBe(name);
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    ['output_00001_.png', 'output_00001_.png'],
    ['Ein schönes Bild (1).jpeg', 'Ein schönes Bild (1).jpeg'],
    ['日本.webp', '日本.webp'],
    ['a+b=c,d;e[f]{g}@h#i%j&k.txt', 'a+b=c,d;e[f]{g}@h#i%j&k.txt'],
    ['tasks/1/out/image.png', 'image.png'],
    ['..\\..\\evil.exe', 'evil.exe'],
    ['../../etc/passwd', 'passwd'],
    ['a/..', 'output'],
    ['..', 'output'],
    ['', 'output'],
    ['///', 'output'],
    ['.git', '_git'],
    ['..-~.bashrc', '_bashrc'],
    ['-rf', '_rf'],
    ['con', 'con_'],
    ['Aux.png', 'Aux_.png'],
    ['c\u200don', 'con_'],
    ['e\u0301.png', 'é.png'],
    ['a\u202egnp.exe', 'agnp.exe'],
    ['name. ', 'name'],
  ])('turns %j into %j', (text, name) => {
    expect(safeName(text)).toBe(name);
  });

  test('cuts a long name before its extension, by bytes and between characters', () => {
    expect(safeName(`${'x'.repeat(400)}.png`)).toBe(`${'x'.repeat(251)}.png`);
    expect(safeName(`${'日'.repeat(100)}.png`)).toBe(`${'日'.repeat(83)}.png`);
    expect(safeName(`x.${'y'.repeat(400)}`)).toBe(`x.${'y'.repeat(253)}`);
    expect(safeName(`${'x'.repeat(254)}.${'y'.repeat(100)}`)).toBe('x'.repeat(254));
  });
});

describe('uniqueNames', () => {
  const same = [
    (name: string) => name.normalize('NFC').toLowerCase(),
    (name: string) => name.normalize('NFD').toUpperCase(),
    (name: string) => name.normalize('NFC').toUpperCase().toLowerCase(),
  ];

  test('gives no two names that some file system takes for one, and leaves them safe', () => {
    const name = fc.oneof(
      raw.map(safeName),
      fc.constantFrom('a', 'A', 'a-2', 'é', 'É', 'ß', 'SS', 'ss', 'K', 'sha256sums'),
    );
    fc.assert(
      fc.property(fc.array(name, { maxLength: 12 }), (names) => {
        const unique = uniqueNames(names);
        for (const fold of same) expect(new Set([...unique, CHECKSUMS_NAME].map(fold)).size).toBe(unique.length + 1);
        expect(uniqueNames(names)).toEqual(unique);
        expect(uniqueNames(unique)).toEqual(unique);
        for (const one of unique) {
          expectSafe(one);
          // What an earlier run left is told by that, see downloadAll.
          expect(safeName(one)).toBe(one);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('numbers before the extension, and keeps what is unique', () => {
    expect(uniqueNames(['a.png', 'b.png', 'A.png', 'a.png', 'a-2.png', 'a'])).toEqual([
      ...['a.png', 'b.png', 'A-2.png', 'a-3.png', 'a-2-2.png', 'a'],
    ]);
    expect(uniqueNames(['SHA256SUMS', 'sha256sums'])).toEqual(['SHA256SUMS-2', 'sha256sums-3']);
    expect(uniqueNames(['\u00e9', 'e\u0301'])).toEqual(['\u00e9', 'e\u0301-2']);
    expect(uniqueNames(['a', 'b'], ['B'])).toEqual(['a', 'b-2']);
  });

  test('numbers the longest names without making them longer', () => {
    for (const long of ['x'.repeat(255), `${'x'.repeat(251)}.png`, `x.${'y'.repeat(253)}`, `${'日'.repeat(83)}.png`]) {
      const unique = uniqueNames(Array(1200).fill(long));
      expect(new Set(unique).size).toBe(1200);
      for (const name of unique) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
      if (long.endsWith('.png')) expect(unique.at(-1)).toMatch(/-1200\.png$/);
    }
  });

  test('takes no longer than a moment for ten thousand files of one name', () => {
    const began = performance.now();
    expect(uniqueNames(Array(10_000).fill('image.png')).at(-1)).toBe('image-10000.png');
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
