import type { Clock } from '../base/clock.ts';
import { formatClock, formatDuration } from '../base/durations.ts';
import { RunError } from '../base/errors.ts';
import { type Inert, inert, joinInert } from '../base/inert.ts';
import type { Task } from '../cyberun/schema.ts';
import { timeBetween } from '../cyberun/times.ts';
import type { TaskContext, TaskOrder, TaskView } from './context.ts';
import type { Ended } from './ending.ts';
import { follow } from './follow.ts';
import type { TaskFacts } from './followed.ts';
import type { TaskProgress } from './history.ts';
import { createWaitingWatch, type Waits } from './waiting.ts';

/**
 * Follows a task to its end under the order's time limits, and shows it.
 *
 * @param learn Told where and how long the task ran, whenever that is known better, and on every way out.
 * @throws {RunError} of kind `timed-out`; or what {@link follow} throws
 */
export async function followToEnd(
  taskId: string,
  order: TaskOrder,
  context: TaskContext,
  learn: (facts: TaskFacts) => void,
): Promise<Ended> {
  const { service, clock, log, signal, view, detail } = context;
  const begun = clock.now();
  let running: number | undefined;
  let now = { status: 'pending', since: begun };
  let record: Task | undefined;
  /** When the end was announced: it may take a while until that is confirmed. */
  let over: number | undefined;
  const facts = () => factsOf(record, { begun, running, over: over ?? clock.now() });
  const doing = () => `it was ${now.status} for ${formatDuration(clock.now() - now.since)}`;
  // How many tasks are ahead is another number for each: with many, none is asked for.
  const ahead = detail === 'full' ? { taskId } : {};
  const waiting = createWaitingWatch(
    order.workflow?.required_labels,
    { service, clock, signal, ...ahead },
    (reason) => {
      view.status('waiting', reason === undefined ? inert`waiting` : inert`waiting: ${reason.text}`);
      if (reason?.isHopeless === true) view.hopeless(reason.text);
    },
  );
  const place = createPlace(view, clock);
  const limits = new AbortController();
  const startLimit = (input: 'timeout' | 'queue-timeout', ms: number | undefined) =>
    clock.after(begun + (ms ?? NEVER) - clock.now(), () =>
      limits.abort(timedOut(input, ms, doing(), waiting.reason())),
    );
  let endTimeout = startLimit('timeout', order.timeout);
  const endQueueTimeout = startLimit('queue-timeout', order.queueTimeout);
  try {
    const isKnown = 'workflow' in order.target || order.target.wasRead;
    const followed = AbortSignal.any([signal, limits.signal]);
    for await (const item of follow(taskId, { service, clock, isKnown, signal: followed })) {
      if (item.type === 'announced') {
        over = item.status === undefined ? undefined : clock.now();
        // What was announced in time is in time, however long it takes to confirm it; unless it proves to be no end.
        endTimeout();
        endQueueTimeout();
        if (item.status === undefined) endTimeout = startLimit('timeout', order.timeout);
      }
      if (item.type === 'notice') {
        if (item.about === 'task') view.line(item.message);
        else view.shared(item.message);
      }
      if (item.type === 'record') {
        record = item.task;
        // A task may wait for hours without a line, and a log that nobody reads any more says so only to who writes.
        log.debug(inert`Task ${taskId}: ${record.task_status ?? 'unknown'}`);
        place.known(record);
        learn(facts());
      }
      if (item.type === 'told') view.told(item.message);
      if (item.type === 'progress') place.progress(item.progress);
      if (item.type === 'status') {
        const { status } = item;
        now = { status, since: clock.now() };
        if (status === 'waiting') waiting.begin();
        else waiting.end();
        if (status === 'running') {
          running = clock.now();
          endQueueTimeout();
          place.running(item.task);
        } else {
          place.show();
          if (!OWN_LINE.includes(status)) view.status(status, inert`${status}`);
        }
      }
      if (item.type === 'ended') {
        record = item.task ?? record;
        place.show();
        const time = 'taskId' in order.target ? undefined : clock.now() - begun;
        view.status(item.status, endingLine(item, time, facts()));
        return item;
      }
    }
  } finally {
    endTimeout();
    endQueueTimeout();
    waiting.end();
    place.forget();
    view.end();
    learn(facts());
  }
  throw new Error('the task was no longer followed');
}

/** States with a line of their own. */
const OWN_LINE = ['waiting', 'running'];

/** How long the line of a task that runs waits for the record, which names the agent; in milliseconds. */
const RECORD_PATIENCE = 3_000;

/** Says where a task runs, as soon as that is known, and how far it is only then; without it where it is not known soon. */
function createPlace(view: TaskView, clock: Pick<Clock, 'after'>) {
  let pending: (() => void) | undefined;
  let held: TaskProgress | undefined;

  function show(task?: Task): void {
    if (pending === undefined) return;
    pending();
    pending = undefined;
    view.status('running', runningLine(task));
    if (held !== undefined) view.progress(held);
    held = undefined;
  }

  return {
    running(task: Task | undefined): void {
      pending?.();
      pending = clock.after(RECORD_PATIENCE, () => show());
      if (task !== undefined) show(task);
    },
    /** A record was read; one that lags behind does not know yet. */
    known(task: Task): void {
      if (task.agent_id !== undefined) show(task);
    },
    progress(progress: TaskProgress): void {
      if (pending === undefined) view.progress(progress);
      else held ??= progress;
    },
    show: () => show(),
    forget(): void {
      pending?.();
      pending = undefined;
    },
  };
}

function runningLine(task: Task | undefined): Inert {
  if (task?.agent_id === undefined) return inert`running`;
  return task.gpu_type === undefined
    ? inert`running on ${task.agent_id}`
    : inert`running on ${task.agent_id} (${task.gpu_type})`;
}

/** Longer than any job. */
const NEVER = Number.POSITIVE_INFINITY;

/** @param reason Why the task waits, where that is known. */
function timedOut(
  input: 'timeout' | 'queue-timeout',
  limit: number | undefined,
  doing: string,
  reason: Waits | undefined,
): RunError {
  const cause =
    reason === undefined || input === 'timeout'
      ? inert`${doing}. Raise ${input}, or look in Cyberun at what holds it up.`
      : reason.isHopeless
        ? inert`${reason.text}. Give an agent the workflow's labels, or take another workflow.`
        : inert`${reason.text}. Raise queue-timeout, or see in Cyberun that an agent with the workflow's labels is idle.`;
  const [late, time] = [input === 'timeout' ? inert`not over` : inert`not running`, formatDuration(limit ?? 0)];
  const message = joinInert([inert`The task was`, late, inert`within the ${input} of ${time}: ${cause}`], ' ');
  return new RunError('timed-out', message, undefined, { brief: inert`${late} within ${time}` });
}

/** @param time From the submit; `undefined` where somebody else submitted. */
function endingLine({ word }: Ended, time: number | undefined, { queueTime, runTime }: TaskFacts): Inert {
  const parts =
    queueTime === undefined || runTime === undefined
      ? ''
      : ` (${formatClock(queueTime)} queued, ${formatClock(runTime)} running)`;
  return inert`${word}${time === undefined ? '' : ` in ${formatClock(time)}`}${parts}`;
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
      timeBetween(task?.created_at, task?.started_at) ??
      (seen.running === undefined ? undefined : seen.running - seen.begun),
    runTime:
      timeBetween(task?.started_at, task?.completed_at) ??
      (seen.running === undefined ? undefined : seen.over - seen.running),
  };
}
