import { reportsOf } from '../../src/matrix/outcome.ts';
import { isStrange, wordOf } from '../words.ts';
import type { Lived } from '../world.ts';
import { at, type OrderFacts, ordersOf } from './orders.ts';

/** An end is noticed within that time of its being readable, in milliseconds. */
const NOTICED_WITHIN = 30_000;
/** The same while there never was a stream: then the record is read more often. */
const NOTICED_WITHOUT_STREAM = 20_000;
/** At the beginning even more often: after two questions that are answered in time, and a pause between them. */
const SOON = 8_000;
/** An end of a name that nobody knows has to look like one for that long, and until the next look. */
const STRANGE_WITHIN = 10_000 + 15_000;
/** A record that takes longer than that is not to be relied on. */
const PROMPT = 3_000;

/**
 * An end is noticed within 30 s of its being readable. It is readable while every question for the task's record that was
 * asked is answered truly and within 3 s, and no wait that an answer asked for is pending; where nobody knows the name of
 * such an end, also while no stream is open.
 */
export function checkNoticing(lived: Lived): string[] {
  if (!lived.plan.inputs.wait) return [];
  return ordersOf(lived).flatMap(({ task, begunAt, followedUntil, calls }) => {
    if (task?.endedAt === undefined || begunAt === undefined) return [];
    const isNameless = isStrange(wordOf(task, task.now().status));
    const untrue = calls
      .filter((call) => call.route === 'task' && !isTrue(call))
      .map(({ askedAt, overAt, retryAfter }) => ({
        from: askedAt,
        to: (overAt ?? Number.POSITIVE_INFINITY) + retryAfter,
      }));
    const open = calls
      .filter(({ route, status, trouble }) => route === 'events' && status === 200 && trouble !== 'page')
      .map(({ answeredAt = 0, overAt = Number.POSITIVE_INFINITY }) => ({ from: answeredAt, to: overAt }))
      // One that is closed as soon as it is answered is never seen open.
      .filter(({ from, to }) => to > from);
    const bad = [...untrue, ...(isNameless ? open : [])].sort((one, other) => one.from - other.from);
    const hadStream = calls.some(({ route, answeredAt = Number.POSITIVE_INFINITY }) => {
      return route === 'events' && answeredAt <= followedUntil;
    });
    const end = task.endedAt;
    // Where every look succeeds, the pauses between them grow with the age of the task.
    const isSmooth = untrue.length === 0;
    const quick = SOON + Math.max(0, end - begunAt) / 2;
    const within =
      (hadStream ? NOTICED_WITHIN : Math.min(isSmooth ? quick : NOTICED_WITHOUT_STREAM, NOTICED_WITHOUT_STREAM)) +
      (isNameless ? STRANGE_WITHIN : 0);
    let readable = Math.max(task.endedAt, begunAt);
    for (const { from, to } of bad) {
      if (Math.min(from, followedUntil) - readable > within) break;
      readable = Math.max(readable, to);
    }
    if (followedUntil - readable <= within) return [];
    return [
      `the end of ${task.id} at ${at(task.endedAt)} was readable from ${at(readable)} on, and followed until ${at(followedUntil)}`,
    ];

    function isTrue({ over, status, trouble, stale, askedAt, overAt = 0 }: OrderFacts['calls'][number]): boolean {
      return over === 'whole' && status === 200 && trouble !== 'page' && !stale && overAt - askedAt <= PROMPT;
    }
  });
}

/** A status that is reported is the true one, and the parts of a report agree. */
export function checkTruth(lived: Lived): string[] {
  const { plan, trace, told, thrown } = lived;
  if (trace.killedAt !== undefined) return checkLastMoment(lived);
  if (told === undefined) {
    return thrown instanceof Error && thrown.name === 'RunError' ? [] : checkThrown(thrown);
  }
  const many =
    told.reports.length === plan.inputs.orders
      ? []
      : [`${told.reports.length} reports for ${plan.inputs.orders} orders`];
  // The list of all digests may be what the disk did not take: then every file is there, and the whole is no success.
  const isListLost = told.problem?.kind === 'files' && told.checksumsPath === undefined;
  const isBad = isListLost || told.reports.some(({ problem }) => problem !== undefined);
  if (isBad !== (told.problem !== undefined)) many.push('the whole and its parts disagree on success');
  return [...many, ...ordersOf(lived).flatMap((facts) => checkReport(facts, lived))];
}

