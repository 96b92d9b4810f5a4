import { describe, expect, test } from 'vitest';
import { sleep } from '../../src/base/clock.ts';
import { RunError } from '../../src/base/errors.ts';
import { inert } from '../../src/base/inert.ts';
import { ApiError } from '../../src/cyberun/errors.ts';
import type { StreamItem } from '../../src/cyberun/events.ts';
import { parseTask } from '../../src/cyberun/schema.ts';
import { type FollowContext, follow } from '../../src/task/follow.ts';
import { ALIVE, createScripted, event, OPEN, type RecordScript, type StreamScript } from './scripted.ts';

type Item = Awaited<ReturnType<ReturnType<typeof follow>['next']>>['value'];

const MINUTES = 60_000;
const LONG = 100 * MINUTES;

/** Follows `task-1` by these streams, by the number of the request, and these records. */
function start(
  streams: (nth: number) => StreamScript,
  record: RecordScript,
  service: Partial<FollowContext['service']> = {},
) {
  const scripted = createScripted(streams, record);
  const { clock, run } = scripted;
  const job = new AbortController();
  const items: { readonly at: number; readonly item: Item }[] = [];
  const context = { service: { ...scripted.service, ...service }, clock, isKnown: true, signal: job.signal };
  async function follows() {
    for await (const item of follow('task-1', context)) items.push({ at: clock.now(), item });
    return items.at(-1)?.item;
  }
  const end = () => run(follows(), LONG);
  /** What was new, without the records. */
  const told = () =>
    items.flatMap(({ item }) => {
      if (item?.type === 'status') return item.status;
      if (item?.type === 'progress') return `step ${item.progress.step}`;
      if (item?.type === 'notice') return `notice: ${item.message}`;
      if (item?.type === 'announced') return `announced ${item.status}`;
      return item?.type === 'ended' ? `ended ${item.status}` : [];
    });
  return { ...scripted, job, items, end, told };
}

const runs =
  (ends: number): RecordScript =>
  (now) => ({ after: 10, says: now < ends ? 'running' : 'completed' });
const step = (number: number) => event('progress', { step_current: number, step_total: 99 });
const BREAKS: StreamScript = [
  [10, OPEN],
  [20, 'ends'],
];

test('an end that the stream announces stands, though the record has long looked like another that nobody knows', async () => {
  const archived = { id: 'task-1', task_status: 'archived', completed_at: '2026-11-26T12:00:00Z' };
  const { end, items, ...scripted } = start(
    (nth) =>
      nth === 1
        ? BREAKS
        : [
            [6_000, OPEN],
            [6_000, event('completed')],
            [6_000, 'ends'],
          ],
    runs(LONG),
    {
      async task(_, signal) {
        await sleep(scripted.clock, 200, signal);
        return parseTask(archived);
      },
    },
  );
  expect(await end()).toMatchObject({ type: 'ended', status: 'completed', isConfirmed: false });
  // The record was read when it had looked so for longer than counts as an end.
  const announcedAt = items.find(({ item }) => item?.type === 'announced')?.at ?? 0;
  expect(announcedAt).toBeLessThan(10_000);
  expect(items.some(({ at, item }) => item?.type === 'record' && at > 11_000)).toBe(true);
});

