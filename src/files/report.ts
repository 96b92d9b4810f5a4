import type { Followed, RunStatus } from '../task/followed.ts';
import type { Arrived } from './downloads.ts';

/** What became of one task, in one piece: outputs and summary are made from it. */
export interface TaskReport extends Omit<Followed, 'ended'> {
  /** The service's `task_output`, as it came. */
  readonly output: unknown;
  readonly files: readonly Arrived[];
  readonly checksumsPath: string | undefined;
  /** Absolute path of the record of its files; `undefined` when none arrived. */
  readonly recordPath: string | undefined;
  /** It did not run in this step, as its files were here from an earlier run. */
  readonly reused: Reuse | undefined;
}

/** The run that a task was reused from; the rest of its report is that of the first one. */
export interface Reuse {
  /** When it finished, as ISO 8601; `undefined` where the service did not say. */
  readonly finishedOn: string | undefined;
}

/** Worst first. */
const WORST: readonly RunStatus[] = ['failed', 'timed-out', 'cancelled', 'submitted', 'planned', 'completed'];

/** The worst status of several tasks; nothing is wrong with none, which a share of a matrix may have. */
export function worstStatus(reports: readonly Pick<TaskReport, 'status'>[]): RunStatus {
  return WORST.find((status) => reports.some((report) => report.status === status)) ?? 'completed';
}
