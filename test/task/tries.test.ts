import { describe, expect, test } from 'vitest';
import { RunError } from '../../src/base/errors.ts';
import { inert } from '../../src/base/inert.ts';
import { ApiError } from '../../src/cyberun/errors.ts';
import { parseResult, parseTask } from '../../src/cyberun/schema.ts';
import type { TaskOrder } from '../../src/task/context.ts';
import type { Followed } from '../../src/task/followed.ts';
import { followTries } from '../../src/task/tries.ts';
import { createKept, orderOf, serviceOf } from './kept.ts';
import { createScripted, runOn } from './scripted.ts';

/** How a task goes: its record from the beginning; or a submit that fails, and whether a task came of it nobody knows. */
type Turn = Readonly<Record<string, unknown>> | Error;

const FAILED: Turn = { task_status: 'failed', task_error: 'agent lost', agent_id: 'node-1' };
const RAN: Turn = {
  ...FAILED,
  created_at: '2026-01-01T00:00:00Z',
  started_at: '2026-01-01T00:00:05Z',
  completed_at: '2026-01-01T00:00:12Z',
};
const COMPLETED: Turn = { task_status: 'completed', agent_id: 'node-2' };
const NO_MEMORY: Turn = { task_status: 'failed', task_error: 'CUDA out of memory' };
const ABORTED = new RunError('aborted', inert`The job was cancelled.`);
const LONG = 1_000_000;

function refuse(): never {
  throw new ApiError('status', inert`Refused.`, { status: 403 });
}

/** Follows an order whose service makes `task-1` of the first submit, `task-2` of the second, and so on. */
function start(turns: readonly Turn[], order: Partial<TaskOrder>, said: () => string = refuse) {
  const { clock, service, run } = createScripted(
    () => 'hangs',
    () => ({ after: 0, says: 'running' }),
  );
  const submits: number[] = [];
  const cancelled: string[] = [];
  const asked: string[] = [];
  const played = serviceOf({
    async submit(_workflow, _submission, signal) {
      signal.throwIfAborted();
      const turn = turns[submits.push(clock.now()) - 1];
      if (turn instanceof Error) throw turn;
      return `task-${submits.length}`;
    },
    events: service.events,
    async task(taskId) {
      return parseTask({ id: taskId, ...turns[Number(taskId.split('-')[1]) - 1] });
    },
    async result(taskId) {
      asked.push(taskId);
      return parseResult({ task_error: said() });
    },
    cancel: async (taskId) => void cancelled.push(taskId),
    tasks: async () => [],
  });
  const kept = createKept(played, clock);
  const end = () => run(followTries(orderOf(order), kept.context), LONG);
  const told = () => kept.story.flatMap((line) => (/Try \d|tried again/.test(line) ? [line] : []));
  return { ...kept, clock, submits, cancelled, asked, end, told };
}

