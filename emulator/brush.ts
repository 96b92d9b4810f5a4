import type { Colour } from './palettes.ts';

/** One pixel while it is painted: red, green and blue, 0 to 255. */
export type Pixel = Float64Array;

/** Lays a colour over a pixel; `amount` from 0 (nothing) to 1 (nothing else is seen). */
export function blend(pixel: Pixel, [red, green, blue]: Colour, amount: number): void {
  const share = Math.min(1, amount);
  if (share <= 0) return;
  pixel[0] = channel(pixel, 0) + (red - channel(pixel, 0)) * share;
  pixel[1] = channel(pixel, 1) + (green - channel(pixel, 1)) * share;
  pixel[2] = channel(pixel, 2) + (blue - channel(pixel, 2)) * share;
}

/** One of a pixel's three numbers. */
export function channel(pixel: Pixel, index: number): number {
  return pixel[index] ?? 0;
}

/** From 0 at `from` to 1 at `to`, without a corner. */
export function ramp(value: number, from: number, to: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