describe('a stream that breaks', () => {
  test('a second time, with progress between, is told of twice; without any, once', async () => {
    const progress = start(
      (nth) => [
        [10, OPEN],
        [20, step(nth)],
        [30, 'ends'],
      ],
      runs(2_000),
    );
    await progress.end();
    const notices = progress.told().filter((line) => line.startsWith('notice'));
    expect(progress.asked.length).toBeGreaterThan(2);
    expect(notices).toHaveLength(progress.asked.length);
    expect(new Set(notices)).toEqual(
      new Set([
        'notice: The event stream ended before the task did. Reconnecting, and asking for the status meanwhile.',
      ]),
    );
    const silent = start(() => BREAKS, runs(10_000));
    await silent.end();
    expect(silent.asked.length).toBeGreaterThan(2);
    expect(silent.told().filter((line) => line.startsWith('notice'))).toHaveLength(1);
  });

  test('and replays what is known tells nothing twice, and goes on from there', async () => {
    const replays = (nth: number): StreamScript => [
      [10, OPEN],
      ...Array.from({ length: nth }, (_, index) => [20, step(index + 1)] as const),
      [30, 'ends'],
    ];
    const { end, told } = start(replays, runs(3_000));
    await end();
    const steps = told().filter((line) => line.startsWith('step'));
    expect(steps).toEqual(steps.map((_, index) => `step ${index + 1}`));
    expect(steps.length).toBeGreaterThan(1);
  });

  test('is asked for from the last id that it told, and one without an id keeps it', async () => {
    const from: (string | undefined)[] = [];
    const ids = ['a', undefined, 'c', undefined];
    const { end } = start(() => BREAKS, runs(10_000), {
      async *events(_taskId, last) {
        from.push(last);
        const id = ids[from.length - 1];
        yield OPEN;
        if (from.length <= ids.length) yield { ...step(from.length), id } as StreamItem;
      },
    });
    await end();
    expect(from.slice(0, 5)).toEqual([undefined, 'a', 'a', 'c', 'c']);
  });

  test('comes back no sooner than its service asked, whether by an event or by its refusal', async () => {
    const asked: number[] = [];
    const { end, clock } = start(() => BREAKS, runs(100_000), {
      async *events() {
        asked.push(clock.now());
        yield OPEN;
        if (asked.length === 1) yield { type: 'retry', ms: 7_000 };
        if (asked.length === 3) throw new ApiError('status', inert`Busy.`, { status: 503, retryAfter: 20_000 });
      },
    });
    await end();
    const gaps = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
    expect(gaps.slice(0, 2)).toEqual([7_000, 7_000]);
    expect(gaps[2]).toBe(20_000);
    expect(gaps[3]).toBeGreaterThanOrEqual(7_000);
  });

  test('for whatever the service asks, it is asked for again within half a minute', async () => {
    const asked: number[] = [];
    const { end, clock } = start(() => BREAKS, runs(70_000), {
      async *events() {
        asked.push(clock.now());
        yield OPEN;
        yield { type: 'retry', ms: 99_999_999 };
      },
    });
    await end();
    expect(asked).toEqual([0, 30_000, 60_000]);
  });

  test('because it was refused is left alone for a minute, and told of once', async () => {
    const asked: number[] = [];
    const { end, clock, told } = start(() => BREAKS, runs(150_000), {
      // biome-ignore lint/correctness/useYield: it is refused.
      async *events() {
        asked.push(clock.now());
        throw new ApiError('status', inert`Not here.`, { status: 501 });
      },
    });
    await end();
    expect(asked).toEqual([0, 60_000, 120_000]);
    expect(told().filter((line) => line.startsWith('notice'))).toEqual([
      'notice: No event stream (Not here.) Asking for the status instead.',
    ]);
  });

  test('by a fault of our own ends it, and is not taken for one of the network', async () => {
    const { end } = start(() => BREAKS, runs(LONG), {
      // biome-ignore lint/correctness/useYield: it is broken.
      async *events() {
        throw new TypeError('a bug');
      },
    });
    await expect(end()).rejects.toThrow('a bug');
  });

  test('after it announced the end is no news, and is not asked for again soon', async () => {
    const { end, told, asked } = start(
      () => [
        [10, OPEN],
        [20, event('completed', { status: 'completed' })],
        [30, 'ends'],
      ],
      runs(6_000),
    );
    expect(await end()).toMatchObject({ type: 'ended', isConfirmed: true });
    expect(told()).toEqual(['running', 'announced completed', 'ended completed']);
    expect(asked).toEqual([0]);
  });
});

