import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Raster, shrink } from '../../src/base/raster.ts';

const raster = fc
  .record({ width: fc.integer({ min: 1, max: 70 }), height: fc.integer({ min: 1, max: 70 }) })
  .chain(({ width, height }) =>
    fc
      .uint8Array({ minLength: width * height * 4, maxLength: width * height * 4 })
      .map((rgba): Raster => ({ width, height, rgba })),
  );

/** Of one colour: red, green, blue, opacity. */
function plain(width: number, height: number, colour: readonly number[]): Raster {
  return { width, height, rgba: Uint8Array.from({ length: width * height * 4 }, (_, at) => colour[at % 4] ?? 0) };
}

describe('a smaller picture', () => {
  test('has as many pixels as asked for at most, its proportions, and one of each at least', () => {
    expect(shrink(plain(400, 200, [1, 2, 3, 255]), 40)).toEqual(plain(40, 20, [1, 2, 3, 255]));
    expect(shrink(plain(1, 1000, [1, 2, 3, 255]), 40)).toEqual(plain(1, 40, [1, 2, 3, 255]));
    expect(shrink(plain(3, 2, [1, 2, 3, 255]), 40)).toEqual(plain(3, 2, [1, 2, 3, 255]));
  });

  test('is the same where it is small enough, but for the colour of what cannot be seen', () => {
    fc.assert(
      fc.property(raster, (picture) => {
        const same = shrink(picture, 70);
        const seen = picture.rgba.map((value, at) => ((picture.rgba[at - (at % 4) + 3] ?? 0) === 0 ? 0 : value));
        expect(same).toEqual({ ...picture, rgba: seen });
      }),
    );
  });

  test('has means, between the least and the most of what they stand for', () => {
    fc.assert(
      fc.property(raster, fc.integer({ min: 1, max: 20 }), (picture, most) => {
        const { width, height, rgba } = shrink(picture, most);
        expect(Math.max(width, height)).toBeLessThanOrEqual(Math.max(1, most));
        expect(rgba).toHaveLength(width * height * 4);
        for (const channel of [0, 1, 2, 3]) {
          const all = picture.rgba.filter((_, at) => at % 4 === channel);
          const largest = all.reduce((one, other) => Math.max(one, other));
          for (let at = channel; at < rgba.length; at += 4) expect(rgba[at]).toBeLessThanOrEqual(largest);
        }
      }),
    );
  });

  test('mixes no colour in that cannot be seen', () => {
    const picture = { width: 2, height: 1, rgba: Uint8Array.of(200, 100, 50, 255, 0, 255, 0, 0) };
    expect([...shrink(picture, 1).rgba]).toEqual([200, 100, 50, 128]);
  });
});
