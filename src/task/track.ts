import { timeLimit } from '../base/clock.ts';
import { formatClock, formatDuration } from '../base/durations.ts';
import { RunError } from '../base/errors.ts';
import { type Inert, inert } from '../base/inert.ts';
import type { Task } from '../cyberun/schema.ts';
import type { Order, RunContext } from './context.ts';
import type { Ended } from './ending.ts';
import { follow } from './follow.ts';
import type { TaskReport } from './report.ts';
import { createWaitingWatch } from './waiting.ts';

/** Where and how long a task ran, as far as that is known. */
export type TaskFacts = Pick<TaskReport, 'agentId' | 'gpuType' | 'queueTime' | 'runTime'>;

/**
 * Follows a task to its end under the order's time limits, and shows it.
 *
 * @param learn Told where and how long the task ran, on every way out.
 * @throws {RunError} of kind `timed-out`; or what {@link follow} throws
 */
export async function followToEnd(
  taskId: string,
  order: Order,
  context: RunContext,
  learn: (facts: TaskFacts) => void,
): Promise<Ended> {
  const { service, clock, signal } = context;
  const view = context.view(order.workflow);
  const begun = clock.now();
  let running: number | undefined;
  let now = { status: 'pending', since: begun };
  let record: Task | undefined;
  const facts = () => factsOf(record, { begun, running, over: clock.now() });
  const doing = () => `it was ${now.status} for ${formatDuration(clock.now() - now.since)}`;
  // How many tasks are ahead is another number for each: with many, none is asked for.
  const ahead = context.brief ? {} : { taskId };
  const waiting = createWaitingWatch(order.workflow?.required_labels, { service, clock, signal, ...ahead }, (reason) =>
    view.status('waiting', reason === undefined ? inert`waiting` : inert`waiting: ${reason}`),
  );

  using whole = timeLimit(clock, signal, order.timeout ?? NEVER, () => timedOut('timeout', order.timeout, doing()));
  using queue = timeLimit(clock, signal, order.queueTimeout ?? NEVER, () =>
    timedOut('queue-timeout', order.queueTimeout, doing(), waiting.reason()),
  );
  const limits = AbortSignal.any([whole.signal, queue.signal]);
  try {
    for await (const item of follow(taskId, { service, clock, signal: limits })) {
      if (item.type === 'notice') view.line(item.message);
      if (item.type === 'progress') view.progress(item.progress);
      if (item.type === 'ended') {
        record = item.task ?? record;
        view.status(
          item.status,
          endingLine(item, order.taskId === undefined ? clock.now() - begun : undefined, facts()),
        );
        return item;
      }
      if (item.type === 'status') {
        const { status } = item;
        now = { status, since: clock.now() };
        if (status === 'waiting') waiting.begin();
        else waiting.end();
        if (status === 'running') {
          running = clock.now();
          queue[Symbol.dispose]();
        }
        record = item.task ?? record;
        if (!QUIET.includes(status)) view.status(status, statusLine(status, item.task));
      }
    }
  } finally {
    waiting.end();
    learn(facts());
  }
  throw new Error('the task was no longer followed');
}

/** Longer than any job. */
const NEVER = Number.POSITIVE_INFINITY;
/** States with a line of their own. */
const QUIET = ['waiting', 'completed', 'failed', 'cancelled'];

/** @param reason Why the task waits, where that is known: then it says what to do, too. */
function timedOut(input: string, limit: number | undefined, doing: string, reason?: Inert): RunError {
  const cause =
    reason === undefined ? inert`${doing}. Raise ${input}, or look in Cyberun at what holds it up.` : inert`${reason}.`;
  return new RunError(
    'timed-out',
    inert`The task was not ${input === 'timeout' ? 'over' : 'running'} within the ${input} of ${formatDuration(limit ?? 0)}: ${cause}`,
  );
}

function statusLine(status: string, task: Task | undefined): Inert {
  if (status !== 'running' || task?.agent_id === undefined) return inert`${status}`;
  return task.gpu_type === undefined
    ? inert`running on ${task.agent_id}`
    : inert`running on ${task.agent_id} (${task.gpu_type})`;
}

/** @param time From the submit; `undefined` where somebody else submitted. */
function endingLine({ status }: Ended, time: number | undefined, { queueTime, runTime }: TaskFacts): Inert {
  const parts =
    queueTime === undefined || runTime === undefined
      ? ''
      : ` (${formatClock(queueTime)} queued, ${formatClock(runTime)} running)`;
  return inert`${status}${time === undefined ? '' : ` in ${formatClock(time)}`}${parts}`;
}

/** The service's own time stamps where it has them, what was seen from here otherwise. */
function factsOf(
  task: Task | undefined,
  seen: { begun: number; running: number | undefined; over: number },
): TaskFacts {
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
