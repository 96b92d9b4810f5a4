import type { Clock } from '../src/base/clock.ts';
import type { ServicePlan } from './plan.ts';
import type { Reply, Sink, Told } from './requests.ts';
import { announcedOutputs } from './result.ts';
import { type News, type SimulatedTask, TERMINAL } from './task.ts';
import { eventNameOf, isStrange, wordOf } from './words.ts';

/** The event streams of all tasks. */
export interface Streams {
  /** The answer to whoever asks for a task's events. */
  open(task: SimulatedTask): Reply;
  /** A task has news. */
  tell(task: SimulatedTask, news: News): void;
}

interface Event {
  readonly text: string;
  readonly told?: Told;
}

/** @param stamp A time of ours as the service's clock writes it. */
export function createStreams(plan: ServicePlan, clock: Clock, stamp: (at: number) => string): Streams {
  const { replay, heartbeat, ids, ending, closes, tellsTries } = plan.stream;
  const listeners = new Map<SimulatedTask, Set<Sink>>();
  let nextId = 0;

  function event(name: string, data: object, told?: Told): Event {
    nextId += 1;
    const id = ids ? `id: ${nextId}\n` : '';
    return { text: `${id}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`, ...(told && { told }) };
  }

  function eventsOf(task: SimulatedTask, news: News): Event[] {
    if (news.type === 'progress') {
      const { step, steps, at } = news;
      const data = { progress: step / steps, step_current: step, step_total: steps, current_node: '3' };
      return [event('progress', { task_id: task.id, ...data, timestamp: stamp(at) })];
    }
    if (news.type === 'try-failed') {
      const told = { taskId: task.id, status: 'failed', end: false };
      return tellsTries ? [event('failed', { task_id: task.id, error: task.plan.error }, told)] : [];
    }
    const { status, at } = news.turn;
    const told = toldOf(task, status, news.end);
    const word = wordOf(task, status);
    const data = { task_id: task.id, status: word, timestamp: stamp(at) };
    const plain = () => event('status', data, told);
    if (!news.end) return [plain()];
    const output = announcedOutputs(task);
    const named = () =>
      event(
        eventNameOf(status, word),
        { ...data, error: errorOf(task, status), output },
        { ...told, hasOutput: output !== undefined },
      );
    if (ending === 'none') return [];
    return ending === 'both' ? [plain(), named()] : [ending === 'named' ? named() : plain()];
  }

  function replayed(task: SimulatedTask): Event[] {
    if (replay === 'none') return [];
    if (replay === 'all') return task.news.flatMap((news) => eventsOf(task, news));
    const last = task.news.findLast((news) => news.type === 'turn');
    return last === undefined ? [] : eventsOf(task, last);
  }

  return {
    open: (task) => ({
      status: 200,
      headers: { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' },
      body: [],
      stream(sink) {
        const sinks = listeners.get(task) ?? new Set();
        listeners.set(task, sinks.add(sink));
        for (const { text, told } of replayed(task)) sink.push(text, told);
        if (TERMINAL.includes(task.now().status) && closes) sink.end();
        let cancel = () => {};
        if (heartbeat > 0) beat();
        return () => {
          sinks.delete(sink);
          cancel();
        };

        function beat(): void {
          cancel = clock.after(heartbeat, () => {
            sink.push(':\n\n');
            beat();
          });
        }
      },
    }),
    tell(task, news) {
      const events = eventsOf(task, news);
      for (const sink of listeners.get(task) ?? []) {
        for (const { text, told } of events) sink.push(text, told);
        if (news.type === 'turn' && news.end && closes) sink.end();
      }
    },
  };
}

/** What a reader has to make of a task's state, as the service calls it. A strange word alone tells no end. */
export function toldOf(task: SimulatedTask, status: string, end: boolean): Told {
  const word = wordOf(task, status);
  return isStrange(word) ? { taskId: task.id, status: word, end: false } : { taskId: task.id, status, end };
}

/** What the service says of a failure. */
export function errorOf({ plan }: SimulatedTask, status: string): string | undefined {
  return status === 'failed' ? plan.error : undefined;
}
