import pLimit from 'p-limit';
import { type Clock, timeLimit } from '../base/clock.ts';
import { asRunError, RunError } from '../base/errors.ts';
import { amount, asSentence, type Inert, inert, joinInert, shorten, someOf } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import type { Client } from '../cyberun/client.ts';
import type { Agent } from '../cyberun/schema.ts';
import { bringHome, reportOf } from '../files/home.ts';
import type { TaskReport } from '../files/report.ts';
import type { TaskView } from '../task/context.ts';
import { type Followed, isFailure } from '../task/followed.ts';
import { endedBy, nothingKnown } from '../task/run.ts';
import { followTries } from '../task/tries.ts';
import type { RunContext } from './context.ts';
import type { LabelledReport } from './outcome.ts';
import { createOverview } from './overview.ts';
import { followedEarlier, type LabelledOrder, type Many, offerHere, reportOfEarlier, willSubmit } from './plan.ts';
import { isConsequence, type Reason, reasonsOf, withRests } from './reasons.ts';

/** States that every task passes through; with many tasks they would hide the others. */
const MINOR: readonly string[] = ['pending', 'provisioning', 'queued'];
/** How long an answer about the agents serves all the tasks that wait, in milliseconds. */
const AGENTS_FRESH = 10_000;
const AGENTS_LIMIT = 10_000;
/** An error holds so many causes, each so long and of so many names, as an annotation of the runner's holds 4096 characters. */
const MOST_CAUSES = 5;
const MOST_LABELS = 3;
const LONGEST_CAUSE = 600;

/**
 * Runs every combination, several at a time, and returns their reports in order. Never throws. Tasks that were not begun
 * when it ends early have a report that says so.
 */
export async function runMatrix(matrix: Many, context: RunContext): Promise<TaskReport[]> {
  const { maxParallel, failFast } = matrix;
  const siblings = new AbortController();
  const signal = AbortSignal.any([context.signal, siblings.signal]);
  const over = new AbortController();
  const service = withSharedAgents(context.service, context.clock, AbortSignal.any([signal, over.signal]));
  const overview = createOverview(matrix.orders.length, context.clock, context.log);
  const isNewNotice = createNews();
  const isNewReason = createNews();
  /** What is to be said of the files, and of which tasks. */
  const remarks = new Map<Inert, number[]>();
  const limit = pLimit(maxParallel);
  const ahead = new Set(matrix.orders);
  const open = new Set<LabelledOrder>();

  async function runOne(one: LabelledOrder, index: number): Promise<TaskReport> {
    const { label, order } = one;
    const line = context.viewOf(order.workflow, label);
    const log = labelled(context.log, label, line.line);
    const place = overview.place();
    if (!willSubmit(order)) {
      ahead.delete(one);
      place.begun();
      place.over();
    }
    const earlier = reportOfEarlier(order);
    if (earlier !== undefined) {
      place.done(earlier);
      context.learn(index, earlier, 'over');
      return earlier;
    }
    const view: TaskView = {
      ...line,
      shared: (text) => isNewNotice(text) && line.line(text),
      hopeless: (text) => isNewNotice(text) && line.hopeless(text),
      status(status, text) {
        place.is(status);
        if (!MINOR.includes(status) && (status !== 'waiting' || isNewReason(text))) line.status(status, text);
      },
    };

    function stopSiblings(): void {
      const stopped = [
        ...(open.size > 0 ? [inert`the others are cancelled`] : []),
        ...(ahead.size > 0 ? [inert`no more are submitted`] : []),
      ];
      if (!failFast || signal.aborted || stopped.length === 0) return;
      line.line(inert`fail-fast is on: ${joinInert(stopped, ', and ')}`);
      siblings.abort(new RunError('sibling', inert`Cancelled, because [${label}] failed and fail-fast is on.`));
    }

    // The place among max-parallel is free once no try is left; files may still be on their way.
    const submitted = async () => {
      if (signal.aborted) return undefined;
      ahead.delete(one);
      open.add(one);
      place.begun();
      const learn = (known: Followed) => context.learn(index, reportOf(known), 'following');
      const ended = await followTries(order, { ...context, service, signal, detail: 'brief', log, view, learn });
      place.over();
      open.delete(one);
      // A failure must not make room for a task that it is to cancel.
      if (isFailure(ended) && !isConsequence(ended.problem)) stopSiblings();
      return ended;
    };
    const followed = followedEarlier(order) ?? (await limit(submitted));
    if (followed === undefined) return endedBy(reportOf(nothingKnown(order)), notBegun(signal), order);
    const learn = (known: TaskReport) => context.learn(index, known, 'bringing');
    // Of the files of a hundred tasks, it is the same: said once, at the end.
    const remark = (message: Inert) => remarks.set(message, [...(remarks.get(message) ?? []), index]);
    const home = { ...context, detail: 'brief', log: { ...log, warning: remark }, learn } as const;
    const report = await bringHome(followed, order, home, offerHere(order));
    place.done(report);
    context.learn(index, report, 'over');
    if (report.problem !== undefined && !isConsequence(report.problem)) {
      line.line(report.problem.message);
      stopSiblings();
    }
    return report;
  }

  try {
    return await Promise.all(matrix.orders.map(runOne));
  } finally {
    over.abort(new Error('the matrix is over'));
    for (const [text, tasks] of remarks) {
      const labels = matrix.orders.flatMap(({ label }, index) => (tasks.includes(index) ? [label] : []));
      context.log.warning(ofThese(labels, text));
    }
    overview.end();
  }
}

