import { type Clock, sleep, timeLimit } from '../base/clock.ts';
import type { Client } from '../cyberun/client.ts';
import type { EventData, Task } from '../cyberun/schema.ts';
import { type TerminalStatus, terminalStatus } from './history.ts';

/** How a task ended. */
export interface Ended {
  readonly type: 'ended';
  readonly status: TerminalStatus;
  /** The service's words for a failure, if any. Foreign text. */
  readonly error: string | undefined;
  /** The task's record, when it could be read. */
  readonly task: Task | undefined;
}

/** An end that an event announces. */
export interface Ending {
  readonly status: TerminalStatus;
  readonly error: string | undefined;
}

/** The end that an event announces, if it does. */
export function announcedEnding(name: string, data: EventData): Ending | undefined {
  const status =
    terminalStatus(name) ?? (name === 'status' ? terminalStatus(data.status ?? data.task_status) : undefined);
  if (status === undefined) return undefined;
  const error = typeof data.error === 'string' ? data.error : (data.task_error ?? data.message);
  return { status, error: status === 'failed' ? error : undefined };
}

/** What confirming needs. */
export interface ConfirmContext {
  readonly service: Pick<Client, 'task'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Reads the record of a task whose end was announced. The record has the last word; where it does not turn terminal, or
 * cannot be read, the announcement stands. `undefined` when it was that of a former try, and the task goes on.
 */
export async function confirm(
  taskId: string,
  ending: Ending,
  { service, clock, signal }: ConfirmContext,
): Promise<Ended | undefined> {
  using limit = timeLimit(clock, signal, CONFIRM_LIMIT, () => new Error('the record did not turn terminal'));
  let task: Task | undefined;
  try {
    for (let tries = 0; tries < CONFIRM_TRIES; tries += 1) {
      if (tries > 0) await sleep(clock, 250 * 2 ** tries, limit.signal);
      task = await service.task(taskId, limit.signal);
      const status = terminalStatus(task.task_status);
      if (status !== undefined) return { type: 'ended', status, error: task.task_error ?? ending.error, task };
    }
  } catch {
    signal.throwIfAborted();
  }
  return (task?.retry_count ?? 0) > 0 ? undefined : { type: 'ended', ...ending, task };
}

const CONFIRM_LIMIT = 10_000;
const CONFIRM_TRIES = 5;
