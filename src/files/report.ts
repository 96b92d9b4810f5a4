import { formatClock } from '../base/durations.ts';
import type { Followed, RunStatus } from '../task/followed.ts';
import type { Arrived } from './arrived.ts';

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

type Timed = Pick<TaskReport, 'runTime' | 'tries' | 'reused'>;

/** Seconds that the tasks of these reports ran, and their tries before the last: of each the whole ones, as outputs have them. */
export function gpuSeconds(reports: readonly Timed[]): number {
  return wholeSeconds(
    reports.flatMap(({ runTime, tries, reused }) =>
      reused === undefined ? [runTime, ...tries.map((one) => one.runTime)] : [],
    ),
  );
}

/** Seconds that the tasks which were reused did not run again. */
export function sparedSeconds(reports: readonly Timed[]): number {
  return wholeSeconds(reports.flatMap(({ runTime, reused }) => (reused === undefined ? [] : [runTime])));
}

function wholeSeconds(times: readonly (number | undefined)[]): number {
  return times.reduce<number>((sum, ms) => sum + Math.floor((ms ?? 0) / 1000), 0);
}

/** What was spent and spared, such as `1:02, 5:20 spared by reuse`; `undefined` where that is not a second. */
export function gpuTime(reports: readonly Timed[]): string | undefined {
  const [spent, spared] = [gpuSeconds(reports), sparedSeconds(reports)];
  if (spent + spared === 0) return undefined;
  return `${formatClock(spent * 1000)}${spared === 0 ? '' : `, ${formatClock(spared * 1000)} spared by reuse`}`;
}

/** What became of a task, in a word where that is enough. */
export function endingOf({ taskId, status, problem, tries, reused }: Ending): string {
  if (problem === undefined) return reused === undefined ? status : 'reused';
  if (status === 'completed') return 'completed without all files';
  const isConsequence = problem.kind === 'aborted' || problem.kind === 'sibling';
  return isConsequence && taskId === undefined && tries.length === 0 ? 'not submitted' : status;
}

type Ending = Pick<TaskReport, 'taskId' | 'status' | 'problem' | 'tries' | 'reused'>;

/** Worst first. */
const WORST: readonly RunStatus[] = ['failed', 'timed-out', 'cancelled', 'submitted', 'planned', 'completed'];

/** The worst status of several tasks; nothing is wrong with none, which a share of a matrix may have. */
export function worstStatus(reports: readonly Pick<TaskReport, 'status'>[]): RunStatus {
  return WORST.find((status) => reports.some((report) => report.status === status)) ?? 'completed';
}
