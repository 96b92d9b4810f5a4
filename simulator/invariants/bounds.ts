import type { Lived } from '../world.ts';
import { at } from './orders.ts';

/** The runner sends SIGTERM then. */
const ABORT_LIMIT = 7_500;
/** Post gives itself a minute. */
const POST_LIMIT = 61_000;
/** No call of the API takes longer, but for the event stream. */
const CALL_LIMIT = 60_000 + 5_000;

/** Main is over within 7.5 s of an abort. */
export function checkAbort({ trace }: Lived): string[] {
  const { abortedAt, mainOverAt } = trace;
  if (abortedAt === undefined || mainOverAt === undefined || mainOverAt - abortedAt <= ABORT_LIMIT) return [];
  return [`main was aborted at ${at(abortedAt)} and over at ${at(mainOverAt)}`];
}

/** Every wait has a bound, nothing is left waiting, and no error goes unheard. */
export function checkBounds({ trace, plan }: Lived): string[] {
  const { mainOverAt, killedAt, postOverAt = 0, calls } = trace;
  const wrong = [...trace.faults];
  const postTime = postOverAt - (mainOverAt ?? killedAt ?? 0) - 11_000;
  if (postTime > POST_LIMIT) wrong.push(`post took ${at(postTime)}`);
  if ((mainOverAt ?? killedAt ?? 0) > plan.network.jobLimit + ABORT_LIMIT)
    wrong.push(`main outlived the job: ${at(mainOverAt)}`);
  for (const { route, askedAt, overAt = askedAt } of calls) {
    const isBound = route !== 'events' && route !== 'get' && route !== 'put';
    if (isBound && overAt - askedAt > CALL_LIMIT)
      wrong.push(`a request (${route}) of ${at(askedAt)} took until ${at(overAt)}`);
  }
  return wrong;
}
