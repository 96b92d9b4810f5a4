import { expect, test } from 'vitest';
import { encodedWarning } from '../../src/files/encoded.ts';

const file = (place: string, encoding?: string) => {
  const name = place.slice(place.lastIndexOf('/') + 1);
  return { output: place, name, place, path: `/w/${place}`, bytes: 1, sha256: '', mediaType: undefined, encoding };
};

test('says nothing of files that are as they should be', () => {
  expect(encodedWarning([])).toBeUndefined();
  expect(encodedWarning([file('a.svg'), file('a.svg.gz', 'gzip'), file('b.tgz', 'x-gzip')])).toBeUndefined();
  expect(encodedWarning([file('a.br', 'br'), file('a.json.zst', 'zstd')])).toBeUndefined();
});

test('names the others, and what unpacks them', () => {
  const files = [
    file('a.svg', 'gzip'),
    file('x/b.json', 'br'),
    file('c.png'),
    file('d.gz', 'br'),
    file('e.bin', 'gzip'),
  ];
  expect(encodedWarning(files)).toBe(
    'Kept as the storage holds them, which is packed, by their Content-Encoding: a.svg (gzip), x/b.json (br), d.gz (br), e.bin (gzip). ' +
      'Unpack them before use (`gzip -dc < FILE`, `brotli -dc < FILE`), or have the workflow store them as they are.',
  );
});

test('knows no tool for every coding', () => {
  expect(encodedWarning([file('a.svg', 'gzip, br')])).toContain(
    'a.svg (gzip, br). Unpack them before use, or have the workflow store them as they are.',
  );
});

test('counts what is too much to be named', () => {
  const files = Array.from({ length: 7 }, (_, index) => file(`${index}.svg`, 'gzip'));
  expect(encodedWarning(files)).toContain('3.svg (gzip), 4.svg (gzip) and 2 more. Unpack');
});
