import { asRunError, RunError } from '../base/errors.ts';
import { inert } from '../base/inert.ts';
import { ApiError } from '../cyberun/errors.ts';
import { collect, NOTHING } from '../files/collect.ts';
import { cancel } from './cancel.ts';
import type { LedgerEntry, Order, RunContext } from './context.ts';
import type { Ended } from './ending.ts';
import type { RunStatus, TaskReport } from './report.ts';
import { submit } from './submit.ts';
import { followToEnd } from './track.ts';

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
      const ended = await followToEnd(taskId, order, context, (facts) => {
        report = { ...report, ...facts };
      });
      entry.closed();
      return (later) => collectInto({ ...report, status: ended.status }, taskId, ended, order, later);
    }
    entry.closed();
    if (!context.brief) log.info(inert`Not waiting for it: a later step goes on with it by its task-id`);
    return async () => ({ ...report, status: 'submitted' });
  } catch (error) {
    const problem = asRunError('task', error);
    const failed: TaskReport = { ...report, problem, status: STATUS_OF[problem.kind] ?? 'failed' };
    if (report.taskId === undefined) return async () => failed;
    if (isUnknownTask(order, error)) {
      entry?.closed();
      const text = inert`There is no task ${report.taskId} for this key: it may belong to another team or deployment, or be gone by now.`;
      return async () => ({ ...failed, problem: new RunError('task', text, error) });
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
