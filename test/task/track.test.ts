import { describe, expect, test } from 'vitest';
import { sleep } from '../../src/base/clock.ts';
import { RunError } from '../../src/base/errors.ts';
import { type Inert, inert } from '../../src/base/inert.ts';
import type { Client } from '../../src/cyberun/client.ts';
import { ApiError } from '../../src/cyberun/errors.ts';
import { type Agent, parseAgent, parseTask, parseWorkflow } from '../../src/cyberun/schema.ts';
import type { TaskContext, TaskOrder } from '../../src/task/context.ts';
import type { TaskFacts } from '../../src/task/followed.ts';
import { followToEnd } from '../../src/task/track.ts';
import { createKept, orderOf, serviceOf } from './kept.ts';
import { createScripted, createSeen, event, OPEN, type StreamScript } from './scripted.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Setting {
  readonly stream?: StreamScript;
  /** The record's fields from that moment on; `undefined` for one that is never answered. */
  readonly record?: (now: number) => Fields | undefined;
  /** How long it takes to be read. */
  readonly takes?: number;
  readonly order?: Partial<TaskOrder>;
  readonly agents?: readonly Agent[] | 'refused';
  readonly detail?: TaskContext['detail'];
}

const ON_A_GPU = { agent_id: 'node-1', gpu_type: 'L4' };
const RUNNING: Fields = { task_status: 'running', ...ON_A_GPU };
const COMPLETED: Fields = { ...RUNNING, task_status: 'completed' };
const LONG = 10_000_000;

/** Follows `task-1` on a clock of its own; `seen` are the lines of the view, each with its second. */
function start({ stream = 'hangs', record = () => RUNNING, takes = 10, order, agents = [], detail }: Setting) {
  const scripted = createScripted(
    () => stream,
    () => ({ after: 0, says: 'running' }),
  );
  const { clock } = scripted;
  const asked: string[] = [];
  const known: (boolean | undefined)[] = [];
  const answers: Partial<Client> = {
    events: scripted.service.events,
    async task(_taskId, signal, isKnown) {
      known.push(isKnown);
      const fields = record(clock.now());
      await sleep(clock, fields === undefined ? LONG : takes, signal);
      return parseTask({ id: 'task-1', ...fields });
    },
    async agents() {
      asked.push(`${clock.now()} agents`);
      if (agents === 'refused') throw new ApiError('status', inert`Refused.`, { status: 403 });
      return [...agents];
    },
    async tasks() {
      asked.push(`${clock.now()} tasks`);
      return [];
    },
  };
  const { lines, view } = createSeen(clock);
  const debug: string[] = [];
  const kept = createKept(serviceOf(answers), clock, {
    view: {
      ...view,
      progress: ({ step }) => view.line(inert`step ${step ?? 0}`),
      shared: (text) => view.line(inert`shared: ${text}`),
      told: (text) => view.line(inert`told: ${text}`),
      hopeless: (text) => view.line(inert`hopeless: ${text}`),
      end: () => view.line(inert`end`),
    },
    ...(detail !== undefined && { detail }),
  });
  const log = { ...kept.context.log, debug: (text: Inert) => void debug.push(text) };
  const facts: TaskFacts[] = [];
  const follow = () =>
    followToEnd('task-1', orderOf(order), { ...kept.context, log }, (more) => void facts.push(more)).catch(
      (error: unknown) => error,
    );
  const end = () => scripted.run(follow(), LONG);
  return { ...kept, clock, lines, debug, facts, asked, known, end };
}

/** A stream that opens, and then tells this, each at its millisecond. */
const tells = (...items: (readonly [number, string, object])[]): StreamScript => [
  [1, OPEN],
  ...items.map(([at, name, data]) => [at, event(name, data)] as const),
];
const status = (at: number, word: string) => [at, 'status', { status: word }] as const;
const step = (at: number, number: number) => [at, 'progress', { step_current: number, step_total: 9 }] as const;
const completed = (at: number) => [at, 'completed', {}] as const;

/** A record that follows the stream at once: queued, running from 0.1 s on, completed from 8 s on. */
const following =
  (fields: Fields) =>
  (now: number): Fields =>
    now < 100 ? { task_status: 'queued' } : { ...fields, task_status: now < 8_000 ? 'running' : 'completed' };

