import type { Clock } from './clock.ts';

/** How long to wait before trying again, in milliseconds: exponential from `first` to `most`, with full jitter. */
export interface Backoff {
  /**
   * The next wait. A wait the service asked for (`Retry-After`) is kept as the floor.
   *
   * @param asked Milliseconds the service asked for, if it did.
   */
  next(asked?: number): number;
  /** Progress was made: the next wait is short again. */
  reset(): void;
}

/**
 * Full jitter as in "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015): many clients that lost the same
 * service at the same time do not come back at the same time.
 */
export function createBackoff(clock: Pick<Clock, 'random'>, first: number, most: number): Backoff {
  let ceiling = first;
  return {
    next(asked = 0) {
      const wait = clock.random() * ceiling;
      ceiling = Math.min(ceiling * 2, most);
      return Math.max(asked, wait, first / 10);
    },
    reset() {
      ceiling = first;
    },
  };
}

/**
 * The wait that a `Retry-After` header asks for, in milliseconds, or `undefined` where it has none or makes no sense.
 *
 * @see RFC 9110, section 10.2.3: delay-seconds or an HTTP-date
 */
export function parseRetryAfter(header: string | undefined, clock: Pick<Clock, 'date'>): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Math.min(Number(value) * 1000, LONGEST_RETRY_AFTER);
  if (!/^[A-Z][a-z]{2,8},? /.test(value)) return undefined;
  // Of the two obsolete forms, asctime's names no zone, and means GMT (RFC 9110, section 5.6.7).
  const date = Date.parse(value.endsWith('GMT') ? value : `${value} GMT`);
  return Number.isNaN(date) ? undefined : Math.min(Math.max(0, date - clock.date()), LONGEST_RETRY_AFTER);
}

/** Whether a wait that was asked for, in milliseconds, is longer than any backoff here, so that a reader wonders. */
export function isLongWait(asked: number | undefined): boolean {
  return (asked ?? 0) > SLOWEST_BACKOFF;
}

/** The longest wait that nobody asked for, in milliseconds. */
export const SLOWEST_BACKOFF = 15_000;
/** Milliseconds. A proxy that says "in a day" must not end a run: it is asked again before. */
const LONGEST_RETRY_AFTER = 5 * 60_000;
