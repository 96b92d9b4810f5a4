import { createSimulatedClock, type SimulatedClock } from '../../simulator/clock.ts';
import { onAbort, sleep } from '../../src/base/clock.ts';
import { type Inert, inert } from '../../src/base/inert.ts';
import type { Client } from '../../src/cyberun/client.ts';
import { ApiError } from '../../src/cyberun/errors.ts';
import type { StreamItem } from '../../src/cyberun/events.ts';
import { parseEvent, parseTask } from '../../src/cyberun/schema.ts';

/**
 * When a stream brings what, in milliseconds since it was asked for, and whether it ends then; `hangs` is an answer that
 * never comes.
 */
export type StreamScript = readonly (readonly [number, StreamItem | 'ends'])[] | 'hangs';
/** How long an answer with the record takes, and what it says, of which try; a number is a status that refuses it. */
export type RecordScript = (now: number) => {
  readonly after: number;
  readonly says: string | number;
  readonly retries?: number;
};

/** An event of a stream. */
export function event(name: string, data: object = {}): StreamItem {
  return { type: 'event', name, data: parseEvent(data), id: undefined };
}

/** The stream opens. */
export const OPEN: StreamItem = { type: 'open' };
/** A heartbeat. */
export const ALIVE: StreamItem = { type: 'alive' };

/** A service that answers as slowly as its scripts say, on a clock of its own; `streams` by the number of the request. */
export function createScripted(streams: (nth: number) => StreamScript, record: RecordScript) {
  const clock = createSimulatedClock();
  const cancelled: number[] = [];
  const reads: number[] = [];
  const asked: number[] = [];

  const service: Pick<Client, 'events' | 'task' | 'cancel' | 'agents' | 'tasks'> = {
    async *events(_taskId, _last, signal) {
      const stream = streams(asked.push(clock.now()));
      const began = clock.now();
      for (const [at, item] of stream === 'hangs' ? [] : stream) {
        await sleep(clock, began + at - clock.now(), signal);
        if (item === 'ends') return;
        yield item;
      }
      await forever(signal);
    },
    async task(taskId, signal) {
      reads.push(clock.now());
      const { after, says, retries } = record(clock.now());
      await sleep(clock, after, signal);
      if (typeof says === 'number') throw new ApiError('status', inert`answered ${says}.`, { status: says });
      return parseTask({ id: taskId, task_status: says, agent_id: 'node-1', retry_count: retries });
    },
    async cancel() {
      cancelled.push(clock.now());
    },
    agents: async () => [],
    tasks: async () => [],
  };

  const run = <T>(work: Promise<T>, until: number) => runOn(clock, work, until);

  return { service, clock, cancelled, reads, asked, run };
}

/** Lets the time pass, call by call, until the work is done or the clock has reached `until`, in milliseconds. */
export async function runOn<T>(clock: SimulatedClock, work: Promise<T>, until: number): Promise<T | 'still at it'> {
  let over = false;
  const done = () => {
    over = true;
  };
  work.then(done, done);
  await settle();
  while (!over && clock.now() < until && clock.step()) await settle();
  return over ? work : 'still at it';
}

/** Everything that a moment brings has happened. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Never an answer; ends with the signal. */
export function forever(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => onAbort(signal, () => reject(signal.reason)));
}

/** Lines as they were shown, each with the second it was. */
export function createSeen(clock: { now(): number }) {
  const lines: string[] = [];
  const line = (text: Inert) => void lines.push(`${Math.round(clock.now() / 100) / 10}s ${text}`);
  return {
    lines,
    view: {
      line,
      shared: line,
      status: (_: string, text: Inert) => line(text),
      progress: () => undefined,
      told: line,
      hopeless: line,
      end: () => undefined,
    },
  };
}
