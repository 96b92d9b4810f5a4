import { describe, expect, test } from 'vitest';
import { timeBetween, timeOf } from '../../src/cyberun/times.ts';

const NOON = Date.UTC(2025, 1, 10, 15, 1, 30);

describe('timeOf', () => {
  test.each([
    '2025-02-10T15:01:30Z',
    '2025-02-10T15:01:30',
    '2025-02-10 15:01:30',
    '2025-02-10 15:01:30+00',
    '2025-02-10T17:01:30+02:00',
    '2025-02-10T10:01:30-0500',
    '2025-02-10 15:01:30 +0000 UTC',
    'Mon, 10 Feb 2025 15:01:30 GMT',
    'Mon, 10 Feb 2025 15:01:30',
    '1739199690',
    1_739_199_690,
    1_739_199_690_000,
  ])('reads %s, whatever the zone of this machine', (stamp) => {
    const zone = process.env.TZ;
    try {
      for (const elsewhere of ['America/New_York', 'Asia/Kolkata', 'UTC']) {
        process.env.TZ = elsewhere;
        expect(timeOf(stamp)).toBe(NOON);
      }
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  test('keeps milliseconds of any number of digits, and knows that a date alone is a day of UTC', () => {
    expect(timeOf('2025-02-10T15:01:30.123456789')).toBe(NOON + 123);
    expect(timeOf('2025-02-10T15:01:30.5Z')).toBe(NOON + 500);
    expect(timeOf('2025-02-10')).toBe(Date.UTC(2025, 1, 10));
  });

  test.each([
    '0001-01-01T00:00:00Z',
    '0001-01-01T00:00:00',
    '1970-01-01T00:00:00Z',
    '1970-01-01 00:00:00',
    0,
    '0',
    -1,
    1,
  ])('takes the zero of a program, %s, for no time', (zero) => {
    expect(timeOf(zero)).toBeUndefined();
  });

  test.each(['', ' ', 'soon', 'null', undefined, Number.NaN])('takes %s for no time', (stamp) => {
    expect(timeOf(stamp)).toBeUndefined();
  });
});

describe('timeBetween', () => {
  test.each([
    ['2025-02-10T15:01:30Z', '2025-02-10T15:01:42', 12_000],
    ['2025-02-10T15:01:30', '2025-02-10T15:01:30', 0],
    ['2025-02-10T15:01:30', '2025-02-10T15:01:29', undefined],
    ['0001-01-01T00:00:00Z', '2025-02-10T15:01:30', undefined],
    ['1970-01-01T00:00:00Z', '2025-02-10T15:01:30', undefined],
    ['2025-02-10T15:01:30', '0001-01-01T00:00:00Z', undefined],
    ['2015-02-10T15:01:30', '2025-02-10T15:01:30', undefined],
    ['2025-02-10T15:01:30', '9999-12-31T23:59:59Z', undefined],
    [undefined, '2025-02-10T15:01:30', undefined],
    ['2025-02-10T15:01:30', undefined, undefined],
  ])('from %s to %s is %s', (from, to, ms) => {
    expect(timeBetween(from, to)).toBe(ms);
  });
});
