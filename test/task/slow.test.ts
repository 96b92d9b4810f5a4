import { describe, expect, test } from 'vitest';
import { RunError } from '../../src/base/errors.ts';
import { inert } from '../../src/base/inert.ts';
import type { Client } from '../../src/cyberun/client.ts';
import type { TaskContext, TaskOrder } from '../../src/task/context.ts';
import { followTask } from '../../src/task/run.ts';
import { orderOf } from './kept.ts';
import { ALIVE, createScripted, createSeen, event, OPEN, type RecordScript, type StreamScript } from './scripted.ts';

const MINUTES = 60_000;
const NEVER = 100 * 60 * MINUTES;

/** Follows a task whose service answers as slowly as the scripts say. */
function start(
  stream: StreamScript | ((nth: number) => StreamScript),
  record: RecordScript,
  changes: Partial<TaskOrder> = {},
) {
  const scripted = createScripted(typeof stream === 'function' ? stream : () => stream, record);
  const { clock, service } = scripted;
  const { lines, view } = createSeen(clock);
  const job = new AbortController();
  const order = orderOf({ target: { taskId: 'task-1', wasRead: false }, ...changes });
  const nothing = () => undefined;
  const context: TaskContext = {
    service: service as Client,
    clock,
    log: { info: nothing, warning: nothing, debug: nothing, group: nothing },
    detail: 'full',
    ledger: { open: () => ({ opened: nothing, closed: nothing }) },
    view,
    learn: nothing,
    signal: job.signal,
  };
  return { ...scripted, lines, job, done: followTask(order, context) };
}

const hangs: RecordScript = () => ({ after: NEVER, says: 503 });
/** A record that follows at once, and takes so long to be read. */
const recordOf =
  (ms: number, ends: number): RecordScript =>
  (now) => ({ after: ms, says: now >= ends ? 'completed' : 'running' });

const RUNS: StreamScript = [
  [10, OPEN],
  [20, event('status', { status: 'running' })],
];
const COMPLETES: StreamScript = [...RUNS, [5_000, event('completed')]];

describe('what the stream announced in time is in time', () => {
  test('an end within the timeout, although the record takes 2.5 s', async () => {
    const { run, done, clock, cancelled } = start(COMPLETES, recordOf(2_500, 5_000), { timeout: 6_000 });
    expect(await run(done, 20_000)).toMatchObject({ status: 'completed', problem: undefined });
    expect(clock.now()).toBeGreaterThan(6_000);
    expect(cancelled).toEqual([]);
  });

  test('an end within the timeout, although the record never comes', async () => {
    const { run, done, clock } = start(COMPLETES, hangs, { timeout: 6_000 });
    expect(await run(done, 20_000)).toMatchObject({ status: 'completed', problem: undefined });
    expect(clock.now()).toBe(15_000);
  });

  test('a task that runs within the queue-timeout, although the record never comes', async () => {
    const { run, done } = start(COMPLETES, hangs, { queueTimeout: 1_000 });
    expect(await run(done, 20_000)).toMatchObject({ status: 'completed' });
  });

  test('an end within the timeout, although a record of before it says that a retry runs', async () => {
    const before: RecordScript = (now) =>
      now < 5_000 ? { after: 5_500, says: 'running', retries: 1 } : { after: NEVER, says: 503 };
    const { run, done, clock } = start(COMPLETES, before, { timeout: 20_000 });
    expect(await run(done, NEVER)).toMatchObject({ status: 'completed', problem: undefined });
    expect(clock.now()).toBe(15_000);
  });

  test('unless a record of after it says so: then it was that of a former try, and the limit holds', async () => {
    const fails: StreamScript = [...RUNS, [5_000, event('failed')]];
    const record: RecordScript = () => ({ after: 10, says: 'running', retries: 1 });
    const { run, done, cancelled } = start(fails, record, { timeout: 12_000 });
    expect(await run(done, NEVER)).toMatchObject({ status: 'timed-out' });
    expect(cancelled).toEqual([15_000]);
  });

  test('a completion, whatever a record that lags says of a retry: what completed is not tried again', async () => {
    const record: RecordScript = (now) => ({ after: 10, says: 'running', retries: now < 7_000 ? 1 : 2 });
    const { run, done, clock } = start(COMPLETES, record, { timeout: 12_000 });
    expect(await run(done, NEVER)).toMatchObject({ status: 'completed', problem: undefined });
    expect(clock.now()).toBe(15_000);
  });

  test('unless the stream goes on with the next try: then its own end counts', async () => {
    const stamp = (second: number) => ({ timestamp: 1_800_000_000 + second });
    const stream: StreamScript = [
      [10, OPEN],
      [20, event('status', { status: 'running', ...stamp(1) })],
      [2_000, event('failed', { error: 'no memory', ...stamp(2) })],
      [3_000, event('status', { status: 'waiting', ...stamp(3) })],
      [20_000, event('status', { status: 'running', ...stamp(20) })],
      [30_000, event('completed', stamp(30))],
    ];
    const { run, done, clock } = start(stream, hangs);
    expect(await run(done, NEVER)).toMatchObject({ status: 'completed', problem: undefined });
    expect(clock.now()).toBe(40_000);
  });

  test('unless the stream goes on with the next try, of whatever time stamps', async () => {
    const stream: StreamScript = [
      [10, OPEN],
      [20, event('status', { status: 'running', timestamp: 1_800_000_000 })],
      [30, event('failed', { error: 'no memory' })],
      [40, event('status', { status: 'running', timestamp: 1_800_000_000 })],
      [30_000, event('completed', {})],
    ];
    const { run, done, clock } = start(stream, hangs);
    expect(await run(done, NEVER)).toMatchObject({ status: 'completed', problem: undefined });
    expect(clock.now()).toBe(40_000);
  });

  test('but an end after the timeout is too late', async () => {
    const { run, done, cancelled } = start(COMPLETES, hangs, { timeout: 4_000 });
    expect(await run(done, 20_000)).toMatchObject({ status: 'timed-out', problem: { kind: 'timed-out' } });
    expect(cancelled).toEqual([4_000]);
  });
});

