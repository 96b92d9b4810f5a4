import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { renderPicture } from '../../emulator/pictures.ts';

const request = { prompt: 'a lighthouse at dusk', seed: 42, width: 96, height: 64 };

test('a picture is a PNG of the size asked for, with many colours', () => {
  const png = PNG.sync.read(Buffer.from(renderPicture(request)));
  expect([png.width, png.height]).toEqual([96, 64]);
  const colours = new Set(Array.from({ length: 96 * 64 }, (_, index) => png.data.readUInt32BE(index * 4)));
  expect(colours.size).toBeGreaterThan(500);
});

test('the same prompt and seed give the same bytes', () => {
  expect(renderPicture(request)).toEqual(renderPicture({ ...request }));
});

test('another prompt or another seed gives another picture', () => {
  expect(renderPicture({ ...request, seed: 43 })).not.toEqual(renderPicture(request));
  expect(renderPicture({ ...request, prompt: 'a lighthouse at dawn' })).not.toEqual(renderPicture(request));
});

test('a size beyond the limit is brought down to it', () => {
  const png = PNG.sync.read(Buffer.from(renderPicture({ ...request, width: 4000, height: 1 })));
  expect([png.width, png.height]).toEqual([1024, 1]);
});

/** How many pixels are of a warm colour. By day, at the water, only the lamp of a lighthouse is. */
function warmPixels(prompt: string, seed: number): number {
  const { data } = PNG.sync.read(Buffer.from(renderPicture({ ...request, prompt, seed })));
  const starts = Array.from({ length: data.length / 4 }, (_, index) => index * 4);
  return starts.filter((start) => data.readUInt8(start) > data.readUInt8(start + 2) + 30).length;
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'the lighthouse that a prompt asks for is lit, and no other prompt has one: %i',
  (seed) => {
    expect(warmPixels('a lighthouse', seed)).toBeGreaterThan(3);
    expect(warmPixels('a lake', seed)).toBe(0);
  },
);
