import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EventData, parseEvent, parseTask, type Task } from '../../src/cyberun/schema.ts';
import { createHistory, isKnownState, stateOf, terminalStatus } from '../../src/task/history.ts';

const task = (task_status: string, rest: Partial<Task> = {}) => parseTask({ task_status, ...rest });

/** A time stamp of so many seconds after some day, in seconds. */
const at = (seconds: number) => Date.UTC(2026, 0, 1) / 1000 + seconds;

/** A history, told things one after another; each telling returns what was new in it, in short. */
function createTold() {
  const history = createHistory();
  const short = (happenings: ReturnType<typeof history.event>) =>
    [...happenings].map((one) => {
      if (one.type === 'status') return one.status;
      return one.type === 'progress' ? `progress ${one.progress.fraction}` : one.message;
    });
  return {
    opened: () => history.opened(),
    isOld: (data: unknown) => history.isOld(parseEvent(data)),
    event: (name: string, data: unknown) => short(history.event(name, parseEvent(data))),
    status: (status: string, timestamp?: unknown) => short(history.event('status', parseEvent({ status, timestamp }))),
    record: (status: string, rest?: Partial<Task>) => short(history.task(task(status, rest))),
  };
}

describe('createHistory', () => {
  test('says every state once, whoever tells it', () => {
    const told = createTold();
    expect(told.status('pending')).toEqual(['pending']);
    expect(told.record('pending')).toEqual([]);
    expect(told.record('running')).toEqual(['running']);
    expect(told.status('running')).toEqual([]);
    // An end is told by whoever follows, once it is confirmed.
    expect(told.event('status', { task_status: 'completed' })).toEqual([]);
  });

  test('passes on a state that nobody has heard of, forth and back', () => {
    const told = createTold();
    expect(['warming', 'running', 'warming', 'pending'].map((status) => told.status(status))).toEqual([
      ['warming'],
      ['running'],
      ['warming'],
      ['pending'],
    ]);
  });

  test('takes a state that lies behind for a replay', () => {
    const told = createTold();
    told.status('running', '2026-01-01T00:00:10Z');
    expect(told.status('pending', '2026-01-01T00:00:01Z')).toEqual([]);
    expect(told.status('waiting')).toEqual([]);
    expect(told.status('queued', '2026-01-01T00:00:10Z')).toEqual([]);
    // Later by its own time stamp, in seconds or milliseconds: the task was put back.
    expect(told.status('waiting', Date.parse('2026-01-01T00:00:11Z') / 1000)).toEqual(['waiting']);
    expect(told.status('running', Date.parse('2026-01-01T00:00:12Z'))).toEqual(['running']);
  });

  test('takes what a stream says of the time before the record for a replay', () => {
    const told = createTold();
    expect(told.record('running')).toEqual(['running']);
    expect(told.status('pending', at(1))).toEqual([]);
    expect(told.status('running', at(2))).toEqual([]);
    expect(told.status('queued', at(1))).toEqual([]);
    expect(told.status('waiting', at(3))).toEqual(['waiting']);
  });

  test('says nothing new when a stream replays everything', () => {
    const told = createTold();
    const all: [string, unknown][] = [
      ['status', { status: 'pending', timestamp: at(1) }],
      ['status', { status: 'running', timestamp: at(2) }],
      ['progress', { progress: 0.5, current_node: '3', timestamp: at(3) }],
      ['progress', { progress: 0.1, current_node: '4', timestamp: at(4) }],
    ];
    expect(all.flatMap(([name, data]) => told.event(name, data))).toHaveLength(4);
    expect(all.flatMap(([name, data]) => told.event(name, data))).toEqual([]);
  });

  test('takes progress that lies behind for a replay, too', () => {
    const told = createTold();
    told.event('progress', { progress: 0.5, timestamp: at(3) });
    expect(told.event('progress', { progress: 0.4, timestamp: at(2) })).toEqual([]);
    expect(told.event('progress', { progress: 0.4, timestamp: at(4) })).toEqual(['progress 0.4']);
  });

  test('says nothing new when a stream without time stamps replays everything', () => {
    const told = createTold();
    const all = ['pending', 'waiting', 'running'];
    expect(all.flatMap((status) => told.status(status))).toEqual(all);
    expect(all.flatMap((status) => told.status(status))).toEqual([]);
  });

  test('tells a state that comes after an end, also the one that was before it', () => {
    const told = createTold();
    const at = (second: number) => 1_800_000_000 + second;
    expect(told.status('running', at(1))).toEqual(['running']);
    expect(told.event('failed', { timestamp: at(2) })).toEqual([]);
    expect(told.status('running', at(1))).toEqual([]);
    expect(told.status('running', at(3))).toEqual(['running']);
  });

  test.each([
    { times: 'as coarse as a second', of: (second: number) => Math.floor(second) },
    { times: 'that are left out of the end', of: (second: number) => (second === 2.2 ? undefined : second) },
    { times: 'that are left out', of: () => undefined },
  ])('tells the next try after a failure on the same connection, of time stamps $times', ({ of }) => {
    const told = createTold();
    const stamp = (second: number) => {
      const time = of(second);
      return time === undefined ? undefined : at(time);
    };
    told.opened();
    expect(told.status('running', stamp(2.1))).toEqual(['running']);
    expect(told.event('failed', { timestamp: stamp(2.2) })).toEqual([]);
    expect(told.status('running', stamp(2.3))).toEqual(['running']);
    expect(told.event('failed', { timestamp: stamp(2.2) })).toEqual([]);
  });

  test('takes a failure without a time stamp for as old as what came before it on its connection', () => {
    const told = createTold();
    told.opened();
    told.status('provisioning', at(1));
    told.event('failed', {});
    expect(told.status('running', at(9))).toEqual(['running']);
    told.event('progress', { progress: 0.5, timestamp: at(10) });
    told.record('archived');
    told.opened();
    expect(told.isOld({})).toBe(false);
    // The whole story once more.
    expect(told.status('provisioning', at(1))).toEqual([]);
    expect(told.event('failed', {})).toEqual([]);
    expect(told.isOld({})).toBe(true);
    expect(told.status('running', at(9))).toEqual([]);
    expect(told.event('progress', { progress: 0.5, timestamp: at(10) })).toEqual([]);
    expect(told.isOld({})).toBe(false);
    expect(told.status('archived', at(11))).toEqual([]);
  });

  test('says states of one time stamp once, whatever they are called and how often they are replayed', () => {
    const told = createTold();
    told.opened();
    expect(told.status('running', at(1))).toEqual(['running']);
    expect(told.status('pending', at(2))).toEqual(['pending']);
    expect(told.status('dead-lettered', at(2))).toEqual(['dead-lettered']);
    told.opened();
    const again = [
      ['running', 1],
      ['pending', 2],
      ['dead-lettered', 2],
    ] as const;
    expect(again.flatMap(([state, second]) => told.status(state, at(second)))).toEqual([]);
    expect(told.status('archived', at(2))).toEqual(['archived']);
  });

  test('takes a state after a failure for a replay on another connection, unless it is later', () => {
    const told = createTold();
    told.status('running', at(1));
    told.event('failed', {});
    told.opened();
    expect(told.status('running')).toEqual([]);
    expect(told.status('running', at(1))).toEqual([]);
    expect(told.status('running', at(2))).toEqual(['running']);
  });

  test('takes a state after a completion for a replay on the same connection, unless it is later', () => {
    const told = createTold();
    told.status('running', at(1));
    told.event('completed', {});
    expect(told.status('running')).toEqual([]);
    expect(told.status('running', at(1))).toEqual([]);
    expect(told.status('running', at(2))).toEqual(['running']);
  });

  test('never believes a record that goes back and counts no new try', () => {
    const told = createTold();
    told.record('running', { retry_count: 0 });
    expect(told.record('queued', { retry_count: 0 })).toEqual([]);
    expect(told.record('queued', { retry_count: 0 })).toEqual([]);
    expect(told.record('queued', { retry_count: 1 }).at(-1)).toBe('queued');
  });

  test('believes a record that goes back when a second one says the same, where tries are not counted', () => {
    const told = createTold();
    told.status('running');
    expect(told.record('queued')).toEqual([]);
    expect(told.record('running')).toEqual([]);
    expect(told.record('queued')).toEqual([]);
    expect(told.record('waiting')).toEqual([]);
    expect(told.record('waiting')).toEqual(['waiting']);
  });

  test('tells of a retry once, and begins the states anew', () => {
    const told = createTold();
    told.record('running', { retry_count: 0 });
    told.event('progress', { progress: 0.5 });
    expect(told.record('pending', { retry_count: 1 })).toEqual([
      'The service tries the task again (retry 1)',
      'pending',
    ]);
    expect(told.record('pending', { retry_count: 1 })).toEqual([]);
    expect(told.event('progress', { progress: 0.5 })).toEqual(['progress 0.5']);
  });

  test('tells of an error once, and again after something else', () => {
    const told = createTold();
    const notice = ['The service could not read the status: redis ##[x]; the task goes on.'.replace('##[', '# #[')];
    const error = { error: 'redis ##[x]' };
    expect(told.event('error', error)).toEqual(notice);
    expect(told.event('error', error)).toEqual([]);
    expect(told.event('error', {})).toEqual(['The service could not read the status; the task goes on.']);
    told.status('running');
    expect(told.event('error', error)).toEqual(notice);
  });

  test('keeps a fraction between 0 and 1', () => {
    const told = createTold();
    expect([-1, 0.25, 7].flatMap((progress) => told.event('progress', { progress }))).toEqual([
      'progress 0',
      'progress 0.25',
      'progress 1',
    ]);
  });

  test('never says a state twice in a row, nor goes back without a reason, whatever it is told', () => {
    const LIFE = ['pending', 'waiting', 'provisioning', 'queued', 'running', 'completed'];
    const event = fc.record({ status: fc.constantFrom(...LIFE) });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        const told = createTold();
        const said = events.flatMap(({ status }) => told.status(status)).map((status) => LIFE.indexOf(status));
        expect(said).toEqual([...new Set(said)].sort((a, b) => a - b));
      }),
    );
    const anything = fc.record({
      name: fc.constantFrom('status', 'progress', 'error', 'completed', 'odd'),
      data: fc.jsonValue({ maxDepth: 1 }).map((value) => parseEvent(value)),
    });
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 20 }), (events) => {
        const history = createHistory();
        for (const { name, data } of events as { name: string; data: EventData }[]) [...history.event(name, data)];
      }),
    );
  });

  test('holds a bounded memory of a stream that never repeats itself', () => {
    const told = createTold();
    let said = 0;
    for (let count = 0; count < 25_000; count += 1) said += told.event('error', { error: `error ${count}` }).length;
    expect(said).toBeLessThan(10_100);
    for (let count = 0; count < 25_000; count += 1) said += told.event('progress', { step_current: count }).length;
    expect(said).toBeGreaterThan(25_000);
  });

  test('remembers no long text: of errors, one stands for all', () => {
    const told = createTold();
    const long = (text: string) => told.event('error', { error: text.repeat(2_000) }).length;
    expect([long('a'), long('b'), long('a')]).toEqual([1, 0, 0]);
    const progress = (message: string) => told.event('progress', { message }).length;
    expect([progress('a'), progress('a')]).toEqual([1, 0]);
    // What is not remembered is told again.
    expect([progress('a'.repeat(2_000)), progress('a'.repeat(2_000))]).toEqual([1, 1]);
  });
});

