import { withoutEnd } from './ends.ts';

/** A number whose text says more than its value: `1.10`, an integer of twenty digits, `0x1F`. */
export class WrittenNumber {
  readonly value: number;
  readonly text: string;

  constructor(value: number, text: string) {
    this.value = value;
    this.text = text;
  }
}

/** A number as JavaScript has it, or as it was written. */
export type Numeral = number | WrittenNumber;

/** A number as it was written, where JavaScript would write it otherwise. */
export function asWritten(value: number, text: string | undefined): Numeral {
  return text === undefined || text === String(value) ? value : new WrittenNumber(value, text);
}

/** The nearest double. */
export function sizeOf(number: Numeral): number {
  return number instanceof WrittenNumber ? number.value : number;
}

/** Every digit of it. */
export function digitsOf(number: Numeral): string {
  return number instanceof WrittenNumber ? number.text : String(number);
}

/** Below, at or above 0 as `one` is less than, the same as or more than `other`, though they may share a double. */
export function compareNumbers(one: Numeral, other: Numeral): number {
  if (sizeOf(one) !== sizeOf(other)) return sizeOf(one) - sizeOf(other);
  const [left, right] = [decimalOf(digitsOf(one)), decimalOf(digitsOf(other))];
  if (left === undefined || right === undefined || isSame(left, right)) return 0;
  // Two that share a double have almost the same exponent, unless they are too large or too small for any.
  const shift = Math.min(left.exponent, right.exponent);
  if (Math.max(left.exponent, right.exponent) - shift > 400) return 0;
  const scaled = ({ digits, exponent }: Decimal) => BigInt(digits) * 10n ** BigInt(exponent - shift);
  return scaled(left) < scaled(right) ? -1 : 1;
}

/** Whether two texts are not the same number to the last digit. Of one that is no decimal number, nobody knows. */
export function differInDigits(one: string, other: string): boolean {
  const [left, right] = [decimalOf(one), decimalOf(other)];
  return left !== undefined && right !== undefined && !isSame(left, right);
}

/** One text for all spellings of a number, `7`, `7.0` and `70e-1`, to its last digit. */
export function canonicalDigits(number: Numeral): string {
  const decimal = decimalOf(digitsOf(number)) ?? decimalOf(String(sizeOf(number)));
  return decimal === undefined ? String(sizeOf(number)) : `${decimal.digits}e${decimal.exponent}`;
}

/** A whole number without a point or exponent, such as 3 for `3.0`; `undefined` for any other. */
export function toWhole(number: Numeral): Numeral | undefined {
  const size = sizeOf(number);
  const decimal = decimalOf(digitsOf(number));
  // `0x1F` of YAML.
  if (decimal === undefined) return Number.isInteger(size) ? size : undefined;
  if (decimal.exponent < 0 || !Number.isFinite(size)) return undefined;
  const digits = String(BigInt(decimal.digits) * 10n ** BigInt(decimal.exponent));
  return asWritten(size, digits);
}

/** `digits` times ten to the `exponent`; `digits` has its sign, and no zeros at either end. */
interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

function decimalOf(text: string): Decimal | undefined {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(text.trim()) ?? [];
  if (whole + fraction === '') return undefined;
  const all = (whole + fraction).replace(/^0+/, '');
  const digits = withoutEnd(all, /0/);
  if (digits === '') return { digits: '0', exponent: 0 };
  const point = Number(exponent) - fraction.length + all.length - digits.length;
  return { digits: sign === '-' ? `-${digits}` : digits, exponent: point };
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i;

function isSame(one: Decimal, other: Decimal): boolean {
  return one.digits === other.digits && one.exponent === other.exponent;
}
