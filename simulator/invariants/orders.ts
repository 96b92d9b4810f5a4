import type { TaskReport } from '../../src/files/report.ts';
import { type SimulatedTask, TERMINAL } from '../task.ts';
import type { Call, Heard } from '../trace.ts';
import type { Lived } from '../world.ts';

/** What is known of one order, from every side. */
export interface OrderFacts {
  readonly order: number;
  readonly report: TaskReport;
  /** What was made for it, of several tries the last; `undefined` where nothing was. */
  readonly task: SimulatedTask | undefined;
  /** Those that were made before it and failed, as far as it is told. */
  readonly former: readonly SimulatedTask[];
  /** When following began. */
  readonly begunAt: number | undefined;
  readonly noticedAt: number | undefined;
  /** Until when it was followed: its end was shown, or it was given up. */
  readonly followedUntil: number;
  /** Main's requests about the task. */
  readonly calls: readonly Call[];
  /** What reached main of the task's states since it is followed. */
  readonly heard: readonly Heard[];
  /** Whether the last that was heard is the end of a former try, which nothing told from that of the task. */
  readonly wasMisled: boolean;
  /** Whether it could be known how many files there are: by the result, or by an event that came in time. */
  readonly isPromiseHeard: boolean;
}

/** One for each report; none where main was killed or threw. */
export function ordersOf({ plan, trace, service, told }: Lived): OrderFacts[] {
  const over = trace.mainOverAt ?? 0;
  return (told?.reports ?? []).map((report, order) => {
    const wanted = plan.inputs.kind === 'attach' ? 0 : order;
    const made = service.tasks.filter((one) => one.order === wanted);
    const former = made.slice(0, report.tries.length);
    const task = made[former.length];
    const begunAt = task === undefined ? undefined : trace.begun.get(task.id);
    const noticedAt = trace.shown.find((one) => {
      return one.order === order && TERMINAL.includes(one.status) && one.at >= (begunAt ?? Number.POSITIVE_INFINITY);
    })?.at;
    const calls = trace.calls.filter(({ by, subject }) => by === 'main' && subject === task?.id);
    const asked = calls.filter(({ route }) => route === 'task' || route === 'events');
    const askedUntil = Math.max(...asked.map(({ overAt = over }) => overAt));
    const cancelledAt = calls.find(({ route }) => route === 'cancel')?.askedAt;
    const heard = trace.heard.filter((one) => one.by === 'main' && one.taskId === task?.id && one.at >= (begunAt ?? 0));
    const last = heard.findLast((one) => one.at <= (noticedAt ?? over));
    return {
      order,
      report,
      task,
      former,
      begunAt,
      noticedAt,
      followedUntil: noticedAt ?? cancelledAt ?? Math.min(askedUntil, over, trace.abortedAt ?? over),
      calls,
      heard,
      isPromiseHeard:
        task?.plan.lateUrls?.promise !== 'event' ||
        heard.some(({ hasOutput, at }) => hasOutput === true && at < (noticedAt ?? over)),
      wasMisled: last !== undefined && TERMINAL.includes(last.status) && !last.end,
    };
  });
}

/** The text of a time, for a violation. */
export function at(ms: number | undefined): string {
  return ms === undefined ? 'never' : `${(ms / 1000).toFixed(3)} s`;
}
