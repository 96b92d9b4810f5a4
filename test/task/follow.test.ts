import { describe, expect, test } from 'vitest';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../emulator/emulator.ts';
import type { Fault } from '../../emulator/faults.ts';
import type { Behaviour } from '../../emulator/workflows.ts';
import { sleep, systemClock } from '../../src/base/clock.ts';
import { type FollowContext, follow } from '../../src/task/follow.ts';
import { createWire } from '../cyberun/wire.ts';
import { createClient } from '../emulator/client.ts';
import { event } from './scripted.ts';

type Item = Awaited<ReturnType<ReturnType<typeof follow>['next']>>['value'];

/** Starts a task and follows it over the wire, on a clock so many times faster. */
async function start(
  behaviour: Behaviour,
  faults: readonly Fault[] = [],
  options: EmulatorOptions & { isKnown?: boolean; record?: readonly Fault[] } = {},
  factor = 100,
) {
  const { isKnown = false, record = [] } = options;
  const emulator = await startEmulator({ workflows: [{ workflow_slug: 'task', behaviour }], ...options });
  const wire = createWire(emulator, factor);
  for (const fault of faults) emulator.fault({ kind: 'events', fault });
  for (const fault of record) emulator.fault({ kind: 'task', fault });
  const { run, reached } = createClient(emulator);
  const taskId = await run('task');
  const job = new AbortController();
  const items: Item[] = [];
  const told = Promise.withResolvers<void>();
  const follows = async () => {
    for await (const item of follow(taskId, { service: wire.client, clock: wire.clock, isKnown, signal: job.signal })) {
      items.push(item);
      told.resolve();
    }
    return items;
  };
  const done = follows();
  return {
    emulator,
    taskId,
    job,
    items,
    clock: wire.clock,
    reached,
    done,
    /** Something was told. */
    told: told.promise,
    async [Symbol.asyncDispose]() {
      job.abort(new Error('the test is over'));
      await done.catch(() => undefined);
      await wire[Symbol.asyncDispose]();
      await emulator.close();
    },
  };
}

const short = (items: readonly Item[]) =>
  items.flatMap((item) => {
    if (item?.type === 'status') return item.status;
    if (item?.type === 'progress') return `step ${item.progress.step}`;
    return item?.type === 'ended' ? `ended ${item.status}` : [];
  });
const noticesOf = (items: readonly Item[]) => items.flatMap((item) => (item?.type === 'notice' ? item.message : []));
const streamsOf = ({ requests }: Emulator) => requests.filter(({ kind }) => kind === 'events');
const askedOf = ({ requests }: Emulator) => requests.filter(({ kind }) => kind === 'task').length;
/** The times between the end of each stream and the beginning of the next, in the clock's milliseconds. */
const gapsOf = (emulator: Emulator, factor: number) =>
  streamsOf(emulator)
    .slice(1)
    .map(({ at }, index) => (at - (streamsOf(emulator)[index]?.closedAt ?? Number.NaN)) * factor);

const HELD: Behaviour = { stages: ['queued', 'running'], holdAt: 'queued', steps: 3 };
const STORY = ['queued', 'running', 'step 1', 'step 2', 'step 3', 'ended completed'];

