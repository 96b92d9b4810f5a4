import type { Call } from '../trace.ts';

// In milliseconds, each a little less than what the action promises.
/** Faults before there is a task, and of a file without progress. */
const PATIENCE = 170_000;
/** A name that nobody knows. */
const NAME_PATIENCE = 28_000;
/** What is known to be there, and not found. */
const MISSING_PATIENCE = 58_000;

/** Whether all of a 2xx answer came, from the service itself. */
export function isGood(call: Call): boolean {
  return !isBad(call);
}

export function isBad({ over, status = 0, trouble }: Call): boolean {
  return over !== 'whole' || status < 200 || status > 299 || trouble === 'page' || trouble === 'cut';
}

/** Whether the answer is one that asking again does not change. A 404 of the service may pass: see {@link isGone}. */
export function isFinal(call: Call): boolean {
  const { route, status = 200, trouble } = call;
  if (trouble === 'page' || isMissing(call)) return false;
  // The storage's refusals are answered with a fresh URL.
  const passing = isOfStorage(route) ? [400, 401, 403, 408, 412, 416, 429] : [408, 429];
  return (status >= 400 && status < 500 && !passing.includes(status)) || status === 501;
}

/** Whether the service does not find what is asked for. */
export function isMissing({ route, status, trouble }: Call): boolean {
  return status === 404 && trouble !== 'page' && !isOfStorage(route);
}

function isOfStorage(route: Call['route']): boolean {
  return route === 'get' || route === 'put';
}

/** Whether what is known to be there was not found for so long in a row. */
export function isGone(calls: readonly Call[], patience = MISSING_PATIENCE): boolean {
  let since: number | undefined;
  // What was given up, as another one failed, says nothing.
  const answered = calls.filter(({ over, status }) => over !== 'left' || status !== undefined);
  return answered.some((call) => {
    since = isMissing(call) ? (since ?? call.askedAt) : undefined;
    return since !== undefined && (call.overAt ?? 0) - since >= patience;
  });
}

/** Whether faults went on for so long; of a name that nobody knows, at the end. */
export function isOut(calls: readonly Call[], patience = PATIENCE): boolean {
  const bad = calls.filter(isBad);
  const known = bad.findLastIndex(({ trouble }) => trouble !== 'unknown-host');
  return tookOf(bad) >= patience || tookOf(bad.slice(known + 1)) >= NAME_PATIENCE;
}

/** From the first question to the last answer. */
export function tookOf(calls: readonly Call[]): number {
  const [first] = calls;
  return first === undefined ? 0 : (calls.at(-1)?.overAt ?? 0) - first.askedAt;
}
