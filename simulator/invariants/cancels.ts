import type { Lived } from '../world.ts';
import { isFinal, isGone } from './calls.ts';
import { at } from './orders.ts';

// In milliseconds, each a little less than what the action promises.
/** Faults of a cancel; a name that nobody knows is given up as soon. */
const PATIENCE = 28_000;
/** The same once the job is aborted. */
const HURRY = 1_900;
/** A task that is not found. */
const MISSING_PATIENCE = 9_000;

/** Who says that a task could not be cancelled has tried as long as it is promised. */
export function checkCancels({ trace }: Lived): string[] {
  return trace.lines.flatMap(({ at: saidAt, by, text }) => {
    const id = /^Task (\S+) (?:is not known to|could not) be cancelled/.exec(text)?.[1];
    const calls = trace.calls.filter((call) => call.by === by && call.route === 'cancel' && call.subject === id);
    const [first] = calls;
    if (first === undefined || calls.some(isFinal) || isGone(calls, MISSING_PATIENCE)) return [];
    const { abortedAt } = trace;
    const wasHurried = by === 'main' && abortedAt !== undefined && saidAt - Math.max(abortedAt, first.askedAt) >= HURRY;
    if (wasHurried || saidAt - first.askedAt >= PATIENCE) return [];
    return [`${by} gave up at ${at(saidAt)} to cancel ${id}, which it had tried since ${at(first.askedAt)}`];
  });
}