describe('the words of a service for a state', () => {
  test.each([
    ['completed', ['completed', 'COMPLETED', ' Completed ', 'complete', 'succeeded', 'success', 'SUCCESS']],
    ['cancelled', ['cancelled', 'canceled', 'Canceled']],
    ['failed', ['failed', 'error', 'Errored', 'failure', 'timed_out', 'timed-out', 'Timed Out', 'TIMEOUT', 'expired']],
  ])('%s is meant by %j', (status, words) => {
    expect(new Set(words.map(terminalStatus))).toEqual(new Set([status]));
    expect(words.every(isKnownState)).toBe(true);
  });

  test('a state before the end is known however it is written', () => {
    expect(['RUNNING', 'Waiting', 'queued'].map(stateOf)).toEqual(['running', 'waiting', 'queued']);
    expect(['RUNNING', '', undefined, 'archived', 'constructor'].map(terminalStatus)).toEqual(Array(5).fill(undefined));
    const told = createTold();
    expect(told.status('RUNNING')).toEqual(['running']);
    expect(told.record('running')).toEqual([]);
    expect(told.record('QUEUED', { retry_count: 0 })).toEqual([]);
  });

  test('any other is passed on as it is', () => {
    expect(['Archived', 'warming-up', undefined].map(stateOf)).toEqual(['Archived', 'warming-up', undefined]);
    expect(['Archived', '', undefined].map(isKnownState)).toEqual([false, false, false]);
  });
});
