import type { TaskReport } from '../files/report.ts';

/** In characters, of the task that took longest. */
const WIDTH = 16;

/** What draws the time of tasks, all on one scale: queued `░`, then running `█`. A reused task took none. */
export function createBars(reports: readonly TaskReport[]): (report: TaskReport) => string {
  const longest = Math.max(...reports.map((report) => queued(report) + ran(report)));
  const scaled = (ms: number) => (ms <= 0 ? 0 : Math.max(1, Math.round((ms / longest) * WIDTH)));
  return (report) => {
    const bar = '░'.repeat(scaled(queued(report))) + '█'.repeat(scaled(ran(report)));
    return bar === '' ? '' : `\`${bar}\``;
  };
}

function queued({ queueTime = 0, reused }: TaskReport): number {
  return reused === undefined ? queueTime : 0;
}

function ran({ runTime = 0, reused }: TaskReport): number {
  return reused === undefined ? runTime : 0;
}
