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
