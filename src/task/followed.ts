import type { RunError } from '../base/errors.ts';
import type { Inert } from '../base/inert.ts';
import type { Ended } from './ending.ts';
import type { TerminalStatus } from './history.ts';

/** How a run ended, as the `status` output says it. */
export type RunStatus = TerminalStatus | 'timed-out' | 'submitted' | 'planned';

/** Where and how long a task ran, as far as that is known. */
export interface TaskFacts {
  readonly agentId: string | undefined;
  readonly gpuType: string | undefined;
  /** Milliseconds from submit to `running`, and from there to the end. */
  readonly queueTime: number | undefined;
  readonly runTime: number | undefined;
}

/** A task that failed, and was followed by another of the same order. */
export interface Try {
  readonly taskId: string;
  readonly status: RunStatus;
  /** That it failed, and why. */
  readonly error: Inert;
  readonly agentId: string | undefined;
  /** Milliseconds from `running` to the end. */
  readonly runTime: number | undefined;
}

/** An earlier run that a task did not run again for; all else that is known is of that one. */
export interface Reuse {
  /** When it finished, as ISO 8601; `undefined` where the service did not say. */
  readonly finishedOn: string | undefined;
}

/** What became of one order's task, the last one where it was tried again, until it no longer needed a GPU. */
export interface Followed extends TaskFacts {
  /** `undefined` when nothing was submitted, or nobody knows what was. */
  readonly taskId: string | undefined;
  readonly status: RunStatus;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** As that of its order. */
  readonly fingerprint: string | undefined;
  /** It did not run in this step. */
  readonly reused: Reuse | undefined;
  /** Why the run is no success, where that is known without the task's result. */
  readonly problem: RunError | undefined;
  /** The task's own end, where it was followed to it: then its result is there to be read. */
  readonly ended: Ended | undefined;
  /** The tries before this one, in order. */
  readonly tries: readonly Try[];
}

/** Whether a task is known to be no success, whatever its result will say. */
export function isFailure({ problem, ended }: Followed): boolean {
  return problem !== undefined || (ended !== undefined && ended.status !== 'completed');
}
