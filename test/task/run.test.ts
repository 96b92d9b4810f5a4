import { describe, expect, test } from 'vitest';
import { RunError } from '../../src/base/errors.ts';
import { inert } from '../../src/base/inert.ts';
import type { Client } from '../../src/cyberun/client.ts';
import { ApiError } from '../../src/cyberun/errors.ts';
import type { TaskContext, TaskOrder } from '../../src/task/context.ts';
import type { Followed } from '../../src/task/followed.ts';
import { endedBy, followTask, nothingKnown } from '../../src/task/run.ts';
import { createKept, orderOf, serviceOf } from './kept.ts';
import { createScripted, event, OPEN, type RecordScript, type StreamScript } from './scripted.ts';

const RUNS: StreamScript = [
  [10, OPEN],
  [20, event('status', { status: 'running' })],
];
const always =
  (says: string | number): RecordScript =>
  () => ({ after: 10, says });
const ATTACHED = { taskId: 'task-1', wasRead: true };
const ABORTED = new RunError('aborted', inert`The job was cancelled.`);
const LONG = 1_000_000;

interface Setting {
  readonly stream?: StreamScript;
  readonly record?: RecordScript;
  readonly service?: Partial<Client>;
  readonly helpers?: Partial<TaskContext>;
}

/** An order to follow to its `end`; its service makes `task-1` of a submit, and takes every cancel, unless it is told otherwise. */
function start(
  order: Partial<TaskOrder>,
  { stream = RUNS, record = always('running'), service, helpers }: Setting = {},
) {
  const scripted = createScripted(() => stream, record);
  const { clock, run } = scripted;
  const own = serviceOf({ submit: async () => 'task-1', ...scripted.service, ...service });
  const kept = createKept(own, clock, helpers);
  return { ...scripted, ...kept, end: () => run(followTask(orderOf(order), kept.context), LONG) };
}

/** What became of it, in time. */
async function ended(end: Promise<Followed | 'still at it'>): Promise<Followed> {
  const followed = await end;
  return typeof followed === 'string' ? expect.fail(followed) : followed;
}

/** The story without what the view showed. */
const mainLines = (story: readonly string[]) => story.filter((line) => /^(ledger|info|warning):/.test(line));

