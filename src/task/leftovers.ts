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
  cancelOnAbort: boolean,
  context: LeftoverContext,
): Promise<void> {
  const { log } = context;
  await Promise.all(
    open.map(async (left) => {
      if ('workflow' in left) {
        log.info(inert`The step ended while it submitted ${left.workflow}, without an answer`);
        log.warning(likelyText(await findLikelyTasks(undefined, left.since, context)));
      } else if (cancelOnAbort) {
        log.info(
          inert`The step ended while task ${left.taskId} was open: it was killed, or had no time left to cancel it`,
        );
        await cancel(left.taskId, context, false);
      }
    }),
  );
}
