import { keyOf, urlTime } from '../result.ts';
import type { SimulatedTask } from '../task.ts';
import type { Call } from '../trace.ts';
import type { Lived } from '../world.ts';
import { isBad, isFinal, isGone, isGood, isMissing, isOut, tookOf } from './calls.ts';
import { checkCancels } from './cancels.ts';
import { type OrderFacts, ordersOf } from './orders.ts';

// In milliseconds, each a little less than what the action promises.
/** Faults of reading a status or a result. */
const LONG_PATIENCE = 590_000;
/** A stream that brought a byte not longer ago than that is alive. */
const SILENCE = 60_000;
const REFUSALS = 3;
/** An upload that is refused may arrive as one that broke: so often either is tried. */
const UPLOADS = 3;
/** What a result promises, and does not have yet. */
const RESULT_PATIENCE = 58_000;
/** How often a file is begun anew. */
const BEGINNINGS = 4;

/**
 * A good run is never a failure: where one is told, the trace shows what outlasted the patience that is promised, or what
 * no patience can mend.
 */
export function checkEvidence(lived: Lived): string[] {
  const { trace, thrown } = lived;
  if (thrown !== undefined && trace.killedAt === undefined) return checkPreparing(lived);
  const failed = ordersOf(lived).flatMap((facts) => {
    const { report, order } = facts;
    const text = `order ${order} failed without a cause: ${report.problem?.message}`;
    if (report.problem?.kind === 'submit') return isSubmitLost(lived) ? [] : [text];
    if (report.problem?.kind === 'task') return isTaskLost(facts, lived) ? [] : [text];
    if (report.problem?.kind === 'files') return areFilesLost(facts, lived) ? [] : [text];
    return [];
  });
  return [...failed, ...checkCancels(lived)];
}

function checkPreparing({ trace, thrown, plan }: Lived): string[] {
  if (trace.abortedAt !== undefined) return [];
  const of = (route: Call['route']) => trace.calls.filter((call) => call.by === 'main' && call.route === route);
  const lost =
    isOut(of('workflow')) || isOut(of('presign')) || isOut(of('put')) || of('put').filter(isBad).length >= UPLOADS;
  const isUploadRefused =
    of('put').some(isFinal) || of('presign').some(isFinal) || isGone(mixed(of('presign'), plan.inputs.uploads.length));
  // Only what the list shows is known to be there.
  const isWorkflowLost =
    of('workflow').some(isFinal) ||
    isGone(of('workflow')) ||
    (of('workflow').some(isMissing) && !of('workflows').some(isGood));
  return lost || isUploadRefused || isWorkflowLost ? [] : [`nothing was submitted, without a cause: ${String(thrown)}`];
}

/** Of several that ask at one time, what one is answered says nothing of the others. */
function mixed(calls: readonly Call[], askers: number): readonly Call[] {
  return askers > 1 ? calls.filter(isMissing) : calls;
}

function isSubmitLost({ trace, plan }: Lived): boolean {
  const submits = trace.calls.filter(({ by, route }) => by === 'main' && route === 'submit');
  const isUncertain = ({ sentAt, over, status = 0, trouble }: Call) =>
    sentAt !== undefined &&
    (over !== 'whole' || trouble === 'page' || status === 408 || (status >= 500 && status !== 503));
  const isKnown = trace.calls.some((call) => call.by === 'main' && call.route === 'workflow' && isGood(call));
  const isLost = isKnown ? isGone(mixed(submits, plan.inputs.orders)) : submits.some(isMissing);
  return isLost || submits.some((call) => isUncertain(call) || isFinal(call)) || isOut(submits);
}

function isTaskLost(
  { task, noticedAt, calls, followedUntil, begunAt = 0 }: OrderFacts,
  { trace, plan }: Lived,
): boolean {
  if (noticedAt !== undefined) return true;
  const records = calls.filter(({ route }) => route === 'task');
  if (records.some(isFinal) || isGone(records)) return true;
  // A task to attach to may not be there at all, as long as it was never read.
  const firstGood = records.findIndex(isGood);
  const unread = firstGood === -1 ? records : records.slice(0, firstGood);
  if (plan.inputs.kind === 'attach' && unread.some(isMissing)) return true;
  const good = records.findLast(isGood);
  const heard = trace.streamed.findLast(({ taskId, at }) => taskId === task?.id && at <= followedUntil);
  const isSilent = followedUntil - (heard?.at ?? 0) > SILENCE;
  return isSilent && followedUntil - (good?.askedAt ?? begunAt) > LONG_PATIENCE;
}

function areFilesLost({ report, task, calls, isPromiseHeard }: OrderFacts, lived: Lived): boolean {
  const { plan, trace } = lived;
  if (trace.abortedAt !== undefined || task === undefined) return true;
  const isEmpty = task.plan.outputs.length === 0;
  if (isEmpty && plan.inputs.ifNoFilesFound === 'error') return true;
  const results = calls.filter(({ route }) => route === 'result');
  // Once files are asked for, a result is only asked for fresh URLs.
  const asked = trace.calls.find(({ by, route, subject }) => by === 'main' && route === 'get' && isOf(task, subject));
  const reads = results.filter(({ askedAt }) => askedAt <= (asked?.askedAt ?? Number.POSITIVE_INFINITY));
  const last = reads.at(-1);
  const wasPatient = tookOf(reads) >= RESULT_PATIENCE;
  if (wasPatient && (last?.status === 404 || last?.status === 409)) return true;
  if (results.some((call) => isFinal(call) && call.status !== 409)) return true;
  if (isGone(results) || isOut(results, LONG_PATIENCE)) return true;
  const arrived = new Set(report.files.map(({ output }) => Number.parseInt(output, 10)));
  // Each that did not arrive has a cause of its own.
  return task.plan.outputs.every((output, index) => {
    if (arrived.has(index)) return true;
    if ((urlTime(task, index) ?? 0) > (last?.arrivedAt ?? 0)) return wasPatient || !isPromiseHeard;
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

function isOf(task: SimulatedTask, key: string): boolean {
  return task.plan.outputs.some((_, index) => keyOf(task, index) === key);
}

function countRefused(calls: readonly Call[]): number {
  return calls.filter(({ status }) => status === 400 || status === 401 || status === 403 || status === 412).length;
}
