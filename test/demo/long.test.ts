import { expect, test } from 'vitest';
import { beginningOf, firstOf } from '../../demo/long.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => String(index));

test('of many names there are the first ones, and how many more', () => {
  expect(firstOf(['a', 'b'])).toBe('a, b');
  expect(firstOf(names(11))).toBe(names(11).join(', '));
  expect(firstOf(names(2_000))).toBe('0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 1,990 more');
});

test('of a long text there is the beginning, and how much more', () => {
  expect(beginningOf('a'.repeat(2_000))).toBe('a'.repeat(2_000));
  expect(beginningOf('a'.repeat(503_000))).toBe(`${'a'.repeat(2_000)}... and 501,000 characters more`);
});
