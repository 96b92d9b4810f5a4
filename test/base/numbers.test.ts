import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/base/json.ts';
import {
  asWritten,
  compareNumbers,
  differInDigits,
  digitsOf,
  sizeOf,
  toWhole,
  WrittenNumber,
} from '../../src/base/numbers.ts';

const SEED = '12345678901234567890';
const NEIGHBOUR = '12345678901234567891';
const number = (text: string) => asWritten(Number(text), text);

describe('parseJson', () => {
  test.each(['1.10', SEED, '1e400', '-0', '1E2'])('keeps how %s was written', (text) => {
    expect(parseJson(`{"a":[${text}]}`)).toEqual({ a: [new WrittenNumber(Number(text), text)] });
  });

  test('has every other number as a number, and every other value as it is', () => {
    const value = { a: [1, -2.5, 1e21], b: 'x', c: null, d: true, ['__proto__']: 1 };
    expect(parseJson(JSON.stringify(value))).toEqual(value);
    expect(() => parseJson('{"a":NaN}')).toThrow(SyntaxError);
  });
});

describe('compareNumbers', () => {
  test.each([
    ['1', '2', -1],
    ['2', '1', 1],
    ['1.10', '1.1', 0],
    ['1e3', '1000', 0],
    [SEED, NEIGHBOUR, -1],
    [NEIGHBOUR, SEED, 1],
    [`-${SEED}`, `-${NEIGHBOUR}`, 1],
    ['18446744073709551616', '18446744073709551615', 1],
    ['0.1000000000000000000001', '0.1', 1],
    ['-0', '0', 0],
    ['0x1F', '31', 0],
    ['1e400', '1e999999', 0],
  ] as const)('%s against %s', (one, other, sign) => {
    expect(Math.sign(compareNumbers(number(one), number(other)))).toBe(sign);
  });

  test('orders whole numbers of any length as BigInt does', () => {
    const whole = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
    const near = fc.tuple(whole, fc.bigInt({ min: -3n, max: 3n }));
    fc.assert(
      fc.property(near, ([one, step]) => {
        const other = one + step;
        const sign = one < other ? -1 : Number(one > other);
        expect(Math.sign(compareNumbers(number(String(one)), number(String(other))))).toBe(sign);
      }),
    );
  });
});

test('digits differ where the numbers do, though they share a double', () => {
  expect(differInDigits(SEED, NEIGHBOUR)).toBe(true);
  expect(differInDigits('1e400', '2e400')).toBe(true);
  expect(differInDigits(SEED, `${SEED}.0`)).toBe(false);
  expect(differInDigits('7', ' +7.00 ')).toBe(false);
  // Not decimal: nobody knows.
  for (const text of ['0x10', '', 'true', '.', 'e5']) expect(differInDigits(text, '16')).toBe(false);
});

describe('toWhole', () => {
  test.each([
    ['3', '3'],
    ['3.0', '3'],
    ['1e3', '1000'],
    ['-12e-1', undefined],
    ['-120e-1', '-12'],
    ['3.5', undefined],
    [SEED, SEED],
    [`${SEED}.000`, SEED],
    [`+${SEED}`, SEED],
    ['0x1F', '31'],
    ['-0', '0'],
    ['1e400', undefined],
  ])('%s is %s', (text, whole) => {
    const made = toWhole(number(text));
    expect(made === undefined ? undefined : digitsOf(made)).toBe(whole);
  });

  test('keeps the size, and every digit', () => {
    const whole = fc.stringMatching(/^-?[1-9][0-9]{0,40}$/);
    fc.assert(
      fc.property(whole, (text) => {
        const made = toWhole(number(`${text}.0`));
        expect(made === undefined ? '' : digitsOf(made)).toBe(text);
        expect(sizeOf(made ?? Number.NaN)).toBe(Number(text));
      }),
    );
  });
});
