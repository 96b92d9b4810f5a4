import type { Clock } from '../base/clock.ts';

/** Fewer bytes than that are no progress. */
export const SLOWEST_BYTES = 64 * 1024;
/** How long a transfer is tried again without progress, in milliseconds, from the first failure on. */
const PATIENCE = 3 * 60_000;

/** Patience that progress renews. */
export function createPatience(clock: Clock) {
  let since: number | undefined;
  let gained = 0;
  return {
    /** Counts bytes gained; true when they renewed the patience. */
    renew(bytes: number): boolean {
      gained += bytes;
      if (gained < SLOWEST_BYTES) return false;
      gained = 0;
      since = undefined;
      return true;
    },
    /** To be asked at every failure: true when failures have gone on for too long. */
    isOver(): boolean {
      since ??= clock.now();
      return clock.now() - since > PATIENCE;
    },
  };
}
