import { join } from 'node:path';
import { expect, test } from 'vitest';
import { namesOf } from '../action/harness.ts';
import { createGitHub } from './github.ts';
import { runRecipe } from './job.ts';
import { readRecipe, withInputs } from './recipe.ts';
import { PICTURE, startService } from './service.ts';

const RECIPE = readRecipe('Thousands of renders, on five runners');
const FOLDERS = ['spring', 'winter'].flatMap((season) => [1, 2, 3].map((seed) => `a-lighthouse-in-${season}-${seed}`));

test('five runners share a matrix, and all that they made fits into one folder', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  const done = await runRecipe(RECIPE, { emulator, github });
  expect(done.map(({ name, conclusion }) => `${name} ${conclusion}`)).toEqual([
    ...Array.from({ length: 5 }, () => 'render success'),
    'merge success',
  ]);
  const parameters = emulator.tasks.map(({ submission }) => JSON.stringify(submission.parameters)).toSorted();
  const wanted = ['spring', 'winter'].flatMap((season) =>
    [1, 2, 3].map((seed) => JSON.stringify({ prompt: `a lighthouse in ${season}`, seed })),
  );
  expect(parameters).toEqual(wanted);

  const merge = done.at(-1);
  const merged = namesOf(join(merge?.workspace ?? '', 'renders'));
  // None lies where another's does, not even one of the same bytes.
  expect(merged).toEqual([...github.artifactsOf().values()].flatMap((files) => Object.keys(files)).toSorted());
  const pictures = FOLDERS.map((folder) => `${folder}/${PICTURE}`);
  expect(merged.filter((path) => path.endsWith('.png'))).toEqual(pictures);
  expect(merge?.steps[1]?.printed?.trim().split('\n').toSorted()).toEqual(pictures.map((path) => `${path}: OK`));
  expect(merged.filter((path) => !path.includes('/'))).toEqual(
    ['SHA256SUMS', 'cyberun-run'].flatMap((name) =>
      [1, 2, 3, 4, 5].map((share) => `${name}-${share}-of-5${name === 'cyberun-run' ? '.json' : ''}`),
    ),
  );
});

test('a runner without a combination has nothing to upload, and is no failure', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  const matrix = 'seed: [1, 2, 3]\nprompt: [a lighthouse]';
  const done = await runRecipe(withInputs(RECIPE, 'text-to-image', { matrix }), { emulator, github });
  expect(done.map(({ conclusion }) => conclusion)).toEqual(Array.from({ length: 6 }, () => 'success'));
  expect([...github.artifactsOf().keys()].toSorted()).toEqual(['renders-1', 'renders-2', 'renders-3']);
  expect(emulator.tasks).toHaveLength(3);
  expect(done.at(-1)?.steps[1]?.printed?.trim().split('\n')).toHaveLength(3);
});
