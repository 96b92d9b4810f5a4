import { inert } from '../base/inert.ts';
import { ApiError } from './errors.ts';
import type { Http } from './http.ts';
import { parseSubmitted } from './schema.ts';
import { MISSING_LIMIT } from './tasks.ts';
import { workflowPath } from './workflows.ts';

/** The body of a run; only what the user gave is in it. */
export interface Submission {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly dispatch_target?: string;
  readonly target_pool?: string;
  readonly submitter_region?: string;
  readonly tool_type?: string;
}

/** How long an answer that is under way may still come after an abort, in milliseconds. */
const ANSWER_GRACE = 3_000;

/**
 * Submits one run and returns its task's id. It is sent again only when it certainly was not accepted.
 *
 * An abort stops it between tries; a submit that is on the wire gets {@link ANSWER_GRACE} to answer, because the task
 * that comes of it must be known to be cancelled.
 *
 * @param isKnown The workflow was read before: then a 404 may be passing, and comes of no task.
 * @throws {ApiError} of type `lost`, `shape` or `malformed`, or a 5xx, when a task may be running although its id is not known
 */
export async function submitTask(
  http: Http,
  reference: string,
  submission: Submission,
  isKnown: boolean,
  budget: number,
  signal: AbortSignal,
): Promise<string> {
  const answer = await http.send({
    method: 'POST',
    path: `${workflowPath(reference)}/run`,
    body: submission,
    repeat: 'unless-accepted',
    budget,
    missing: isKnown ? MISSING_LIMIT : undefined,
    signal,
    grace: ANSWER_GRACE,
  });
  const taskId = parseSubmitted(answer);
  if (taskId === undefined) {
    throw new ApiError(
      'shape',
      inert`The submit was accepted, but the answer names no task, or not by an id as tasks have.`,
    );
  }
  return taskId;
}

/** Whether a failed submit may have left a task running. */
export function mayHaveSubmitted(error: unknown): boolean {
  if (!(error instanceof ApiError)) return true;
  if (error.type !== 'status') return error.type !== 'unreachable';
  const status = error.status ?? 0;
  return status === 408 || (status >= 500 && status !== 503);
}
