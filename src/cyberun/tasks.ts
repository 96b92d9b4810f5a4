/** The calls that `post` needs too. Nothing here can submit. */
import { ApiError } from './errors.ts';
import type { Http } from './http.ts';
import { parsePage, parseTask, type Task } from './schema.ts';

/** Tasks on a page, the most that the service gives (docs.cyberun.cloud); more are not looked at. */
const PAGE = 100;
/** How long a 404 is taken for a passing one where what it is about is known to be there, in milliseconds. */
export const MISSING_LIMIT = 60_000;
/** The same for a cancel, which is in a hurry. */
const CANCEL_MISSING_LIMIT = 10_000;

/**
 * One task. Throws {@link ApiError}.
 *
 * @param isKnown The task was submitted here, or read before.
 * @param budget In milliseconds, as in `Call`.
 */
export async function getTask(
  http: Http,
  taskId: string,
  isKnown: boolean,
  budget: number,
  signal: AbortSignal,
): Promise<Task> {
  const missing = isKnown ? MISSING_LIMIT : undefined;
  const path = taskPath(taskId);
  return parseTask(await http.send({ method: 'GET', path, repeat: 'idempotent', budget, missing, signal }));
}

/** The newest tasks of the key's team, one page. Throws {@link ApiError}. */
export async function listTasks(http: Http, budget: number, signal: AbortSignal): Promise<Task[]> {
  const page = await http.send({
    method: 'GET',
    path: `/r/tasks?per_page=${PAGE}`,
    repeat: 'idempotent',
    budget,
    signal,
  });
  return (parsePage(page).task_list ?? []).slice(0, PAGE).map(parseTask);
}

/** Cancels a task that is known to be there; one that is terminal is a no-op that succeeds. Throws {@link ApiError}. */
export async function cancelTask(http: Http, taskId: string, budget: number, signal: AbortSignal): Promise<void> {
  const path = `${taskPath(taskId)}/cancel`;
  try {
    await http.send({ method: 'POST', path, repeat: 'idempotent', budget, missing: CANCEL_MISSING_LIMIT, signal });
  } catch (error) {
    // The shape of the answer is not documented: 2xx is the success, whatever the body.
    const isSuccess = error instanceof ApiError && (error.type === 'shape' || error.type === 'malformed');
    if (!isSuccess) throw error;
  }
}

/** The path of a task; an id of the service is data, so it is encoded. */
export function taskPath(taskId: string): string {
  return `/r/tasks/${encodeURIComponent(taskId)}`;
}
