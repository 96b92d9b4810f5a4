import { type Clock, delayedAbort, timeLimit } from '../base/clock.ts';
import { messageFor } from '../base/errors.ts';
import { type Inert, inert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import type { Client } from '../cyberun/client.ts';
import { type TerminalStatus, terminalStatus } from './history.ts';

/** How long a cancel may take once the job is being aborted, in milliseconds: the runner kills us after 7,500. */
export const ABORT_GRACE = 2_000;
/** How long it may take otherwise. */
const CANCEL_LIMIT = 30_000;
/** How long the task's record may take afterwards, in milliseconds, within the same bounds: it is asked for once. */
const LOOK_LIMIT = 5_000;

/** What cancelling needs. */
export interface CancelContext {
  readonly service: Pick<Client, 'cancel' | 'task'>;
  readonly clock: Clock;
  readonly log: Log;
  /** The job's signal; it may have aborted already, and then the time is short. */
  readonly signal: AbortSignal;
}

/** What came of a cancel. */
export type Cancelled =
  /** `end`: how the task ended, by the cancel or before it; `undefined` where only the service's word is known. */
  | { readonly isConfirmed: true; readonly end: TerminalStatus | undefined }
  /** The task may go on. `why` is a sentence. */
  | { readonly isConfirmed: false; readonly why: Inert };

/**
 * Cancels a task, and says so where the service confirms it; what is to be said where it does not, depends on who comes
 * after. Never throws.
 */
export async function cancel(taskId: string, context: CancelContext): Promise<Cancelled> {
  const { service, clock, log, signal } = context;
  using grace = delayedAbort(clock, signal, ABORT_GRACE);
  using limit = timeLimit(clock, grace.signal, CANCEL_LIMIT, () => new Error('too slow'));
  try {
    await service.cancel(taskId, CANCEL_LIMIT, limit.signal);
  } catch (error) {
    const time = grace.signal.aborted ? ABORT_GRACE : CANCEL_LIMIT;
    const why = limit.signal.aborted
      ? inert`the service did not confirm it within ${time / 1000} s.`
      : messageFor(error);
    return { isConfirmed: false, why };
  }
  const end = await endOf(taskId, context, limit.signal);
  log.info(
    end === 'completed' || end === 'failed'
      ? inert`Task ${taskId} was over before it could be cancelled: ${end}`
      : inert`Task ${taskId} cancelled${end === undefined ? ', unless it was over by then' : ''}`,
  );
  return { isConfirmed: true, end };
}

/** How a task ended whose cancel was taken: a service takes that of one that is over, too, and changes nothing. */
async function endOf(
  taskId: string,
  { service, clock }: CancelContext,
  signal: AbortSignal,
): Promise<TerminalStatus | undefined> {
  using limit = timeLimit(clock, signal, LOOK_LIMIT, () => new Error('too slow'));
  const record = await service.task(taskId, limit.signal, false, 0).catch(() => undefined);
  const word = record?.task_status;
  // What is not over after the cancel was not over before: its agent is only told to stop.
  return word === undefined ? undefined : (terminalStatus(word) ?? 'cancelled');
}
