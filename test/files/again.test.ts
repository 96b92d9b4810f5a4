import { describe, expect, test } from 'vitest';
import { RunError } from '../../src/base/errors.ts';
import { inert } from '../../src/base/inert.ts';
import { stillThere } from '../../src/files/again.ts';
import { reportOf } from '../../src/files/home.ts';
import type { TaskReport } from '../../src/files/report.ts';
import { nothingKnown } from '../../src/task/run.ts';
import { Unfinished } from '../../src/task/unfinished.ts';

const why = new RunError('files', inert`The disk is full`, new Error('ENOSPC'));

/** The error of a task that completed, but for the changes. */
function errorOf(changes: Partial<TaskReport>): RunError {
  const target = { taskId: 'task-1', wasRead: true };
  return stillThere(why, {
    ...reportOf(nothingKnown({ target, fingerprint: undefined })),
    status: 'completed',
    ...changes,
  });
}

describe('why not all files came', () => {
  test('says how they are had without another task', () => {
    const error = errorOf({});
    expect(error).toBeInstanceOf(Unfinished);
    expect(error).toMatchObject({ kind: 'files', why, cause: why.cause, rest: 'fetch', taskId: 'task-1' });
    expect(error.message).toBe(
      'The disk is full. The task itself completed: a step with `task-id: task-1` in place of `workflow` fetches its files without paying again.',
    );
  });

  test('of an earlier run, that the same step fetches them', () => {
    const error = errorOf({ reused: { finishedOn: undefined } });
    expect(error).not.toBeInstanceOf(Unfinished);
    expect(error).toMatchObject({ kind: 'files', cause: why.cause });
    expect(error.message).toBe(
      'The disk is full. The task itself completed in an earlier run: try again to fetch its files, or leave reuse out to run it anew.',
    );
  });

  test.each(['failed', 'cancelled', 'timed-out'] as const)('is all there is to say of a task that is %s', (status) => {
    expect(errorOf({ status })).toBe(why);
  });
});
