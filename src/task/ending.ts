import type { EventData, Task } from '../cyberun/schema.ts';
import { type TerminalStatus, terminalStatus } from './history.ts';

/** An end that an event announces. */
export interface Ending {
  readonly status: TerminalStatus;
  /** The service's words for a failure, if any. Foreign text. */
  readonly error: string | undefined;
}

/** How a task ended. */
export interface Ended extends Ending {
  readonly type: 'ended';
  readonly taskId: string;
  /** The task's record, when it could be read. */
  readonly task: Task | undefined;
}

/** The end that an event announces, if it does. */
export function announcedEnding(name: string, data: EventData): Ending | undefined {
  const status =
    terminalStatus(name) ?? (name === 'status' ? terminalStatus(data.status ?? data.task_status) : undefined);
  if (status === undefined) return undefined;
  const error = typeof data.error === 'string' ? data.error : (data.task_error ?? data.message);
  return { status, error: status === 'failed' ? error : undefined };
}
