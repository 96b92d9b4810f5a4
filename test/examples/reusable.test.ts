import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createGitHub } from '../recipes/github.ts';
import { runRecipe } from '../recipes/job.ts';
import { readExample } from '../recipes/recipe.ts';
import { PICTURE, startService } from '../recipes/service.ts';
import { endsOf, outcomesOf } from './run.ts';

const FILES = { 'public/index.html': '<img src="hero.png">' };
const called = { './.github/workflows/reusable.yml': readExample('reusable.yml') };

test('a workflow that calls another one uses the files that it rendered', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  const jobs = await runRecipe(readExample('caller.yml'), { emulator, github, files: FILES, called });
  expect(endsOf(jobs)).toEqual(['hero / render success', 'site success']);
  expect(emulator.tasks.map(({ submission }) => submission.parameters)).toEqual([
    { prompt: 'a lighthouse at dusk', seed: 7 },
  ]);
  expect(jobs[0]?.outputs).toEqual({
    status: 'completed',
    file: `cyberun-outputs/${PICTURE}`,
    fingerprint: jobs[0]?.actions[0]?.outputs.fingerprint,
  });
  const hero = readFileSync(join(jobs[1]?.workspace ?? '', 'public/hero.png'));
  expect(hero).toEqual(github.artifactsOf().get('hero')?.[PICTURE]);
});

test('a render that fails, after another try, is the end of its caller', async () => {
  await using emulator = await startService({ ending: () => 'failed' });
  using github = createGitHub();
  const jobs = await runRecipe(readExample('caller.yml'), { emulator, github, files: FILES, called });
  expect(endsOf(jobs)).toEqual(['hero / render failure']);
  expect(outcomesOf(jobs[0])).toBe('success failure skipped');
  expect(emulator.tasks).toHaveLength(2);
});

test.each([
  ['a secret', (text: string) => text.replace(/ {4}secrets:\n.*\n/, '')],
  ['a permission', (text: string) => text.replace(/ {4}permissions:\n.*\n {4}uses:/, '    permissions: {}\n    uses:')],
  ['an input', (text: string) => text.replace(/ {6}workflow: .*\n/, '')],
])('a caller that does not give %s is refused', async (_, change) => {
  await using emulator = await startService();
  using github = createGitHub();
  const run = runRecipe(readExample('caller.yml', change), { emulator, github, files: FILES, called });
  await expect(run).rejects.toThrow(/secrets of|asks for contents|inputs:/);
  expect(emulator.requests).toEqual([]);
});