describe('follow', () => {
  test('takes no event from the stream before the last one was looked at', async () => {
    let sent = 0;
    const service: FollowContext['service'] = {
      async *events() {
        for (; sent < 1000; sent += 1) yield event('progress', { progress: sent / 1000 });
      },
      task: (_id, signal) => sleep(systemClock, 1_000_000, signal).then(() => ({}) as never),
    };
    const job = new AbortController();
    const items = follow('t', { service, clock: systemClock, isKnown: true, signal: job.signal });
    for (let taken = 1; taken <= 3; taken += 1) {
      await items.next();
      await new Promise(setImmediate);
      expect(sent - taken).toBeLessThan(4);
    }
    job.abort(new Error('the test is over'));
    await expect(items.next().then(() => items.next())).rejects.toThrow('the test is over');
  });

  test('tells every state and step once, and the end last, with the record', async () => {
    await using run = await start(HELD);
    await run.told;
    run.emulator.release(run.taskId);
    expect(short(await run.done)).toEqual(STORY);
    expect(run.items.at(-1)).toMatchObject({ status: 'completed', task: { id: run.taskId, task_status: 'completed' } });
    expect(noticesOf(run.items)).toEqual([]);
    expect(streamsOf(run.emulator)).toHaveLength(1);
  });

  test.for<readonly [Fault, string]>([
    [{ type: 'status', status: 404 }, 'Asking for the status instead.'],
    [{ type: 'status', status: 405 }, 'Asking for the status instead.'],
    [{ type: 'status', status: 501 }, 'Asking for the status instead.'],
    [{ type: 'body', status: 200, body: '<html>a proxy</html>', contentType: 'text/html' }, 'not with an event stream'],
    [{ type: 'body', status: 200, body: '{}', contentType: 'application/json' }, 'not with an event stream'],
  ])('asks for the status while a stream is refused (%j), and tries the stream again', async ([fault, notice]) => {
    await using run = await start(HELD, [fault]);
    const { emulator } = run;
    await emulator.waitFor(() => streamsOf(emulator).length === 2);
    const [gap = 0] = gapsOf(emulator, 100);
    // A timer may be a little early, and a little is a lot on a fast clock.
    expect(gap).toBeGreaterThanOrEqual(55_000);
    const asked = emulator.requests.filter(({ kind }) => kind === 'task').length;
    // From every 2 s to every 15 s: a handful in a minute.
    expect(asked).toBeGreaterThanOrEqual(4);
    expect(asked).toBeLessThan(20);
    emulator.release(run.taskId);
    expect(short(await run.done)).toEqual(STORY);
    expect(noticesOf(run.items)).toEqual([expect.stringContaining(notice)]);
  });

  test('sees a task through without any stream', async () => {
    await using run = await start(HELD, Array<Fault>(50).fill({ type: 'status', status: 501 }));
    await run.told;
    run.emulator.release(run.taskId);
    expect(short(await run.done).at(-1)).toBe('ended completed');
  });

  test.for<Fault>([
    { type: 'stall', afterBytes: 1 },
    { type: 'stall' },
    { type: 'lose-events', events: ['completed'] },
    { type: 'status', status: 501 },
    { type: 'raw-events', text: `data: ${'x'.repeat(5_000_000)}` },
  ])('notices the end within 30 s whatever the stream does: $type $afterBytes', async (fault) => {
    const factor = 20;
    await using run = await start(HELD, Array<Fault>(9).fill(fault), {}, factor);
    await run.told;
    run.emulator.release(run.taskId);
    await run.reached(run.taskId, 'completed');
    const asked = askedOf(run.emulator);
    expect(short(await run.done).at(-1)).toBe('ended completed');
    // The next question brings it, or the one after where one was on its way; and none is longer in coming than 30 s.
    expect(askedOf(run.emulator) - asked).toBeLessThanOrEqual(2);
    expect(run.clock.sleeps.filter((ms) => ms > 30_000 && ms !== 60_000)).toEqual([]);
  });

  test('goes on after a break with Last-Event-ID, and tells nothing twice', async () => {
    const breaks: Fault[] = [1, 2].map((afterEvents) => ({ type: 'close-stream', afterEvents }));
    await using run = await start({ ...HELD, stepMs: 60 }, breaks, { eventIds: true, replay: 'all' });
    await run.emulator.waitFor(() => streamsOf(run.emulator).length === 2);
    run.emulator.release(run.taskId);
    expect(short(await run.done)).toEqual(STORY);
    expect(streamsOf(run.emulator).map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '1', '3']);
  });

  test('keeps the last id through a stream that has none', async () => {
    const faults: Fault[] = [
      { type: 'close-stream', afterEvents: 1 },
      { type: 'body', status: 200, body: 'data: {}\n\n', contentType: 'text/event-stream' },
    ];
    await using run = await start(HELD, faults, { eventIds: true });
    await run.emulator.waitFor((service) => streamsOf(service).length === 3);
    expect(streamsOf(run.emulator).map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '1', '1']);
  });

  test('a full replay after every break tells nothing twice, and of the breaks once', async () => {
    const breaks = Array<Fault>(6).fill({ type: 'close-stream', afterEvents: 1 });
    await using run = await start(HELD, breaks, { replay: 'all' });
    await run.emulator.waitFor((service) => streamsOf(service).length === 7);
    run.emulator.release(run.taskId);
    expect(short(await run.done)).toEqual(STORY);
    expect(noticesOf(run.items)).toEqual([expect.stringContaining('Reconnecting')]);
  });

  test.for([
    ['5', 5_000],
    [() => new Date(Date.now() + 6_000).toUTCString(), 4_000],
  ] as const)('comes back no sooner than Retry-After says', async ([header, least]) => {
    const value = typeof header === 'string' ? header : header();
    await using run = await start(HELD, [{ type: 'status', status: 503, headers: { 'retry-after': value } }]);
    await run.emulator.waitFor((service) => streamsOf(service).length === 2);
    expect(run.clock.sleeps.some((ms) => ms >= least && ms <= 6_000)).toBe(true);
    expect(gapsOf(run.emulator, 100)[0]).toBeGreaterThanOrEqual(least * 0.8);
  });

  test('comes back no sooner than the stream asks, but within half a minute', async () => {
    const faults: Fault[] = [
      { type: 'body', status: 200, body: 'retry: 9000\ndata: {}\n\n', contentType: 'text/event-stream' },
      { type: 'body', status: 200, body: 'retry: 99999999\ndata: {}\n\n', contentType: 'text/event-stream' },
    ];
    await using run = await start(HELD, faults);
    await run.emulator.waitFor((service) => streamsOf(service).length === 3);
    expect(run.clock.sleeps).toContain(9_000);
    expect(run.clock.sleeps).toContain(30_000);
    expect(Math.max(...run.clock.sleeps)).toBe(30_000);
  });

  test('opens a silent stream anew after a minute and a half, and makes no words about it', async () => {
    await using run = await start(HELD);
    await run.emulator.waitFor((service) => streamsOf(service).length === 3);
    const [first, second] = streamsOf(run.emulator);
    const silence = ((second?.at ?? 0) - (first?.at ?? 0)) * 100;
    expect(silence).toBeGreaterThanOrEqual(85_000);
    expect(silence).toBeLessThan(300_000);
    expect(first?.closedAt).toBeDefined();
    run.emulator.release(run.taskId);
    expect(short(await run.done)).toEqual(STORY);
    expect(noticesOf(run.items)).toEqual([]);
  });

  test('leaves a stream alone that is silent but for comments', async () => {
    await using run = await start(HELD, [], { heartbeatMs: 150 });
    await run.emulator.waitFor(({ requests }) => requests.filter(({ kind }) => kind === 'task').length === 8);
    expect(streamsOf(run.emulator)).toHaveLength(1);
  });

  test.for([401, 403])('stops at once when the task cannot be read: %i', async (status) => {
    await using run = await start(HELD);
    await run.told;
    run.emulator.fault({ kind: 'task', fault: { type: 'status', status } });
    await expect(run.done).rejects.toMatchObject({ name: 'ApiError', status });
    await run.emulator.waitFor(({ requests }) => requests.every(({ closedAt }) => closedAt !== undefined));
    expect(run.emulator.requests.filter((request) => request.status === status)).toHaveLength(1);
  });

  describe('a 404', () => {
    const gone: Fault = { type: 'status', status: 404 };
    const countGone = ({ requests }: Emulator) => requests.filter(({ status }) => status === 404).length;

    test('of a task that was never read is its end', async () => {
      await using run = await start(HELD, [], { record: [gone] });
      await expect(run.done).rejects.toMatchObject({ status: 404 });
      expect(countGone(run.emulator)).toBe(1);
    });

    test('of one that was submitted here passes', async () => {
      await using run = await start(HELD, [], { isKnown: true, record: [gone, gone, gone] });
      await run.emulator.waitFor((service) => askedOf(service) > 3);
      run.emulator.release(run.taskId);
      expect(short(await run.done).at(-1)).toBe('ended completed');
      expect(countGone(run.emulator)).toBe(3);
    });

    test('of one that was read before passes', async () => {
      await using run = await start(HELD);
      await run.emulator.waitFor(({ requests }) =>
        requests.some(({ kind, status }) => kind === 'task' && status === 200),
      );
      for (const fault of [gone, gone]) run.emulator.fault({ kind: 'task', fault });
      run.emulator.release(run.taskId);
      expect(short(await run.done).at(-1)).toBe('ended completed');
      expect(countGone(run.emulator)).toBe(2);
    });

    test('that goes on for a minute ends it, with the reason', async () => {
      await using run = await start(HELD, [], {}, 1000);
      await run.emulator.waitFor(({ requests }) =>
        requests.some(({ kind, status }) => kind === 'task' && status === 200),
      );
      const began = run.clock.now();
      run.emulator.fault({ kind: 'task', times: 999, fault: gone });
      await expect(run.done).rejects.toMatchObject({ status: 404, message: expect.stringContaining('(404') });
      expect(run.clock.now() - began).toBeGreaterThanOrEqual(60_000);
    });
  });

  describe('a record that is never JSON', () => {
    const broken: Fault = { type: 'edit', edit: (body) => body.replace('{', '{"progress":NaN,') };

    test('costs a line while the stream tells the end', async () => {
      await using run = await start(HELD, [], { heartbeatMs: 50, record: Array<Fault>(99).fill(broken) });
      await run.emulator.waitFor(({ requests }) => requests.filter(({ kind }) => kind === 'task').length > 8);
      run.emulator.release(run.taskId);
      expect(short(await run.done).at(-1)).toBe('ended completed');
      expect(noticesOf(run.items)).toEqual([
        expect.stringMatching(/broken JSON: Unexpected token 'N' at character 13/),
      ]);
    });

    test('ends the task once the stream is silent, too', async () => {
      const refused = Array<Fault>(99).fill({ type: 'status', status: 501 });
      await using run = await start(HELD, refused, { record: Array<Fault>(999).fill(broken) }, 1000);
      const began = run.clock.now();
      await expect(run.done).rejects.toMatchObject({ type: 'malformed' });
      expect(run.clock.now() - began).toBeLessThan(9 * 60_000);
    });
  });

  describe('a state that nobody knows', () => {
    const archived: Behaviour = { ...HELD, ending: 'failed', error: 'moved away', words: { failed: 'archived' } };

    test('with a time of completion and a closed stream is an end, called as it is', async () => {
      await using run = await start(archived);
      await run.told;
      run.emulator.release(run.taskId);
      const items = await run.done;
      expect(items.at(-1)).toMatchObject({ type: 'ended', status: 'failed', word: 'archived', error: 'moved away' });
      expect(short(items).slice(-2)).toEqual(['archived', 'ended failed']);
    });

    test('is one where no stream is to be had, too', async () => {
      await using run = await start(archived, Array<Fault>(99).fill({ type: 'status', status: 501 }));
      await run.told;
      run.emulator.release(run.taskId);
      expect((await run.done).at(-1)).toMatchObject({ word: 'archived' });
    });

    test.for<[string, Behaviour]>([
      ['without a time', { extra: { task: { completed_at: null } } }],
      ['with the zero of a program for one', { extra: { task: { completed_at: '0001-01-01T00:00:00Z' } } }],
    ])('is none %s', async ([, behaviour]) => {
      await using run = await start({ ...archived, ...behaviour });
      await run.told;
      run.emulator.release(run.taskId);
      await run.reached(run.taskId, 'failed');
      const asked = askedOf(run.emulator);
      await run.emulator.waitFor((service) => askedOf(service) > asked + 8);
      expect(short(run.items).at(-1)).toBe('archived');
    });

    test('is none while a stream is open', async () => {
      const extra = { task: { task_status: 'retrying', completed_at: new Date().toISOString() } };
      await using run = await start({ ...HELD, extra }, [], { heartbeatMs: 50 });
      await run.emulator.waitFor((service) => askedOf(service) > 8);
      expect(run.items.some((item) => item?.type === 'ended')).toBe(false);
    });
  });

  test.for([
    ['cancelled', 'canceled', 'cancelled'],
    ['completed', 'COMPLETED', 'completed'],
    ['completed', 'succeeded', 'completed'],
    ['failed', 'timed_out', 'failed'],
    ['failed', 'Expired', 'failed'],
    ['failed', 'error', 'failed'],
  ] as const)('knows %s by the name of %s', async ([ending, word, status]) => {
    await using run = await start({ ...HELD, ending, words: { [ending]: word, running: 'RUNNING' } });
    await run.told;
    run.emulator.release(run.taskId);
    const items = await run.done;
    expect(items.at(-1)).toMatchObject({ type: 'ended', status, word });
    expect(short(items)).toContain('running');
    expect(items.some((item) => item?.type === 'announced')).toBe(true);
  });

  test('hears what the end says of the outputs', async () => {
    await using run = await start(HELD);
    await run.told;
    run.emulator.release(run.taskId);
    expect((await run.done).at(-1)).toMatchObject({ output: { '9.images.0': { s3_key: expect.anything() } } });
  });

  test('stops when the key is revoked, as soon as the stream says so', async () => {
    await using run = await start(HELD, [{ type: 'close-stream', afterEvents: 1 }]);
    run.emulator.revokeKey();
    await expect(run.done).rejects.toMatchObject({ status: 401 });
  });

  test('gives up when the service is away for more than ten minutes', async () => {
    await using run = await start(HELD, [], {}, 1000);
    await run.told;
    const began = run.clock.now();
    await run.emulator.refuseConnections();
    await expect(run.done).rejects.toMatchObject({ type: 'unreachable' });
    const time = run.clock.now() - began;
    expect(time).toBeGreaterThan(9 * 60_000);
    expect(time).toBeLessThan(60 * 60_000);
  });

  test('goes on when the service was away for two minutes', async () => {
    await using run = await start(HELD);
    await run.told;
    await run.emulator.refuseConnections(1_200);
    run.emulator.release(run.taskId);
    expect(short(await run.done).at(-1)).toBe('ended completed');
    expect(noticesOf(run.items)).toHaveLength(1);
  });

  test('leaves out an event that is too large, says so once, and goes on', async () => {
    const giant: Fault = { type: 'raw-events', text: `data: {"x":"${'x'.repeat(5_000_000)}"}\n\n`.repeat(2) };
    await using run = await start(HELD, [giant], { replay: 'all' });
    await run.told;
    run.emulator.release(run.taskId);
    expect(short(await run.done)).toEqual(STORY);
    expect(noticesOf(run.items)).toEqual([expect.stringContaining('it was too large')]);
  });

  test('passes on an event that says the status could not be read, and goes on', async () => {
    const text = 'event: error\ndata: {"error":"the database is away"}\n\n'.repeat(3);
    await using run = await start(HELD, [{ type: 'raw-events', text }]);
    await run.told;
    run.emulator.release(run.taskId);
    expect(short(await run.done)).toEqual(STORY);
    expect(noticesOf(run.items)).toEqual([expect.stringContaining('the database is away')]);
  });

  describe('an announced end', () => {
    const failed: Fault = { type: 'raw-events', text: 'event: failed\ndata: {"error":"no GPU memory"}\n\n' };

    test('stands when the record cannot be read', async () => {
      await using run = await start({ holdAt: 'running' }, [failed]);
      run.emulator.fault({ kind: 'task', times: Number.POSITIVE_INFINITY, fault: { type: 'status', status: 403 } });
      const outcome = await run.done.then((items) => items.at(-1)).catch((error: unknown) => error);
      // The poll that goes on beside it may be the first to be refused.
      expect(outcome).toEqual(
        expect.toSatisfy(
          (found: { type?: string; status: unknown }) => found.status === 'failed' || found.status === 403,
        ),
      );
    });

    test('of a former try is not the end of a task that is tried again', async () => {
      await using run = await start({ ...HELD, extra: { task: { retry_count: 1 } } }, [failed]);
      await run.emulator.waitFor(({ requests }) => requests.filter(({ kind }) => kind === 'task').length >= 6);
      run.emulator.release(run.taskId);
      expect(short(await run.done).at(-1)).toBe('ended completed');
    });

    test('is overruled by the record', async () => {
      await using run = await start({ ending: 'failed', error: 'the true reason', steps: 1 }, [
        { type: 'raw-events', text: 'event: completed\ndata: {}\n\n' },
      ]);
      expect((await run.done).at(-1)).toMatchObject({ status: 'failed', error: 'the true reason' });
    });
  });

  test('of another task is not heard', async () => {
    const text = 'event: failed\ndata: {"task_id":"another","error":"x"}\n\n';
    await using run = await start(HELD, [{ type: 'raw-events', text }]);
    await run.told;
    run.emulator.release(run.taskId);
    expect(short(await run.done)).toEqual(STORY);
  });

  test('whoever leaves closes every connection', async () => {
    await using emulator = await startEmulator({ workflows: [{ workflow_slug: 'task', behaviour: HELD }] });
    await using wire = createWire(emulator);
    const taskId = await createClient(emulator).run('task');
    const signal = new AbortController().signal;
    for await (const _ of follow(taskId, { service: wire.client, clock: wire.clock, isKnown: false, signal })) break;
    await emulator.waitFor(({ requests }) => requests.every(({ closedAt }) => closedAt !== undefined));
    expect(emulator.requests.some(({ kind }) => kind === 'task')).toBe(true);
  });

  test('ends with the reason of its signal', async () => {
    await using run = await start(HELD);
    await run.told;
    run.job.abort(new Error('cancelled'));
    await expect(run.done).rejects.toThrow('cancelled');
    await run.emulator.waitFor(({ requests }) => requests.every(({ closedAt }) => closedAt !== undefined));
  });
});
