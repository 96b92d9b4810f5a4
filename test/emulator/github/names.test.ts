import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assetName } from '../../../emulator/github/names.ts';

test.each([
  ['a.png', 'a.png'],
  ['my title.exe', 'my.title.exe'],
  ['fake.      file.txt', 'fake.file.txt'],
  ['app-(15-5)-6064.apk', 'app-.15-5.-6064.apk'],
  ['tobwen-1~buster.deb', 'tobwen-1.buster.deb'],
  ['a{}~.txt', 'a.txt'],
  ['a5_ð_æ_©_ŋ.txt', 'a5_d_ae_._ng.txt'],
  ['żółw é.txt', 'zolw.e.txt'],
  ['a+b@c.txt', 'a+b@c.txt'],
  ['🎉🎊.pdf', 'default.pdf'],
  ['茶话室-0.1.2.dmg', '-0.1.2.dmg'],
  ['.config', 'default.config'],
  ['..a..', 'a'],
  ['README', 'README'],
  ['🎉', 'default'],
])('%s becomes %s', (name, expected) => {
  expect(assetName(name)).toBe(expected);
});

test('a name that GitHub gave is kept, is never empty, and has only characters that stay', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      const once = assetName(name);
      expect(once).toMatch(/^[\w.@+-]+$/);
      expect(assetName(once)).toBe(once);
    }),
  );
});
