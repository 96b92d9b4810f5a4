import { type Clock, sleep } from '../base/clock.ts';
import { formatClock, formatDuration } from '../base/durations.ts';
import { type Inert, inert, joinInert } from '../base/inert.ts';
import { createBackoff, SLOWEST_BACKOFF } from '../base/retry.ts';
import { asGithubError, GithubError } from './errors.ts';
import type { Pace } from './pace.ts';

/** How long faults may go on, in milliseconds. */
const PATIENCE = 3 * 60_000;
/** The first wait at a rate limit that names none, in milliseconds (docs.github.com: "at least one minute", then longer). */
const LIMIT_WAIT = 60_000;
/** The longest that is waited for, in milliseconds: an hour's quota may be spent. */
const LONGEST_WAIT = 15 * 60_000;
/** Rate limits in a row. */
const MOST_LIMITS = 6;
/**
 * Makes a call until it has an answer, within bounds. Throws {@link GithubError}, or the signal's reason.
 *
 * @param name What is asked for, such as `GET /releases/5`.
 * @param again What becomes of a try that failed, if that is no plain other try; its answer counts.
 */
export type Call = <T>(
  name: string,
  signal: AbortSignal,
  attempt: (signal: AbortSignal) => Promise<T>,
  again?: (signal: AbortSignal) => Promise<T | undefined>,
) => Promise<T>;

/** What calls to GitHub have in common. */
export interface CallsOptions {
  readonly host: string;
  readonly pace: Pace;
  readonly clock: Clock;
  /** Told of outages and of long waits. */
  readonly notice: (message: Inert) => void;
}

/** All calls to one GitHub: a limit holds every one of them back. */
export function createCalls({ host, pace, clock, notice }: CallsOptions): Call {
  /** Of several calls that meet the same outage, one tells of it. */
  let isToldOf = false;

  return async function call<T>(
    name: string,
    signal: AbortSignal,
    attempt: (signal: AbortSignal) => Promise<T>,
    again?: (signal: AbortSignal) => Promise<T | undefined>,
  ): Promise<T> {
    const backoff = createBackoff(clock, 500, SLOWEST_BACKOFF);
    let since: number | undefined;
    let limits = 0;
    let next = attempt;
    for (;;) {
      await pace.ready(signal);
      try {
        const answer = await next(signal);
        isToldOf = false;
        return answer;
      } catch (error) {
        signal.throwIfAborted();
        const problem = asGithubError(name, host, error, clock);
        if (problem.type === 'refused') throw problem;
        if (problem.type === 'limited') {
          limits += 1;
          const wait = problem.retryAfter ?? LIMIT_WAIT * 2 ** (limits - 1);
          if (limits > MOST_LIMITS || wait > LONGEST_WAIT) throw hopeless(problem, wait);
          if (pace.hold(wait)) notice(inert`${problem.message} Waiting for ${formatClock(wait)}.`);
        } else {
          since ??= clock.now();
          if (!isToldOf && problem.code === undefined)
            notice(inert`${problem.message} Trying again for up to ${formatDuration(PATIENCE)}.`);
          isToldOf = true;
          const left = since + PATIENCE - clock.now();
          if (left <= 0) throw problem;
          await sleep(clock, Math.min(backoff.next(problem.retryAfter), left), signal);
        }
        if (again !== undefined) next = async (own) => (await again(own)) ?? (await attempt(own));
      }
    }
  };
}

function hopeless({ type, message, status, cause }: GithubError, wait: number): GithubError {
  const text = joinInert(
    [message, inert`It asks for a wait of ${formatClock(wait)}, which is too long for a job.`],
    ' ',
  );
  return new GithubError(type, text, { ...(status !== undefined && { status }), cause });
}
