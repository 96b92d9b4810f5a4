import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatClock, formatDuration, parseDuration } from '../../src/base/durations.ts';

const LONGEST = 35 * 24 * 60 * 60 * 1000;
const times = fc.integer({ min: 0, max: LONGEST });

describe('parseDuration', () => {
  test.each([
    ['45m', 45 * 60_000],
    ['1h30m', 90 * 60_000],
    ['90s', 90_000],
    ['1h 30m', 90 * 60_000],
    ['2d', 48 * 3_600_000],
    ['1D 2H 3M 4S', 93_784_000],
    ['  5m\n', 300_000],
    ['007m', 420_000],
    ['30m 1h', 90 * 60_000],
    ['35d', LONGEST],
  ])('reads %j', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test('says how to write a number without a unit', () => {
    expect(() => parseDuration('45')).toThrow('"45" has no unit: write "45m" for minutes or "45s" for seconds');
  });

  test.each(['0', '0m', '0h 0s'])('refuses %j', (text) => {
    expect(() => parseDuration(text)).toThrow(/such as "45m", "1h30m" or "90s"$/);
  });

  test.each([
    ['nothing', ''],
    ['blanks', '   '],
    ['a negative', '-5m'],
    ['a fraction', '1.5h'],
    ['an exponent', '1e3s'],
    ['a blank before the unit', '45 m'],
    ['a word', '45 minutes'],
    ['another unit', '100ms'],
    ['a unit alone', 'm'],
    ['a number left over', '1h30'],
    ['a separator', '1h,30m'],
    ['digits of another script', '٤٥m'],
  ])('refuses %s and shows how to write it', (_, text) => {
    expect(() => parseDuration(text)).toThrow(
      `${JSON.stringify(text.trim())} is not a duration: write whole numbers with the units s, m, h or d, such as "45m"`,
    );
  });

  test.each(['35d 1s', '36d', '841h', `${'9'.repeat(400)}s`])('refuses more than 35 days: %.12s', (text) => {
    expect(() => parseDuration(text)).toThrow('is longer than 35 days');
  });

  test('quotes only the start of a long text, also when it is a long blank', () => {
    for (const text of ['x'.repeat(100_000), `1d${' '.repeat(100_000)}x`, '4'.repeat(100_000)]) {
      expect(() => parseDuration(text)).toThrow(/^.{50,200}$/s);
    }
  });

  test('adds up any parts, in any order and case, with or without blanks', () => {
    const part = fc.record({
      amount: fc.integer({ min: 1, max: 100 }),
      unit: fc.constantFrom(['s', 1000], ['m', 60_000], ['h', 3_600_000], ['S', 1000], ['M', 60_000], ['H', 3_600_000]),
      blank: fc.constantFrom('', ' ', '  '),
    });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const text = parts.map(({ amount, unit: [name], blank }) => `${amount}${name}${blank}`).join('');
        const total = parts.reduce((sum, { amount, unit: [, ms] }) => sum + amount * Number(ms), 0);
        expect(parseDuration(text)).toBe(total);
      }),
    );
  });

  test('gives a time within bounds or an error, whatever it is given', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^[0-9smhd .-]{0,12}$/));
    fc.assert(
      fc.property(texts, (text) => {
        let ms: number;
        try {
          ms = parseDuration(text);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
          return;
        }
        expect(Number.isInteger(ms) && ms > 0 && ms <= LONGEST).toBe(true);
      }),
    );
  });
});

describe('formatClock', () => {
  test.each([
    [0, '0:00'],
    [999, '0:00'],
    [1000, '0:01'],
    [72_000, '1:12'],
    [59 * 60_000 + 59_999, '59:59'],
    [3_600_000, '1:00:00'],
    [3_723_000, '1:02:03'],
    [100 * 3_600_000, '100:00:00'],
    [-5000, '0:00'],
  ])('writes %i ms as %s', (ms, text) => {
    expect(formatClock(ms)).toBe(text);
  });

  test('can be read back to the second', () => {
    fc.assert(
      fc.property(times, (ms) => {
        const text = formatClock(ms);
        expect(text).toMatch(/^(\d+:[0-5]\d|[0-5]?\d):[0-5]\d$/);
        const seconds = text.split(':').reduce((sum, digits) => sum * 60 + Number(digits), 0);
        expect(seconds).toBe(Math.floor(ms / 1000));
      }),
    );
  });
});

describe('formatDuration', () => {
  test.each([
    [0, '0s'],
    [999, '0s'],
    [-1, '0s'],
    [45_000, '45s'],
    [60_000, '1m'],
    [90_000, '1m 30s'],
    [3_600_000, '1h'],
    [3_605_000, '1h'],
    [3_723_000, '1h 2m'],
    [36_000_000, '10h'],
    [183_600_000, '2d 3h'],
    [86_400_000 + 60_000, '1d'],
  ])('writes %i ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('is read back by parseDuration, short of less than one of the second unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: LONGEST }), (ms) => {
        const lost = ms - parseDuration(formatDuration(ms));
        const unit = ms < 3_600_000 ? 1000 : ms < 86_400_000 ? 60_000 : 3_600_000;
        expect(lost).toBeGreaterThanOrEqual(0);
        expect(lost).toBeLessThan(unit);
      }),
    );
  });
});