describe('a task that failed', () => {
  test('is submitted again after a pause, and the second try that completes is what counts', async () => {
    const { end, submits, told, cancelled } = start([RAN, COMPLETED], { retries: 3 });
    expect(await end()).toMatchObject({
      taskId: 'task-2',
      status: 'completed',
      problem: undefined,
      agentId: 'node-2',
      tries: [
        {
          taskId: 'task-1',
          status: 'failed',
          error: 'agent lost (task task-1 failed)',
          agentId: 'node-1',
          runTime: 7_000,
        },
      ],
    });
    expect(submits).toHaveLength(2);
    expect(submits[1]).toBeGreaterThan(0);
    expect(submits[1]).toBeLessThanOrEqual(2_000);
    expect(told()).toEqual([expect.stringMatching(/^info: agent lost \(task task-1 failed\)\. Try 2 of 4 in [12] s$/)]);
    expect(cancelled).toEqual([]);
  });

  test.for([0, 1, 2])('is submitted again %i times, and no more', async (retries) => {
    const { end, submits, told } = start([FAILED, FAILED, FAILED, FAILED], { retries });
    const result = await end();
    expect(result).toMatchObject({ taskId: `task-${retries + 1}`, status: 'failed', problem: undefined });
    expect(submits).toHaveLength(retries + 1);
    expect(told()).toHaveLength(retries);
    expect(result).toHaveProperty('tries.length', retries);
  });

  test('is submitted again after pauses that grow, to half a minute at most', async () => {
    const { end, submits } = start(Array<Turn>(11).fill(FAILED), { retries: 10 });
    await end();
    const pauses = submits.slice(1).map((at, index) => at - (submits[index] ?? 0));
    expect(pauses).toHaveLength(10);
    expect(Math.max(...pauses.slice(0, 2))).toBeLessThanOrEqual(4_000);
    expect(Math.max(...pauses)).toBeGreaterThan(8_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(30_000);
  });

  test('is not submitted again where it was only attached to', async () => {
    const { end, submits, told } = start([FAILED], { retries: 3, target: { taskId: 'task-1', wasRead: true } });
    expect(await end()).toMatchObject({ status: 'failed', tries: [] });
    expect(submits).toEqual([]);
    expect(told()).toEqual([]);
  });

  test('is not submitted again where another try would not help, and the error says why', async () => {
    const { end, submits, told } = start([NO_MEMORY, COMPLETED], { retries: 3 });
    const message = expect.stringMatching(
      /^CUDA out of memory \(task task-1 failed\)\. Not tried again, because it needs more memory/,
    );
    expect(await end()).toMatchObject({ status: 'failed', problem: { kind: 'task', message }, tries: [] });
    expect(submits).toHaveLength(1);
    expect(told()).toEqual([]);
  });

  test('is not submitted again where something else ended its step, too', async () => {
    const { context, clock, submits } = start([FAILED, COMPLETED], { retries: 3 });
    const learn = ({ ended, problem }: Followed) => {
      if (ended !== undefined && problem === undefined) throw new Error('the disk is full');
    };
    const following = followTries(orderOf({ retries: 3 }), { ...context, learn });
    expect(await runOn(clock, following, LONG)).toMatchObject({ problem: { message: 'the disk is full' }, tries: [] });
    expect(submits).toHaveLength(1);
  });

  test('a second time for a reason that lasts is not submitted a third time', async () => {
    const { end, submits } = start([FAILED, NO_MEMORY, COMPLETED], { retries: 3 });
    expect(await end()).toMatchObject({
      taskId: 'task-2',
      problem: { message: expect.stringMatching(/^CUDA out of memory \(task task-2 failed\)\. Not tried again/) },
      tries: [{ taskId: 'task-1' }],
    });
    expect(submits).toHaveLength(2);
  });

  const silent: Turn = { task_status: 'failed' };
  test('without a word of why is asked for its result, once, before it is judged', async () => {
    const { end, submits, asked } = start([silent, COMPLETED], { retries: 1 }, () => 'CUDA out of memory');
    expect(await end()).toMatchObject({
      ended: { error: 'CUDA out of memory' },
      problem: { message: expect.stringContaining('Not tried again') },
    });
    expect(submits).toHaveLength(1);
    expect(asked).toEqual(['task-1']);
  });

  test('without a word of why anywhere is tried again', async () => {
    const { end, submits } = start([silent, COMPLETED], { retries: 1 });
    expect(await end()).toMatchObject({
      status: 'completed',
      tries: [{ error: expect.stringMatching(/^Task task-1 failed, and the service does not say why/) }],
    });
    expect(submits).toHaveLength(2);
  });
});

describe('what is no failure that its record confirms is not tried again:', () => {
  const lost = new ApiError('lost', inert`No whole answer.`);
  const refused = new ApiError('status', inert`Refused.`, { status: 422 });
  test.for<[string, Turn, Partial<TaskOrder>, object]>([
    ['a task that completed', COMPLETED, {}, { status: 'completed', problem: undefined }],
    ['one that somebody cancelled', { task_status: 'cancelled' }, {}, { status: 'cancelled', problem: undefined }],
    ['one whose time was over', { task_status: 'running' }, { timeout: 60_000 }, { status: 'timed-out' }],
    ['one that nobody waits for', FAILED, { wait: false }, { status: 'submitted' }],
    ['a submit whose answer was lost', lost, {}, { taskId: undefined, problem: { kind: 'submit', cause: lost } }],
    ['a submit that was refused', refused, {}, { taskId: undefined, problem: { kind: 'submit', cause: refused } }],
  ])('%s', async ([, turn, order, outcome]) => {
    const { end, submits, told } = start([turn, COMPLETED], { retries: 3, ...order });
    expect(await end()).toMatchObject({ ...outcome, tries: [] });
    expect(submits).toHaveLength(1);
    expect(told()).toEqual([]);
  });

  test('nor a second submit whose answer was lost: the first try is told, and no task is taken for the second', async () => {
    const { end, submits, learned } = start([RAN, lost, COMPLETED], { retries: 3 });
    const result = await end();
    expect(result).toMatchObject({
      taskId: undefined,
      status: 'failed',
      problem: { kind: 'submit', cause: lost },
      // What the first try had is the first try's.
      agentId: undefined,
      runTime: undefined,
      ended: undefined,
      tries: [{ taskId: 'task-1', runTime: 7_000 }],
    });
    expect(submits).toHaveLength(2);
    expect(learned.at(-1)).toMatchObject({ taskId: undefined, tries: [{ taskId: 'task-1' }] });
  });
});

describe('an abort', () => {
  test('in the pause ends it; no task is open then, and the tries are told', async () => {
    const { end, job, clock, submits, cancelled, story, learned } = start([RAN, COMPLETED], { retries: 3 });
    clock.after(50, () => job.abort(ABORTED));
    const result = await end();
    expect(result).toMatchObject({
      taskId: undefined,
      status: 'cancelled',
      problem: ABORTED,
      agentId: undefined,
      tries: [{ taskId: 'task-1', runTime: 7_000 }],
    });
    expect(clock.now()).toBe(50);
    expect(submits).toHaveLength(1);
    expect(cancelled).toEqual([]);
    expect(story.filter((line) => line.startsWith('ledger'))).toEqual([
      'ledger: open quick',
      'ledger: opened task-1',
      'ledger: closed',
    ]);
    // In the pause, it was learned that nothing runs.
    expect(learned.at(-1)).toMatchObject({ taskId: undefined, status: 'failed', tries: [{ taskId: 'task-1' }] });
  });

  test('in the second try cancels that one alone', async () => {
    const { end, job, clock, cancelled, learned } = start([RAN, { task_status: 'running' }], { retries: 3 });
    clock.after(60_000, () => job.abort(ABORTED));
    expect(await end()).toMatchObject({ taskId: 'task-2', status: 'cancelled', tries: [{ taskId: 'task-1' }] });
    expect(cancelled).toEqual(['task-2']);
    expect(learned.at(-1)).toMatchObject({ taskId: 'task-2', status: 'cancelled', tries: [{ taskId: 'task-1' }] });
  });

  test('while the reason of a failure is asked for lets the failure stand, and no other try is spoken of', async () => {
    const { end, job, submits, told } = start([{ task_status: 'failed' }, COMPLETED], { retries: 3 }, () => {
      job.abort(ABORTED);
      return 'agent lost';
    });
    expect(await end()).toMatchObject({ taskId: 'task-1', status: 'failed', problem: undefined, tries: [] });
    expect(submits).toHaveLength(1);
    expect(told()).toEqual([]);
  });
});
