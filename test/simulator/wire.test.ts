import { describe, expect, test } from 'vitest';
import { createSimulatedClock } from '../../simulator/clock.ts';
import { createLife } from '../../simulator/life.ts';
import { createNetwork } from '../../simulator/network.ts';
import type { Fault, Route, Trouble } from '../../simulator/plan.ts';
import { API_URL, jsonReply, type Reply, type Sink } from '../../simulator/requests.ts';
import { createTrace } from '../../simulator/trace.ts';
import { createSimulatedWire } from '../../simulator/wire.ts';
import type { Body, WireRequest } from '../../src/base/wire.ts';
import { createPlan } from './plans.ts';

const ONE_MS = { least: 1, most: 1 };

/** A wire on which everything takes a millisecond, and one thing goes wrong. */
function createWorld(what?: Trouble, serve: () => Reply = () => jsonReply(200, { task_status: 'running' })) {
  const clock = createSimulatedClock();
  const trace = createTrace();
  const routes: Route[] = ['task', 'events', 'submit'];
  const faults: Fault[] = what === undefined ? [] : [{ routes, from: 0, until: 1e9, skip: 0, times: 1, what }];
  const network = { connect: ONE_MS, api: ONE_MS, storage: ONE_MS, jobLimit: 1e9 };
  const plan = createPlan({ network, faults });
  const life = createLife('main', clock);
  let served = 0;
  const wire = createSimulatedWire(life, {
    clock,
    trace,
    network: createNetwork(plan, clock.now, trace),
    serve() {
      served += 1;
      return serve();
    },
    onStep: () => undefined,
  });
  let isSent = false;
  const job = new AbortController();
  const ask = (path = '/r/tasks/1', changes: Partial<WireRequest> = {}) =>
    wire(`${API_URL}${path}`, {
      method: 'GET',
      headers: {},
      connection: 'shared',
      headersTimeout: 30_000,
      bodyTimeout: 30_000,
      onSending: () => {
        isSent = true;
      },
      signal: job.signal,
      ...changes,
    });
  /** Lets time pass until the promise is settled, and says what became of it, and when. */
  async function outcome(promise: Promise<unknown>): Promise<{ at: number; error?: string }> {
    let settled: { at: number; error?: string } | undefined;
    promise.then(
      () => {
        settled = { at: clock.now() };
      },
      (error: Error & { code?: string }) => {
        settled = { at: clock.now(), error: error.code ?? error.message };
      },
    );
    for (;;) {
      await new Promise(setImmediate);
      if (settled !== undefined) return settled;
      if (!clock.step()) throw new Error('nothing more happens');
    }
  }
  return { clock, life, job, ask, outcome, trace, isSent: () => isSent, served: () => served };
}

async function textOf(body: Body): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('a simulated wire', () => {
  test('takes its time to connect, there and back', async () => {
    const { ask, outcome } = createWorld();
    const asking = ask();
    expect(await outcome(asking)).toEqual({ at: 3 });
    expect(await textOf((await asking).body)).toBe('{"task_status":"running"}');
  });

  test.each<[Trouble, { at: number; error: string; isSent: boolean; served: number }]>([
    [{ type: 'refused' }, { at: 1, error: 'ECONNREFUSED', isSent: false, served: 0 }],
    [{ type: 'unknown-host' }, { at: 1, error: 'ENOTFOUND', isSent: false, served: 0 }],
    [{ type: 'no-handshake' }, { at: 10_000, error: 'UND_ERR_CONNECT_TIMEOUT', isSent: false, served: 0 }],
    [
      { type: 'reset', arrived: true },
      { at: 3, error: 'ECONNRESET', isSent: true, served: 1 },
    ],
    [
      { type: 'reset', arrived: false },
      { at: 3, error: 'ECONNRESET', isSent: true, served: 0 },
    ],
    [
      { type: 'silent', arrived: true },
      { at: 30_001, error: 'UND_ERR_HEADERS_TIMEOUT', isSent: true, served: 1 },
    ],
  ])('fails as undici does: %o', async (trouble, expected) => {
    const { ask, outcome, isSent, served } = createWorld(trouble);
    expect({ ...(await outcome(ask())), isSent: isSent(), served: served() }).toEqual(expected);
  });

  test.each<[Trouble, { at: number; error: string }]>([
    [
      { type: 'cut', share: 0.5, how: 'reset' },
      { at: 4, error: 'ECONNRESET' },
    ],
    [
      { type: 'cut', share: 0.5, how: 'end' },
      { at: 4, error: 'UND_ERR_SOCKET' },
    ],
    [
      { type: 'cut', share: 0.5, how: 'stall' },
      { at: 30_003, error: 'UND_ERR_BODY_TIMEOUT' },
    ],
  ])('breaks a body: %o', async (trouble, expected) => {
    const { ask, outcome } = createWorld(trouble);
    expect(await outcome(ask().then(({ body }) => textOf(body)))).toEqual(expected);
  });

  test('ends a request at once with its signal, and a body that is being read', async () => {
    const asked = createWorld({ type: 'silent', arrived: false });
    const asking = asked.outcome(asked.ask());
    asked.clock.after(500, () => asked.job.abort(new Error('enough')));
    expect(await asking).toEqual({ at: 500, error: 'enough' });

    const read = createWorld({ type: 'cut', share: 0.5, how: 'stall' });
    const reading = read.outcome(read.ask().then(({ body }) => textOf(body)));
    read.clock.after(500, () => read.job.abort(new Error('enough')));
    expect(await reading).toEqual({ at: 500, error: 'enough' });
    expect(read.life.waiting()).toBe(0);
  });

  test('tells the server when a reader lets go of a stream', async () => {
    let isOpen = false;
    const stream = (sink: Sink) => {
      isOpen = true;
      sink.push(': hello\n\n');
      return () => {
        isOpen = false;
      };
    };
    const { ask, outcome } = createWorld(undefined, () => ({ status: 200, headers: {}, body: [], stream }));
    const asking = ask('/r/tasks/1/events', { bodyTimeout: 0 });
    await outcome(asking);
    const { body } = await asking;
    expect(isOpen).toBe(true);
    body.destroy();
    expect(isOpen).toBe(false);
    await expect(textOf(body)).rejects.toThrow('aborted');
  });

  test('answers a process that was killed no more, and lets what it sent arrive', async () => {
    const { ask, clock, life, served, trace } = createWorld();
    let isSettled = false;
    const settle = () => {
      isSettled = true;
    };
    ask().then(settle, settle);
    clock.advance(1);
    life.kill();
    clock.advance(1e6);
    await new Promise(setImmediate);
    expect({ isSettled, served: served(), over: trace.calls[0]?.over }).toEqual({
      isSettled: false,
      served: 1,
      over: 'left',
    });
  });
});