/** The error that a matrix ends with, if any of its tasks is no success: each reason once, with its combinations. */
export function matrixProblem(runs: readonly LabelledReport[]): RunError | undefined {
  const reasons = reasonsOf(runs);
  const first = reasons[0]?.problem;
  if (first === undefined) return undefined;
  if (isConsequence(first)) return withRests(first, runs);
  const causes = reasons.filter(({ problem }) => !isConsequence(problem));
  const countOf = (some: readonly Reason[]) => some.reduce((sum, { labels }) => sum + labels.length, 0);
  const shown = causes
    .slice(0, MOST_CAUSES)
    .map(({ labels, text }) => ofThese(labels, asSentence(shorten(text, LONGEST_CAUSE))));
  const [more, rest] = [countOf(causes.slice(MOST_CAUSES)), countOf(reasons) - countOf(causes)];
  const others = [
    ...(more > 0 ? [inert`${more} more went wrong, too.`] : []),
    ...(rest > 0 ? [inert`Cancelled or not submitted because of that: ${rest}.`] : []),
  ];
  const bad = inert`${countOf(causes)} of ${amount(runs.length, 'task')} went wrong.`;
  return withRests(new RunError(first.kind, joinInert([bad, ...shown, ...others], ' '), first), runs);
}

/** `[a] text`, or `[a], [b] and 3 more: text`. */
function ofThese(labels: readonly string[], text: Inert): Inert {
  const names = someOf(
    labels.map((label) => `[${label}]`),
    MOST_LABELS,
  );
  return inert`${names}${labels.length > 1 ? ':' : ''} ${text}`;
}

function notBegun(signal: AbortSignal): RunError {
  const { kind } = asRunError('aborted', signal.reason);
  return new RunError(kind, inert`It was not submitted any more.`, signal.reason);
}

/** A log whose every line says which combination it is about. */
function labelled(log: Log, label: string, line: (text: Inert) => void): Log {
  const mark = (text: Inert) => inert`[${label}] ${text}`;
  return {
    info: line,
    warning: (message) => log.warning(mark(message)),
    debug: (message) => log.debug(mark(message)),
    group: (title, lines) => log.group(mark(title), lines),
  };
}

/** Fifty tasks that wait for the same reason, or get no event stream, say it once, not fifty times. */
function createNews(): (text: Inert) => boolean {
  let last = '';
  return (text) => {
    const shared = text.replace(TASK_PATH, '');
    if (shared === last) return false;
    last = shared;
    return true;
  };
}

/** What makes the same news of two tasks differ. */
const TASK_PATH = /\/r\/tasks\/[^/\s]+/g;

/** One question about the agents serves all the tasks that wait at the time, whichever of them asked first. */
function withSharedAgents(service: Client, clock: Clock, signal: AbortSignal): Client {
  let answer: Promise<Agent[]> | undefined;
  let askedAt = 0;

  async function ask(): Promise<Agent[]> {
    using limit = timeLimit(clock, signal, AGENTS_LIMIT, () => new Error('too slow'));
    return await service.agents(limit.signal);
  }

  return {
    ...service,
    agents() {
      if (answer === undefined || clock.now() - askedAt > AGENTS_FRESH) {
        askedAt = clock.now();
        answer = ask();
      }
      return answer;
    },
  };
}
