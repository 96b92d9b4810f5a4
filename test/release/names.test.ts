import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assetName } from '../../emulator/github/names.ts';
import { safeFolders, safeName, uniquePlaces } from '../../src/files/names.ts';
import { assetNames, nameOfPart, partName } from '../../src/release/names.ts';

const foreign = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: fc.constantFrom('.', '-', '_', ' ', 'a', 'É', '高', '🎨', '+', '@', 'ß') }),
  fc.constantFrom('hero.png', 'SHA256SUMS', 'cyberun-run.json', 'a b.png', 'a.b.png', '....png', 'CON'),
);
const places = fc
  .array(fc.record({ name: foreign.map(safeName), folders: foreign.map(safeFolders) }), { maxLength: 8 })
  .map(uniquePlaces);

test('every name is one that GitHub leaves as it is, and no two are the same to it', () => {
  fc.assert(
    fc.property(places, (all) => {
      const names = assetNames(all);
      expect(names).toHaveLength(all.length);
      for (const name of names) {
        expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/);
        expect(assetName(name)).toBe(name);
        const part = partName(name, 'a1b2c3d4e5');
        expect(assetName(part)).toBe(part);
        expect(Buffer.byteLength(part)).toBeLessThan(255);
        expect([nameOfPart(part), nameOfPart(name)]).toEqual([name, undefined]);
      }
      expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
    }),
    { numRuns: 2000 },
  );
});

test('a plain name stays, a folder goes before it, and what GitHub cannot write ends in a digest', () => {
  expect(assetNames(['hero.png', 'seed-7/hero.png', 'a b/c d.png', 'café.png'])).toEqual([
    'hero.png',
    'seed-7-hero.png',
    'a.b-c.d.png',
    'cafe.png',
  ]);
  const [night, day] = assetNames(['夜/hero.png', '昼/hero.png']);
  expect(night).toMatch(/^hero-[0-9a-f]{6}\.png$/);
  expect(day).toMatch(/^hero-[0-9a-f]{6}\.png$/);
  expect(day).not.toBe(night);
});

test('a name depends on its own place alone, but where two would be the same', () => {
  expect(assetNames(['夜/hero.png'])).toEqual(assetNames(['昼/hero.png', '夜/hero.png']).slice(1));
  expect(assetNames(['a b.png', 'a.b.png'])).toEqual(['a.b.png', 'a.b-2.png']);
});
