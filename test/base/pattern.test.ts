import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idleLines, isWanted, loadGlobs, parsePattern, readPattern } from '../../src/base/pattern.ts';

const glob = await loadGlobs();

const patternOf = (...lines: string[]) => {
  const { pattern, misfits } = parsePattern(lines.join('\n'), glob);
  expect(misfits).toEqual([]);
  return pattern;
};
const wants = (line: string, ...names: string[]) => isWanted(patternOf(line), names);

test.each<[string, string, boolean]>([
  ['*', 'a.png', true],
  ['*', '.hidden', true],
  ['*', 'previews/a.png', false],
  ['**', 'previews/a.png', true],
  ['**/*.png', 'a.png', true],
  ['previews/**', 'previews/deep/a.png', true],
  ['previews/*', 'previews/deep/a.png', false],
  ['*.png', 'a.PNG', false],
  ['?.png', 'a.png', true],
  ['?.png', 'ab.png', false],
  ['[ab].png', 'b.png', true],
  ['[!ab].png', 'b.png', false],
  ['[]a].png', '].png', true],
  ['*.{png,jpg}', 'a.jpg', true],
  ['frame_{01..03}.png', 'frame_02.png', true],
  ['frame_{1..999999999}.png', 'frame_123456.png', true],
  ['frame_{1..999999999}.png', 'frame_0.png', false],
  ['#a', '#a', true],
  ['a b.png', 'a b.png', true],
  ['a\u0308.png', '\u00e4.png', true],
  ['9.images.*', '9.images.0', true],
])('%s and %s: %s', (line, name, expected) => {
  expect(wants(line, name)).toBe(expected);
});

test('the last line that matches decides, by whichever name it does', () => {
  const pattern = patternOf('*.png', '!9.images.*', 'final.png');
  expect(isWanted(pattern, ['a.png', '8.images.0'])).toBe(true);
  expect(isWanted(pattern, ['a.png', '9.images.0'])).toBe(false);
  expect(isWanted(pattern, ['final.png', '9.images.0'])).toBe(true);
  expect(isWanted(pattern, ['a.txt', '8.text.0'])).toBe(false);
});

test('lines that only exclude leave all others, as no line does', () => {
  expect(['a.png', 'a.txt'].map((name) => wants('!*.txt', name))).toEqual([true, false]);
  expect(['a.png', 'a.txt'].map((name) => wants(' \n\r\n', name))).toEqual([true, true]);
});

test('of one star, or of nothing, is what it is without one', async () => {
  for (const text of ['', '*']) expect(await readPattern(text)).toEqual({ pattern: [], misfits: [] });
  expect((await readPattern('*\n!a')).pattern).toMatchObject([{ line: '*' }, { line: '!a' }]);
});

test('says which lines match nothing', () => {
  expect(idleLines(patternOf('*.png', '!*.exr', '9.*', '*.jpg'), [['a.png', '9.images.0'], ['b.txt']])).toEqual([
    '!*.exr',
    '*.jpg',
  ]);
});

describe('no glob is', () => {
  test.each<[string, RegExp, string]>([
    ['!', /nothing behind/, '!*.png'],
    ['! !', /nothing behind/, '!*.png'],
    ['!!a.txt', /nothing behind/, '!a.txt'],
    ['/etc/a.png', /below path/, 'etc/a.png'],
    ['!/a.png', /below path/, '!a.png'],
    ['C:/a.png', /below path/, 'a.png'],
    ['../a.png', /below path/, 'a.png'],
    ['a/../b.png', /below path/, 'a/b.png'],
    ['./a.png', /below path/, 'a.png'],
    ['previews/', /below path/, 'previews/**'],
    ['/', /below path/, '*.png'],
    ['"*.png"', /quotes around/, '*.png'],
    ["!'*.png'", /quotes around/, '!*.png'],
    ['- *.png', /dash/, '*.png'],
    ['*.png, *.jpg', /several globs/, '*.png'],
    ['*.png # all', /comment/, '*.png'],
    ['previews\\*.png', /backslash/, 'previews/*.png'],
    ['frame(1).png', /parentheses/, 'frame_1_.png'],
    ['+(a|b', /parentheses/, '+_a|b'],
    ['[ab.png', /other half/, '*.{png,jpg}'],
    ['[].png', /other half/, '*.{png,jpg}'],
    ['a].png', /other half/, '*.{png,jpg}'],
    ['*.{png', /other half/, '*.{png,jpg}'],
    ['*.png}', /other half/, '*.{png,jpg}'],
    ['a\u0007b', /control character/, '*.png'],
    ['a'.repeat(1001), /1001 characters/, '*.png'],
    ['{a,b}'.repeat(40), /too much/, '*.png'],
  ])('%j', (line, why, instead) => {
    expect(parsePattern(`*.jpg\n${line}`, glob)).toMatchObject({
      pattern: [{ line: '*.jpg' }],
      misfits: [{ line, why: expect.stringMatching(why), instead }],
    });
    if (instead !== '+_a|b') patternOf(instead);
  });

  test('one of many that stand for too much together', () => {
    const { pattern, misfits } = parsePattern(Array(2000).fill('a'.repeat(10)).join('\n'), glob);
    expect([pattern.length, misfits.length]).toEqual([1000, 1]);
  });
});

