import { asRunError, RunError } from '../base/errors.ts';
import { type Inert, inert } from '../base/inert.ts';
import { ApiError } from '../cyberun/errors.ts';
import { cancel } from './cancel.ts';
import type { LedgerEntry, TaskContext, TaskOrder } from './context.ts';
import type { Followed, RunStatus } from './followed.ts';
import { submit } from './submit.ts';
import { followToEnd } from './track.ts';
import { Unfinished } from './unfinished.ts';

/**
 * Submits a task or attaches to one, and follows it until it no longer needs a GPU. Never throws: what went wrong is in
 * what it returns, beside all that is known. When it ends early, the task is cancelled, unless the order says to leave it.
 */
export async function followTask(order: TaskOrder, context: TaskContext): Promise<Followed> {
  let known = nothingKnown(order);
  let entry: LedgerEntry;
  try {
    entry = context.ledger.open(order.target);
  } catch (error) {
    return endedBy(known, asRunError('submit', error), order);
  }
  const learn = (more: Partial<Followed>) => {
    known = { ...known, ...more };
    context.learn(known);
  };
  try {
    const { target, workflow } = order;
    const taskId = 'taskId' in target ? target.taskId : await submit(target, workflow?.id, context);
    // Known first: should the ledger or whoever learns of it fail, there is a task to cancel.
    known = { ...known, taskId };
    // Written down before anything is said: a kill may follow any line.
    entry.opened(taskId);
    context.log.info('taskId' in target ? inert`Following task ${taskId}` : inert`Task ${taskId} submitted`);
    context.learn(known);
    if (order.wait) {
      const ended = await followToEnd(taskId, order, context, learn);
      learn({ status: ended.status, ended });
      if (ended.status === 'failed' && !ended.isConfirmed && order.cancelOnAbort) {
        context.log.info(inert`Its record does not say so: cancelling it, as the service may try it again`);
        const cancelled = await cancel(taskId, context);
        if (!cancelled.isConfirmed) {
          sayUnconfirmed(taskId, cancelled.why, context);
          return known;
        }
      }
      close(entry);
    } else {
      if (context.detail === 'full') {
        context.log.info(inert`Not waiting for it: a later step goes on with it by its task-id`);
      }
      learn({ status: 'submitted' });
      // Should that not be written down, post would cancel what is to go on.
      entry.closed();
    }
    return known;
  } catch (error) {
    return endEarly(error, known, order, entry, context);
  }
}

/** What is known of an order before anything has come of it. */
export function nothingKnown({ target, fingerprint }: Pick<TaskOrder, 'target' | 'fingerprint'>): Followed {
  return {
    taskId: 'taskId' in target ? target.taskId : undefined,
    status: 'failed',
    parameters: 'taskId' in target ? {} : target.submission.parameters,
    fingerprint,
    reused: undefined,
    problem: undefined,
    agentId: undefined,
    gpuType: undefined,
    queueTime: undefined,
    runTime: undefined,
    ended: undefined,
    tries: [],
  };
}

/**
 * The same, of a run that ended for that reason, with the status that goes with it: a task that the order leaves alone goes
 * on when the job is aborted.
 */
export function endedBy<T extends Pick<Followed, 'taskId' | 'status' | 'problem'>>(
  known: T,
  problem: RunError,
  { cancelOnAbort }: Pick<TaskOrder, 'cancelOnAbort'>,
): T {
  const goesOn = problem.kind === 'aborted' && !cancelOnAbort && known.taskId !== undefined;
  return { ...known, problem, status: goesOn ? 'submitted' : (STATUS_OF[problem.kind] ?? 'failed') };
}

const STATUS_OF: Partial<Record<RunError['kind'], RunStatus>> = {
  aborted: 'cancelled',
  sibling: 'cancelled',
  'timed-out': 'timed-out',
};

async function endEarly(
  error: unknown,
  known: Followed,
  order: TaskOrder,
  entry: LedgerEntry,
  context: TaskContext,
): Promise<Followed> {
  const { taskId } = known;
  const problem = asRunError('task', error);
  const ended = endedBy(known, problem, order);
  if (taskId === undefined) {
    close(entry);
    return ended;
  }
  if (isUnknownTask(order, error)) {
    close(entry);
    const text = inert`There is no task ${taskId} for this key: it may belong to another team or deployment, or be gone by now.`;
    return endedBy(known, new RunError('task', text, error), order);
  }
  context.learn(ended);
  const leave = !order.cancelOnAbort && (problem.kind === 'aborted' || problem.kind === 'task');
  if (leave) {
    context.log.info(inert`Task ${taskId} goes on, as cancel-on-abort is false`);
    close(entry);
    return ended;
  }
  const cancelled = await cancel(taskId, context);
  if (!cancelled.isConfirmed) {
    sayUnconfirmed(taskId, cancelled.why, context);
    return { ...ended, problem: new Unfinished(problem, 'cancel', taskId) };
  }
  close(entry);
  if (cancelled.end !== 'completed') return ended;
  // That it was too late is what the user has to know, whenever the task completed.
  const status = problem.kind === 'timed-out' ? ended.status : 'completed';
  return { ...ended, status, problem: new Unfinished(problem, 'fetch', taskId) };
}

/** No warning: post asks again, and has the last word. */
function sayUnconfirmed(taskId: string, why: Inert, { log }: Pick<TaskContext, 'log'>): void {
  log.info(inert`Task ${taskId} is not known to be cancelled: ${why} The post step asks again`);
}

/** Notes that nothing is left to cancel. Where that cannot be written down, post asks for one cancel that changes nothing. */
function close(entry: LedgerEntry): void {
  try {
    entry.closed();
  } catch {
    // An error would end the step, and leave other tasks of a matrix to themselves.
  }
}

/** Whether there is no such task to attach to. One that was submitted exists, whatever a 404 says of it. */
function isUnknownTask({ target }: TaskOrder, error: unknown): boolean {
  return 'taskId' in target && error instanceof ApiError && error.status === 404;
}
