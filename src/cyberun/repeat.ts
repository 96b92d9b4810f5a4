import { formatAbout, formatDuration } from '../base/durations.ts';
import { type Inert, inert, joinInert } from '../base/inert.ts';
import { isLasting } from '../base/network.ts';
import { ApiError, isPassing } from './errors.ts';

/** When a call is sent again. */
export interface Repeatable {
  /**
   * - `idempotent`: sent again after any passing fault
   * - `unless-accepted`: sent again only when it certainly was not accepted: no connection made, 429, 503, a passing 404
   */
  readonly repeat: 'idempotent' | 'unless-accepted';
  /**
   * How long a 404 is taken for a passing one, in milliseconds: what the path names is known to be there, and a proxy
   * without a backend, or a replica that lags behind, does not know it yet. Without it, a 404 is final.
   */
  readonly missing?: number | undefined;
}

/** The same error, which says how long it was tried to get by it. */
export function givenUp(error: ApiError, ms: number): ApiError {
  const { type, message, status, retryAfter, cause } = error;
  if (ms < SHORTEST_TOLD) return error;
  const text = joinInert([message, inert`It was tried for ${formatDuration(ms)}.`], ' ');
  return new ApiError(type, text, { status, retryAfter, cause });
}

/** In milliseconds: who waits for less does not wonder. */
const SHORTEST_TOLD = 10_000;

/**
 * What to say of a fault when a call is sent again.
 *
 * @param wait Until then, in milliseconds; `most` how long it is tried in all.
 */
export function againText({ message, retryAfter = 0 }: ApiError, wait: number, most: number): Inert {
  const inAll = `for up to ${formatAbout(most)}`;
  const when =
    retryAfter < 1000
      ? inert`Trying again ${inAll}.`
      : inert`Trying again in ${formatAbout(wait)}${retryAfter < most ? `, and ${inAll} in all` : ''}.`;
  return joinInert([message, when], ' ');
}

/** Whether a call may be sent again after that. */
export function mayRepeat(call: Repeatable, error: ApiError): boolean {
  if (isLasting(error.cause)) return false;
  if (error.status === 404) return call.missing !== undefined;
  if (call.repeat === 'idempotent') return isPassing(error);
  return error.type === 'unreachable' || error.status === 429 || error.status === 503;
}
