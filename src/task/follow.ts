import { type Clock, sleep, watchSilence } from '../base/clock.ts';
import { createHandOver } from '../base/hand-over.ts';
import { createBackoff } from '../base/retry.ts';
import type { Client } from '../cyberun/client.ts';
import { ApiError, isPassing } from '../cyberun/errors.ts';
import type { StreamItem } from '../cyberun/events.ts';
import type { Task } from '../cyberun/schema.ts';
import { announcedEnding, createStrangeEnds, type Ended, type Ending, recordedEnd } from './ending.ts';
import { createHistory, type Happening } from './history.ts';
import { createLink, type Link, SILENCE } from './link.ts';
import { createLosses, isRefusal, type Loss } from './losses.ts';

/**
 * The stream announced an end, which the record has to confirm; `undefined` when it proved to be that of a former try, and
 * the task goes on.
 */
export interface Announced {
  readonly type: 'announced';
  readonly status: Ending['status'] | undefined;
}

/** A record of the task, as it was read. */
export interface Recorded {
  readonly type: 'record';
  readonly task: Task;
  /** As the clock's `now`: what came after that, the record may not know. */
  readonly askedAt: number;
}

/** What following needs. */
export interface FollowContext {
  readonly service: Pick<Client, 'events' | 'task'>;
  readonly clock: Clock;
  /** The task is known to be there: it was submitted here, or read before. Then a 404 may be a passing one. */
  readonly isKnown: boolean;
  readonly signal: AbortSignal;
}

/**
 * Follows a task to its end, whatever the network does. Two loops report: one listens to the event stream and opens it
 * again when it breaks, the other reads the task's record, seldom while a stream is open and often while none is. So no
 * stream, however broken, can hide the end of a task, and no record, however slow, holds up what the stream says. Nothing
 * is said twice, and the last item is always `ended`.
 *
 * Leaving the iteration closes every connection. Throws the signal's reason; or an `ApiError` when the task cannot be
 * read: 401, 403, 404, or faults that outlast the client's patience, as a 404 of a task that is known has to.
 */
export async function* follow(
  taskId: string,
  { service, clock, isKnown, signal }: FollowContext,
): AsyncGenerator<Happening | Announced | Recorded | Ended, void, undefined> {
  const scope = new AbortController();
  // Whoever has an item waits until it is taken: an event may be megabytes, and there may be millions.
  const reports = createHandOver<Report>();
  const report = reports.give;
  const link = createLink(clock);
  const loop: Loop = { service, clock, isKnown, signal: AbortSignal.any([signal, scope.signal]), taskId, link, report };
  listen(loop).catch(reports.fail);
  watch(loop).catch((error: unknown) => report({ type: 'unreadable', error }));

  const history = createHistory();
  const losses = createLosses();
  const strangeEnds = createStrangeEnds(clock);
  /** An announced end, when it was announced, and what a record says that was asked for since. */
  let ending: { readonly announced: Ending; readonly at: number; record?: Task } | undefined;
  let forget = () => {};
  try {
    for (;;) {
      const item = await reports.take();
      // After an announced end, the stream is meant to close.
      if (item.type === 'lost' && ending === undefined) yield* losses.of(item);
      if (item.type === 'dropped' || item.type === 'malformed') yield* losses.of(item);
      if (item.type === 'open') history.opened();
      if (item.type === 'record') {
        const { task } = item;
        const end = recordedEnd(task) ?? (ending === undefined ? strangeEnds.of(task, link.isOpen()) : undefined);
        yield item;
        // A record that lags behind an announced end is no news.
        if (ending === undefined || end !== undefined) yield* history.task(task);
        else if (item.askedAt >= ending.at) ending.record = task;
        if (end !== undefined) {
          const announced = ending?.announced;
          const error = task.task_error ?? (announced?.status === end.status ? announced.error : undefined);
          yield { type: 'ended', taskId, ...end, error, output: announced?.output, isConfirmed: true, task };
          return;
        }
        yield* losses.readAgain();
      }
      if (item.type === 'event' && (item.data.task_id === undefined || item.data.task_id === taskId)) {
        for (const happening of history.event(item.name, item.data)) {
          losses.heard();
          link.news();
          // The record names the agent, which the event does not.
          if (happening.type === 'status' && happening.status === 'running') link.announced([0]);
          if (happening.type === 'status' && ending !== undefined) {
            // A state that comes after an end is one of the next try.
            forget();
            ending = undefined;
            yield { type: 'announced', status: undefined };
          }
          yield happening;
        }
        const announced = history.isOld(item.data) ? undefined : announcedEnding(item.name, item.data);
        if (announced !== undefined && announced.status === ending?.announced.status) {
          // Told twice, by a `status` event and by one of its own: each may say what the other does not.
          const { error, output } = announced;
          const { announced: first } = ending;
          ending = { ...ending, announced: { ...first, error: first.error ?? error, output: first.output ?? output } };
        } else if (announced !== undefined) {
          forget();
          ending = { announced, at: clock.now() };
          yield { type: 'announced', status: announced.status };
          link.announced(CONFIRMING);
          forget = clock.after(CONFIRM_LIMIT, () => void report({ type: 'unconfirmed' }));
        }
      }
      if (item.type === 'unreadable') {
        signal.throwIfAborted();
        if (ending === undefined) throw item.error;
      }
      if ((item.type === 'unreadable' || item.type === 'unconfirmed') && ending !== undefined) {
        // The record has the last word. Where it does not turn terminal, or cannot be read, the announcement stands;
        // unless the service tries again, for then it may have been the failure of a former try.
        const { record, announced } = ending;
        const isTriedAgain = announced.status !== 'completed' && (record?.retry_count ?? 0) > 0;
        if (item.type === 'unreadable' || record === undefined || !isTriedAgain) {
          yield { type: 'ended', taskId, ...announced, isConfirmed: false, task: record };
          return;
        }
        ending = undefined;
        yield { type: 'announced', status: undefined };
        yield* history.task(record);
      }
    }
  } finally {
    forget();
    scope.abort(new Error('no longer followed'));
    reports.close();
  }
}

