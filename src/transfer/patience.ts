import type { Clock } from '../clock.ts';

/** Fewer bytes than that are no progress. */
export const SLOWEST_BYTES = 64 * 1024;
/** How long a transfer is tried without progress, in milliseconds. */
const PATIENCE = 3 * 60_000;

/** Patience that progress renews. */
export function createPatience(clock: Clock) {
  let since = clock.now();
  let gained = 0;
  return {
    /** Counts bytes gained; true when they renewed the patience. */
    renew(bytes: number): boolean {
      gained += bytes;
      if (gained < SLOWEST_BYTES) return false;
      gained = 0;
      since = clock.now();
      return true;
    },
    isOver: () => clock.now() - since > PATIENCE,
  };
}
