import { RunError } from '../base/errors.ts';
import { asSentence, inert, joinInert } from '../base/inert.ts';
import { Unfinished } from '../task/unfinished.ts';
import type { TaskReport } from './report.ts';

/**
 * Why not all files of a task came, with how they are to be had without another task, where that one completed; otherwise
 * the error as it is.
 */
export function stillThere(why: RunError, { taskId, status, reused }: TaskReport): RunError {
  if (status !== 'completed' || taskId === undefined) return why;
  if (reused === undefined) return new Unfinished(why, 'fetch', taskId);
  const again = inert`The task itself completed in an earlier run: try again to fetch its files, or leave reuse out to run it anew.`;
  return new RunError(why.kind, joinInert([asSentence(why.message), again], ' '), why.cause);
}
