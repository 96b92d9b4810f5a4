import { TERMINAL } from '../task.ts';
import type { Lived } from '../world.ts';
import { at, type OrderFacts, ordersOf } from './orders.ts';

/** An announced end may take so long to be confirmed, in milliseconds. */
const CONFIRMED_WITHIN = 10_000;
/** What two events of the same moment may lie apart. */
const SLACK = 50;

/**
 * No limit fires on what was announced in time, and none fires later than its bound.
 */
export function checkLimits(lived: Lived): string[] {
  const { timeout, queueTimeout } = lived.plan.inputs;
  return ordersOf(lived).flatMap((facts) => [
    ...checkLimit('timeout', timeout, endHeard(facts), facts, lived),
    ...checkLimit('queue-timeout', queueTimeout, runningHeard(facts), facts, lived),
  ]);
}

/** When the true end reached the process. */
function endHeard({ heard }: OrderFacts): number {
  return heard.find(({ end }) => end)?.at ?? Number.POSITIVE_INFINITY;
}

/** When it reached the process that the task is running, or over. */
function runningHeard(facts: OrderFacts): number {
  const running = facts.heard.find(({ status }) => status === 'running' || TERMINAL.includes(status));
  return running?.at ?? Number.POSITIVE_INFINITY;
}

function checkLimit(
  name: 'timeout' | 'queue-timeout',
  limit: number | undefined,
  announcedAt: number,
  { report, task, begunAt, followedUntil, noticedAt, calls, heard }: OrderFacts,
  { trace, plan }: Lived,
): string[] {
  if (limit === undefined || begunAt === undefined || task === undefined || !plan.inputs.wait) return [];
  const due = begunAt + limit;
  const isFired = report.status === 'timed-out' && firedLimit(report.problem?.message ?? '') === name;
  if (isFired) {
    const firedAt = calls.find(({ route }) => route === 'cancel')?.askedAt ?? trace.mainOverAt ?? 0;
    if (announcedAt < due - SLACK)
      return [
        `${name} of ${task.id} fired at ${at(firedAt)} on what was announced at ${at(announcedAt)}, in time for ${at(due)}`,
      ];
    if (firedAt < due - SLACK)
      return [`${name} of ${task.id} fired at ${at(firedAt)}, before it was due at ${at(due)}`];
    // What the stream says of a former try is taken for the end until a record denies it.
    const wasMisled = heard.some(({ status, end, at }) => TERMINAL.includes(status) && !end && at <= due);
    if (firedAt > due + SLACK + (wasMisled ? CONFIRMED_WITHIN : 0))
      return [`${name} of ${task.id} fired at ${at(firedAt)}, later than at ${at(due)}`];
    return [];
  }
  if (announcedAt <= due + SLACK) {
    // In time: then only the confirmation may go on beyond the limit.
    const isLate = name === 'timeout' && (noticedAt ?? 0) > due + CONFIRMED_WITHIN + SLACK;
    return isLate
      ? [`the end of ${task.id} was announced at ${at(announcedAt)} and still not believed at ${at(noticedAt)}`]
      : [];
  }
  if (followedUntil <= due + SLACK) return [];
  return [`${name} of ${task.id} was due at ${at(due)}, and it was followed until ${at(followedUntil)}`];
}

function firedLimit(message: string): string | undefined {
  return /within the (queue-timeout|timeout)/.exec(message)?.[1];
}
