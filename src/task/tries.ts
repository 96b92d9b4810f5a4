import { sleep } from '../base/clock.ts';
import { asRunError, RunError } from '../base/errors.ts';
import { asSentence, inert, joinInert } from '../base/inert.ts';
import { createBackoff } from '../base/retry.ts';
import type { TaskContext, TaskOrder } from './context.ts';
import { tellFailure, withReason } from './failure.ts';
import type { Followed, Try } from './followed.ts';
import { whyHopeless } from './hopeless.ts';
import { endedBy, followTask, nothingKnown } from './run.ts';

/** The pause before the second try, in milliseconds, at most; it doubles with each. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 30_000;

/**
 * As {@link followTask}, and submits the order again, as often as it allows, while its task fails, its record confirms
 * that, and another try may help. Nothing else is tried again: no end of another kind, no submit whose answer was lost,
 * nothing after an abort. Never throws.
 */
export async function followTries(order: TaskOrder, context: TaskContext): Promise<Followed> {
  const { clock, log, signal } = context;
  const pauses = createBackoff(clock, FIRST_PAUSE, LONGEST_PAUSE);
  let tries: readonly Try[] = [];
  const learn = (known: Followed) => context.learn({ ...known, tries });
  for (;;) {
    const followed = { ...(await followTask(order, { ...context, learn })), tries };
    const isLast = tries.length >= order.retries || 'taskId' in order.target;
    if (isLast || followed.problem !== undefined || followed.ended?.status !== 'failed') return followed;
    const ended = await withReason(followed.ended, context);
    // Its own end stands, whatever else ended meanwhile.
    if (signal.aborted) return followed;
    const error = tellFailure(ended, log);
    const hopeless = whyHopeless(ended);
    if (hopeless !== undefined) {
      const message = joinInert([asSentence(error), inert`Not tried again, because`, hopeless], ' ');
      return { ...followed, ended, problem: new RunError('task', message) };
    }
    const pause = pauses.next();
    const next = inert`Try ${tries.length + 2} of ${order.retries + 1} in ${Math.ceil(pause / 1000)} s`;
    log.info(joinInert([asSentence(error), next], ' '));
    const { status, agentId, runTime } = followed;
    tries = [...tries, { taskId: ended.taskId, status, error, agentId, runTime }];
    const waiting = { ...nothingKnown(order), tries };
    try {
      context.learn(waiting);
      await sleep(clock, pause, signal);
    } catch (cause) {
      return endedBy(waiting, asRunError('task', cause), order);
    }
  }
}