describe('what post will find, should this process be killed,', () => {
  test('is the submit before it is sent, and the task before a word is said of it', async () => {
    const sent: string[] = [];
    const { end, story } = start(
      {},
      {
        record: always('completed'),
        service: {
          async submit() {
            sent.push(...story);
            return 'task-1';
          },
        },
      },
    );
    expect(await end()).toMatchObject({ taskId: 'task-1', status: 'completed', problem: undefined, tries: [] });
    expect(sent).toEqual(['ledger: open quick']);
    expect(mainLines(story)).toEqual([
      'ledger: open quick',
      'ledger: opened task-1',
      'info: Task task-1 submitted',
      'ledger: closed',
    ]);
  });

  test('is the task that is attached to, which is not submitted', async () => {
    const { end, story } = start({ target: ATTACHED }, { record: always('completed') });
    expect(await end()).toMatchObject({ taskId: 'task-1', status: 'completed', parameters: {} });
    expect(mainLines(story)).toEqual([
      'ledger: open task-1',
      'ledger: opened task-1',
      'info: Following task task-1',
      'ledger: closed',
    ]);
  });

  test('is nothing where it cannot be written down: then nothing is submitted', async () => {
    const open = (): never => {
      throw new Error('the disk is full');
    };
    const submit = (): never => {
      throw new Error('submitted');
    };
    const { end, story } = start({}, { service: { submit }, helpers: { ledger: { open } } });
    expect(await end()).toMatchObject({
      taskId: undefined,
      status: 'failed',
      problem: { kind: 'submit', message: 'the disk is full' },
    });
    expect(story).toEqual([]);
  });

  test('is the submit, where the id cannot be written down: then the task is cancelled at once', async () => {
    const closed: string[] = [];
    const entry = {
      opened(): never {
        throw new Error('the disk is full');
      },
      closed: () => void closed.push('closed'),
    };
    const { end, cancelled, story } = start({}, { helpers: { ledger: { open: () => entry } } });
    expect(await end()).toMatchObject({ taskId: 'task-1', problem: { kind: 'task', message: 'the disk is full' } });
    expect(cancelled).toEqual([0]);
    expect(story).toEqual(['info: Task task-1 cancelled']);
    expect(closed).toEqual(['closed']);
  });

  describe('may be more than there is, where the end of an entry cannot be written down:', () => {
    const entry = {
      opened: () => undefined,
      closed(): never {
        throw new Error('the disk is full');
      },
    };
    const helpers = { ledger: { open: () => entry } };

    test('a task that completed has completed', async () => {
      const { end, cancelled } = start({}, { record: always('completed'), helpers });
      expect(await end()).toMatchObject({ status: 'completed', problem: undefined });
      expect(cancelled).toEqual([]);
    });

    test('one whose time was over is cancelled, and that is why it ended', async () => {
      const { end, cancelled } = start({ timeout: 5_000 }, { helpers });
      expect(await end()).toMatchObject({ status: 'timed-out', problem: { kind: 'timed-out' } });
      expect(cancelled).toEqual([5_000]);
    });

    test('a submit that was refused was refused', async () => {
      const submit = () => Promise.reject(new ApiError('status', inert`Refused.`, { status: 422 }));
      const { end } = start({}, { helpers, service: { submit } });
      expect(await end()).toMatchObject({ taskId: undefined, problem: { kind: 'submit' } });
    });

    test('a task that is not there is not there', async () => {
      const { end } = start({ target: ATTACHED }, { helpers, record: always(404) });
      expect(await end()).toMatchObject({ problem: { message: expect.stringContaining('There is no task task-1') } });
    });

    test('but one that nobody waits for is cancelled now, as post would cancel it', async () => {
      const { end, cancelled } = start({ wait: false }, { helpers });
      expect(await end()).toMatchObject({ status: 'failed', problem: { kind: 'task', message: 'the disk is full' } });
      expect(cancelled).toHaveLength(1);
    });
  });

  test('is the task, where its cancel is not confirmed', async () => {
    const cancel = () => Promise.reject(new ApiError('status', inert`Refused.`, { status: 403 }));
    const { end, story } = start({ timeout: 5_000 }, { service: { cancel } });
    const { problem, ...followed } = await ended(end());
    expect(followed).toMatchObject({ status: 'timed-out' });
    expect(problem).toMatchObject({ kind: 'timed-out', brief: 'not over within 5s', rest: 'cancel', taskId: 'task-1' });
    expect(problem?.message).toMatch(
      /^The task was not over within the timeout of 5s: .* Nobody confirmed that task task-1 is cancelled: this action's post step asks again, and its log says what came of it\. Where none follows, as on a runner that shuts down, cancel it in Cyberun\.$/,
    );
    expect(mainLines(story).slice(2)).toEqual([
      'info: Task task-1 submitted',
      'info: Task task-1 is not known to be cancelled: Refused. The post step asks again',
    ]);
  });

  test('is nothing of a submit that made no task', async () => {
    const submit = () => Promise.reject(new ApiError('status', inert`Refused.`, { status: 422 }));
    const { end, story, cancelled } = start({}, { service: { submit } });
    expect(await end()).toMatchObject({ taskId: undefined, status: 'failed', problem: { kind: 'submit' } });
    expect(story).toEqual(['ledger: open quick', 'ledger: closed']);
    expect(cancelled).toEqual([]);
  });
});

describe('an abort', () => {
  test('that comes before the submit is answered cancels the task that the answer names', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const { end, job, clock, story, cancelled } = start({}, { service: { submit: () => promise } });
    clock.after(1_000, () => job.abort(ABORTED));
    clock.after(2_500, () => resolve('task-1'));
    expect(await end()).toMatchObject({ taskId: 'task-1', status: 'cancelled', problem: ABORTED, agentId: undefined });
    expect(cancelled).toEqual([2_500]);
    expect(mainLines(story)).toEqual([
      'ledger: open quick',
      'ledger: opened task-1',
      'info: Task task-1 submitted',
      'info: Task task-1 cancelled',
      'ledger: closed',
    ]);
  });

  test('that comes before the submit is sent leaves nothing to cancel, whatever cancel-on-abort says', async () => {
    const { end, story } = start({ cancelOnAbort: false }, { service: { submit: () => Promise.reject(ABORTED) } });
    expect(await end()).toMatchObject({ taskId: undefined, status: 'cancelled', problem: ABORTED });
    expect(story).toEqual(['ledger: open quick', 'ledger: closed']);
  });

  test.for([true, false])(
    'of a task that runs keeps where and how long it ran: cancel-on-abort %s',
    async (cancelOnAbort) => {
      const { end, job, clock, cancelled, learned, story } = start({ cancelOnAbort });
      clock.after(9_010, () => job.abort(ABORTED));
      const facts = { agentId: 'node-1', queueTime: 10, runTime: 9_000 };
      const status = cancelOnAbort ? 'cancelled' : 'submitted';
      expect(await end()).toMatchObject({ taskId: 'task-1', status, problem: ABORTED, ...facts });
      expect(learned.at(-1)).toMatchObject({ status, problem: ABORTED, ...facts });
      expect(cancelled).toEqual(cancelOnAbort ? [9_010] : []);
      const last = cancelOnAbort ? 'Task task-1 cancelled' : 'Task task-1 goes on, as cancel-on-abort is false';
      expect(mainLines(story).slice(-2)).toEqual([`info: ${last}`, 'ledger: closed']);
    },
  );

  test('is learned of before the cancel is answered: the process may not live to see that', async () => {
    const { end, job, clock, learned } = start(
      {},
      {
        service: {
          async cancel() {
            learned.push({ ...nothingKnown(orderOf()), taskId: 'the cancel' });
          },
        },
      },
    );
    clock.after(100, () => job.abort(ABORTED));
    await end();
    expect(learned.slice(-2).map(({ taskId, status }) => [taskId, status])).toEqual([
      ['task-1', 'cancelled'],
      ['the cancel', 'failed'],
    ]);
  });
});

