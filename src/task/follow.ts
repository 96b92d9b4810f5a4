import { PassThrough } from 'node:stream';
import { type Clock, sleep, timeLimit } from '../base/clock.ts';
import { type Inert, inert } from '../base/inert.ts';
import { createBackoff } from '../base/retry.ts';
import type { Client } from '../cyberun/client.ts';
import { ApiError, isPassing } from '../cyberun/errors.ts';
import type { StreamItem } from '../cyberun/events.ts';
import type { Task } from '../cyberun/schema.ts';
import { announcedEnding, confirm, type Ended } from './ending.ts';
import { createHistory, type Happening, terminalStatus } from './history.ts';

export type { Ended } from './ending.ts';

/** Something the log may want to say about the way the task is followed. */
export interface Notice {
  readonly type: 'notice';
  readonly message: Inert;
}

/** What following needs. */
export interface FollowContext {
  readonly service: Pick<Client, 'events' | 'task'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Follows a task to its end, whatever the network does. Two loops report: one listens to the event stream and opens it
 * again when it breaks, the other asks for the status, seldom while the stream is open and often while it is not. So no
 * stream, however broken, can hide the end of a task. Nothing is said twice, and the last item is always `ended`.
 *
 * Leaving the iteration closes every connection. Throws the signal's reason; or an `ApiError` when the task cannot be
 * read: 401, 403, 404, or faults that outlast the client's patience.
 */
export async function* follow(
  taskId: string,
  { service, clock, signal }: FollowContext,
): AsyncGenerator<Happening | Notice | Ended, void, undefined> {
  const scope = new AbortController();
  const inner = { service, clock, signal: AbortSignal.any([signal, scope.signal]) };
  const reports = new PassThrough({ objectMode: true });
  const fail = (error: unknown) => reports.destroy(error instanceof Error ? error : new Error(String(error)));
  const loop: Loop = { ...inner, taskId, link: createLink(clock), report: (report) => reports.write(report) };
  listen(loop).catch(fail);
  watch(loop).catch(fail);

  const history = createHistory();
  // A stream that breaks every minute and then replays what is known is told of once, until it brings news.
  const told = new Set<'lost' | 'too large' | 'not JSON'>();
  let held: Notice | undefined;
  try {
    for await (const report of reports as AsyncIterable<Report>) {
      if (report.type === 'lost') {
        const notice: Notice = { type: 'notice', message: lossText(report.error) };
        if (!told.has('lost')) {
          // A task that is gone has no stream either: that is no news of the stream, unless its status can still be read.
          if ([401, 403, 404].includes(report.error?.status ?? 0)) held = notice;
          else yield notice;
        }
        told.add('lost');
      } else if (report.type === 'dropped') {
        if (!told.has(report.why)) yield { type: 'notice', message: droppedText(report.why) };
        told.add(report.why);
      } else if (report.type === 'task') {
        yield* history.task(report.task);
        const status = terminalStatus(report.task.task_status);
        if (status !== undefined) {
          yield { type: 'ended', status, error: report.task.task_error, task: report.task };
          return;
        }
        if (held !== undefined) yield held;
        held = undefined;
      } else if (report.data.task_id === undefined || report.data.task_id === taskId) {
        for (const happening of history.event(report.name, report.data)) {
          told.delete('lost');
          yield happening.type === 'status' && happening.status === 'running'
            ? { ...happening, task: await readBriefly(taskId, inner) }
            : happening;
        }
        const ending = announcedEnding(report.name, report.data);
        const ended = ending === undefined ? undefined : await confirm(taskId, ending, inner);
        if (ended !== undefined) {
          yield ended;
          return;
        }
      }
    }
  } finally {
    scope.abort(new Error('no longer followed'));
  }
}

/** What the two loops share. */
interface Loop extends FollowContext {
  readonly taskId: string;
  readonly link: Link;
  readonly report: (report: Report) => void;
}

type EventItem = Extract<StreamItem, { type: 'event' }>;
type Report =
  | EventItem
  | Extract<StreamItem, { type: 'dropped' }>
  | { readonly type: 'task'; readonly task: Task }
  | { readonly type: 'lost'; readonly error: ApiError | undefined };

// All in milliseconds.
const FIRST_RECONNECT = 1_000;
const SLOWEST_RECONNECT = 30_000;
/** How long a stream that was refused is left alone. */
const REFUSED_PAUSE = 60_000;
/** A connection without a byte for that long is taken for dead: a half-open one never says so. */
const DEAD = 90_000;
/** How often the status is asked for while a stream is open. */
const OPEN_INTERVAL = 20_000;
const FIRST_POLL = 2_000;
const SLOWEST_POLL = 15_000;

/** Listens to the event stream for ever; returns only by throwing the signal's reason. */
async function listen({ taskId, service, clock, signal, link, report }: Loop): Promise<never> {
  const backoff = createBackoff(FIRST_RECONNECT, SLOWEST_RECONNECT);
  let lastEventId: string | undefined;
  let asked = 0;
  for (;;) {
    let error: ApiError | undefined;
    let over = false;
    const connection = link.open();
    try {
      for await (const item of service.events(taskId, lastEventId, AbortSignal.any([signal, connection]))) {
        link.beat();
        if (item.type === 'retry') asked = Math.min(item.ms, SLOWEST_RECONNECT);
        if (item.type === 'dropped') report(item);
        if (item.type === 'event') {
          backoff.reset();
          lastEventId = item.id ?? lastEventId;
          over = announcedEnding(item.name, item.data) !== undefined;
          report(item);
        }
      }
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof ApiError) error = cause;
      else if (!connection.aborted) throw cause;
    }
    link.lost();
    // A stream that was only silent may be a healthy one of a task that waits: nothing to tell.
    if (!connection.aborted) report({ type: 'lost', error });
    // After the end was announced there is nothing to listen to, unless it proves to be that of a former try.
    const wait = over || isRefusal(error) ? REFUSED_PAUSE : backoff.next(Math.max(asked, error?.retryAfter ?? 0));
    await sleep(clock, wait, signal);
  }
}

