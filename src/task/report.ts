import type { RunError } from '../base/errors.ts';
import type { Arrived } from '../files/downloads.ts';
import type { TerminalStatus } from './history.ts';

/** How a run ended, as the `status` output says it. */
export type RunStatus = TerminalStatus | 'timed-out' | 'submitted';

/** What became of one task, in one piece: outputs and summary are made from it. */
export interface TaskReport {
  /** `undefined` when nothing was submitted, or nobody knows what was. */
  readonly taskId: string | undefined;
  readonly status: RunStatus;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Why the run is no success. */
  readonly problem: RunError | undefined;
  readonly agentId: string | undefined;
  readonly gpuType: string | undefined;
  /** Milliseconds from submit to `running`, and from there to the end. */
  readonly queueTime: number | undefined;
  readonly runTime: number | undefined;
  /** The service's `task_output`, as it came. */
  readonly output: unknown;
  readonly files: readonly Arrived[];
  readonly checksumsPath: string | undefined;
}

/** Worst first. */
const WORST: readonly RunStatus[] = ['failed', 'timed-out', 'cancelled', 'submitted', 'completed'];

/** The worst status of several tasks. */
export function worstStatus(reports: readonly Pick<TaskReport, 'status'>[]): RunStatus {
  return WORST.find((status) => reports.some((report) => report.status === status)) ?? 'failed';
}