describe('a task that completed before it could be cancelled', () => {
  const told =
    'The task itself completed: a step with `task-id: task-1` in place of `workflow` fetches its files without paying again.';
  /** The record knows of the end only once the cancel is answered. */
  function startLate(order: Partial<TaskOrder>) {
    let isOver = false;
    const service = {
      async cancel() {
        isOver = true;
      },
    };
    return start(order, { service, record: () => ({ after: 10, says: isOver ? 'completed' : 'running' }) });
  }

  test('has completed for an abort, whose error says how its files are had', async () => {
    const { end, job, clock, story } = startLate({});
    clock.after(5_000, () => job.abort(ABORTED));
    const { status, problem } = await ended(end());
    expect(status).toBe('completed');
    expect(problem).toMatchObject({ kind: 'aborted', why: ABORTED, message: `The job was cancelled. ${told}` });
    expect(mainLines(story).slice(-2)).toEqual([
      'info: Task task-1 was over before it could be cancelled: completed',
      'ledger: closed',
    ]);
  });

  test('is out of time for a timeout, all the same', async () => {
    const { status, problem } = await ended(startLate({ timeout: 5_000 }).end());
    expect(status).toBe('timed-out');
    expect(problem?.message).toMatch(/^The task was not over within the timeout of 5s: /);
    expect(problem?.message.endsWith(` ${told}`)).toBe(true);
  });
});

describe('what cancel-on-abort: false leaves alone:', () => {
  test.for<[string, Partial<TaskOrder>, Setting, RunError['kind'], number]>([
    ['a task that can be followed no more', {}, { record: always(403) }, 'task', 0],
    ['not one whose time is over', { timeout: 5_000 }, {}, 'timed-out', 1],
    [
      'not one that waits for too long',
      { queueTimeout: 5_000 },
      { stream: [[10, OPEN]], record: always('queued') },
      'timed-out',
      1,
    ],
  ])('%s', async ([, order, setting, kind, cancels]) => {
    const { end, cancelled, story } = start({ ...order, cancelOnAbort: false }, setting);
    expect(await end()).toMatchObject({ problem: { kind } });
    expect(cancelled).toHaveLength(cancels);
    expect(story.at(-1)).toBe('ledger: closed');
  });

  test('not one that is cancelled for a sibling', async () => {
    const sibling = new RunError('sibling', inert`Cancelled, because [2] failed.`);
    const { end, job, clock, cancelled } = start({ cancelOnAbort: false });
    clock.after(5_000, () => job.abort(sibling));
    expect(await end()).toMatchObject({ status: 'cancelled', problem: sibling });
    expect(cancelled).toEqual([5_000]);
  });
});

describe('a 404', () => {
  test('of a task to attach to says that there is none, and nobody cancels it', async () => {
    const { end, cancelled, story } = start({ target: ATTACHED }, { record: always(404) });
    expect(await end()).toMatchObject({
      taskId: 'task-1',
      status: 'failed',
      problem: {
        kind: 'task',
        message: expect.stringMatching(/^There is no task task-1 for this key/),
        cause: { status: 404 },
      },
    });
    expect(cancelled).toEqual([]);
    expect(story.at(-1)).toBe('ledger: closed');
  });

  test('of a task that was submitted here ends it, and the task is cancelled all the same', async () => {
    const { end, cancelled } = start({}, { record: always(404) });
    expect(await end()).toMatchObject({ status: 'failed', problem: { kind: 'task', message: 'answered 404.' } });
    expect(cancelled).toHaveLength(1);
  });

  test('is not what any other refusal of the record is', async () => {
    const { end, cancelled } = start({ target: ATTACHED }, { record: always(403) });
    expect(await end()).toMatchObject({ problem: { message: 'answered 403.' } });
    expect(cancelled).toHaveLength(1);
  });
});

