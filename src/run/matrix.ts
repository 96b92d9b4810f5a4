import pLimit from 'p-limit';
import type { Clock } from '../clock.ts';
import type { Client } from '../cyberun/client.ts';
import { asRunError, RunError } from '../errors.ts';
import { type Inert, inert, joinInert } from '../inert.ts';
import type { Order, RunContext } from './context.ts';
import type { Log } from './log.ts';
import type { TaskReport } from './report.ts';
import { emptyReport, runToEnd } from './run.ts';

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

/** How often the overview is shown while nothing else is said, in milliseconds. */
const OVERVIEW_INTERVAL = 30_000;
/** States that every task passes through; with many tasks they would hide the others. */
const MINOR: readonly string[] = ['pending', 'provisioning', 'queued'];
/** How long an answer about the agents serves all the tasks that wait, in milliseconds. */
const AGENTS_FRESH = 10_000;

/**
 * Runs every combination, several at a time, and returns their reports in order. Never throws: see `runTask`. Tasks
 * that were not begun when it ends early have a report that says so.
 */
export async function runMatrix(
  matrix: readonly MatrixOrder[],
  { maxParallel, failFast }: MatrixOptions,
  context: RunContext,
): Promise<TaskReport[]> {
  const siblings = new AbortController();
  const signal = AbortSignal.any([context.signal, siblings.signal]);
  const service = withSharedAgents(context.service, context.clock);
  const overview = createOverview(matrix.length, context.clock, context.log);
  const sayOnce = createSayOnce();
  const limit = pLimit(maxParallel);
  async function runOne({ label, order }: MatrixOrder): Promise<TaskReport> {
    const own: RunContext = {
      ...context,
      service,
      signal,
      brief: true,
      log: labelled(context.log, label),
      view: (workflow) => {
        const view = context.view(workflow, label);
        return { ...view, line: (text) => !MINOR.includes(text) && sayOnce(text) && view.line(text) };
      },
    };
    // The place among max-parallel is free once the task is over; its files may still be on their way.
    const bringHome = await limit(async () => {
      if (signal.aborted) return undefined;
      overview.begun();
      return runToEnd(order, own);
    });
    if (bringHome === undefined)
      return { ...emptyReport(order), status: 'cancelled', problem: notBegun(label, signal) };
    const report = await bringHome({ ...own, signal: context.signal });
    const good = report.problem === undefined;
    overview.over(good);
    if (!good && failFast && !signal.aborted) {
      siblings.abort(new RunError('sibling', inert`Cancelled, because ${label} failed and fail-fast is on.`));
    }
    return report;
  }

  try {
    return await Promise.all(matrix.map(runOne));
  } finally {
    overview.end();
  }
}

/** The error that a matrix ends with, if any of its tasks is no success. */
export function matrixProblem(matrix: readonly MatrixOrder[], reports: readonly TaskReport[]): RunError | undefined {
  const named = reports.map((report, index) => ({ report, label: matrix[index]?.label ?? '' }));
  const bad = named.filter(({ report }) => report.problem !== undefined);
  const causes = bad.filter(({ report }) => report.problem?.kind !== 'sibling');
  const first = (causes[0] ?? bad[0])?.report.problem;
  if (first === undefined) return undefined;
  if (first.kind === 'aborted') return first;
  const shown = causes.slice(0, 5).map(({ report, label }) => inert`${label}: ${report.problem?.message ?? ''}`);
  const others = bad.length - Math.min(causes.length, 5);
  const more = others > 0 ? inert` ${others} more were cancelled or failed.` : inert``;
  return new RunError(
    first.kind,
    inert`${bad.length} of ${reports.length} tasks did not succeed. ${joinInert(shown, ' ')}${more}`,
    first,
  );
}

function notBegun(label: string, signal: AbortSignal): RunError {
  const { kind } = asRunError('aborted', signal.reason);
  return new RunError(kind, inert`${label} was not submitted any more.`, signal.reason);
}

/** A log whose every line says which combination it is about. */
function labelled(log: Log, label: string): Log {
  const mark = (text: Inert) => inert`[${label}] ${text}`;
  return {
    info: (line) => log.info(mark(line)),
    warning: (message) => log.warning(mark(message)),
    debug: (message) => log.debug(mark(message)),
    group: (title, lines) => log.group(mark(title), lines),
  };
}

/** Fifty tasks that wait for the same reason say it once, not fifty times. */
function createSayOnce(): (text: Inert) => boolean {
  let last: Inert | undefined;
  return (text) => {
    if (!text.startsWith('waiting')) return true;
    if (text === last) return false;
    last = text;
    return true;
  };
}

/** One question about the agents serves all the tasks that wait at the time. */
function withSharedAgents(service: Client, clock: Clock): Client {
  let answer: Promise<Awaited<ReturnType<Client['agents']>>> | undefined;
  let askedAt = 0;
  return {
    ...service,
    agents(signal) {
      if (answer === undefined || clock.now() - askedAt > AGENTS_FRESH) {
        askedAt = clock.now();
        answer = service.agents(signal);
      }
      return answer;
    },
  };
}

/** Says now and then how far the whole is. */
function createOverview(total: number, clock: Clock, log: Log) {
  let running = 0;
  let done = 0;
  let failed = 0;
  let saidAt = clock.now();
  const say = () => {
    saidAt = clock.now();
    log.info(inert`${done} of ${total} done, ${running} running, ${failed} failed`);
  };
  const timer = setInterval(say, OVERVIEW_INTERVAL);
  return {
    begun() {
      running += 1;
    },
    over(good: boolean) {
      running -= 1;
      done += 1;
      if (!good) failed += 1;
      if (done === total || clock.now() - saidAt > OVERVIEW_INTERVAL / 3) say();
    },
    end: () => clearInterval(timer),
  };
}
