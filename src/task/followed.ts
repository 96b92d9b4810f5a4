import type { RunError } from '../base/errors.ts';
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

/** What became of one task until it no longer needed a GPU. */
export interface Followed extends TaskFacts {
  /** `undefined` when nothing was submitted, or nobody knows what was. */
  readonly taskId: string | undefined;
  readonly status: RunStatus;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** As that of its order. */
  readonly fingerprint: string | undefined;
  /** Why the run is no success, where that is known without the task's result. */
  readonly problem: RunError | undefined;
  /** The task's own end, where it was followed to it: then its result is there to be read. */
  readonly ended: Ended | undefined;
}

/** Whether a task is known to be no success, whatever its result will say. */
export function isFailure({ problem, ended }: Followed): boolean {
  return problem !== undefined || (ended !== undefined && ended.status !== 'completed');
}