describe('where a task runs', () => {
  test('is said as soon as the record names it, and only then how far it is', async () => {
    const stream = tells(status(100, 'running'), step(200, 1), step(300, 2), step(2_500, 3), completed(8_000));
    const { end, lines } = start({ stream, record: following(ON_A_GPU), takes: 1_000 });
    await end();
    expect(lines).toEqual([
      '2s running on node-1 (L4)',
      '2s step 1',
      '2.5s step 3',
      '9s completed in 0:09 (0:00 queued, 0:07 running)',
      '9s end',
    ]);
  });

  const stream = tells(status(100, 'running'), step(200, 1), completed(8_000));

  test('is said without a GPU where the record names none', async () => {
    const { end, lines } = start({ stream, record: following({ agent_id: 'node-1' }) });
    await end();
    expect(lines.slice(1, 3)).toEqual(['0.1s running on node-1', '0.2s step 1']);
  });

  test('is left out after three seconds, where the record names no agent', async () => {
    const { end, lines } = start({ stream, record: following({ gpu_type: 'L4' }) });
    await end();
    expect(lines.slice(1, 3)).toEqual(['3.1s running', '3.1s step 1']);
  });

  test('is said before the end, however soon that comes, and not once more after it', async () => {
    const soon = tells(status(100, 'running'), step(200, 1), completed(1_000));
    const record = (now: number) => ({ task_status: now < 1_000 ? 'running' : 'completed' });
    const { end, lines, clock } = start({ stream: soon, record, takes: 200 });
    await end();
    clock.advance(60_000);
    expect(lines).toEqual([
      '1.2s running',
      '1.2s step 1',
      expect.stringMatching(/^1\.2s completed in 0:01 /),
      '1.2s end',
    ]);
  });

  test('is said at once, where it is a record that says that it runs', async () => {
    const { end, lines } = start({ record: (now) => (now < 8_000 ? RUNNING : COMPLETED) });
    await end();
    expect(lines[0]).toBe('0s running on node-1 (L4)');
  });

  test('is said before the state that it goes back to, and again for the next try', async () => {
    const twice = tells(
      status(100, 'running'),
      [1_000, 'failed', {}],
      status(1_100, 'queued'),
      status(2_000, 'running'),
    );
    const { end, lines, job, clock } = start({ stream: twice, record: () => undefined });
    clock.after(6_000, () => job.abort(new Error('enough')));
    await end();
    expect(lines).toEqual(['1.1s running', '1.1s queued', '5s running', '6s end']);
  });

  test('is not said any more when the job ends before it is known', async () => {
    const { end, lines, job, clock } = start({ stream, record: () => undefined });
    clock.after(1_000, () => job.abort(new Error('enough')));
    await end();
    clock.advance(60_000);
    expect(lines).toEqual(['1s end']);
  });
});

describe('the last line', () => {
  const record = following(ON_A_GPU);
  const stream = tells(status(100, 'running'), completed(8_000));
  const stamps = {
    created_at: '2026-01-01T00:00:00Z',
    started_at: '2026-01-01T00:01:00Z',
    completed_at: '2026-01-01T00:03:00Z',
  };
  test.for<[string, Setting, string]>([
    [
      'has the times of the service, where it has them, and that since the submit',
      { stream, record: (now) => ({ ...record(now), ...stamps }) },
      'completed in 0:08 (1:00 queued, 2:00 running)',
    ],
    [
      'has no time since the submit, where somebody else submitted',
      { stream, record, order: { target: { taskId: 'task-1', wasRead: true } } },
      'completed (0:00 queued, 0:07 running)',
    ],
    [
      'has that time alone, where nobody saw the task run',
      {
        stream: tells([8_000, 'cancelled', {}]),
        record: (now) => ({ task_status: now < 8_000 ? 'queued' : 'cancelled' }),
      },
      'cancelled in 0:08',
    ],
    [
      'has that time alone, where half of the others is known',
      {
        stream: tells([8_000, 'cancelled', {}]),
        record: (now) => ({ ...stamps, completed_at: null, task_status: now < 8_000 ? 'queued' : 'cancelled' }),
      },
      'cancelled in 0:08',
    ],
    [
      'has that time alone, where the other half is known',
      {
        stream: tells([8_000, 'cancelled', {}]),
        record: (now) => ({ ...stamps, created_at: null, task_status: now < 8_000 ? 'queued' : 'cancelled' }),
      },
      'cancelled in 0:08',
    ],
    [
      "has the service's own word for the end",
      {
        stream: tells(status(8_000, 'timed_out')),
        record: (now) => ({ task_status: now < 8_000 ? 'queued' : 'timed_out' }),
      },
      'timed_out in 0:08',
    ],
  ])('%s', async ([, setting, line]) => {
    const { end, lines } = start(setting);
    await end();
    expect(lines.slice(-2)).toEqual([`8s ${line}`, '8s end']);
  });
});

