import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBackoff, parseRetryAfter } from '../../src/base/retry.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('createBackoff', () => {
  test('doubles what a wait may be, up to the most, and begins again after progress', () => {
    const backoff = createBackoff({ random: () => 0.999_999_9 }, 1000, 6000);
    const waits = () => Array.from({ length: 5 }, () => Math.round(backoff.next()));
    expect(waits()).toEqual([1000, 2000, 4000, 6000, 6000]);
    backoff.reset();
    expect(waits()).toEqual([1000, 2000, 4000, 6000, 6000]);
  });

  test('never waits for nothing, nor longer than the most, unless the service asks for more', () => {
    fc.assert(
      fc.property(fc.array(random, { minLength: 1, maxLength: 20 }), fc.nat(20_000), (dice, asked) => {
        let at = 0;
        const backoff = createBackoff({ random: () => dice[at++ % dice.length] ?? 0 }, 500, 8000);
        for (const _ of dice) {
          const wait = backoff.next();
          expect(wait).toBeGreaterThanOrEqual(50);
          expect(wait).toBeLessThanOrEqual(8000);
          expect(backoff.next(asked)).toBeGreaterThanOrEqual(asked);
        }
      }),
    );
  });

  test('spreads the waits of many clients over the whole range', () => {
    expect(createBackoff({ random: () => 0.2 }, 1000, 1000).next()).toBe(200);
    expect(createBackoff({ random: () => 0 }, 1000, 1000).next()).toBe(100);
  });
});

describe('parseRetryAfter', () => {
  // Away from Greenwich, where a date without a zone would be taken for a local one.
  process.env.TZ = 'America/New_York';
  const clock = { date: () => Date.UTC(1994, 10, 6, 8, 49, 0) };

  test.each([
    ['0', 0],
    [' 7 ', 7000],
    ['120', 120_000],
    // The three forms of RFC 9110, section 5.6.7.
    ['Sun, 06 Nov 1994 08:49:37 GMT', 37_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 37_000],
    ['Sun Nov  6 08:49:37 1994', 37_000],
    ['Sun, 06 Nov 1994 08:00:00 GMT', 0],
    // A day becomes five minutes.
    ['86400', 300_000],
    ['999999999', 300_000],
    ['Mon, 07 Nov 1994 08:49:37 GMT', 300_000],
  ])('reads %j as %d ms', (header, ms) => {
    expect(parseRetryAfter(header, clock)).toBe(ms);
  });

  test.each([undefined, '', 'soon', '-1', '1.5', '1e3', '1 2', '9999999999', 'Sun, whenever', '1994-11-06'])(
    'finds nothing in %j',
    (header) => {
      expect(parseRetryAfter(header, clock)).toBeUndefined();
    },
  );

  test('gives a wait within its bounds, or none, for any header', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const wait = parseRetryAfter(header, clock) ?? 0;
        expect(wait >= 0 && wait <= 300_000).toBe(true);
      }),
    );
  });
});
