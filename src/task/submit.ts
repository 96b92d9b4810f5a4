import { messageFor, RunError } from '../base/errors.ts';
import { inert } from '../base/inert.ts';
import { mayHaveSubmitted } from '../cyberun/submit.ts';
import type { LedgerEntry, Order, RunContext } from './context.ts';
import { findLikelyTasks, likelyText } from './likely.ts';

/**
 * Submits the order's run, once, and returns the task's id, in the ledger already.
 *
 * @throws {RunError} of kind `submit`, which says so when a task may be running all the same; or of kind `aborted`, when
 *   the job was cancelled before anything was sent
 */
export async function submit(order: Order, context: RunContext, entry: LedgerEntry): Promise<string> {
  const { service, log, clock, signal } = context;
  const since = clock.date();
  const reference = order.reference ?? '';
  try {
    const taskId = await service.submit(reference, order.submission, signal);
    entry.opened(taskId);
    log.info(inert`Task ${taskId} submitted`);
    return taskId;
  } catch (error) {
    entry.closed();
    if (error instanceof RunError) throw error;
    if (!mayHaveSubmitted(error)) {
      throw new RunError('submit', inert`The run was not accepted. ${messageFor(error)}`, error);
    }
    const likely = await findLikelyTasks(order.workflow?.id, since, context);
    log.warning(likelyText(likely));
    throw new RunError(
      'submit',
      inert`Nobody knows whether the run was accepted: ${messageFor(error)} A task may be running, so it was not sent again. Look for it in Cyberun; go on with it by its task-id, or cancel it and run this job again.`,
      error,
    );
  }
}