describe('a record that cannot be read', () => {
  test('holds up neither the log nor an abort', async () => {
    const { run, done, job, lines, clock, cancelled } = start(RUNS, hangs);
    expect(await run(done, 10_000)).toBe('still at it');
    expect(lines).toEqual(['3s running']);
    job.abort(new RunError('aborted', inert`The job was cancelled.`));
    const abortedAt = clock.now();
    expect(await run(done, NEVER)).toMatchObject({ status: 'cancelled', problem: { kind: 'aborted' } });
    expect(cancelled).toEqual([abortedAt]);
    expect(clock.now()).toBe(abortedAt + 2_000);
  });

  test('holds up neither a limit', async () => {
    const { run, done, cancelled } = start(RUNS, hangs, { timeout: 30_000 });
    expect(await run(done, NEVER)).toMatchObject({ status: 'timed-out' });
    expect(cancelled).toEqual([30_000]);
  });

  // The client has lost its patience with it after ten minutes; a sign of life came every 30 s.
  test('does not give up a task whose stream lives', async () => {
    const beats = Array.from({ length: 60 }, (_, index) => [(index + 1) * 30_000, ALIVE] as const);
    const stream: StreamScript = [...RUNS, ...beats, [31 * MINUTES, event('completed')]];
    const { run, done, clock } = start(stream, () => ({ after: 10 * MINUTES, says: 503 }));
    expect(await run(done, NEVER)).toMatchObject({ status: 'completed' });
    expect(clock.now()).toBe(31 * MINUTES + 10_000);
  });

  test('gives it up where the stream is silent, too', async () => {
    const { run, done, cancelled } = start([[10, OPEN]], () => ({ after: 10 * MINUTES, says: 503 }));
    expect(await run(done, NEVER)).toMatchObject({ status: 'failed', problem: { kind: 'task' } });
    expect(cancelled).toEqual([10 * MINUTES]);
  });

  test('because the key was revoked does not undo an end that was announced', async () => {
    const { run, done } = start(COMPLETES, (now) => ({ after: 0, says: now < 5_000 ? 'running' : 401 }));
    expect(await run(done, NEVER)).toMatchObject({ status: 'completed', problem: undefined });
  });
});

describe('an announced end that the record does not follow', () => {
  const FAILS: StreamScript = [...RUNS, [5_000, event('failed', { error: 'no GPU memory' })]];

  test.each([
    { cancelOnAbort: true, at: [15_000] },
    { cancelOnAbort: false, at: [] },
  ])(
    'stands; a task that failed is cancelled, should it be tried again: cancel-on-abort $cancelOnAbort',
    async ({ cancelOnAbort, at }) => {
      const { run, done, lines, cancelled } = start(FAILS, recordOf(10, NEVER), { cancelOnAbort });
      expect(await run(done, NEVER)).toMatchObject({ ended: { status: 'failed', error: 'no GPU memory' } });
      expect(lines.at(-1)).toMatch(/^15s failed/);
      expect(cancelled).toEqual(at);
    },
  );

  test('stands with all that two events say of it', async () => {
    const stream: StreamScript = [
      ...RUNS,
      [5_000, event('status', { status: 'failed', output: { a: 1 } })],
      [5_001, event('failed', { error: 'no GPU memory', output: { b: 1 } })],
    ];
    const { run, done } = start(stream, recordOf(10, NEVER));
    expect(await run(done, NEVER)).toMatchObject({ ended: { error: 'no GPU memory', output: { a: 1 } } });
  });

  test('stands; after a completion the task is left alone', async () => {
    const { run, done, clock, cancelled } = start(COMPLETES, recordOf(10, NEVER));
    expect(await run(done, NEVER)).toMatchObject({ status: 'completed', problem: undefined });
    expect(clock.now()).toBe(15_000);
    expect(cancelled).toEqual([]);
  });
});

