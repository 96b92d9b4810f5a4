import type { ServerEvent } from './reply.ts';
import type { EmulatedTask } from './task.ts';
import { isTerminal } from './tasks.ts';

export interface EventStreamOptions {
  /** What a client is told first: nothing, the latest status, or everything so far. */
  readonly replay: 'none' | 'status' | 'all';
  /** Whether events have an `id`; then `replay: 'all'` goes on after the client's `Last-Event-ID`. */
  readonly eventIds: boolean;
  /** Milliseconds of silence between comments; 0 for none. */
  readonly heartbeatMs: number;
  readonly lastEventId: string | undefined;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
  /** Resolves at the next change of any task. */
  readonly nextChange: () => Promise<void>;
}

/** A task's events, until it is terminal or the client has gone. */
export async function* eventStream(task: EmulatedTask, options: EventStreamOptions): AsyncGenerator<ServerEvent> {
  const { replay, eventIds, heartbeatMs, lastEventId, signal, nextChange } = options;
  let next = replay === 'all' ? Number((eventIds && lastEventId) || 0) : task.events.length;
  const status = task.events.findLastIndex(({ event }) => event !== 'progress');
  if (replay === 'status' && status >= 0) yield serverEvent(task, status, eventIds);

  const gone = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => gone.resolve(), { once: true });
  while (!signal.aborted) {
    for (; next < task.events.length; next += 1) yield serverEvent(task, next, eventIds);
    if (isTerminal(task.status)) return;
    const heartbeat = Promise.withResolvers<'silence'>();
    const timer = heartbeatMs > 0 ? setTimeout(heartbeat.resolve, heartbeatMs, 'silence') : undefined;
    const reason = await Promise.race([nextChange(), heartbeat.promise, gone.promise]);
    clearTimeout(timer);
    if (reason === 'silence') yield { text: ': keep-alive\n\n' };
  }
}

function serverEvent(task: EmulatedTask, index: number, eventIds: boolean): ServerEvent {
  const { event, data } = task.events[index] ?? { event: 'error', data: {} };
  const lines = [...(eventIds ? [`id: ${index + 1}`] : []), `event: ${event}`, `data: ${JSON.stringify(data)}`];
  return { event, text: `${lines.join('\n')}\n\n` };
}
