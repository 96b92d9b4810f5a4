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
}

/** Seconds that the tasks of these reports ran, and their tries before the last: of each the whole ones, as outputs have them. */
export function gpuSeconds(reports: readonly Pick<TaskReport, 'runTime' | 'tries'>[]): number {
  const times = reports.flatMap(({ runTime, tries }) => [runTime, ...tries.map((one) => one.runTime)]);
  return times.reduce<number>((sum, ms) => sum + Math.floor((ms ?? 0) / 1000), 0);
}

/** Worst first. */
const WORST: readonly RunStatus[] = ['failed', 'timed-out', 'cancelled', 'submitted', 'completed'];

/** The worst status of several tasks. */
export function worstStatus(reports: readonly Pick<TaskReport, 'status'>[]): RunStatus {
  return WORST.find((status) => reports.some((report) => report.status === status)) ?? 'failed';
}