test('times count from when it began, whatever the clock said then', async () => {
  const stream = tells(status(2_000, 'running'), completed(8_000));
  const record = (now: number) => ({ task_status: now < 608_000 ? 'queued' : 'completed' });
  const { end, lines, clock, facts } = start({ stream, record });
  clock.advance(600_000);
  await end();
  expect(lines.at(-2)).toBe('608s completed in 0:08 (0:02 queued, 0:06 running)');
  expect(facts.at(-1)).toMatchObject({ queueTime: 2_000, runTime: 6_000 });
});

describe('what is learned of where and how long it ran', () => {
  test('grows with each record, and is told on the way out, too, however that is', async () => {
    const stream = tells(status(100, 'running'));
    const { end, facts, job, clock } = start({ stream, record: following(ON_A_GPU) });
    clock.after(5_100, () => job.abort(new Error('enough')));
    await end();
    expect(facts[0]).toEqual({ agentId: undefined, gpuType: undefined, queueTime: undefined, runTime: undefined });
    expect(facts[1]).toEqual({ agentId: 'node-1', gpuType: 'L4', queueTime: 100, runTime: 10 });
    expect(facts.at(-1)).toEqual({ agentId: 'node-1', gpuType: 'L4', queueTime: 100, runTime: 5_000 });
  });

  test('is of the record that ended it, where that knows more', async () => {
    const record = (now: number) => (now < 8_000 ? { task_status: 'running' } : COMPLETED);
    const { end, facts } = start({ stream: tells(status(100, 'running'), completed(8_000)), record });
    expect(await end()).toMatchObject({ status: 'completed', task: { agent_id: 'node-1' } });
    expect(facts.at(-1)).toMatchObject({ agentId: 'node-1', gpuType: 'L4' });
  });

  test('is of the last record that could be read, where none confirms the end', async () => {
    const record = (now: number) => (now < 8_000 ? following(ON_A_GPU)(now) : undefined);
    const { end, facts } = start({ stream: tells(status(100, 'running'), completed(8_100)), record });
    expect(await end()).toMatchObject({ isConfirmed: false, task: undefined });
    expect(facts.at(-1)).toEqual({ agentId: 'node-1', gpuType: 'L4', queueTime: 100, runTime: 8_000 });
  });

  test('is the run time until the end was announced; where that was none, the time that the next try runs', async () => {
    // The record says that the service tries again: the failure was that of a former try.
    const record = (now: number) => ({ ...RUNNING, retry_count: now < 5_000 ? 0 : 1 });
    const stream = tells(status(100, 'running'), [5_100, 'failed', {}]);
    const { end, facts, job, clock } = start({ stream, record });
    clock.after(20_010, () => job.abort(new Error('enough')));
    await end();
    const runTimes = facts.map(({ runTime = 0 }) => runTime);
    expect(Math.max(...runTimes)).toBe(5_090);
    // It was taken for none ten seconds after it was announced.
    expect(runTimes.at(-1)).toBe(20_010 - 15_100);
  });
});

