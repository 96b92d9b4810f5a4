import { keyOf } from '../service.ts';
import type { Call } from '../trace.ts';
import type { Lived } from '../world.ts';
import { type OrderFacts, ordersOf } from './orders.ts';

// In milliseconds, each a little less than what the action promises.
/** Faults before there is a task, and of a file without progress. */
const PATIENCE = 170_000;
/** A name that nobody knows. */
const NAME_PATIENCE = 28_000;
/** Faults of reading a status or a result. */
const LONG_PATIENCE = 590_000;
/** A stream that brought a byte not longer ago than that is alive. */
const SILENCE = 60_000;
const REFUSALS = 3;
/** An upload that is refused may arrive as one that broke: so often either is tried. */
const UPLOADS = 3;
const RESULT_TRIES = 5;
/** How often a file is begun anew. */
const BEGINNINGS = 4;

/**
 * A good run is never a failure: where one is told, the trace shows what outlasted the patience that is promised, or what
 * no patience can mend.
 */
export function checkEvidence(lived: Lived): string[] {
  const { trace, thrown } = lived;
  if (thrown !== undefined && trace.killedAt === undefined) return checkPreparing(lived);
  return ordersOf(lived).flatMap((facts) => {
    const { report, order } = facts;
    const text = `order ${order} failed without a cause: ${report.problem?.message}`;
    if (report.problem?.kind === 'submit') return isSubmitLost(lived) ? [] : [text];
    if (report.problem?.kind === 'task') return isTaskLost(facts, lived) ? [] : [text];
    if (report.problem?.kind === 'files') return areFilesLost(facts, lived) ? [] : [text];
    return [];
  });
}

function checkPreparing({ trace, thrown }: Lived): string[] {
  if (trace.abortedAt !== undefined) return [];
  const of = (route: Call['route']) => trace.calls.filter((call) => call.by === 'main' && call.route === route);
  const lost =
    isOut(of('workflow')) || isOut(of('presign')) || isOut(of('put')) || of('put').filter(isBad).length >= UPLOADS;
  const isUploadRefused = of('put').some(isFinal) || of('presign').some(isFinal) || of('workflow').some(isFinal);
  return lost || isUploadRefused ? [] : [`nothing was submitted, without a cause: ${String(thrown)}`];
}

function isSubmitLost({ trace }: Lived): boolean {
  const submits = trace.calls.filter(({ by, route }) => by === 'main' && route === 'submit');
  const isUncertain = ({ sentAt, over, status = 0, trouble }: Call) =>
    sentAt !== undefined &&
    (over !== 'whole' || trouble === 'page' || status === 408 || (status >= 500 && status !== 503));
  return submits.some((call) => isUncertain(call) || isFinal(call)) || isOut(submits);
}

function isTaskLost({ task, noticedAt, calls, followedUntil, begunAt = 0 }: OrderFacts, { trace }: Lived): boolean {
  if (noticedAt !== undefined) return true;
  const records = calls.filter(({ route }) => route === 'task');
  if (records.some(isFinal)) return true;
  const good = records.findLast((call) => !isBad(call));
  const heard = trace.streamed.findLast(({ taskId, at }) => taskId === task?.id && at <= followedUntil);
  const isSilent = followedUntil - (heard?.at ?? 0) > SILENCE;
  return isSilent && followedUntil - (good?.askedAt ?? begunAt) > LONG_PATIENCE;
}

function areFilesLost({ report, task, calls }: OrderFacts, lived: Lived): boolean {
  const { plan, trace } = lived;
  if (trace.abortedAt !== undefined || task === undefined) return true;
  const isEmpty = task.plan.outputs.length === 0;
  if (isEmpty && plan.inputs.ifNoFilesFound === 'error') return true;
  const results = calls.filter(({ route }) => route === 'result');
  const isEarly = results.filter(({ status = 0 }) => status === 404 || status === 409).length >= RESULT_TRIES;
  if (isEarly || results.some((call) => isFinal(call) && call.status !== 404 && call.status !== 409)) return true;
  if (isOut(results, LONG_PATIENCE)) return true;
  const arrived = new Set(report.files.map(({ output }) => Number.parseInt(output, 10)));
  // Each that did not arrive has a cause of its own.
  return task.plan.outputs.every((output, index) => {
    if (arrived.has(index)) return true;
    const gets = trace.calls.filter(
      ({ by, route, subject }) => by === 'main' && route === 'get' && subject === keyOf(task, index),
    );
    const breaks = gets.filter(isBad).length;
    const needsBeginnings = output.etag !== 'strong' || !output.ranges || output.replaced.length > 0;
    return (
      isOut(gets) ||
      gets.some(isFinal) ||
      countRefused(gets) > REFUSALS ||
      plan.disk.free < output.bytes + 10_000 ||
      (needsBeginnings && breaks + output.replaced.length >= BEGINNINGS) ||
      // Where it ends, nobody can tell.
      (output.framing === 'close' && !output.ranges)
    );
  });
}

/** Whether the answer is one that asking again does not change. */
function isFinal({ route, status = 200, trouble }: Call): boolean {
  if (trouble === 'page') return false;
  // The storage's refusals are answered with a fresh URL.
  const passing = route === 'get' || route === 'put' ? [400, 401, 403, 408, 412, 416, 429] : [408, 429];
  return (status >= 400 && status < 500 && !passing.includes(status)) || status === 501;
}

function isBad({ over, status = 0, trouble }: Call): boolean {
  return over !== 'whole' || status < 200 || status > 299 || trouble === 'page' || trouble === 'cut';
}

function countRefused(calls: readonly Call[]): number {
  return calls.filter(({ status }) => status === 400 || status === 401 || status === 403 || status === 412).length;
}

/** Whether faults went on for so long; of a name that nobody knows, at the end. */
function isOut(calls: readonly Call[], patience = PATIENCE): boolean {
  const bad = calls.filter(isBad);
  const known = bad.findLastIndex(({ trouble }) => trouble !== 'unknown-host');
  return tookOf(bad) >= patience || tookOf(bad.slice(known + 1)) >= NAME_PATIENCE;
}

function tookOf(calls: readonly Call[]): number {
  const [first] = calls;
  return first === undefined ? 0 : (calls.at(-1)?.overAt ?? 0) - first.askedAt;
}