describe('a stream without a sound', () => {
  test('is opened anew after a minute and a half, each time, and nothing is said of it', async () => {
    const { end, asked, told } = start(() => [[10, OPEN]], runs(200_000));
    await end();
    expect(asked).toHaveLength(3);
    const [, second = 0, third = 0] = asked;
    for (const gap of [second, third - second]) {
      expect(gap).toBeGreaterThan(90_000);
      expect(gap).toBeLessThanOrEqual(92_010);
    }
    expect(told()).toEqual(['running', 'ended completed']);
  });

  test('but for heartbeats is left alone', async () => {
    const beats = Array.from({ length: 20 }, (_, index) => [(index + 1) * 30_000, ALIVE] as const);
    const { end, asked } = start(() => [[10, OPEN], ...beats], runs(9 * MINUTES));
    await end();
    expect(asked).toEqual([0]);
  });
});

describe('an end that the stream announced', () => {
  const announces = (...data: readonly [string, object][]): StreamScript => [
    [10, OPEN],
    [20, event('status', { status: 'running' })],
    ...data.map(([name, fields], index) => [5_000 + index, event(name, fields)] as const),
  ];

  test('of another task is none', async () => {
    const { end, told } = start(() => announces(['failed', { task_id: 'task-2' }]), runs(60_000));
    await end();
    expect(told()).toEqual(['running', 'ended completed']);
  });

  test('is of this task by its id, too', async () => {
    const { end, told, clock } = start(() => announces(['completed', { task_id: 'task-1' }]), runs(5_000));
    await end();
    expect(told()).toEqual(['running', 'announced completed', 'ended completed']);
    expect(clock.waiting()).toBe(0);
  });

  test('is looked for in the record at once, and after growing pauses, for ten seconds', async () => {
    const { end, reads, clock } = start(() => announces(['completed', {}]), runs(LONG));
    expect(await end()).toMatchObject({ status: 'completed', isConfirmed: false, task: { id: 'task-1' } });
    expect(reads.filter((at) => at >= 5_000)).toEqual([5_000, 5_510, 6_520, 8_530, 12_540]);
    expect(clock.now()).toBe(15_000);
  });

  test('has the words of the event where the record of the same end has none', async () => {
    const failed: RecordScript = (now) => ({ after: 10, says: now < 5_000 ? 'running' : 'failed' });
    const stream = announces(['failed', { error: 'no memory', output: { a: 1 } }]);
    const { end } = start(() => stream, failed);
    expect(await end()).toMatchObject({ status: 'failed', error: 'no memory', output: { a: 1 }, isConfirmed: true });
  });

  test('has none of them where the record says another end', async () => {
    const cancelled: RecordScript = (now) => ({ after: 10, says: now < 5_000 ? 'running' : 'cancelled' });
    const { end } = start(() => announces(['failed', { error: 'no memory' }]), cancelled);
    expect(await end()).toMatchObject({ status: 'cancelled', error: undefined });
  });

  test('is the later one of two that differ', async () => {
    const { end, told } = start(() => announces(['failed', { error: 'x' }], ['cancelled', {}]), runs(LONG));
    expect(await end()).toMatchObject({ status: 'cancelled', error: undefined, isConfirmed: false });
    expect(told().filter((line) => line.startsWith('announced'))).toEqual(['announced failed', 'announced cancelled']);
  });

  test('stands where the record cannot be read any more, at once', async () => {
    const record: RecordScript = (now) => ({ after: 10, says: now < 5_000 ? 'running' : 403 });
    const { end, clock } = start(() => announces(['failed', { error: 'no memory' }]), record);
    expect(await end()).toMatchObject({ status: 'failed', error: 'no memory', isConfirmed: false });
    expect(clock.now()).toBe(5_010);
  });

  test('is none where the service counts another try, and the end of that one counts', async () => {
    const record: RecordScript = (now) => ({
      after: 10,
      says: now < 40_000 ? 'running' : 'completed',
      retries: now < 5_000 ? 0 : 1,
    });
    const { end, told } = start(() => announces(['failed', { error: 'no memory' }]), record);
    expect(await end()).toMatchObject({ status: 'completed', isConfirmed: true });
    expect(told()).toEqual([
      'running',
      'announced failed',
      'announced undefined',
      'notice: The service tries the task again (retry 1)',
      'running',
      'ended completed',
    ]);
  });
});

