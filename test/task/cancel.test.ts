import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import type { Fault } from '../../emulator/faults.ts';
import { createSimulatedClock } from '../../simulator/clock.ts';
import { sleep } from '../../src/base/clock.ts';
import { cancel } from '../../src/task/cancel.ts';
import { createWire } from '../cyberun/wire.ts';
import { createClient } from '../emulator/client.ts';
import { keptLog } from '../workflow/service.ts';
import { forever, runOn } from './scripted.ts';

const workflows = [{ workflow_slug: 'held', behaviour: { holdAt: 'running' } }];

/** Cancels a task that runs, or is over by then, while its service does that to the cancels, and that to its record. */
async function cancelOverTheWire(
  faults: readonly Fault[],
  { isOver = false, record }: { isOver?: boolean; record?: Fault } = {},
) {
  await using emulator = await startEmulator({ workflows });
  await using wire = createWire(emulator, 5);
  const { run, reached } = createClient(emulator);
  const taskId = await run('held');
  await reached(taskId, 'running');
  for (const fault of faults) emulator.fault({ kind: 'cancel', fault });
  const log = keptLog();
  const { signal } = new AbortController();
  if (isOver) {
    emulator.release(taskId);
    await reached(taskId, 'completed');
  }
  if (record !== undefined) emulator.fault({ kind: 'task', times: 9, fault: record });
  const before = emulator.requests.length;
  const cancelled = await cancel(taskId, { service: wire.client, clock: wire.clock, log, signal });
  const [task] = emulator.tasks;
  return {
    cancelled,
    lines: log.lines.map((line) => line.replace(taskId, 'ID')),
    task,
    requests: emulator.requests.slice(before),
  };
}

describe('a cancel', () => {
  test('is sent once, and says what it did', async () => {
    const { cancelled, lines, task } = await cancelOverTheWire([]);
    expect(cancelled).toEqual({ isConfirmed: true, end: 'cancelled' });
    expect(lines).toEqual(['Task ID cancelled']);
    expect(task).toMatchObject({ status: 'cancelled', cancelRequests: 1 });
  });

  test('of a task that is over changes nothing, and says how that ended', async () => {
    const { cancelled, lines, task } = await cancelOverTheWire([], { isOver: true });
    expect(cancelled).toEqual({ isConfirmed: true, end: 'completed' });
    expect(lines).toEqual(['Task ID was over before it could be cancelled: completed']);
    expect(task).toMatchObject({ status: 'completed', cancelRequests: 1 });
  });

  test.each<Fault>([
    { type: 'status', status: 503 },
    { type: 'status', status: 404 },
    { type: 'edit', edit: () => '{}' },
  ])('of a task whose record is not there says no more than is known, and asks for that once: %j', async (fault) => {
    const { cancelled, lines, requests } = await cancelOverTheWire([], { record: fault });
    expect(cancelled).toEqual({ isConfirmed: true, end: undefined });
    expect(lines).toEqual(['Task ID cancelled, unless it was over by then']);
    expect(requests.map(({ kind }) => kind)).toEqual(['cancel', 'task']);
  });

  const lost: Fault = { type: 'reset-after' };
  test.for([1, 2])(
    'whose answer is lost %i times is sent again, and that the task is over by then is success',
    async (times) => {
      const { cancelled, lines, task } = await cancelOverTheWire(Array<Fault>(times).fill(lost));
      expect(cancelled.isConfirmed).toBe(true);
      expect(lines).toEqual(['Task ID cancelled']);
      expect(task).toMatchObject({ status: 'cancelled', cancelRequests: times + 1 });
    },
  );

  test('that is refused is sent once, and nothing is said of it yet', async () => {
    const body = '{"message":"this key may only read"}';
    const { cancelled, lines, task, requests } = await cancelOverTheWire([{ type: 'status', status: 403, body }]);
    expect(cancelled).toEqual({ isConfirmed: false, why: expect.stringContaining('(403: this key may only read)') });
    expect(lines).toEqual([]);
    expect(task?.status).toBe('running');
    expect(requests.filter(({ kind }) => kind === 'cancel')).toHaveLength(1);
  });
});

describe('a cancel that nobody answers', () => {
  /** What became of it, and when; the job is aborted at that time, if it is. */
  async function cancelUnanswered(abortsAt?: number) {
    const clock = createSimulatedClock();
    const job = new AbortController();
    if (abortsAt === 0) job.abort(new Error('the job was cancelled'));
    else if (abortsAt !== undefined) clock.after(abortsAt, () => job.abort(new Error('the job was cancelled')));
    const log = keptLog();
    const service = {
      cancel: (_id: string, _budget: number, signal: AbortSignal) => forever(signal),
      task: () => Promise.reject(new Error('nobody should ask that')),
    };
    const cancelling = cancel('task-1', { service, clock, log, signal: job.signal });
    const cancelled = await runOn(clock, cancelling, 100_000);
    return { cancelled, lines: log.lines, endedAt: clock.now() };
  }

  test.for<[string, number | undefined, number, number]>([
    ['30 s', undefined, 30_000, 30],
    ['2 s once the job was aborted', 0, 2_000, 2],
    ['2 s from when the job is aborted meanwhile', 5_000, 7_000, 2],
    ['what is left of 30 s, should that be less', 29_000, 30_000, 30],
  ])('is given up after %s', async ([, abortsAt, end, told]) => {
    const { cancelled, lines, endedAt } = await cancelUnanswered(abortsAt);
    expect(cancelled).toEqual({ isConfirmed: false, why: `the service did not confirm it within ${told} s.` });
    expect(endedAt).toBe(end);
    expect(lines).toEqual([]);
  });

  test('nor is the record of a task whose cancel was taken waited for for more than 5 s, or what is left of 2 s', async () => {
    const endOf = async (isAborted: boolean) => {
      const clock = createSimulatedClock();
      const job = new AbortController();
      if (isAborted) job.abort(new Error('the job was cancelled'));
      const service = {
        cancel: () => sleep(clock, 1_500, new AbortController().signal),
        task: (_id: string, signal: AbortSignal) => forever(signal),
      };
      const log = keptLog();
      const cancelled = await runOn(clock, cancel('task-1', { service, clock, log, signal: job.signal }), 100_000);
      return { cancelled, lines: log.lines, endedAt: clock.now() };
    };
    const taken = {
      cancelled: { isConfirmed: true, end: undefined },
      lines: ['Task task-1 cancelled, unless it was over by then'],
    };
    expect(await endOf(false)).toEqual({ ...taken, endedAt: 6_500 });
    expect(await endOf(true)).toEqual({ ...taken, endedAt: 2_000 });
  });
});
