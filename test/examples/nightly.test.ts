import { join } from 'node:path';
import { expect, test } from 'vitest';
import { namesOf } from '../action/harness.ts';
import { createGitHub } from '../recipes/github.ts';
import { runRecipe } from '../recipes/job.ts';
import type { RunOptions } from '../recipes/options.ts';
import { readExample } from '../recipes/recipe.ts';
import { PICTURE, startService } from '../recipes/service.ts';
import { endsOf, runExample } from './run.ts';

const SHARES = [1, 2, 3, 4];
const SEASONS = ['autumn', 'spring', 'summer', 'winter'];
const PICTURES = SEASONS.flatMap((season) => [1, 2, 3].map((seed) => `a-lighthouse-in-${season}-${seed}/${PICTURE}`));
const event = { name: 'schedule', payload: { schedule: '17 2 * * *' } };

/** Runs it, and says how many tasks were submitted for it. */
async function night(options: Omit<RunOptions, 'event'>, change?: (text: string) => string) {
  const before = options.emulator.tasks.length;
  const jobs = await runRecipe(readExample('nightly.yml', change), { ...options, event });
  return { jobs, ends: endsOf(jobs), paid: options.emulator.tasks.length - before };
}
const ends = (...failed: number[]) => [
  ...SHARES.map((share) => `render ${failed.includes(share) ? 'failure' : 'success'}`),
  'collect success',
];

test('the second night pays for nothing, and has all pictures again', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  const first = await night({ emulator, github, runId: 1 });
  expect(first).toMatchObject({ ends: ends(), paid: 12 });
  expect(github.caches.map(({ key }) => key.slice(0, 10)).sort()).toEqual(SHARES.map((share) => `nightly-${share}-`));
  const renders = github.artifactsOf(1).get('renders') ?? {};
  expect(Object.keys(renders).filter((path) => path.endsWith('.png'))).toEqual(PICTURES);
  const checked = first.jobs.at(-1)?.steps[1]?.printed?.trim().split('\n').sort();
  expect(checked).toEqual(PICTURES.map((path) => `${path}: OK`));

  const second = await night({ emulator, github, runId: 2 });
  expect(second).toMatchObject({ ends: ends(), paid: 0 });
  expect(github.artifactsOf(2).get('renders')).toEqual(renders);
  // Nothing new was made, so nothing is saved again.
  expect(github.caches).toHaveLength(4);
});

test('what failed is lacking, and paid for alone the next night', async () => {
  let isIll = true;
  const isSecond = (parameters: object) => 'seed' in parameters && parameters.seed === 2 && 'prompt' in parameters;
  await using emulator = await startService({
    ending: (parameters) =>
      isIll && isSecond(parameters) && JSON.stringify(parameters).includes('spring') ? 'failed' : 'completed',
  });
  using github = createGitHub();
  const first = await night({ emulator, github, runId: 1 });
  // Twelve, and one that was tried again.
  expect(first).toMatchObject({ ends: ends(2), paid: 13 });
  const lacking = PICTURES.filter((path) => !(path in (github.artifactsOf(1).get('renders') ?? {})));
  expect(lacking).toEqual([`a-lighthouse-in-spring-2/${PICTURE}`]);

  isIll = false;
  const second = await night({ emulator, github, runId: 2 });
  expect(second).toMatchObject({ ends: ends(), paid: 1 });
  expect(Object.keys(github.artifactsOf(2).get('renders') ?? {}).filter((path) => path.endsWith('.png'))).toEqual(
    PICTURES,
  );
});

test('a matrix that changed is another one: nothing of the old one is among what is collected', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  await night({ emulator, github, runId: 1 });
  const change = (text: string) => text.replace('seed: [1, 2, 3]', 'seed: [1, 2, 4]');
  const second = await night({ emulator, github, runId: 2 }, change);
  expect(second.ends).toEqual(ends());
  const collected = namesOf(join(second.jobs.at(-1)?.workspace ?? '', 'renders'));
  expect(collected.filter((path) => path.endsWith('.png'))).toEqual(PICTURES.map((path) => path.replace('-3/', '-4/')));
});

test('a plan that cannot be made leaves nothing to upload, and the night says so', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  emulator.revokeKey();
  await expect(runExample('nightly.yml', { emulator, github, event })).resolves.toMatchObject([
    ...SHARES.map(() => ({ conclusion: 'failure' })),
    { conclusion: 'failure' },
  ]);
  expect([...github.artifactsOf().keys()]).toEqual([]);
  expect(github.caches).toEqual([]);
});
