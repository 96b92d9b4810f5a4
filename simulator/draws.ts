import type { Latency } from './plan.ts';

/**
 * A number from 0 to 1 that depends on these alone: what one request draws stays the same when a plan shrinks and others
 * come or go.
 */
export function drawOf(seed: number, what: string, nth: number): number {
  let hash = (seed ^ Math.imul(nth + 1, 0x9e3779b1)) | 0;
  for (let index = 0; index < what.length; index += 1) hash = Math.imul(hash ^ what.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** Whole milliseconds between the two; as likely from 1 to 10 as from 100 to 1,000. */
export function latencyOf({ least, most }: Latency, draw: number): number {
  if (most <= least) return least;
  const from = Math.max(1, least);
  return Math.round(from * (most / from) ** draw);
}
