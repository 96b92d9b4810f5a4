import { timeLimit } from '../clock.ts';
import { ApiError } from '../cyberun/errors.ts';
import type { Task } from '../cyberun/schema.ts';
import { asRunError, RunError } from '../errors.ts';
import { type Inert, inert } from '../inert.ts';
import { cancel } from './cancel.ts';
import { collect, NOTHING } from './collect.ts';
import type { LedgerEntry, Order, RunContext } from './context.ts';
import { formatClock, formatDuration } from './durations.ts';
import { type Ended, follow } from './follow.ts';
import type { RunStatus, TaskReport } from './report.ts';
import { submit } from './submit.ts';
import { createWaitingWatch } from './waiting.ts';

/**
 * Runs one task: submit or attach, follow, bring the files home. Never throws: what went wrong is in the report, beside
 * all that is known. When it returns early, the task is cancelled, unless the order says to leave it.
 */
export async function runTask(order: Order, context: RunContext): Promise<TaskReport> {
  const bringHome = await runToEnd(order, context);
  return bringHome(context);
}

/**
 * The first half of {@link runTask}: it is over when the task no longer needs a GPU. What it returns is the second half,
 * which brings the files home, with a context of its own: it may go on when siblings are cancelled.
 */
export async function runToEnd(
  order: Order,
  context: RunContext,
): Promise<(context: RunContext) => Promise<TaskReport>> {
  const { log, ledger } = context;
  let report = emptyReport(order);
  let entry: LedgerEntry | undefined;
  try {
    let taskId = order.taskId;
    if (taskId === undefined) {
      entry = ledger.submitting(order.reference ?? '');
      taskId = await submit(order, context, entry);
    } else {
      entry = ledger.attached(taskId);
      log.info(inert`Following task ${taskId}`);
    }
    report = { ...report, taskId };
    context.onTask(taskId);
    if (order.wait) {
      const { ended, facts } = await followToEnd(taskId, order, context);
      entry.closed();
      return (later) => collectInto({ ...report, ...facts, status: ended.status }, taskId, ended, order, later);
    }
    entry.closed();
    return async () => ({ ...report, status: 'submitted' });
  } catch (error) {
    const problem = asRunError('task', error);
    const failed: TaskReport = { ...report, problem, status: STATUS_OF[problem.kind] ?? 'failed' };
    if (report.taskId === undefined) return async () => failed;
    if (isUnknownTask(order, error)) {
      entry?.closed();
      return async () => failed;
    }
    const leave = !order.cancelOnAbort && (problem.kind === 'aborted' || problem.kind === 'task');
    if (leave) log.info(inert`Task ${report.taskId} goes on, as cancel-on-abort is false`);
    if (leave || (await cancel(report.taskId, context))) entry?.closed();
    return async () => failed;
  }
}

/** Whether there is no such task to attach to. One that was submitted exists, whatever a 404 says of it. */
function isUnknownTask(order: Order, error: unknown): boolean {
  return order.taskId !== undefined && error instanceof ApiError && error.status === 404;
}

async function collectInto(
  report: TaskReport,
  taskId: string,
  ended: Ended,
  order: Order,
  context: RunContext,
): Promise<TaskReport> {
  try {
    return { ...report, ...(await collect(taskId, ended, order, context)) };
  } catch (error) {
    return { ...report, problem: asRunError('files', error) };
  }
}

/** The report of an order of which nothing has come yet. */
export function emptyReport(order: Order): TaskReport {
  return {
    taskId: order.taskId,
    status: 'failed',
    parameters: order.submission.parameters,
    agentId: undefined,
    gpuType: undefined,
    queueTime: undefined,
    runTime: undefined,
    ...NOTHING,
  };
}

const STATUS_OF: Partial<Record<RunError['kind'], RunStatus>> = {
  aborted: 'cancelled',
  sibling: 'cancelled',
  'timed-out': 'timed-out',
};

