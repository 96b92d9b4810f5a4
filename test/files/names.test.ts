import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isListName,
  isPlace,
  LISTS,
  listsOf,
  safeFolders,
  safeName,
  uniqueNames,
  uniquePlaces,
} from '../../src/files/names.ts';

// The rules of the systems, written down anew: learn.microsoft.com/windows/win32/fileio/naming-a-file, POSIX NAME_MAX.
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\..*)?$/i;

function expectSafe(name: string): void {
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
  expect(name).toMatch(/^[\p{L}\p{Nd}][\p{L}\p{M}\p{Nd} ._-]*$/u);
  expect(name).not.toMatch(/\p{Default_Ignorable_Code_Point}|[. ]$/u);
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
    ['Ein schönes Bild (1).jpeg', 'Ein schönes Bild _1_.jpeg'],
    ['日本.webp', '日本.webp'],
    ['a+b=c,d;e[f]{g}@h#i%j&k.txt', 'a_b_c_d_e_f_g_h_i_j_k.txt'],
    ['tasks/1/out/image.png', 'image.png'],
    ['scene/image.png/ ', 'image.png'],
    ['..\\..\\evil.exe', 'evil.exe'],
    ['../../etc/passwd', 'passwd'],
    ['a/..', 'output'],
    ['..', 'output'],
    ['', 'output'],
    ['///', 'output'],
    ['.git', 'git'],
    ['..-~.bashrc', 'output.bashrc'],
    ['-rf', 'rf'],
    ['con', 'con_'],
    ['Aux.png', 'Aux_.png'],
    ['c\u200don', 'con_'],
    ['e\u0301.png', 'é.png'],
    ['a\u202egnp.exe', 'agnp.exe'],
    ['name. ', 'name'],
    ['name .png', 'name .png'],
    ['$(id)`id`;x|y.png', 'id_id_x_y.png'],
    ['*.png', 'output.png'],
    ['\u{1f600}\u200d\u{1f600}.png', 'output.png'],
    ['\u0301a', 'a'],
    ['x\u3164y\u034f.png', 'xy.png'],
    ['a\u00a0b\tc', 'a_b_c'],
    ['com¹.txt', 'com_.txt'],
  ])('turns %j into %j', (text, name) => {
    expect(safeName(text)).toBe(name);
  });

  test('keeps no secret, which outputs and log would not show, and the extension', () => {
    expect(safeName('scene/X-Amz-Signature=c2VjcmV0LXBsYW50ZWQ.png')).toBe('X-Amz-Signature_.png');
    expect(safeName('sk-0123456789abcdef.tar.gz')).toBe('sk-_.gz');
    expect(safeName('sketch.png')).toBe('sketch.png');
  });

  test('cuts a long name before its extension, by bytes and between characters', () => {
    expect(safeName(`${'x'.repeat(400)}.png`)).toBe(`${'x'.repeat(251)}.png`);
    expect(safeName(`${'日'.repeat(100)}.png`)).toBe(`${'日'.repeat(83)}.png`);
    // An extension has 32 bytes at most; what is longer is a part of the name.
    expect(safeName(`${'x'.repeat(400)}.${'y'.repeat(31)}`)).toBe(`${'x'.repeat(223)}.${'y'.repeat(31)}`);
    expect(safeName(`${'x'.repeat(400)}.${'y'.repeat(32)}`)).toBe('x'.repeat(255));
    expect(safeName('x'.repeat(255))).toBe('x'.repeat(255));
    // What is not cut keeps its end.
    expect(safeName(`${'x'.repeat(250)} .png`)).toBe(`${'x'.repeat(250)} .png`);
    expect(safeName(`${'x'.repeat(252)} . ${'y'.repeat(100)}`)).toBe('x'.repeat(252));
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

  const ofShares = [1, 12].flatMap((index) => Object.values(listsOf({ index, count: 12 })));

  test('gives no two names that some file system takes for one, and leaves them safe', () => {
    const name = fc.oneof(
      raw.map(safeName),
      fc.constantFrom('a', 'A', 'a-2', 'é', 'É', 'ß', 'SS', 'ss', 'K', 'sha256sums', 'Cyberun-Run.json', ...ofShares),
    );
    fc.assert(
      fc.property(fc.array(name, { maxLength: 12 }), (names) => {
        const unique = uniqueNames(names);
        const all = [...unique, ...Object.values(LISTS), ...ofShares];
        for (const fold of same) expect(new Set(all.map(fold)).size).toBe(all.length);
        expect(uniqueNames(names)).toEqual(unique);
        expect(uniqueNames(unique)).toEqual(unique);
        for (const one of unique) {
          expectSafe(one);
          // Which names in a record can be places is told by that, see isPlace.
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
    expect(uniqueNames(['cyberun-run.json'])).toEqual(['cyberun-run-2.json']);
    expect(uniqueNames(['sha256sums-2-OF-5', 'cyberun-run-1-of-1.json'])).toEqual([
      'sha256sums-2-OF-5-2',
      'cyberun-run-1-of-1-2.json',
    ]);
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

describe('safeFolders', () => {
  test('makes a few safe components of anything, or none', () => {
    const separator = fc.constantFrom('/', '\\', '//');
    const path = fc.array(fc.tuple(raw, separator), { maxLength: 12 }).map((parts) => parts.flat().join(''));
    fc.assert(
      fc.property(path, (text) => {
        const folders = safeFolders(text);
        for (const folder of folders) expectSafe(folder);
        expect(folders.length).toBeLessThanOrEqual(8);
        expect(Buffer.byteLength(folders.join('/'))).toBeLessThanOrEqual(400);
        expect(safeFolders(folders.join('/'))).toEqual(folders);
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    ['', []],
    ['.', []],
    ['scene', ['scene']],
    ['scene/textures/', ['scene', 'textures']],
    ['scene\\textures', ['scene', 'textures']],
    ['./a//b/./c', ['a', 'b', 'c']],
    ['.git/hooks', ['git', 'hooks']],
    ['CON/aux', ['CON_', 'aux_']],
    ['..', []],
    ['a/../b', []],
    ['a/ .. /b', []],
    ['scene: one/x', ['scene_ one', 'x']],
    ['C:x', []],
    ['/etc', []],
    ['\\\\host\\share', []],
    ['c:\\x', []],
    ['a/'.repeat(8), Array(8).fill('a')],
    ['a/'.repeat(9), []],
    [`${'x'.repeat(200)}/${'y'.repeat(199)}`, ['x'.repeat(200), 'y'.repeat(199)]],
    [`${'x'.repeat(200)}/${'y'.repeat(200)}`, []],
    ['x'.repeat(1000), ['x'.repeat(255)]],
    ['x'.repeat(1001), []],
  ])('makes %j to %j', (text, folders) => {
    expect(safeFolders(text)).toEqual(folders);
  });
});

describe('uniquePlaces', () => {
  const places = (...paths: string[]) =>
    uniquePlaces(paths.map((path) => ({ folders: path.split('/').slice(0, -1), name: path.split('/').at(-1) ?? '' })));

  test('numbers names in each folder alone', () => {
    expect(places('a.png', 'x/a.png', 'x/y/a.png', 'x/A.png', 'a.png')).toEqual([
      ...['a.png', 'x/a.png', 'x/y/a.png', 'x/A-2.png', 'a-2.png'],
    ]);
  });

  test('takes folders for one that some file system takes for one, at whatever depth', () => {
    expect(places('Scene/a', 'scene/b', 'SCENE/Tex/c', 'scene/tex/d', 'e\u0301/x', '\u00e9/x')).toEqual([
      ...['Scene/a', 'Scene/b', 'Scene/Tex/c', 'Scene/Tex/d', 'e\u0301/x', 'e\u0301/x-2'],
    ]);
  });

  test('gives no file the name of a folder beside it', () => {
    expect(places('x', 'X/a', 'x/a/b', 'x/A')).toEqual(['x-2', 'X/a-2', 'X/a/b', 'X/A-3']);
  });

  test('gives nothing the name of the list of digests or of the record, in whatever folder', () => {
    expect(places('sha256sums', 'x/SHA256SUMS', 'sha256sums/a', 'sha256sums-2/a')).toEqual([
      ...['sha256sums-3', 'x/SHA256SUMS-2', 'sha256sums-2/a', 'sha256sums-2/a-2'],
    ]);
    expect(places('cyberun-run.json/cyberun-run.json')).toEqual(['cyberun-run-2.json/cyberun-run-2.json']);
  });

  test('gives no two places that some file system takes for one, or of which one is in the other', () => {
    const name = fc.constantFrom('a', 'A', 'a-2', 'é', 'É', 'sha256sums', 'b.png', 'cyberun-run.json');
    const wanted = fc.array(fc.record({ folders: fc.array(name, { maxLength: 3 }), name }), { maxLength: 12 });
    fc.assert(
      fc.property(wanted, (wanted) => {
        const unique = uniquePlaces(wanted);
        const folded = unique.map((place) => place.normalize('NFC').toLowerCase());
        expect(new Set(folded).size).toBe(wanted.length);
        for (const one of folded) expect(folded.filter((other) => other.startsWith(`${one}/`))).toEqual([]);
        expect(folded.filter((place) => /(^|\/)(sha256sums|cyberun-run\.json)(\/|$)/.test(place))).toEqual([]);
        // One folder has one spelling.
        const folders = new Set(
          unique.flatMap((place) =>
            place
              .split('/')
              .slice(0, -1)
              .map((_, at, all) => all.slice(0, at + 1).join('/')),
          ),
        );
        expect(new Set([...folders].map((folder) => folder.normalize('NFC').toLowerCase())).size).toBe(folders.size);
        expect(unique.every(isPlace)).toBe(true);
        expect(uniquePlaces(wanted)).toEqual(unique);
      }),
      { numRuns: 2000 },
    );
  });

  test('takes no longer than a moment for ten thousand files, each in a folder of its own', () => {
    const began = performance.now();
    const wanted = Array.from({ length: 10_000 }, (_, index) => ({ folders: [`x${index}`, 'y'], name: 'a.png' }));
    expect(uniquePlaces(wanted).at(-1)).toBe('x9999/y/a.png');
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

test('isPlace takes what may stand in a list of digests for a file below, and nothing else', () => {
  for (const place of ['a.png', 'x/y z/a.png', '1/x/a.png']) expect(isPlace(place)).toBe(true);
  for (const place of ['', '/a', 'a/', 'a//b', '../a', 'a/../b', './a', 'a\\b', '.git/config', 'a/con']) {
    expect(isPlace(place)).toBe(false);
  }
});

describe('names of lists', () => {
  test('are those of a share where there is one, safe, and known for lists', () => {
    expect(listsOf(undefined)).toEqual({ checksums: 'SHA256SUMS', record: 'cyberun-run.json', page: 'index.html' });
    for (const name of Object.values(LISTS)) expect(isListName(name)).toBe(true);
    expect(listsOf({ index: 2, count: 5 })).toEqual({
      checksums: 'SHA256SUMS-2-of-5',
      record: 'cyberun-run-2-of-5.json',
      page: 'index-2-of-5.html',
    });
    const shard = fc
      .tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 9999 }))
      .map(([one, other]) => ({ index: Math.min(one, other), count: Math.max(one, other) }));
    fc.assert(
      fc.property(shard, (shard) => {
        for (const name of Object.values(listsOf(shard))) {
          expect(safeName(name)).toBe(name);
          for (const spelt of [name, name.toUpperCase(), name.toLowerCase(), name.replace('S', 'ſ')]) {
            expect(isListName(spelt)).toBe(true);
          }
        }
      }),
    );
  });

  test.each([
    'SHA256SUMS-2',
    'SHA256SUMS.txt',
    'old-SHA256SUMS',
    'my-index.html',
    'cyberun-run-2.json',
    'cyberun-run',
    'SHA256SUMS-a-of-b',
    'index-2.html',
    'index.htm',
  ])('leave %s to outputs', (name) => expect(isListName(name)).toBe(false));
});
