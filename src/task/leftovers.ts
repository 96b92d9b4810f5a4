import type { Clock } from '../base/clock.ts';
import { inert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import type { Client } from '../cyberun/client.ts';
import { cancel } from './cancel.ts';
import { findLikelyTasks, likelyText } from './likely.ts';
import { tellRest } from './unfinished.ts';

/** What main left open when it was killed. */
export type LeftOpen =
  | { readonly taskId: string }
  /** A submit was on the wire; whether it made a task is not known. `since`: milliseconds since the epoch. */
  | { readonly workflow: string; readonly since: number };

/**
 * How main parted from it.
 *
 * - `aborted`: the job was cancelled or timed out
 * - `over`: it was done, and could not cancel it
 * - `killed`: it had no time to say
 */
export type Parting = 'aborted' | 'over' | 'killed';

/** What cancelling it needs. */
export interface LeftoverContext {
  readonly service: Pick<Client, 'cancel' | 'task' | 'tasks'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Cancels what main left open, unless the user wants such tasks left alone; of a submit without an answer it tells which
 * tasks may have come. Never throws.
 */
export async function cancelLeftOpen(
  open: readonly LeftOpen[],
  parting: Parting,
  cancelOnAbort: boolean,
  context: LeftoverContext,
): Promise<void> {
  const { log } = context;
  await Promise.all(
    open.map(async (left) => {
      if ('workflow' in left) {
        log.info(inert`${WHEN[parting]} while it submitted ${left.workflow}, without an answer`);
        log.warning(likelyText(await findLikelyTasks(undefined, left.since, context)));
      } else if (cancelOnAbort) {
        log.info(
          parting === 'killed'
            ? inert`${WHEN[parting]} while task ${left.taskId} was open`
            : inert`${WHEN[parting]}, and nobody confirmed that task ${left.taskId} is cancelled: asking for it now`,
        );
        await cancelNow(left.taskId, context);
      }
    }),
  );
}

/** Nobody comes after post: what it cannot cancel is the user's. */
async function cancelNow(taskId: string, context: LeftoverContext): Promise<void> {
  const { log } = context;
  const cancelled = await cancel(taskId, context);
  if (!cancelled.isConfirmed) {
    log.warning(
      inert`Task ${taskId} could not be cancelled: ${cancelled.why} It may go on and keep its GPU: cancel it in Cyberun if it does.`,
    );
  } else if (cancelled.end === 'completed') log.info(tellRest('fetch', [taskId]));
}

const WHEN: Readonly<Record<Parting, string>> = {
  aborted: 'The job was cancelled or timed out',
  over: 'The step ended',
  killed: 'The step was killed, or crashed,',
};
