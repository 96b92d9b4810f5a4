import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import type { Fault } from '../../emulator/faults.ts';
import { createSimulatedClock } from '../../simulator/clock.ts';
import { cancel } from '../../src/task/cancel.ts';
import { createWire } from '../cyberun/wire.ts';
import { createClient } from '../emulator/client.ts';
import { keptLog } from '../workflow/service.ts';
import { forever, runOn } from './scripted.ts';

const workflows = [{ workflow_slug: 'held', behaviour: { holdAt: 'running' } }];

/** Cancels a task that runs, while its service does that to the cancels. */
async function cancelOverTheWire(faults: readonly Fault[], isOpen?: boolean) {
  await using emulator = await startEmulator({ workflows });
  await using wire = createWire(emulator, 5);
  const { run, reached } = createClient(emulator);
  const taskId = await run('held');
  await reached(taskId, 'running');
  for (const fault of faults) emulator.fault({ kind: 'cancel', fault });
  const log = keptLog();
  const { signal } = new AbortController();
  const isConfirmed = await cancel(taskId, { service: wire.client, clock: wire.clock, log, signal }, isOpen);
  const [task] = emulator.tasks;
  return { isConfirmed, lines: log.lines.map((line) => line.replace(taskId, 'ID')), task, requests: emulator.requests };
}

describe('a cancel', () => {
  test('is sent once, and says what it did', async () => {
    const { isConfirmed, lines, task } = await cancelOverTheWire([]);
    expect(isConfirmed).toBe(true);
    expect(lines).toEqual(['Task ID cancelled']);
    expect(task).toMatchObject({ status: 'cancelled', cancelRequests: 1 });
  });

  test('of a task that may be over says no more than is known', async () => {
    const { isConfirmed, lines } = await cancelOverTheWire([], false);
    expect(isConfirmed).toBe(true);
    expect(lines).toEqual(['Task ID cancelled, unless it was over by then']);
  });

  const lost: Fault = { type: 'reset-after' };
  test.for([1, 2])(
    'whose answer is lost %i times is sent again, and that the task is over by then is success',
    async (times) => {
      const { isConfirmed, lines, task } = await cancelOverTheWire(Array<Fault>(times).fill(lost));
      expect(isConfirmed).toBe(true);
      expect(lines).toEqual(['Task ID cancelled']);
      expect(task).toMatchObject({ status: 'cancelled', cancelRequests: times + 1 });
    },
  );

  test('that is refused is sent once, and the warning says why, and what to do', async () => {
    const body = '{"message":"this key may only read"}';
    const { isConfirmed, lines, task, requests } = await cancelOverTheWire([{ type: 'status', status: 403, body }]);
    expect(isConfirmed).toBe(false);
    expect(lines).toEqual([
      expect.stringMatching(
        /^warning: Task ID could not be cancelled: .*\(403: this key may only read\).* It may go on .*: cancel it in Cyberun/,
      ),
    ]);
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
    const service = { cancel: (_id: string, _budget: number, signal: AbortSignal) => forever(signal) };
    const cancelling = cancel('task-1', { service, clock, log, signal: job.signal });
    const isConfirmed = await runOn(clock, cancelling, 100_000);
    return { isConfirmed, lines: log.lines, endedAt: clock.now() };
  }

  test.for<[string, number | undefined, number, number]>([
    ['30 s', undefined, 30_000, 30],
    ['2 s once the job was aborted', 0, 2_000, 2],
    ['2 s from when the job is aborted meanwhile', 5_000, 7_000, 2],
    ['what is left of 30 s, should that be less', 29_000, 30_000, 30],
  ])('is given up after %s', async ([, abortsAt, end, told]) => {
    const { isConfirmed, lines, endedAt } = await cancelUnanswered(abortsAt);
    expect(isConfirmed).toBe(false);
    expect(endedAt).toBe(end);
    expect(lines).toEqual([
      `warning: Task task-1 could not be cancelled: it was not confirmed within ${told} s. It may go on and keep its GPU: cancel it in Cyberun if it does.`,
    ]);
  });
});
