import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Raster } from '../../src/base/raster.ts';
import { blocksOf } from '../../src/github/blocks.ts';

const RED = [255, 0, 0, 255];
const BLUE = [0, 0, 255, 255];
const NONE = [9, 9, 9, 0];
const of = (width: number, ...pixels: number[][]): Raster => ({
  width,
  height: pixels.length / width,
  rgba: Uint8Array.from(pixels.flat()),
});
/** With `^` for ESC. */
const shown = (picture: Raster) => blocksOf(picture).map((line) => line.replaceAll('\u001b[', '^'));

test('two pixels are a block, a colour is said where it changes, and a line ends as it began', () => {
  expect(shown(of(2, RED, RED, BLUE, BLUE))).toEqual(['^38;2;255;0;0;48;2;0;0;255m▀▀^0m']);
  expect(shown(of(2, RED, BLUE, RED, BLUE))).toEqual(['^38;2;255;0;0;48;2;255;0;0m▀^38;2;0;0;255;48;2;0;0;255m▀^0m']);
});

test('what cannot be seen is left free, above, below and at the end of an odd height', () => {
  expect(shown(of(2, NONE, NONE, RED, NONE))).toEqual(['^38;2;255;0;0m▄ ^0m']);
  expect(shown(of(1, RED, NONE))).toEqual(['^38;2;255;0;0m▀^0m']);
  expect(shown(of(1, RED, BLUE, RED))).toEqual(['^38;2;255;0;0;48;2;0;0;255m▀^0m', '^38;2;255;0;0m▀^0m']);
});

test('a line has a block a pixel of the width, colours, and nothing else', () => {
  const pixel = fc.tuple(...[0, 1, 2, 3].map(() => fc.nat(255)));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.array(pixel, { minLength: 9, maxLength: 60 }), (width, pixels) => {
      const lines = shown(of(width, ...pixels.slice(0, pixels.length - (pixels.length % width))));
      for (const line of lines) expect(line).toMatch(/^(?:(?:\^(?:\d{1,3};?)+m)?[▀▄ ])+\^0m$/);
      for (const line of lines) expect(line.replace(/\^[\d;]+m/g, '')).toHaveLength(width);
    }),
  );
});