test('a stream that never answers is no stream: the end of a short task is noticed within 5 s', async () => {
  const { run, done, clock } = start('hangs', recordOf(50, 3_000));
  expect(await run(done, NEVER)).toMatchObject({ status: 'completed' });
  expect(clock.now() - 3_000).toBeLessThan(5_000);
});

test('a stream that is open lets the record be read every 20 s, and one that died is asked anew after 90 s', async () => {
  const { run, done, reads } = start(RUNS, recordOf(0, 150_000));
  expect(await run(done, NEVER)).toMatchObject({ status: 'completed' });
  expect(reads.filter((at) => at > 1_000 && at < 85_000)).toEqual([20_000, 40_000, 60_000, 80_000]);
});

test.each([event('completed'), event('status', { status: 'completed' })])(
  'a record that lags behind an announced end says nothing twice',
  async (end) => {
    const { run, done, lines } = start([...RUNS, [5_000, end]], recordOf(100, 8_000));
    expect(await run(done, NEVER)).toMatchObject({ status: 'completed' });
    expect(lines.map((line) => line.split(' ')[1])).toEqual(['running', 'completed']);
  },
);

describe('a stream that breaks again and again', () => {
  const gaps = (asked: readonly number[]) => asked.slice(1).map((at, index) => at - (asked[index] ?? at) - 100);

  test('is opened again within a second as long as it brings news', async () => {
    const lively = (nth: number): StreamScript => [
      [10, OPEN],
      [50, event('progress', { step_current: nth, step_total: 1_000 })],
      [100, 'ends'],
    ];
    const { run, done, asked } = start(lively, recordOf(10, 60_000));
    expect(await run(done, NEVER)).toMatchObject({ status: 'completed' });
    // Full jitter from 1 s: thirty draws of a mean of half a second in a minute, at the least.
    expect(asked.length).toBeGreaterThan(30);
    expect(Math.max(...gaps(asked))).toBeLessThanOrEqual(1_000);
  });

  test.each<[string, StreamScript]>([
    ['replays what is known', [...RUNS, [100, 'ends']]],
    [
      'brings nothing',
      [
        [10, OPEN],
        [100, 'ends'],
      ],
    ],
  ])('more and more seldom when it only %s', async (_, stream) => {
    const { run, done, asked } = start(stream, recordOf(10, 10 * MINUTES));
    expect(await run(done, NEVER)).toMatchObject({ status: 'completed' });
    // Ceilings of 1, 2, 4, 8, 16 and then 30 s: a mean of 15 s, which is 40 in ten minutes.
    expect(asked.length).toBeLessThan(80);
    expect(Math.max(...gaps(asked))).toBeLessThanOrEqual(30_000);
  });
});

describe('an end that is announced while the record cannot be read', () => {
  test('is confirmed as soon as the service answers again, whatever pause the read is in', async () => {
    const record: RecordScript = (now) =>
      now < 5_000 ? { after: NEVER, says: 503 } : { after: 10, says: 'completed' };
    const { run, done, reads, clock } = start(COMPLETES, record);
    expect(await run(done, MINUTES)).toMatchObject({ ended: { status: 'completed', isConfirmed: true } });
    expect(reads.slice(0, 2)).toEqual([0, 5_000]);
    expect(clock.now()).toBeLessThan(6_000);
  });

  test('was when it was announced, for the time that it ran, too', async () => {
    const { run, done, lines } = start(COMPLETES, hangs);
    expect(await run(done, MINUTES)).toMatchObject({ ended: { isConfirmed: false }, runTime: 4_980 });
    expect(lines.at(-1)).toBe('15s completed (0:00 queued, 0:04 running)');
  });

  test('is not held up by a stream that announces without end', async () => {
    const flips: StreamScript = Array.from({ length: 400 }, (_, at) => [
      at * 100,
      event('status', { status: at % 2 === 0 ? 'failed' : 'running' }),
    ]);
    const { run, done, clock } = start(flips, recordOf(2_500, 20_000));
    expect(await run(done, MINUTES)).toMatchObject({ ended: { status: 'completed', isConfirmed: true } });
    expect(clock.now()).toBeLessThan(30_000);
  });
});
