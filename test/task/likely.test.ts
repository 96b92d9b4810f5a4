import { expect, test } from 'vitest';
import { parseTask } from '../../src/cyberun/schema.ts';
import { likelyText } from '../../src/task/likely.ts';

test('of the tasks that a lost submit may have made, those that are not over are named first', () => {
  const task = (id: string, status?: string) => parseTask({ id, task_status: status });
  const over = Array.from({ length: 5 }, (_, index) => task(`over-${index}`, 'completed'));
  const text = likelyText([...over, task('a', 'running'), task('b'), task('c', 'pending')]);
  expect(text).toBe(
    'A task may be running. The likely ones: a (running, no date), b (unknown, no date), c (pending, no date), over-0 (completed, no date), over-1 (completed, no date)',
  );
});