/** Asks for the task's status for ever; returns only by throwing. */
async function watch({ taskId, service, clock, signal, link, report }: Loop): Promise<never> {
  let poll = FIRST_POLL;
  let known: string | undefined;
  for (;;) {
    try {
      const task = await service.task(taskId, signal);
      report({ type: 'task', task });
      poll = task.task_status === known ? Math.min(poll * 1.5, SLOWEST_POLL) : FIRST_POLL;
      known = task.task_status;
    } catch (error) {
      // While the stream speaks, a status that cannot be read is no reason to give the task up.
      if (!isPassing(error) || link.silence() > OPEN_INTERVAL) throw error;
    }
    const asked = clock.now();
    await link.until(() => asked + (link.isOpen() ? OPEN_INTERVAL : poll), signal);
  }
}

/** What the two loops know of the connection: whether it is open, and when the stream last gave a sign of life. */
function createLink(clock: Clock) {
  let connection: AbortController | undefined;
  let openedAt = clock.now();
  let lastByteAt = openedAt;
  let changed = new AbortController();
  return {
    /** The signal that ends the new connection when it is found dead. */
    open(): AbortSignal {
      connection = new AbortController();
      openedAt = clock.now();
      return connection.signal;
    },
    beat(): void {
      lastByteAt = clock.now();
    },
    lost(): void {
      connection = undefined;
      changed.abort();
      changed = new AbortController();
    },
    isOpen: () => connection !== undefined,
    silence: () => clock.now() - lastByteAt,
    /** Resolves when the time that `due` gives has come; it is computed anew whenever the connection is lost. */
    async until(due: () => number, signal: AbortSignal): Promise<void> {
      for (;;) {
        if (clock.now() - Math.max(openedAt, lastByteAt) >= DEAD) connection?.abort(new Error('silent'));
        const wait = due() - clock.now();
        if (wait <= 0) return;
        const news = changed.signal;
        await sleep(clock, wait, AbortSignal.any([signal, news])).catch((reason: unknown) => {
          if (!news.aborted || signal.aborted) throw reason;
        });
      }
    },
  };
}
type Link = ReturnType<typeof createLink>;

/** The service will not stream: asking again soon would be no use. */
function isRefusal(error: ApiError | undefined): boolean {
  return error !== undefined && (error.type === 'shape' || (error.type === 'status' && !isPassing(error)));
}

function lossText(error: ApiError | undefined): Inert {
  if (isRefusal(error)) return inert`No event stream (${error?.message ?? ''}) Asking for the status instead.`;
  return inert`${error?.message ?? 'The event stream ended before the task did.'} Reconnecting, and asking for the status meanwhile.`;
}

function droppedText(why: string): Inert {
  return inert`An event of the stream was left out: it was ${why}. The task's end is noticed without it.`;
}

const BRIEF = 3_000;

/** The record of a task that just began to run: it names the agent, which the event does not. */
async function readBriefly(taskId: string, { service, clock, signal }: FollowContext): Promise<Task | undefined> {
  using limit = timeLimit(clock, signal, BRIEF, () => new Error('too slow'));
  return await service.task(taskId, limit.signal).catch(() => undefined);
}