describe('a task that nobody waits for', () => {
  test.for(['full', 'brief'] as const)('is submitted and left: detail %s', async (detail) => {
    const { end, story, cancelled, learned } = start({ wait: false }, { helpers: { detail } });
    expect(await end()).toMatchObject({ taskId: 'task-1', status: 'submitted', problem: undefined, ended: undefined });
    expect(learned.at(-1)?.status).toBe('submitted');
    const hint = 'info: Not waiting for it: a later step goes on with it by its task-id';
    expect(story).toEqual([
      'ledger: open quick',
      'ledger: opened task-1',
      'info: Task task-1 submitted',
      ...(detail === 'full' ? [hint] : []),
      'ledger: closed',
    ]);
    expect(cancelled).toEqual([]);
  });
});

describe('a failure that the record does not confirm', () => {
  const failed: Setting = { stream: [...RUNS, [5_000, event('failed', { error: 'no memory' })]] };

  test('is cancelled, and stays open for post where that is not confirmed', async () => {
    const cancel = () => Promise.reject(new ApiError('status', inert`Refused.`, { status: 403 }));
    const { end, story } = start({}, { ...failed, service: { cancel } });
    expect(await end()).toMatchObject({ status: 'failed', ended: { isConfirmed: false, error: 'no memory' } });
    expect(mainLines(story).slice(-2)).toEqual([
      'info: Its record does not say so: cancelling it, as the service may try it again',
      'info: Task task-1 is not known to be cancelled: Refused. The post step asks again',
    ]);
  });

  test('is told as one that may have been over, where the record is not there', async () => {
    const record: RecordScript = (now) => ({ after: 10, says: now < 15_000 ? 'running' : 503 });
    const { end, story } = start({}, { ...failed, record });
    await end();
    expect(mainLines(story).slice(-2)).toEqual([
      'info: Task task-1 cancelled, unless it was over by then',
      'ledger: closed',
    ]);
  });

  test('is no completion: that is left alone, whatever its record says', async () => {
    const { end, cancelled } = start({}, { stream: [...RUNS, [5_000, event('completed')]] });
    expect(await end()).toMatchObject({ status: 'completed', ended: { isConfirmed: false } });
    expect(cancelled).toEqual([]);
  });

  test('is not needed where the record has it', async () => {
    const { end, cancelled, story } = start({}, { ...failed, record: always('failed') });
    expect(await end()).toMatchObject({ status: 'failed', ended: { isConfirmed: true } });
    expect(cancelled).toEqual([]);
    expect(story.at(-1)).toBe('ledger: closed');
  });
});

test('what is known grows with the task: its id, where it runs, its end', async () => {
  const record: RecordScript = (now) => ({ after: 10, says: now < 4_000 ? 'running' : 'completed' });
  const { end, learned } = start({ fingerprint: 'f0' }, { record, stream: [...RUNS, [5_000, event('completed')]] });
  const result = await end();
  expect(result).toMatchObject({ fingerprint: 'f0', parameters: { seed: 7 }, agentId: 'node-1', status: 'completed' });
  expect(learned[0]).toEqual({ ...nothingKnown(orderOf({ fingerprint: 'f0' })), taskId: 'task-1' });
  expect(learned.find(({ agentId }) => agentId !== undefined)).toMatchObject({ taskId: 'task-1', status: 'failed' });
  expect(learned.at(-1)).toEqual(result);
});

describe('the status of what ended early', () => {
  const known = { ...nothingKnown(orderOf()), taskId: 'task-1' };
  test.each([
    ['aborted', true, 'cancelled'],
    ['aborted', false, 'submitted'],
    ['sibling', true, 'cancelled'],
    ['sibling', false, 'cancelled'],
    ['timed-out', false, 'timed-out'],
    ['task', false, 'failed'],
    ['submit', true, 'failed'],
  ] as const)('by %s, with cancel-on-abort: %s, is %s', (kind, cancelOnAbort, status) => {
    const problem = new RunError(kind, inert`why`);
    expect(endedBy(known, problem, { cancelOnAbort })).toEqual({ ...known, problem, status });
  });

  test('is cancelled, not submitted, where there is no task', () => {
    const problem = new RunError('aborted', inert`why`);
    const none = nothingKnown(orderOf());
    expect(endedBy(none, problem, { cancelOnAbort: false }).status).toBe('cancelled');
  });
});
