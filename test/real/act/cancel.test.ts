import { expect, test } from 'vitest';
import { createGitHub } from '../../recipes/github.ts';
import { readRecipe } from '../../recipes/recipe.ts';
import { startService } from '../../recipes/service.ts';
import { type ActRun, startAct } from './act.ts';

const RECIPE = readRecipe('Cyberun Run');

/** Runs a recipe whose task does not end, and does that once it runs. Resolves when nobody runs any more. */
async function during(hurt: (run: ActRun) => void) {
  await using emulator = await startService({ special: () => ({ holdAt: 'running' }) });
  using github = createGitHub();
  await using run = await startAct(RECIPE, { emulator, github });
  await emulator.waitFor(
    ({ tasks, requests }) => tasks[0]?.status === 'running' && requests.some(({ kind }) => kind === 'events'),
  );
  hurt(run);
  const result = await run.done;
  const task = await emulator.waitFor(({ tasks }) => tasks.find(({ status }) => status === 'cancelled'));
  return { ...result, task, mains: run.mains() };
}

const killMain = ({ mains }: ActRun) => {
  const found = mains();
  expect(found).toHaveLength(1);
  for (const pid of found) process.kill(pid, 'SIGKILL');
};

test.each([
  ['act is told to stop (SIGINT)', ({ kill }: ActRun) => kill('SIGINT')],
  ['act is told to end (SIGTERM)', ({ kill }: ActRun) => kill('SIGTERM')],
  ['main is killed', killMain],
])('where %s, post cancels the task', async (_, hurt) => {
  const { exitCode, jobs, task, mains } = await during(hurt);
  expect([exitCode, task.cancelRequests, mains]).toEqual([1, 1, []]);
  const [main, post] = (jobs[0]?.steps ?? []).filter(({ name }) => name.startsWith('cyberun/run'));
  expect([main?.outcome, post?.stage, post?.outcome]).toEqual(['failure', 'Post', 'success']);
  expect(post?.printed).toContain(task.id);
});

test('where act itself is killed, main cancels the task', async () => {
  const { task } = await during(({ kill }) => kill('SIGKILL'));
  expect(task.cancelRequests).toBe(1);
});
