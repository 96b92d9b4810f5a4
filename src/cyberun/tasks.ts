/** The calls that `post` needs too. Nothing here can submit. */
import { ApiError } from './errors.ts';
import type { Http } from './http.ts';
import { parsePage, parseTask, type Task } from './schema.ts';

/** One task. Throws {@link ApiError}. `budget` in milliseconds, as in `Call`. */
export async function getTask(http: Http, taskId: string, budget: number, signal: AbortSignal): Promise<Task> {
  return parseTask(await http.send({ method: 'GET', path: taskPath(taskId), repeat: 'idempotent', budget, signal }));
}

/** The newest tasks of the key's team, one page. Throws {@link ApiError}. */
export async function listTasks(http: Http, budget: number, signal: AbortSignal): Promise<Task[]> {
  const page = await http.send({ method: 'GET', path: '/r/tasks?per_page=100', repeat: 'idempotent', budget, signal });
  return (parsePage(page).task_list ?? []).map(parseTask);
}

/** Cancels a task; one that is already terminal is a no-op that also succeeds. Throws {@link ApiError}. */
export async function cancelTask(http: Http, taskId: string, budget: number, signal: AbortSignal): Promise<void> {
  const path = `${taskPath(taskId)}/cancel`;
  try {
    await http.send({ method: 'POST', path, repeat: 'idempotent', budget, signal });
  } catch (error) {
    // The shape of the answer is not documented: 2xx is the success, whatever the body.
    if (!(error instanceof ApiError && error.type === 'shape')) throw error;
  }
}

/** The path of a task; an id of the service is data, so it is encoded. */
export function taskPath(taskId: string): string {
  return `/r/tasks/${encodeURIComponent(taskId)}`;
}
