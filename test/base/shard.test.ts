import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseShard, type Shard, shareOf } from '../../src/base/shard.ts';
import { nameCombinations } from '../../src/workflow/combination-names.ts';
import { expandMatrix } from '../../src/workflow/combinations.ts';

const shardsOf = (count: number): Shard[] => Array.from({ length: count }, (_, place) => ({ index: place + 1, count }));

describe('parseShard', () => {
  test('reads what it is written as, with spaces around the slash', () => {
    const both = fc.tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 9999 }));
    const spaces = fc.stringMatching(/^ {0,3}$/);
    fc.assert(
      fc.property(both, spaces, spaces, ([one, other], before, after) => {
        const [index, count] = [Math.min(one, other), Math.max(one, other)];
        expect(parseShard(`${index}${before}/${after}${count}`)).toEqual({ index, count });
      }),
    );
  });

  test.each(['', '2', '/5', '2/', 'a/b', '1.5/2', '-1/5', '2/5/6', '2\\5', '2 of 5', '1/10000', '１/２'])(
    'refuses %j',
    (text) => {
      expect(() => parseShard(text)).toThrow('is no share');
    },
  );

  test('refuses a share that there is not', () => {
    expect(() => parseShard('6/5')).toThrow('is not one of the shares 1/5 to 5/5');
    expect(() => parseShard('0/5')).toThrow('is not one of the shares 1/5 to 5/5');
    expect(() => parseShard('0/0')).toThrow('makes no shares');
    expect(() => parseShard('1/0')).toThrow('makes no shares');
  });
});

describe('shareOf', () => {
  const values = fc.uniqueArray(fc.oneof(fc.integer(), fc.string()), { minLength: 1, maxLength: 6 });
  const lists = fc.dictionary(fc.stringMatching(/^[a-d]$/), values, { minKeys: 1 });
  const added = fc.array(fc.record({ extra: fc.integer() }), { maxLength: 4 });
  const matrix = fc.tuple(lists, added).map(([keys, include]) => ({ ...keys, include }));
  const count = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 2000 }));

  test('makes shares that are the whole together, each combination once, and differ by one at most', () => {
    fc.assert(
      fc.property(matrix, count, (matrix, count) => {
        const all = expandMatrix(matrix);
        const shares = shardsOf(count).map((shard) => shareOf(all, shard));
        // Objects are told apart here, not what they hold.
        const places = shares.map((share) => share.map((one) => all.indexOf(one)));
        expect(places.flat().toSorted((one, other) => one - other)).toEqual(all.map((_, place) => place));
        const sizes = shares.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        for (const own of places) expect(own).toEqual(own.toSorted((one, other) => one - other));
      }),
    );
  });

  test('is the same for the same matrix, and keeps what it has when one is added at the end', () => {
    fc.assert(
      fc.property(matrix, count, (matrix, count) => {
        const all = expandMatrix(matrix);
        const more = [...all, { more: true }];
        for (const shard of shardsOf(Math.min(count, 20))) {
          expect(shareOf(expandMatrix(matrix), shard)).toEqual(shareOf(all, shard));
          expect(shareOf(more, shard).slice(0, shareOf(all, shard).length)).toEqual(shareOf(all, shard));
        }
      }),
    );
  });

  test('of the names of the whole gives no folder to two shares', () => {
    fc.assert(
      fc.property(matrix, count, (matrix, count) => {
        const names = nameCombinations(expandMatrix(matrix));
        const folders = shardsOf(count).flatMap((shard) =>
          shareOf(names, shard).map(({ folder }) => folder.toLowerCase()),
        );
        expect(new Set(folders).size).toBe(names.length);
      }),
    );
  });

  test('is all of it without a shard', () => {
    const all = [1, 2, 3];
    expect(shareOf(all, undefined)).toBe(all);
    expect(shareOf(all, { index: 1, count: 1 })).toEqual(all);
    expect(shareOf(all, { index: 4, count: 5 })).toEqual([]);
  });
});
