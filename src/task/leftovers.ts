import type { Clock } from '../base/clock.ts';
import { inert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import type { Client } from '../cyberun/client.ts';
import { cancel } from './cancel.ts';
import { findLikelyTasks, likelyText } from './likely.ts';

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
  readonly service: Pick<Client, 'cancel' | 'tasks'>;
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
        log.info(inert`${WHEN[parting]} while task ${left.taskId} was open${WHY[parting]}`);
        await cancel(left.taskId, context, false);
      }
    }),
  );
}

const WHEN: Readonly<Record<Parting, string>> = {
  aborted: 'The job was cancelled or timed out',
  over: 'The step ended',
  killed: 'The step was killed, or crashed,',
};
const WHY: Readonly<Record<Parting, string>> = {
  aborted: ', and the step had no time left to cancel it',
  over: ', and could not cancel it',
  killed: '',
};
