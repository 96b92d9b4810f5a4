import fc from 'fast-check';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { decodePicture } from '../../src/gallery/decode.ts';

const [WIDTH, HEIGHT] = [6, 4];
const RGBA = Buffer.from(Array.from({ length: WIDTH * HEIGHT }, () => [200, 100, 50, 255]).flat());
const png = PNG.sync.write(Object.assign(new PNG({ width: WIDTH, height: HEIGHT }), { data: RGBA }));
const photo = jpeg.encode({ width: WIDTH, height: HEIGHT, data: RGBA }, 95).data;

/** A PNG that says it is of that size. */
function saying(width: number, height: number): Buffer {
  const bytes = Buffer.from(png);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

/** A JPEG whose scan is there so many times. */
function scanned(times: number): Buffer {
  const at = photo.indexOf(Buffer.of(0xff, 0xda));
  return Buffer.concat([photo.subarray(0, at), ...Array(times).fill(photo.subarray(at, -2)), photo.subarray(-2)]);
}

describe('the pixels of a picture', () => {
  test('are those of a PNG', () => {
    expect(decodePicture(png)).toEqual({ width: WIDTH, height: HEIGHT, rgba: RGBA });
  });

  test('are, nearly, those of a JPEG', () => {
    const picture = decodePicture(photo);
    expect(picture).toMatchObject({ width: WIDTH, height: HEIGHT });
    const { rgba } = typeof picture === 'object' ? picture : expect.fail(picture);
    for (const [at, value] of rgba.entries()) expect(Math.abs(value - (RGBA[at] ?? 0))).toBeLessThan(6);
  });

  test.each([
    ['a file of many', saying(1_000_000, 1_000_000), 'no preview of 1000000 x 1000000 pixels'],
    ['a file of too many', saying(4_001, 4_000), 'no preview of 4001 x 4000 pixels'],
    ['one that is cut', png.subarray(0, png.length - 20), 'no preview: '],
    ['one that is cut early', png.subarray(0, 20), 'no preview: '],
    ['a JPEG that is cut', photo.subarray(0, 20), 'no preview: '],
    ['a JPEG that is painted over and over', scanned(41), 'no preview of more than 40 scans'],
    ['a WebP', Buffer.from('RIFF\0\0\0\0WEBPVP8 '), 'no preview but of PNG and JPEG'],
    ['nothing', Buffer.alloc(0), 'no preview but of PNG and JPEG'],
  ])('are not there for %s', (_, bytes, why) => {
    const picture = decodePicture(bytes);
    expect(typeof picture === 'string' && picture.startsWith(why), String(picture)).toBe(true);
  });

  test('are there for a JPEG of many scans, as a progressive one has', () => {
    expect(decodePicture(scanned(40))).toMatchObject({ width: WIDTH, height: HEIGHT });
  });

  test('of anything are pixels or words, and nothing is thrown', () => {
    const change = fc.record({ at: fc.nat(1000), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.constantFrom(png, photo), fc.array(change, { maxLength: 5 }), (given, changes) => {
        const bytes = Buffer.from(given);
        for (const { at, value } of changes) bytes[at % bytes.length] = value;
        const picture = decodePicture(bytes);
        if (typeof picture === 'string') return;
        expect(picture.rgba).toHaveLength(picture.width * picture.height * 4);
      }),
    );
  });
});
