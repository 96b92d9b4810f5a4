import type { Clock } from '../base/clock.ts';
import type { EventData, Task } from '../cyberun/schema.ts';
import { timeOf } from '../cyberun/times.ts';
import { endOfName, isKnownState, type TerminalStatus, terminalStatus } from './history.ts';

/** An end that an event announces. */
export interface Ending {
  readonly status: TerminalStatus;
  /** What the service calls it, such as `timed_out`. Foreign text. */
  readonly word: string;
  /** The service's words for a failure, if any. Foreign text. */
  readonly error: string | undefined;
  /** What the event says of the task's outputs, as `task_output` has it. */
  readonly output: unknown;
}

/** How a task ended. */
export interface Ended extends Ending {
  readonly type: 'ended';
  readonly taskId: string;
  /** The record says so. Otherwise the stream alone did, and it may be of a try that the service follows by another. */
  readonly isConfirmed: boolean;
  /** The task's record, when it could be read. */
  readonly task: Task | undefined;
}

/** The end that an event announces, if it does. */
export function announcedEnding(name: string, data: EventData): Ending | undefined {
  const word = data.status ?? data.task_status;
  const status = endOfName(name) ?? (name === 'status' ? terminalStatus(word) : undefined);
  if (status === undefined) return undefined;
  return {
    status,
    word: word !== undefined && terminalStatus(word) === status ? word : name,
    error: status === 'failed' ? (data.task_error ?? data.message) : undefined,
    output: data.output,
  };
}

/** The end that a record shows, if it does. */
export function recordedEnd({ task_status: word }: Task): Pick<Ended, 'status' | 'word'> | undefined {
  const status = terminalStatus(word);
  return status === undefined || word === undefined ? undefined : { status, word };
}

/** How long a state that nobody knows has to look like an end before it counts as one, in milliseconds. */
const STRANGE_LIMIT = 10_000;

/**
 * Looks out for an end whose name nobody knows: the record has a time of completion, and no stream is open, as the service
 * closes it at the end. A task that is tried again may look like that for a moment.
 */
export function createStrangeEnds(clock: Pick<Clock, 'now'>) {
  let since: { readonly word: string; readonly at: number } | undefined;
  return {
    /** The end that a record shows, if it has shown it long enough. */
    of(task: Task, isStreamOpen: boolean): Pick<Ended, 'status' | 'word'> | undefined {
      const { task_status: word, completed_at } = task;
      if (word === undefined || isKnownState(word) || timeOf(completed_at) === undefined || isStreamOpen) {
        since = undefined;
        return undefined;
      }
      if (since?.word !== word) since = { word, at: clock.now() };
      return clock.now() - since.at < STRANGE_LIMIT ? undefined : { status: 'failed', word };
    },
  };
}