/** What the two loops share. */
interface Loop extends FollowContext {
  readonly taskId: string;
  readonly link: Link;
  /** Resolves once there is room for another, or nobody follows any more. */
  readonly report: (report: Report) => Promise<void>;
}

type Report =
  | Extract<StreamItem, { type: 'open' | 'event' | 'dropped' }>
  | Recorded
  | Exclude<Loss, { type: 'dropped' }>
  /** The record cannot be read any more. */
  | { readonly type: 'unreadable'; readonly error: unknown }
  | { readonly type: 'unconfirmed' };

// All in milliseconds.
const FIRST_RECONNECT = 1_000;
const SLOWEST_RECONNECT = 30_000;
/** How long a stream that was refused is left alone. */
const REFUSED_PAUSE = 60_000;
const FIRST_POLL = 2_000;
const SLOWEST_POLL = 15_000;
/** When an announced end is looked for in the record, and how long at most. */
const CONFIRMING = [0, 500, 1_000, 2_000, 4_000];
const CONFIRM_LIMIT = 10_000;
/** A read of the record that takes as long is in trouble, and is begun anew when something is announced. */
const LATE = 3_000;

/** Listens to the event stream for ever; returns only by throwing the signal's reason. */
async function listen(loop: Loop): Promise<never> {
  const { clock, signal, link, report } = loop;
  const backoff = createBackoff(clock, FIRST_RECONNECT, SLOWEST_RECONNECT);
  let lastEventId: string | undefined;
  let asked = 0;
  for (;;) {
    const heard = await listenOnce(loop, lastEventId);
    if (link.closed()) backoff.reset();
    lastEventId = heard.lastEventId;
    asked = heard.retry ?? asked;
    // A stream that was only silent may be a healthy one of a task that waits: nothing to tell.
    if (!heard.wasSilent) await report({ type: 'lost', error: heard.error });
    // After the end was announced there is nothing to listen to, unless it proves to be that of a former try.
    const leave = heard.announcedEnd || isRefusal(heard.error);
    const wait = leave ? REFUSED_PAUSE : backoff.next(Math.max(asked, heard.error?.retryAfter ?? 0));
    await sleep(clock, wait, signal);
  }
}

/** One connection, from its request to its end, which it tells the reason of. Throws the signal's reason alone. */
async function listenOnce({ taskId, service, clock, signal, link, report }: Loop, from: string | undefined) {
  const silence = new AbortController();
  using watchdog = watchSilence(clock, SILENCE, () => silence.abort());
  const heard = { lastEventId: from, announcedEnd: false };
  let retry: number | undefined;
  let error: ApiError | undefined;
  try {
    for await (const item of service.events(taskId, from, AbortSignal.any([signal, silence.signal]))) {
      watchdog.heard();
      if (item.type === 'open') link.opened();
      else link.heard();
      if (item.type === 'retry') retry = Math.min(item.ms, SLOWEST_RECONNECT);
      if (item.type === 'open' || item.type === 'dropped') await report(item);
      if (item.type === 'event') {
        heard.lastEventId = item.id ?? heard.lastEventId;
        heard.announcedEnd = announcedEnding(item.name, item.data) !== undefined;
        await report(item);
      }
    }
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof ApiError) error = cause;
    else if (!silence.signal.aborted) throw cause;
  }
  return { ...heard, wasSilent: silence.signal.aborted, retry, error };
}

/** Reads the task's record for ever; returns only by throwing. */
async function watch({ taskId, service, clock, isKnown, signal, link, report }: Loop): Promise<never> {
  let poll = FIRST_POLL;
  let known: string | undefined;
  let wasRead = isKnown;
  for (;;) {
    const askedAt = clock.now();
    const late = new AbortController();
    link.whenAnnounced(() => clock.now() - askedAt >= LATE && late.abort());
    try {
      const task = await service.task(taskId, AbortSignal.any([signal, late.signal]), wasRead);
      wasRead = true;
      await report({ type: 'record', task, askedAt });
      poll = task.task_status === known ? Math.min(poll * 1.5, SLOWEST_POLL) : FIRST_POLL;
      known = task.task_status;
    } catch (error) {
      signal.throwIfAborted();
      // What it announced is news of the service, too: no pause between two tries need be waited for.
      if (late.signal.aborted) continue;
      // While the stream speaks, a record that cannot be read is no reason to give the task up.
      if (!isPassing(error) || link.isSilent()) throw error;
      if (error instanceof ApiError && error.type === 'malformed') await report({ type: 'malformed', error });
    }
    await link.untilLook(poll, signal);
  }
}
