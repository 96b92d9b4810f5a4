import { type Clock, delayedAbort, timeLimit } from '../base/clock.ts';
import { type Inert, inert, joinInert } from '../base/inert.ts';
import type { Client } from '../cyberun/client.ts';
import type { Task } from '../cyberun/schema.ts';
import { timeOf } from '../cyberun/times.ts';
import { terminalStatus } from './history.ts';

/** Clocks differ: tasks count as new when they were made at most so many milliseconds before the submit. */
const CLOCK_SKEW = 60_000;
const LIST_LIMIT = 5_000;
const LIST_GRACE = 1_000;

/**
 * The tasks that a submit whose answer was lost may have made: of the same workflow, and new. `undefined` when the list
 * cannot be read. Other jobs of the team make such tasks too, so none of them is touched.
 *
 * @param since Milliseconds since the epoch.
 */
export async function findLikelyTasks(
  workflowId: string | undefined,
  since: number,
  { service, clock, signal }: { service: Pick<Client, 'tasks'>; clock: Clock; signal: AbortSignal },
): Promise<Task[] | undefined> {
  using grace = delayedAbort(clock, signal, LIST_GRACE);
  using limit = timeLimit(clock, grace.signal, LIST_LIMIT, () => new Error('too slow'));
  try {
    const tasks = await service.tasks(limit.signal);
    return tasks.filter((task) => {
      const recent = (timeOf(task.created_at) ?? since) >= since - CLOCK_SKEW;
      return recent && (workflowId === undefined || task.workflow_id === undefined || task.workflow_id === workflowId);
    });
  } catch {
    return undefined;
  }
}

/** What to say of such tasks. */
export function likelyText(tasks: readonly Task[] | undefined): Inert {
  if (tasks === undefined)
    return inert`A task may be running, and the team's tasks could not be listed: look in Cyberun.`;
  if (tasks.length === 0) return inert`A task may be running, but the team's list shows no new one of this workflow.`;
  // One that was just made may be over, but those that are not are the ones to look at.
  const isOver = (task: Task) => terminalStatus(task.task_status) !== undefined;
  const shown = [...tasks.filter((task) => !isOver(task)), ...tasks.filter(isOver)]
    .slice(0, 5)
    .map((task) => inert`${task.id ?? 'unnamed'} (${task.task_status ?? 'unknown'}, ${task.created_at ?? 'no date'})`);
  return inert`A task may be running. The likely ones: ${joinInert(shown)}`;
}
