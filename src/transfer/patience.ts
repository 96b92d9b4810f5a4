import { type Clock, sleep } from '../base/clock.ts';
import { formatAbout } from '../base/durations.ts';
import { inert } from '../base/inert.ts';
import { isUnknownHost, UNKNOWN_HOST_LIMIT } from '../base/network.ts';
import { isLongWait } from '../base/retry.ts';
import type { TransferError } from './errors.ts';
import type { TransferContext } from './storage.ts';

/** Fewer bytes than that are no progress. */
export const SLOWEST_BYTES = 64 * 1024;
/** How long a transfer is tried again without progress, in milliseconds, from the first failure on. */
const PATIENCE = 3 * 60_000;

/** Patience that progress renews. */
export function createPatience(clock: Pick<Clock, 'now'>) {
  let since: number | undefined;
  let gained = 0;
  /** A host that was known once is not mistyped: later, its name is only lost for a while. */
  let reached = false;
  return {
    /** Counts bytes gained; true when they renewed the patience. */
    renew(bytes: number): boolean {
      gained += bytes;
      reached ||= bytes > 0;
      if (gained < SLOWEST_BYTES) return false;
      gained = 0;
      since = undefined;
      return true;
    },
    /** To be asked at every failure: true when failures have gone on for too long. */
    isOver(error: TransferError): boolean {
      const now = clock.now();
      since ??= now;
      reached ||= !isUnknownHost(error.cause);
      return now - since > (reached ? PATIENCE : UNKNOWN_HOST_LIMIT);
    },
  };
}

/** Waits before the next try, so many milliseconds, and says so when it is long because the storage asked for it. */
export async function pause(
  wait: number,
  { message, retryAfter }: TransferError,
  { clock, notice, signal }: TransferContext,
): Promise<void> {
  if (isLongWait(retryAfter)) notice(inert`${message} Trying again in ${formatAbout(wait)}.`);
  await sleep(clock, wait, signal);
}
