import type { Followed, RunStatus } from '../task/followed.ts';
import type { Arrived } from './downloads.ts';

/** The most that the output `result` holds, of one task or of all of a matrix: bytes of JSON in UTF-8. */
export const LARGEST_RESULT = 256 * 1024;

/** What became of one task, in one piece: outputs and summary are made from it. */
export interface TaskReport extends Omit<Followed, 'ended'> {
  /** The service's `task_output`, as it came; `undefined` where it is larger than {@link LARGEST_RESULT}. */
  readonly output: unknown;
  readonly files: readonly Arrived[];
  readonly checksumsPath: string | undefined;
  /** Absolute path of the record of its files; `undefined` when none arrived. */
  readonly recordPath: string | undefined;
}

/** Worst first. */
const WORST: readonly RunStatus[] = ['failed', 'timed-out', 'cancelled', 'submitted', 'completed'];

/** The worst status of several tasks. */
export function worstStatus(reports: readonly Pick<TaskReport, 'status'>[]): RunStatus {
  return WORST.find((status) => reports.some((report) => report.status === status)) ?? 'failed';
}
