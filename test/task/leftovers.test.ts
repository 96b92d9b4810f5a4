import { describe, expect, test } from 'vitest';
import { createSimulatedClock } from '../../simulator/clock.ts';
import { inert } from '../../src/base/inert.ts';
import type { Client } from '../../src/cyberun/client.ts';
import { ApiError } from '../../src/cyberun/errors.ts';
import { parseTask } from '../../src/cyberun/schema.ts';
import { cancelLeftOpen, type LeftOpen, type Parting } from '../../src/task/leftovers.ts';
import { keptLog } from '../workflow/service.ts';

const NOW = Date.UTC(2026, 0, 1);
const SUBMIT: LeftOpen = { workflow: 'quick', since: NOW };

/** What post does about it, and says. */
async function cancelAll(
  open: readonly LeftOpen[],
  parting: Parting,
  {
    cancelOnAbort = true,
    ...answers
  }: Partial<Pick<Client, 'cancel' | 'task' | 'tasks'>> & { cancelOnAbort?: boolean } = {},
) {
  const log = keptLog();
  const asked: string[] = [];
  const service = {
    async cancel(taskId: string) {
      asked.push(`cancel ${taskId}`);
    },
    async task(taskId: string) {
      asked.push(`task ${taskId}`);
      return parseTask({ id: taskId, task_status: 'cancelled' });
    },
    async tasks() {
      asked.push('tasks');
      return [
        parseTask({ id: 'new', task_status: 'running', created_at: NOW / 1000 }),
        parseTask({ id: 'old', task_status: 'running', created_at: NOW / 1000 - 100 }),
      ];
    },
    ...answers,
  };
  const { signal } = new AbortController();
  await cancelLeftOpen(open, parting, cancelOnAbort, { service, clock: createSimulatedClock(), log, signal });
  return { lines: log.lines, asked };
}

describe('post', () => {
  test('asks for nothing and says nothing where nothing is open', async () => {
    expect(await cancelAll([], 'killed')).toEqual({ lines: [], asked: [] });
  });

  test.each<[Parting, string]>([
    ['aborted', 'The job was cancelled or timed out, and nobody confirmed that task a is cancelled: asking for it now'],
    ['over', 'The step ended, and nobody confirmed that task a is cancelled: asking for it now'],
    ['killed', 'The step was killed, or crashed, while task a was open'],
  ])('says how main parted from a task that it cancels: %s', async (parting, line) => {
    const { lines, asked } = await cancelAll([{ taskId: 'a' }], parting);
    expect(lines).toEqual([line, 'Task a cancelled']);
    expect(asked).toEqual(['cancel a', 'task a']);
  });

  test.each(['completed', 'failed'])('says of a task that had %s before that it had', async (status) => {
    const task = async () => parseTask({ id: 'a', task_status: status });
    const { lines } = await cancelAll([{ taskId: 'a' }], 'aborted', { task });
    expect(lines.slice(1)).toEqual([
      `Task a was over before it could be cancelled: ${status}`,
      ...(status === 'completed'
        ? [
            'The task itself completed: a step with `task-id: a` in place of `workflow` fetches its files without paying again.',
          ]
        : []),
    ]);
  });

  test.each<[Parting, string]>([
    ['aborted', 'The job was cancelled or timed out while it submitted quick, without an answer'],
    ['over', 'The step ended while it submitted quick, without an answer'],
    ['killed', 'The step was killed, or crashed, while it submitted quick, without an answer'],
  ])('names the tasks that a submit without an answer may have made, and cancels none: %s', async (parting, line) => {
    const { lines, asked } = await cancelAll([SUBMIT], parting);
    expect(lines).toEqual([
      line,
      expect.stringMatching(/^warning: A task may be running\. The likely ones: new \(\S+ /),
    ]);
    expect(asked).toEqual(['tasks']);
  });

  test('leaves tasks alone with cancel-on-abort: false, and still says what a submit may have made', async () => {
    const { lines, asked } = await cancelAll([{ taskId: 'a' }, SUBMIT], 'killed', { cancelOnAbort: false });
    expect(lines).toEqual([expect.stringContaining('while it submitted quick'), expect.stringContaining(': new (')]);
    expect(asked).toEqual(['tasks']);
  });

  test('cancels every other task where one cannot be cancelled, and never throws', async () => {
    const done: string[] = [];
    async function cancel(taskId: string): Promise<void> {
      if (taskId === 'b') throw new ApiError('status', inert`Refused.`, { status: 403 });
      done.push(taskId);
    }
    const tasks = () => Promise.reject(new ApiError('status', inert`Refused.`, { status: 403 }));
    const open = [{ taskId: 'a' }, { taskId: 'b' }, SUBMIT, { taskId: 'c' }];
    const { lines } = await cancelAll(open, 'killed', { cancel, tasks });
    expect(done).toEqual(['a', 'c']);
    expect(lines.filter((line) => line.startsWith('warning'))).toEqual([
      'warning: Task b could not be cancelled: Refused. It may go on and keep its GPU: cancel it in Cyberun if it does.',
      expect.stringContaining("the team's tasks could not be listed"),
    ]);
  });
});