/** Whatever ends main, what is known by then can be told: of every order, and with the id of every task. */
function checkLastMoment({ plan, trace, knownAtKill }: Lived): string[] {
  if (knownAtKill === undefined) return [];
  const reports = reportsOf(knownAtKill);
  const ids = new Set(reports.flatMap(({ taskId, tries }) => [taskId, ...tries.map((one) => one.taskId)]));
  // What is heard in the very moment of the end may be too late.
  const heard = trace.heard.filter(({ by, at }) => by === 'main' && at < (trace.killedAt ?? 0));
  const lost = [...new Set(heard.map(({ taskId }) => taskId))].filter((id) => !ids.has(id));
  const many =
    reports.length === plan.inputs.orders ? [] : [`${reports.length} orders are known of ${plan.inputs.orders}`];
  return [...many, ...lost.map((id) => `task ${id} is known, and would not be told of in the last moment`)];
}

/** What main throws before there are reports is an error that tells the user what happened. */
function checkThrown(thrown: unknown): string[] {
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return ['ApiError', 'TransferError'].includes(name) ? [] : [`main threw ${String(thrown)}`];
}

function checkReport(facts: OrderFacts, { plan, trace, told }: Lived): string[] {
  const { report, task, begunAt, noticedAt, order, wasMisled } = facts;
  const { status, problem, taskId } = report;
  const truth = task?.now().status;
  const wrong = (text: string) => [
    `order ${order}: ${text} (reported ${status}, ${problem?.kind ?? 'no problem'}; truly ${truth})`,
  ];
  const tries = report.tries.map((one) => one.taskId);
  const failed = facts.former.filter((one) => one.now().status === 'failed').map(({ id }) => id);
  if (tries.join() !== failed.join()) return wrong(`its tries were ${failed.join()}, and it tells of ${tries.join()}`);
  if (begunAt !== undefined && taskId !== task?.id) return wrong('the task id is not in the report');
  const isCancelled = trace.calls.some(({ route, subject }) => route === 'cancel' && subject === taskId);
  // By whom it was to be cancelled, and was over.
  const wasTooLate = isCancelled && ['aborted', 'sibling', 'task'].includes(problem?.kind ?? '');
  const isEarly = problem !== undefined && !['files', 'aborted'].includes(problem.kind) && !wasTooLate;
  const isLeft = status === 'submitted' && problem?.kind === 'aborted' && !plan.inputs.cancelOnAbort;
  if (status === 'completed' ? isEarly : (status === 'submitted') !== (problem === undefined) && !isLeft) {
    return wrong('status and problem disagree');
  }
  if (isLeft) return trace.abortedAt === undefined ? wrong('nobody aborted') : [];
  if (status === 'submitted') return plan.inputs.wait ? wrong('it was to be waited for') : [];
  if (status === 'completed') {
    if (isCancelled && !wasTooLate) return wrong('it was in time, and cancelled');
    if (truth !== 'completed') return wrong('it did not complete');
    const files = task?.plan.outputs.length ?? 0;
    const isShort = problem === undefined && plan.inputs.download && report.files.length < files;
    return isShort && facts.isPromiseHeard ? wrong(`${report.files.length} of its ${files} files are a success`) : [];
  }
  if (status === 'timed-out') return problem?.kind === 'timed-out' ? [] : wrong('no limit is told of');
  if (problem?.kind === 'aborted') return trace.abortedAt === undefined ? wrong('nobody aborted') : [];
  if (problem?.kind === 'sibling') {
    const hasCause = told?.reports.some(
      (one) => one.status === 'failed' || !['sibling', 'aborted', undefined].includes(one.problem?.kind),
    );
    return plan.inputs.failFast && hasCause ? [] : wrong('no sibling failed');
  }
  if (status === 'cancelled') return truth === 'cancelled' ? [] : wrong('nobody cancelled it');
  if (problem?.kind !== 'task' || wasMisled) return [];
  if (truth !== 'failed') return /failed|ended as/.test(problem.message) ? wrong('it did not fail') : [];
  const word = task === undefined ? truth : wordOf(task, truth);
  const isCalled = problem.message.includes(word === truth ? `${taskId} failed` : `ended as ${word}`);
  return noticedAt === undefined || isCalled ? [] : wrong(`it was called ${word}: ${problem.message}`);
}
