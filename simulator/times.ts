import type { Random } from './random.ts';

// In milliseconds.
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;

/** Whole milliseconds; as likely from 1 to 10 seconds as from 10 to 100. */
export function drawTime({ int }: Random, least: number, most: number): number {
  return Math.round(least * (most / least) ** (int(0, 1_000) / 1_000));
}
