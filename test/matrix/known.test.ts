import { describe, expect, test } from 'vitest';
import { RunError } from '../../src/base/errors.ts';
import { inert } from '../../src/base/inert.ts';
import { reportOf } from '../../src/files/home.ts';
import { reportsOf } from '../../src/matrix/outcome.ts';
import type { Order, Plan } from '../../src/matrix/plan.ts';
import { createKnown } from '../../src/matrix/run.ts';
import { endedBy, nothingKnown } from '../../src/task/run.ts';

const order: Order = {
  target: { workflow: 'quick', submission: { parameters: { seed: 1 } } },
  workflow: undefined,
  fingerprint: undefined,
  digests: new Map(),
  earlier: undefined,
  wait: true,
  timeout: undefined,
  queueTimeout: undefined,
  cancelOnAbort: true,
  retries: 0,
  download: true,
  workspace: '/w',
  folder: '/w/out',
  folderName: 'out',
  extract: false,
  pattern: [],
  ifNoFilesFound: 'warn',
};
const one: Plan = { kind: 'one', order, workflow: undefined, fingerprint: undefined };
const submitted = reportOf({ ...nothingKnown(order), taskId: 'task-1' });

const aborted = new RunError('aborted', inert`The job was cancelled.`);
const crashed = new RunError('task', inert`boom`);
const late = new RunError('timed-out', inert`The task was not over in time.`);

describe('if everything ended now', () => {
  test('a task of which nothing is known would have that end, and that reason', () => {
    expect(reportsOf(createKnown(one).outcome(aborted))).toMatchObject([{ status: 'cancelled', problem: aborted }]);
    expect(reportsOf(createKnown(one).outcome(crashed))).toMatchObject([{ status: 'failed', problem: crashed }]);
  });

  test('a task that is followed would, too', () => {
    const known = createKnown(one);
    known.learn(0, submitted, 'following');
    expect(reportsOf(known.outcome(aborted))).toMatchObject([
      { taskId: 'task-1', status: 'cancelled', problem: aborted, parameters: { seed: 1 } },
    ]);
  });

  test('a task that is left alone would go on, and one that was not made would be none', () => {
    const left = createKnown({ ...one, order: { ...order, cancelOnAbort: false } });
    expect(reportsOf(left.outcome(aborted))).toMatchObject([{ taskId: undefined, status: 'cancelled' }]);
    left.learn(0, submitted, 'following');
    expect(reportsOf(left.outcome(aborted))).toMatchObject([
      { taskId: 'task-1', status: 'submitted', problem: aborted },
    ]);
    expect(reportsOf(left.outcome(late))).toMatchObject([{ status: 'timed-out' }]);
  });

  test('a task that is being cancelled keeps the reason for that', () => {
    const known = createKnown(one);
    known.learn(0, endedBy(submitted, late, order), 'following');
    expect(known.outcome(aborted)).toMatchObject({ report: { status: 'timed-out', problem: late }, problem: aborted });
  });

  // A failed task's own words are read before its report is made.
  test.each(['completed', 'failed', 'cancelled'] as const)(
    'a task that %s stays so, without all that it left',
    (status) => {
      const known = createKnown(one);
      known.learn(0, { ...submitted, status }, 'bringing');
      const outcome = known.outcome(aborted);
      const message =
        status === 'completed'
          ? 'The job was cancelled. The task itself completed: a step with `task-id: task-1` in place of `workflow` fetches its files without paying again.'
          : aborted.message;
      expect(outcome.problem).toMatchObject({ kind: 'aborted', message });
      expect(reportsOf(outcome)).toMatchObject([{ status, problem: { kind: 'aborted', message } }]);
    },
  );

  test('of a matrix, the tasks that completed are told with the reason, and the others have it alone', () => {
    const orders = [1, 2].map((seed) => ({ label: `${seed}`, order }));
    const many = { total: 2, orders, maxParallel: 2, failFast: true, folder: '/w/out', shard: undefined };
    const known = createKnown({ kind: 'many', ...many, workflow: undefined, fingerprint: undefined });
    known.learn(0, { ...submitted, status: 'completed' }, 'bringing');
    const outcome = known.outcome(aborted);
    expect(outcome.problem?.message).toBe(
      'The job was cancelled. 1 of 2 tasks completed, and not all of their files came: for each, a step with its `task-id` in place of `workflow` and `matrix`, and a `path` of its own, fetches them without paying again (task-1).',
    );
    expect(reportsOf(outcome)).toMatchObject([
      { status: 'completed', problem: { rest: 'fetch', taskId: 'task-1' } },
      { status: 'cancelled', problem: aborted },
    ]);
  });

  test('a report that is made stays as it is', () => {
    const known = createKnown(one);
    known.learn(0, { ...submitted, status: 'completed', checksumsPath: '/w/out/SHA256SUMS' }, 'over');
    expect(known.outcome(crashed)).toMatchObject({
      report: { status: 'completed', problem: undefined },
      checksumsPath: '/w/out/SHA256SUMS',
      problem: crashed,
    });
  });
});
