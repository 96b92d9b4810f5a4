import { messageFor, RunError } from '../base/errors.ts';
import { inert } from '../base/inert.ts';
import { mayHaveSubmitted, type Submission } from '../cyberun/submit.ts';
import type { TaskContext } from './context.ts';
import { findLikelyTasks, likelyText } from './likely.ts';

/**
 * Submits a run, once, and returns the task's id.
 *
 * @param workflowId Where it is known, it tells which tasks a lost submit may have made.
 * @throws {RunError} of kind `submit`, which says so when a task may be running all the same; or of kind `aborted`, when
 *   the job was cancelled before anything was sent
 */
export async function submit(
  { workflow, submission }: { readonly workflow: string; readonly submission: Submission },
  workflowId: string | undefined,
  context: Pick<TaskContext, 'service' | 'clock' | 'log' | 'signal'>,
): Promise<string> {
  const { service, log, clock, signal } = context;
  const since = clock.date();
  try {
    return await service.submit(workflow, submission, signal, workflowId !== undefined);
  } catch (error) {
    if (error instanceof RunError) throw error;
    if (!mayHaveSubmitted(error)) {
      throw new RunError('submit', inert`The run was not accepted. ${messageFor(error)}`, error);
    }
    log.warning(likelyText(await findLikelyTasks(workflowId, since, context)));
    throw new RunError(
      'submit',
      inert`Nobody knows whether the run was accepted: ${messageFor(error)} A task may be running, so it was not sent again. Look for it in Cyberun; go on with it by its task-id, or cancel it and run this job again.`,
      error,
    );
  }
}