interface Followed {
  readonly ended: Ended;
  readonly facts: Pick<TaskReport, 'agentId' | 'gpuType' | 'queueTime' | 'runTime'>;
}

async function followToEnd(taskId: string, order: Order, context: RunContext): Promise<Followed> {
  const { service, clock, signal } = context;
  const view = context.view(order.workflow);
  const begun = clock.now();
  let running: number | undefined;
  let status = 'pending';
  const doing = () => `it was ${status} for ${formatDuration(clock.now() - (running ?? begun))}`;
  const labels = order.workflow?.required_labels ?? [];
  const waiting = createWaitingWatch(labels, { service, clock, signal }, (reason) =>
    view.line(reason === undefined ? inert`waiting` : inert`waiting: ${reason}`),
  );

  using whole = timeLimit(signal, order.timeout ?? NEVER, () => timedOut('timeout', order.timeout, doing()));
  using queue = timeLimit(signal, order.queueTimeout ?? NEVER, () =>
    timedOut('queue-timeout', order.queueTimeout, waiting.reason() ?? doing()),
  );
  const limits = AbortSignal.any([whole.signal, queue.signal]);
  try {
    for await (const item of follow(taskId, { service, clock, signal: limits })) {
      if (item.type === 'notice') view.line(item.message);
      if (item.type === 'progress') view.progress(item.progress);
      if (item.type === 'ended') {
        const facts = factsOf(item.task, { begun, running, over: clock.now() });
        view.line(endingLine(item, clock.now() - begun, facts));
        return { ended: item, facts };
      }
      if (item.type === 'status') {
        status = item.status;
        if (status === 'waiting') waiting.begin();
        else waiting.end();
        if (status === 'running') {
          running = clock.now();
          queue[Symbol.dispose]();
        }
        if (!QUIET.includes(status)) view.line(statusLine(status, item.task));
      }
    }
  } finally {
    waiting.end();
  }
  throw new Error('the task was no longer followed');
}

/** Longer than any job. */
const NEVER = Number.POSITIVE_INFINITY;
/** States with a line of their own. */
const QUIET = ['waiting', 'completed', 'failed', 'cancelled'];

function timedOut(input: string, limit: number | undefined, doing: string): RunError {
  return new RunError(
    'timed-out',
    inert`The task was not ${input === 'timeout' ? 'over' : 'running'} within the ${input} of ${formatDuration(limit ?? 0)}: ${doing}. Raise ${input}, or look in Cyberun at what holds it up.`,
  );
}

function statusLine(status: string, task: Task | undefined): Inert {
  if (status !== 'running' || task?.agent_id === undefined) return inert`${status}`;
  return task.gpu_type === undefined
    ? inert`running on ${task.agent_id}`
    : inert`running on ${task.agent_id} (${task.gpu_type})`;
}

function endingLine({ status }: Ended, time: number, { queueTime, runTime }: Followed['facts']): Inert {
  const parts =
    queueTime === undefined || runTime === undefined
      ? ''
      : ` (${formatClock(queueTime)} queued, ${formatClock(runTime)} running)`;
  return inert`${status} in ${formatClock(time)}${parts}`;
}

/** The service's own time stamps where it has them, what was seen from here otherwise. */
function factsOf(
  task: Task | undefined,
  seen: { begun: number; running: number | undefined; over: number },
): Followed['facts'] {
  return {
    agentId: task?.agent_id,
    gpuType: task?.gpu_type,
    queueTime:
      between(task?.created_at, task?.started_at) ??
      (seen.running === undefined ? undefined : seen.running - seen.begun),
    runTime:
      between(task?.started_at, task?.completed_at) ??
      (seen.running === undefined ? undefined : seen.over - seen.running),
  };
}

function between(from: string | undefined, to: string | undefined): number | undefined {
  const time = Date.parse(to ?? '') - Date.parse(from ?? '');
  return Number.isNaN(time) || time < 0 ? undefined : time;
}
