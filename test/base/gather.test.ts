import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gather } from '../../src/base/gather.ts';

const pieces = fc.array(fc.uint8Array({ maxLength: 3_000 }), { maxLength: 12 });

test('what was added since the last time is there, as far as it is no more than the most', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 3 }), fc.integer({ min: 0, max: 9_000 }), (rounds, most) => {
      const gathered = gather(most);
      for (const round of rounds) {
        const expected: number[] = [];
        for (const piece of round) {
          const fits = expected.length + piece.length <= most;
          expect(gathered.add(piece)).toBe(fits);
          if (fits) expected.push(...piece);
        }
        expect([...gathered.take()]).toEqual(expected);
      }
    }),
  );
});

test('of a thousand at a time that get little, none holds much', () => {
  const before = process.memoryUsage().arrayBuffers;
  const all = Array.from({ length: 1_000 }, () => gather(256 * 1024));
  for (const one of all) one.add(Buffer.from('data: {}'));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8_000_000);
  expect(all.every((one) => one.take().length === 8)).toBe(true);
});