describe('an end that the stream announced and nobody confirms', () => {
  const hangs: RecordScript = () => ({ after: LONG, says: 503 });
  const at = (time: number, name: string, data: object = {}) => [time, event(name, data)] as const;

  test('is that of the next try, ten seconds after that was announced', async () => {
    const stream: StreamScript = [
      [10, OPEN],
      at(5_000, 'failed'),
      at(6_000, 'status', { status: 'running' }),
      at(12_000, 'completed'),
    ];
    const { end, told, clock } = start(() => stream, hangs);
    expect(await end()).toMatchObject({ status: 'completed', isConfirmed: false });
    expect(told()).toEqual([
      'announced failed',
      'announced undefined',
      'running',
      'announced completed',
      'ended completed',
    ]);
    expect(clock.now()).toBe(22_000);
  });

  test('is that of the later announcement, ten seconds after it', async () => {
    const { end, clock } = start(() => [[10, OPEN], at(5_000, 'failed'), at(8_000, 'cancelled')], hangs);
    expect(await end()).toMatchObject({ status: 'cancelled' });
    expect(clock.now()).toBe(18_000);
  });

  test('stands through a break, and through a replay of what was before it', async () => {
    const replayed = [at(100, 'status', { status: 'running', timestamp: 1_800_000_000 })];
    const failed = [at(5_000, 'failed', { timestamp: 1_800_000_000 }), at(5_001, 'progress', { step_current: 1 })];
    const { end, told, asked } = start(
      (nth) => (nth === 1 ? [[10, OPEN], ...replayed, ...failed, [5_100, 'ends']] : [[10, OPEN], ...replayed]),
      hangs,
    );
    expect(await end()).toMatchObject({ status: 'failed' });
    expect(asked.length).toBe(2);
    expect(told().filter((line) => line.startsWith('announced'))).toEqual(['announced failed']);
  });

  test.for<[string, number, string[]]>([
    ['is the end, whatever a record says that was asked for before it', 4_000, ['announced failed', 'ended failed']],
    [
      'is none, where one that was asked for at that moment says that the service tries again',
      5_000,
      ['announced failed', 'announced undefined'],
    ],
  ])('%s', async ([, asks, announcements]) => {
    const stream: StreamScript = [[10, OPEN], at(asks, 'status', { status: 'running' }), at(5_000, 'failed')];
    const record: RecordScript = (now) =>
      now < asks
        ? { after: 10, says: 'queued' }
        : now === asks
          ? { after: 2_000, says: 'running', retries: 1 }
          : hangs(now);
    const { end, told, job, clock } = start(() => stream, record);
    clock.after(16_000, () => job.abort(new Error('enough')));
    await end().catch(() => undefined);
    expect(told().filter((line) => /announced|ended/.test(line))).toEqual(announcements);
  });

  test('stands where a record says that the service tries again, and the next cannot be read', async () => {
    const record: RecordScript = (now) =>
      now < 5_000 ? { after: 10, says: 'running' } : { after: 10, says: now < 5_400 ? 'running' : 403, retries: 1 };
    const { end, clock } = start(() => [[10, OPEN], at(5_000, 'failed')], record);
    expect(await end()).toMatchObject({ status: 'failed', isConfirmed: false });
    expect(clock.now()).toBe(5_520);
  });

  test('does not stand against an abort', async () => {
    const { end, job, clock } = start(() => [[10, OPEN], at(5_000, 'failed')], hangs);
    clock.after(6_000, () => job.abort(new Error('the job was cancelled')));
    await expect(end()).rejects.toThrow('the job was cancelled');
    expect(clock.waiting()).toBe(0);
  });
});