describe('a limit', () => {
  const labels = parseWorkflow({ required_labels: ['gpu'] });
  const agent = (fields: object) =>
    parseAgent({ agent_id: 'node-1', agent_status: 'busy', agent_labels: ['gpu'], ...fields });
  const waits = { record: () => ({ task_status: 'waiting' }) };

  test.for<[string, Setting, number, string]>([
    [
      'timeout says what the task was doing, and for how long',
      { order: { timeout: 60_000 }, record: () => undefined, stream: tells(status(19_000, 'running')) },
      60,
      'The task was not over within the timeout of 1m: it was running for 41s. Raise timeout, or look in Cyberun at what holds it up.',
    ],
    [
      'timeout of a task of which nothing was ever heard',
      { order: { timeout: 60_000 }, record: () => undefined },
      60,
      'The task was not over within the timeout of 1m: it was pending for 1m. Raise timeout, or look in Cyberun at what holds it up.',
    ],
    [
      'timeout says so of a task that waits, too',
      { ...waits, order: { timeout: 60_000, workflow: labels } },
      60,
      'The task was not over within the timeout of 1m: it was waiting for 59s. Raise timeout, or look in Cyberun at what holds it up.',
    ],
    [
      'queue-timeout says what the task was doing, where no reason is known',
      { order: { queueTimeout: 30_000 }, record: () => ({ task_status: 'provisioning' }) },
      30,
      'The task was not running within the queue-timeout of 30s: it was provisioning for 29s. Raise queue-timeout, or look in Cyberun at what holds it up.',
    ],
    [
      'queue-timeout says why nobody took it',
      { ...waits, order: { queueTimeout: 30_000, workflow: labels }, agents: [agent({})] },
      30,
      "The task was not running within the queue-timeout of 30s: no idle agent has gpu (1 busy: node-1). Raise queue-timeout, or see in Cyberun that an agent with the workflow's labels is idle.",
    ],
    [
      'queue-timeout says why nobody ever will',
      { ...waits, order: { queueTimeout: 30_000, workflow: labels }, agents: [agent({ agent_labels: ['cpu'] })] },
      30,
      "The task was not running within the queue-timeout of 30s: nobody has the label gpu (agents have cpu); the task waits for ever unless an agent gets it. Give an agent the workflow's labels, or take another workflow.",
    ],
  ])('%s', async ([, setting, second, message]) => {
    const { end, clock } = start(setting);
    const error = await end();
    expect(error).toBeInstanceOf(RunError);
    expect(error).toMatchObject({ kind: 'timed-out', message });
    expect(clock.now()).toBe(second * 1_000);
    // Nobody asks for the reason any more.
    expect(clock.waiting()).toBe(0);
  });

  test.for<[string, Partial<TaskOrder>]>([
    ['timeout', { timeout: 9_000 }],
    ['queue-timeout', { queueTimeout: 9_000 }],
  ])('%s is kept by an end that was announced in time, however long its record takes', async ([, order]) => {
    const record = (now: number) => ({ task_status: now < 11_000 ? 'queued' : 'completed' });
    const { end, clock } = start({ stream: tells(completed(8_000)), record, order });
    expect(await end()).toMatchObject({ status: 'completed', isConfirmed: true });
    expect(clock.now()).toBeGreaterThan(11_000);
  });

  test.for<[string, Partial<TaskOrder>]>([
    ['not over within 30s', { timeout: 30_000 }],
    ['not running within 30s', { queueTimeout: 30_000 }],
  ])('is told in a few words, too: %s', async ([brief, order]) => {
    const { end } = start({ ...waits, order });
    expect(await end()).toMatchObject({ brief });
  });

  test('is none where none was asked for', async () => {
    const { end, job, clock } = start({ record: () => ({ task_status: 'queued' }) });
    clock.after(9_000_000, () => job.abort(new Error('enough')));
    expect(await end()).toMatchObject({ message: 'enough' });
  });

  test('of both, the one that is over first ends it', async () => {
    const { end } = start({ ...waits, order: { timeout: 30_000, queueTimeout: 60_000 } });
    expect(await end()).toMatchObject({ brief: 'not over within 30s' });
  });

  test('queue-timeout is over once the task runs, and stays so when it is put back', async () => {
    const record = (now: number) =>
      now < 5_000
        ? RUNNING
        : now < 90_000
          ? { task_status: 'queued', retry_count: 1 }
          : { ...COMPLETED, retry_count: 1 };
    const { end } = start({ record, order: { queueTimeout: 30_000 } });
    expect(await end()).toMatchObject({ status: 'completed' });
  });

  test('timeout counts from the submit, although an end that was none was announced meanwhile', async () => {
    const record = (now: number) => ({ ...RUNNING, retry_count: now < 5_000 ? 0 : 1 });
    const stream = tells(status(100, 'running'), [5_100, 'failed', {}]);
    const { end, clock } = start({ stream, record, order: { timeout: 40_000, queueTimeout: 1_000 } });
    expect(await end()).toMatchObject({ kind: 'timed-out', brief: 'not over within 40s' });
    expect(clock.now()).toBe(40_000);
  });

  test('is over with the end', async () => {
    const { end, clock } = start({ record: () => COMPLETED, order: { timeout: 30_000, queueTimeout: 20_000 } });
    expect(await end()).toMatchObject({ status: 'completed' });
    expect(clock.waiting()).toBe(0);
  });
});

