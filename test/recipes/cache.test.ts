import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Emulator } from '../../emulator/emulator.ts';
import { annotationsOf, filesOf } from '../action/harness.ts';
import { createGitHub } from './github.ts';
import { type JobResult, runRecipe } from './job.ts';
import type { RunOptions } from './options.ts';
import { type Recipe, readRecipe, withInputs } from './recipe.ts';
import { PICTURE, startService } from './service.ts';

const RECIPE = readRecipe('Pay for nothing twice');
const FILES = { 'assets/hero.yml': 'prompt: a lighthouse at dusk\n' };

const postsOf = ({ requests }: Emulator) => requests.filter(({ method }) => method !== 'GET').length;

/** The outputs of the last step, but where the workspace is, and what is said of reuse alone. */
function outputsOf({ actions, workspace }: JobResult): Record<string, unknown> {
  const { tasks = '', ...outputs } = actions.at(-1)?.outputs ?? {};
  const texts = Object.entries(outputs).map(([name, value]) => [name, value.replaceAll(workspace, '')]);
  const isReused = (task: { reused: boolean }) => task.reused;
  const all: { reused: boolean }[] = JSON.parse(tasks);
  return {
    ...Object.fromEntries(texts),
    reused: all.filter(isReused).length,
    tasks: all.map((task) => ({ ...task, reused: 0 })),
  };
}

const artOf = ({ workspace }: JobResult) => filesOf(join(workspace, 'cyberun-outputs'));

/** Runs the recipe, which is one job; what it paid for is the seeds that were submitted. */
async function run(recipe: Recipe, options: RunOptions): Promise<{ job: JobResult; paid: unknown[] }> {
  const { tasks } = options.emulator;
  const before = tasks.length;
  const [job, ...more] = await runRecipe(recipe, options);
  if (job === undefined || more.length > 0) throw new Error('not one job');
  return { job, paid: tasks.slice(before).map(({ parameters }) => parameters.seed) };
}

test('what was paid for comes back from the cache', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  const first = await run(RECIPE, { emulator, github, files: FILES, runId: 7 });
  expect(first.paid.toSorted()).toEqual([1, 2, 3]);
  const fingerprint = first.job.actions[0]?.outputs.fingerprint;
  expect(github.caches.map(({ key }) => key)).toEqual([`cyberun-${fingerprint}-7-1`]);

  const asked = postsOf(emulator);
  const second = await run(RECIPE, { emulator, github, files: FILES, runId: 8 });
  expect([first.job.conclusion, second.job.conclusion]).toEqual(['success', 'success']);
  expect(postsOf(emulator)).toBe(asked);
  expect(artOf(second.job)).toEqual(artOf(first.job));
  expect(Object.keys(artOf(first.job)).filter((path) => path.endsWith(PICTURE))).toHaveLength(3);
  expect(outputsOf(first.job)).toMatchObject({ reused: 0, status: 'completed' });
  expect(outputsOf(second.job)).toEqual({ ...outputsOf(first.job), reused: 3, 'gpu-seconds': '0' });
  // Nothing new came, so nothing is saved.
  expect(github.caches).toHaveLength(1);
});

test('what changes is paid for, and nothing else', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  const paidBy = async (runId: number, recipe: Recipe, files = FILES) => {
    const { job, paid } = await run(recipe, { emulator, github, files, runId });
    expect(job.conclusion).toBe('success');
    return paid.toSorted();
  };
  expect(await paidBy(1, RECIPE)).toEqual([1, 2, 3]);
  // The plan has another fingerprint now, so the folder comes by the last of restore-keys.
  expect(await paidBy(2, withInputs(RECIPE, 'text-to-image', { matrix: '{"seed": [1, 4]}' }))).toEqual([4]);
  // And by the first one again.
  expect(await paidBy(3, RECIPE)).toEqual([]);
  expect(await paidBy(4, RECIPE, { 'assets/hero.yml': `${FILES['assets/hero.yml']}steps: 30\n` })).toEqual([1, 2, 3]);
});

test('what came of a job that failed is saved, and its re-run pays for the rest', async () => {
  let isIll = true;
  const isSecond = (parameters: object) => 'seed' in parameters && parameters.seed === 2;
  await using emulator = await startService({
    ending: (parameters) => (isIll && isSecond(parameters) ? 'failed' : 'completed'),
  });
  using github = createGitHub();
  const first = await run(RECIPE, { emulator, github, files: FILES });
  expect(first.job).toMatchObject({
    conclusion: 'failure',
    actions: [{ exitCode: 0 }, { outputs: { status: 'failed' } }],
  });
  expect(first.job.steps.map(({ conclusion }) => conclusion)).toEqual(['success', 'success', 'failure', 'success']);
  expect(first.paid.toSorted()).toEqual([1, 2, 3]);

  isIll = false;
  const again = await run(RECIPE, { emulator, github, files: FILES, attempt: 2 });
  expect(again).toMatchObject({ job: { conclusion: 'success' }, paid: [2] });
  expect(again.job.actions.flatMap((action) => annotationsOf(action, 'warning'))).toEqual([]);
  expect(github.caches.map(({ key }) => key.slice(-4))).toEqual(['-1-1', '-1-2']);

  const last = await run(RECIPE, { emulator, github, files: FILES, attempt: 3 });
  expect(last).toMatchObject({ job: { conclusion: 'success' }, paid: [] });
});

test('a plan that fails leaves nothing to save, and so nothing newer than what was paid for', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  expect((await run(RECIPE, { emulator, github, files: FILES, runId: 1 })).paid).toHaveLength(3);
  const wrong = { 'assets/hero.yml': 'promt: a lighthouse\n' };
  const failed = await run(RECIPE, { emulator, github, files: wrong, runId: 2 });
  expect(failed).toMatchObject({ job: { conclusion: 'failure' }, paid: [] });
  expect(failed.job.steps.map(({ conclusion }) => conclusion)).toEqual(['failure', 'skipped', 'skipped', 'skipped']);
  expect(github.caches).toHaveLength(1);
  const more = withInputs(RECIPE, 'text-to-image', { matrix: '{"seed": [1, 2, 3, 4]}' });
  expect((await run(more, { emulator, github, files: FILES, runId: 3 })).paid).toEqual([4]);
});

test('after a key was replaced, the cache needs another prefix', async () => {
  using github = createGitHub();
  {
    await using emulator = await startService();
    expect((await run(RECIPE, { emulator, github, files: FILES, runId: 1 })).paid).toHaveLength(3);
  }
  await using emulator = await startService({ apiKey: 'sk-emulator-another-0123456789abcdef' });
  const refused = await run(RECIPE, { emulator, github, files: FILES, runId: 2 });
  expect(refused).toMatchObject({ job: { conclusion: 'failure' }, paid: [] });
  const said = refused.job.actions.flatMap((action) => annotationsOf(action, 'error'));
  expect(said).toEqual([expect.stringContaining('that this api-key did not sign')]);

  const anew = readRecipe('Pay for nothing twice', (text) => text.replace(/cyberun-(?!outputs)/g, 'cyberun-2-'));
  const paid = await run(anew, { emulator, github, files: FILES, runId: 3 });
  expect(paid).toMatchObject({ job: { conclusion: 'success' } });
  expect(paid.paid).toHaveLength(3);
});