describe('the record', () => {
  test('is asked for when the stream says that the task runs, and not for all else that it says', async () => {
    const stream: StreamScript = [
      [10, OPEN],
      [5_000, event('status', { status: 'provisioning' })],
      [6_000, step(1)],
      [7_000, event('status', { status: 'running' })],
      [8_000, step(2)],
    ];
    const record: RecordScript = (now) => ({
      after: 10,
      says: now < 7_000 ? 'pending' : now < 20_000 ? 'running' : 'completed',
    });
    const { end, told, reads } = start(() => stream, record);
    await end();
    expect(reads.filter((at) => at < 20_000)).toEqual([0, 7_000]);
    expect(told()).toEqual(['pending', 'provisioning', 'step 1', 'running', 'step 2', 'ended completed']);
  });

  test('is asked for more and more seldom where there is no stream, and soon again when it changed', async () => {
    const record: RecordScript = (now) => ({
      after: 10,
      says: now < 10_000 ? 'queued' : now < 60_000 ? 'running' : 'completed',
    });
    const { end, reads } = start(() => 'hangs', record);
    await end();
    expect(reads.slice(0, 7)).toEqual([0, 2_010, 5_020, 9_530, 16_290, 18_300, 21_310]);
    expect(Math.max(...reads.slice(1).map((at, index) => at - (reads[index] ?? 0)))).toBeLessThanOrEqual(15_010);
  });

  test('that is broken JSON is told of once, and one that is lost not at all, while the stream tells the rest', async () => {
    let asked = 0;
    const kinds = ['lost', 'malformed', 'malformed', 'lost'] as const;
    const beats = Array.from({ length: 20 }, (_, index) => [(index + 1) * 20_000, ALIVE] as const);
    const { end, told } = start(() => [[10, OPEN], ...beats], runs(0), {
      async task() {
        const kind = kinds[asked++];
        if (kind !== undefined) throw new ApiError(kind, inert`A record that is ${kind}.`);
        return { id: 'task-1', task_status: 'completed' } as Awaited<ReturnType<FollowContext['service']['task']>>;
      },
    });
    await end();
    expect(asked).toBe(5);
    expect(told()).toEqual([
      'notice: A record that is malformed. The event stream tells how the task goes on.',
      'ended completed',
    ]);
  });
});

test('an event that could not be used is told of once for each reason', async () => {
  const dropped = (why: 'too large' | 'not JSON') => ({ type: 'dropped', why }) as StreamItem;
  const stream: StreamScript = [
    [10, OPEN],
    [20, dropped('too large')],
    [30, dropped('too large')],
    [40, dropped('not JSON')],
  ];
  const { end, told } = start(() => stream, runs(15_000));
  await end();
  expect(told()).toEqual([
    'running',
    expect.stringContaining('it was too large'),
    expect.stringContaining('it was not JSON'),
    'ended completed',
  ]);
});

test('a stream that never answers is asked for again after a minute and a half', async () => {
  const { end, asked } = start(() => 'hangs', runs(150_000));
  await end();
  expect(asked).toHaveLength(2);
  expect(asked[1]).toBeGreaterThan(90_000);
});

describe('whoever follows', () => {
  test('gets the reason of the abort, and nothing goes on behind', async () => {
    const aborted = new RunError('aborted', inert`The job was cancelled.`);
    const { end, job, clock } = start(() => [[10, OPEN]], runs(LONG));
    clock.after(5_000, () => job.abort(aborted));
    await expect(end()).rejects.toBe(aborted);
    expect(clock.waiting()).toBe(0);
  });

  test('and leaves ends everything, too', async () => {
    const { service, clock, run } = createScripted(() => [[10, OPEN]], runs(LONG));
    const { signal } = new AbortController();
    const leaves = async () => {
      for await (const _ of follow('task-1', { service, clock, isKnown: true, signal })) break;
    };
    await run(leaves(), LONG);
    expect(clock.waiting()).toBe(0);
  });
});