describe('while a task waits', () => {
  const workflow = parseWorkflow({ required_labels: ['gpu'] });
  const record = (now: number) => ({ task_status: now < 20_000 ? 'waiting' : now < 60_000 ? 'running' : 'completed' });

  test('the reason is shown, what makes it hopeless is said, and nobody asks once it runs', async () => {
    const { end, lines, asked } = start({ record, order: { workflow } });
    await end();
    const reason = 'the team has no agent at all; start one';
    expect(lines.slice(0, 3)).toEqual([
      `0s waiting: ${reason}`,
      `0s hopeless: ${reason}`,
      expect.stringMatching(/^2\d(\.\d)?s running$/),
    ]);
    expect(asked.filter((one) => one.endsWith('agents')).length).toBeGreaterThan(1);
    expect(asked.every((one) => Number.parseInt(one, 10) < 40_000)).toBe(true);
  });

  test('a reason that may pass is not hopeless', async () => {
    const agents = [parseAgent({ agent_id: 'node-1', agent_status: 'busy', agent_labels: ['gpu'] })];
    const { end, lines } = start({ record, agents, order: { workflow } });
    await end();
    expect(lines.filter((line) => /waiting|hopeless/.test(line))).toEqual([
      '0s waiting: no idle agent has gpu (1 busy: node-1)',
    ]);
  });

  test('a reason that cannot be known costs the reason alone', async () => {
    const { end, lines, debug } = start({ record, agents: 'refused', order: { workflow } });
    expect(await end()).toMatchObject({ status: 'completed' });
    expect(lines.filter((line) => /waiting|hopeless/.test(line))).toEqual(['0s waiting']);
    expect(debug.length).toBeGreaterThan(2);
  });

  test('the tasks ahead are asked for where it has the log to itself, and not where it is one of many', async () => {
    const full = start({ record, order: { workflow } });
    await full.end();
    expect(full.asked.map((one) => one.split(' ')[1])).toContain('tasks');
    const brief = start({ record, order: { workflow }, detail: 'brief' });
    await brief.end();
    expect(brief.asked.map((one) => one.split(' ')[1])).not.toContain('tasks');
  });

  test('nobody asks any more once the job is aborted', async () => {
    const { end, job, clock, asked } = start({ record: () => ({ task_status: 'waiting' }), order: { workflow } });
    clock.after(5_000, () => job.abort(new Error('enough')));
    await end();
    const before = asked.length;
    clock.advance(100_000);
    expect(asked).toHaveLength(before);
  });
});

describe('what else there is to say', () => {
  test('is of the task, of its service, or of its program; each once', async () => {
    const stream = tells(
      status(100, 'running'),
      [200, 'error', { error: 'the database is away' }],
      [300, 'log', { message: 'loading the model' }],
      completed(8_000),
    );
    const record = (now: number) => ({ ...following(ON_A_GPU)(now), retry_count: 1 });
    const { end, lines } = start({ stream, record });
    await end();
    expect(lines.slice(0, -2)).toEqual([
      '0s The service tries the task again (retry 1)',
      '0s queued',
      '0.1s running on node-1 (L4)',
      '0.2s shared: The service could not read the status: the database is away; the task goes on.',
      '0.3s told: loading the model',
    ]);
  });

  test('is a line of debug output for each record, as a pipe says that it is closed only to who writes', async () => {
    const record = (now: number) => ({ task_status: now < 10 ? undefined : now < 5_000 ? 'queued' : 'completed' });
    const { end, debug } = start({ record });
    await end();
    expect(debug).toEqual(['Task task-1: unknown', 'Task task-1: queued', 'Task task-1: completed']);
  });
});

describe('a task is known to be there', () => {
  test.for<[string, TaskOrder['target'], boolean]>([
    ['when it was submitted here', orderOf().target, true],
    ['when it was read before', { taskId: 'task-1', wasRead: true }, true],
    ['otherwise only once it was read', { taskId: 'task-1', wasRead: false }, false],
  ])('%s', async ([, target, isKnown]) => {
    const record = (now: number) => ({ task_status: now < 3_000 ? 'queued' : 'completed' });
    const { end, known } = start({ record, order: { target } });
    await end();
    expect(known.slice(0, 2)).toEqual([isKnown, true]);
  });
});

test('a record that cannot be read ends it with the reason, and the view is told that nothing more comes', async () => {
  const { end, lines, facts } = start({
    record() {
      throw new ApiError('status', inert`Refused.`, { status: 403 });
    },
  });
  expect(await end()).toMatchObject({ name: 'ApiError', status: 403 });
  expect(lines).toEqual(['0s end']);
  expect(facts).toHaveLength(1);
});
