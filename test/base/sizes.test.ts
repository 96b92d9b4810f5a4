import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSize } from '../../src/base/sizes.ts';

test.each([
  ['0', 0],
  ['1B', 1],
  ['20GB', 20e9],
  ['500 MB', 500e6],
  ['1.5kB', 1500],
  ['2GiB', 2 * 1024 ** 3],
  ['3mib', 3 * 1024 ** 2],
  [' 1TB ', 1e12],
])('%j is %d bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each([
  ['20', 'has no unit: write "20MB" for megabytes or "20GB" for gigabytes'],
  ['', 'is not a size'],
  ['-1GB', 'is not a size'],
  ['1e3MB', 'is not a size'],
  ['1iB', 'is not a size'],
  ['20 apples', 'is not a size'],
  ['1,5GB', 'is not a size'],
  ['999999999TB', 'is more than any disk has'],
  ['9'.repeat(100), 'is not a size'],
])('%j %s', (text, says) => {
  expect(() => parseSize(text)).toThrow(says);
});

test('any text is a whole number of bytes, or an error that shows how to write one', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{1,16}(\.\d+)? ?[kMGT]?i?B$/)), (text) => {
      try {
        expect(Number.isSafeInteger(parseSize(text))).toBe(true);
      } catch (error) {
        expect(String(error)).toContain('GB');
      }
    }),
  );
});
