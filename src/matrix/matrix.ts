import pLimit from 'p-limit';
import { type Clock, timeLimit } from '../base/clock.ts';
import { asRunError, RunError } from '../base/errors.ts';
import { type Inert, inert, joinInert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import type { Client } from '../cyberun/client.ts';
import type { Agent } from '../cyberun/schema.ts';
import type { Order, RunContext } from '../task/context.ts';
import type { TaskReport } from '../task/report.ts';
import { emptyReport, runToEnd } from '../task/run.ts';

/** One combination of a matrix, ready to run. */
export interface MatrixOrder {
  /** What the log calls it. Foreign text. */
  readonly label: string;
  readonly order: Order;
}

/** How the tasks of a matrix go together. */
export interface MatrixOptions {
  /** Tasks submitted and not yet terminal at one time. */
  readonly maxParallel: number;
  /** The first task that fails cancels its siblings. */
  readonly failFast: boolean;
}

/** How often the overview is shown, in milliseconds. */
const OVERVIEW_INTERVAL = 30_000;
/** States that every task passes through; with many tasks they would hide the others. */
const MINOR: readonly string[] = ['pending', 'provisioning', 'queued'];
/** How long an answer about the agents serves all the tasks that wait, in milliseconds. */
const AGENTS_FRESH = 10_000;
const AGENTS_LIMIT = 10_000;
/** An error holds so many causes, each so long, as an annotation of the runner's holds 4096 characters. */
const MOST_CAUSES = 5;
const LONGEST_CAUSE = 600;

/**
 * Runs every combination, several at a time, and returns their reports in order. Never throws: see {@link runToEnd}. Tasks
 * that were not begun when it ends early have a report that says so.
 */
export async function runMatrix(
  matrix: readonly MatrixOrder[],
  { maxParallel, failFast }: MatrixOptions,
  context: RunContext,
): Promise<TaskReport[]> {
  const siblings = new AbortController();
  const signal = AbortSignal.any([context.signal, siblings.signal]);
  const service = withSharedAgents(context.service, context.clock, signal);
  const overview = createOverview(matrix.length, context.log);
  const isNewNotice = createNews();
  const isNewReason = createNews();
  const limit = pLimit(maxParallel);

  /** Runs one task; it is over when the task is. What it returns brings the files home, in an object so that nobody waits for it. */
  async function begin({ label, order }: MatrixOrder): Promise<{ home: Promise<TaskReport> }> {
    const place = overview.begin();
    const view = context.view(order.workflow, label);
    let endedBadly = false;
    const own: RunContext = {
      ...context,
      service,
      signal,
      brief: true,
      log: labelled(context.log, label, view.line),
      view: () => ({
        ...view,
        line: (text) => isNewNotice(text) && view.line(text),
        status(status, text) {
          place.is(status);
          endedBadly = status === 'failed' || status === 'cancelled';
          if (!MINOR.includes(status) && (status !== 'waiting' || isNewReason(text))) view.status(status, text);
        },
      }),
    };
    const bringHome = await runToEnd(order, own);
    place.over();
    const home = bringHome({ ...own, signal: context.signal }).then((report) => {
      place.done(report);
      if (report.problem === undefined || isConsequence(report.problem)) return report;
      view.line(report.problem.message);
      if (failFast && !signal.aborted) {
        view.line(inert`fail-fast is on: the others are cancelled, and no more are submitted`);
        siblings.abort(new RunError('sibling', inert`Cancelled, because ${label} failed and fail-fast is on.`));
      }
      return report;
    });
    // A failure must not make room for a task that it is to cancel. Any other one than the task's own is known at once.
    await (endedBadly ? home : Promise.race([home, new Promise(setImmediate)]));
    return { home };
  }

  async function runOne(one: MatrixOrder): Promise<TaskReport> {
    // The place among max-parallel is free once the task is over; its files may still be on their way.
    const begun = await limit(async () => (signal.aborted ? undefined : begin(one)));
    if (begun !== undefined) return begun.home;
    return { ...emptyReport(one.order), status: 'cancelled', problem: notBegun(one.label, signal) };
  }

  try {
    return await Promise.all(matrix.map(runOne));
  } finally {
    overview.end();
  }
}

/** The error that a matrix ends with, if any of its tasks is no success. */
export function matrixProblem(matrix: readonly MatrixOrder[], reports: readonly TaskReport[]): RunError | undefined {
  const bad = reports.flatMap(({ problem }, index) =>
    problem === undefined ? [] : [{ problem, label: matrix[index]?.label ?? '' }],
  );
  const causes = bad.filter(({ problem }) => !isConsequence(problem));
  const first = (causes[0] ?? bad[0])?.problem;
  if (first === undefined || isConsequence(first)) return first;
  const shown = causes
    .slice(0, MOST_CAUSES)
    .map(({ problem, label }) => inert`${label}: ${sentence(problem.message.slice(0, LONGEST_CAUSE))}`);
  const more = causes.length > MOST_CAUSES ? [inert`${causes.length - MOST_CAUSES} more did not succeed either.`] : [];
  const rest = bad.length - causes.length;
  const others = rest > 0 ? [inert`Cancelled or not submitted because of that: ${rest}.`] : [];
  return new RunError(
    first.kind,
    joinInert([inert`${causes.length} of ${reports.length} tasks did not succeed.`, ...shown, ...more, ...others], ' '),
    first,
  );
}

/** Whether a task only shares the end of the others, by `fail-fast` or with the job. */
function isConsequence({ kind }: RunError): boolean {
  return kind === 'sibling' || kind === 'aborted';
}

function notBegun(label: string, signal: AbortSignal): RunError {
  const { kind } = asRunError('aborted', signal.reason);
  return new RunError(kind, inert`${label} was not submitted any more.`, signal.reason);
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

/** Says now and then how far the whole is. */
function createOverview(total: number, log: Log) {
  const endings = new Map<string, number>();
  const running = new Set<symbol>();
  let begun = 0;
  let over = 0;
  let done = 0;
  let said = '';

  function say(never = 0): void {
    const ways = [...endings].map(([status, amount]) => `${amount} ${status}`).join(', ');
    const now = [
      { amount: running.size, word: 'running' },
      { amount: begun - over - running.size, word: 'queued' },
      { amount: over - done, word: 'bringing files home' },
      { amount: never, word: 'not submitted' },
    ].filter(({ amount }) => amount > 0);
    const rest = now.map(({ amount, word }) => `; ${amount} ${word}`).join('');
    const text = inert`${done} of ${total} tasks done${ways === '' ? '' : `: ${ways}`}${rest}`;
    if (text !== said) log.info(text);
    said = text;
  }

  const timer = setInterval(() => say(), OVERVIEW_INTERVAL);
  return {
    /** A task takes its place; what is called on the place tells how it goes on. */
    begin() {
      const place = Symbol('task');
      begun += 1;
      return {
        is(status: string) {
          if (status === 'running') running.add(place);
          else running.delete(place);
        },
        over() {
          running.delete(place);
          over += 1;
        },
        done({ status, problem }: TaskReport) {
          const ending = status === 'completed' && problem !== undefined ? 'completed without all files' : status;
          endings.set(ending, (endings.get(ending) ?? 0) + 1);
          done += 1;
        },
      };
    },
    end() {
      clearInterval(timer);
      if (begun > 0) say(total - begun);
    },
  };
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