/** As a newcomer would write it, and slow. */
function isLike(glob: string, name: string): boolean {
  if (glob === '') return name === '';
  if (glob.startsWith('*')) return isLike(glob.slice(1), name) || (/^[^/]/.test(name) && isLike(glob, name.slice(1)));
  const isOne = glob.startsWith('?') ? /^[^/]/.test(name) : name !== '' && name[0] === glob[0];
  return isOne && isLike(glob.slice(1), name.slice(1));
}

test('is what a simple reading of it says, whatever the lines and names', () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), minLength: 1, maxLength: 5 });
  // Two stars in a row are another matter, and `.` and `..` no parts of a place.
  const glob = fc
    .array(part, { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join('/'))
    .filter((text) => !text.includes('**') && !/(?:^|\/)\.{1,2}(?:\/|$)/.test(text));
  const lines = fc.array(fc.tuple(fc.boolean(), glob), { minLength: 1, maxLength: 5 });
  const piece = fc
    .string({ unit: fc.constantFrom('a', 'b', '.'), minLength: 1, maxLength: 5 })
    .filter((text) => !/^\.{1,2}$/.test(text));
  const names = fc.array(
    fc.array(piece, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
    { minLength: 1, maxLength: 3 },
  );
  fc.assert(
    fc.property(lines, names, (given, known) => {
      const pattern = patternOf(...given.map(([excludes, text]) => `${excludes ? '!' : ''}${text}`));
      let expected = given.every(([excludes]) => excludes);
      for (const [excludes, text] of given) if (known.some((name) => isLike(text, name))) expected = !excludes;
      expect(isWanted(pattern, known)).toBe(expected);
    }),
    { numRuns: 2000 },
  );
});

test('takes a moment for the longest of names, however many stars there are', () => {
  const name = 'a'.repeat(255);
  const globs = [
    '*a*a*a*a*a*b',
    `${'*a'.repeat(100)}*b`,
    `${'*[ab]'.repeat(100)}*c`,
    `${'?*'.repeat(100)}b`,
    '{*a,a*}{*a,a*}*b',
  ];
  const pattern = patternOf(...globs, `${'**/a/'.repeat(30)}b`);
  const before = process.cpuUsage();
  for (let round = 0; round < 20; round += 1) {
    expect(isWanted(pattern, [name, 'a/'.repeat(120)])).toBe(false);
  }
  const { user, system } = process.cpuUsage(before);
  // About 50 ms here; four stars make a regular expression of it, and seconds for one name.
  expect((user + system) / 1000).toBeLessThan(5000);
});

test('survives whatever is written', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 60 }), (text, name) => {
      const { pattern, misfits } = parsePattern(text, glob);
      isWanted(pattern, [name]);
      for (const { instead } of misfits) expect(instead).not.toBe('');
    }),
  );
  const signs = fc.string({ unit: fc.constantFrom(...'ab*?[]{}!,./^-|+@():'), maxLength: 40 });
  fc.assert(
    fc.property(
      signs,
      fc.string({ maxLength: 30 }),
      (text, name) => void isWanted(parsePattern(text, glob).pattern, [name]),
    ),
  );
});
