import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createWidth } from '../../src/transfer/width.ts';

/** A link that brings so many bytes in a millisecond over so many connections, for so many windows of 100 ms. */
function run(
  speedOf: (width: number, now: number) => number,
  windows: number,
  breaks: readonly number[] = [],
): number[] {
  let time = 0;
  const width = createWidth({ now: () => time }, 16);
  return Array.from({ length: windows }, (_, index) => {
    const before = width.now();
    time += 100;
    width.bytes(speedOf(before, time) * 100);
    if (breaks.includes(index)) width.broke();
    return before;
  });
}

describe('a file has as many connections as make it come faster:', () => {
  test('sixteen where each is slow by itself, after three windows', () => {
    expect(run((width) => width * 40, 8)).toEqual([4, 8, 16, 16, 16, 16, 16, 16]);
  });

  test('four where four bring as much as eight, which are tried for a second, and again after ten', () => {
    const widths = run(() => 1_000, 120);
    const expected = [1, 10, 100, 9].flatMap((length, index) =>
      Array.from({ length }, () => (index % 2 === 0 ? 4 : 8)),
    );
    expect(widths).toEqual(expected);
  });

  test('eight where sixteen bring little more', () => {
    expect(run((width) => Math.min(width * 100, 900), 20).slice(-5)).toEqual([8, 8, 8, 8, 8]);
  });

  test('those that are tried have time to be made', () => {
    // Whoever is added brings nothing for half a second.
    let since = { width: 4, at: 0 };
    const widths = run((width, now) => {
      if (width !== since.width) since = { width, at: now };
      return now - since.at < 500 ? width * 20 : width * 40;
    }, 30);
    expect(widths.at(-1)).toBe(16);
  });

  test('one slow window is no reason to have more', () => {
    expect(run((_, now) => (now === 11_100 ? 400 : 1_000), 125).slice(-4)).toEqual([4, 4, 4, 4]);
  });

  test('half as many after each break, and at least one', () => {
    const widths = run((width) => width * 40, 8, [2, 3, 4, 5, 6]);
    expect(widths).toEqual([4, 8, 16, 8, 4, 2, 1, 1]);
  });

  test('more again ten seconds after the last break', () => {
    const widths = run((width) => width * 40, 120, [2, 3, 4, 5]);
    expect(widths.slice(6, 105).every((width) => width === 1)).toBe(true);
    expect(widths.slice(105, 110)).toEqual([1, 2, 4, 8, 16]);
  });
});

test('from 1 to what the storage may have, whatever comes when', () => {
  const happening = fc.oneof(
    fc.record({ after: fc.nat(3_000), bytes: fc.nat(1e9) }),
    fc.record({ after: fc.nat(3_000), bytes: fc.constant(undefined) }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 16 }), fc.array(happening, { maxLength: 200 }), (most, all) => {
      let time = 0;
      const width = createWidth({ now: () => time }, most);
      for (const { after, bytes } of all) {
        time += after;
        if (bytes === undefined) width.broke();
        else width.bytes(bytes);
        expect(Number.isInteger(width.now()) && width.now() >= 1 && width.now() <= most).toBe(true);
      }
    }),
  );
});
