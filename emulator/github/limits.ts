import type { Fault } from '../faults.ts';

/** A secondary rate limit: too much at a time. */
export function secondaryLimit(retryAfterSeconds: number, status: 403 | 429 = 403): Fault {
  const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
  return refusal(status, message, { 'retry-after': String(retryAfterSeconds) });
}

/** The primary rate limit: nothing is left of the hour, which is over at `resetAt` (seconds since 1970). */
export function primaryLimit(resetAt: number, status: 403 | 429 = 403): Fault {
  return refusal(status, 'API rate limit exceeded for installation ID 1.', {
    'x-ratelimit-limit': '1000',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-used': '1000',
    'x-ratelimit-reset': String(resetAt),
  });
}

/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function refusal(status: number, message: string, headers: Record<string, string>): Fault {
  const documentation_url =
    'https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits';
  return {
    type: 'status',
    status,
    body: JSON.stringify({ message, documentation_url }),
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  };
}
