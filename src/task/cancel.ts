import { type Clock, delayedAbort, timeLimit } from '../base/clock.ts';
import { messageFor } from '../base/errors.ts';
import { inert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import type { Client } from '../cyberun/client.ts';

/** How long a cancel may take once the job is being aborted, in milliseconds: the runner kills us after 7,500. */
export const ABORT_GRACE = 2_000;
/** How long it may take otherwise. */
const CANCEL_LIMIT = 30_000;

/** What cancelling needs. */
export interface CancelContext {
  readonly service: Pick<Client, 'cancel'>;
  readonly clock: Clock;
  readonly log: Log;
  /** The job's signal; it may have aborted already, and then the time is short. */
  readonly signal: AbortSignal;
}

/**
 * Cancels a task, and says so. Never throws.
 *
 * @param isOpen Whether the task is known to go on: a service may take the cancel of one that is over, too.
 * @returns Whether the service confirmed it; also true for a task that had ended already.
 */
export async function cancel(
  taskId: string,
  { service, clock, log, signal }: CancelContext,
  isOpen = true,
): Promise<boolean> {
  using grace = delayedAbort(clock, signal, ABORT_GRACE);
  using limit = timeLimit(clock, grace.signal, CANCEL_LIMIT, () => new Error('too slow'));
  try {
    await service.cancel(taskId, CANCEL_LIMIT, limit.signal);
    log.info(inert`Task ${taskId} cancelled${isOpen ? '' : ', unless it was over by then'}`);
    return true;
  } catch (error) {
    const time = grace.signal.aborted ? ABORT_GRACE : CANCEL_LIMIT;
    const why = limit.signal.aborted ? inert`it was not confirmed within ${time / 1000} s.` : messageFor(error);
    log.warning(
      inert`Task ${taskId} could not be cancelled: ${why} It may go on and keep its GPU: cancel it in Cyberun if it does.`,
    );
    return false;
  }
}
