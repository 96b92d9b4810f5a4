import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createGitHub } from '../recipes/github.ts';
import { PICTURE, startService } from '../recipes/service.ts';
import { endsOf, HERO, outcomesOf, runExample } from './run.ts';

const FILES = { ...HERO, 'assets/placeholder.png': 'a placeholder', 'public/index.html': '<img src="hero.png">' };
const ERROR = '"\'; $(id) `id`\n::error::x';

test('what failed twice and came then is used, and nobody is told', async () => {
  await using emulator = await startService({ ending: (_, before) => (before < 2 ? 'failed' : 'completed') });
  using github = createGitHub();
  const jobs = await runExample('failure.yml', { emulator, github, files: FILES });
  expect(endsOf(jobs)).toEqual(['render success']);
  expect(outcomesOf(jobs[0])).toBe('success success success skipped success skipped success');
  expect(emulator.tasks).toHaveLength(3);
  const hero = readFileSync(join(jobs[0]?.workspace ?? '', 'public/hero.png'));
  expect(github.artifactsOf().get('rendered')?.[PICTURE]).toEqual(hero);
  expect(github.artifactsOf().get('public')?.['hero.png']).toEqual(hero);
  expect(github.issues).toEqual([]);
});

test('what fails for good is replaced, kept, and told to people without its words', async () => {
  await using emulator = await startService({ ending: () => 'failed', special: () => ({ error: ERROR }) });
  using github = createGitHub();
  const jobs = await runExample('failure.yml', { emulator, github, files: FILES, runId: 7 });
  expect(endsOf(jobs)).toEqual(['render success', 'tell success']);
  expect(outcomesOf(jobs[0])).toBe('success failure skipped success success success success');
  expect(emulator.tasks).toHaveLength(3);
  const artifacts = github.artifactsOf(7);
  expect(`${artifacts.get('public')?.['hero.png']}`).toBe('a placeholder');
  expect(JSON.parse(`${artifacts.get('failure')?.['failure.json']}`)).toEqual({
    status: 'failed',
    error: jobs[0]?.actions[0]?.outputs.error,
  });
  expect(jobs[0]?.actions[0]?.outputs.error).toContain('$(id)');
  expect(github.issues).toEqual([
    {
      title: 'A render failed',
      body: 'It ended as failed; see https://github.com/octo/demo/actions/runs/7',
    },
  ]);
});

test('so is what did not begin', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  emulator.revokeKey();
  const jobs = await runExample('failure.yml', { emulator, github, files: FILES });
  expect(endsOf(jobs)).toEqual(['render success', 'tell success']);
  expect(`${github.artifactsOf().get('public')?.['hero.png']}`).toBe('a placeholder');
  expect(github.issues).toEqual([expect.objectContaining({ body: expect.stringContaining('It ended as failed;') })]);
});

test('a job that ends otherwise is told, too', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  // No placeholder, and no folder for it.
  const jobs = await runExample('failure.yml', { emulator, github, files: HERO });
  expect(endsOf(jobs)).toEqual(['render failure']);
  expect(github.artifactsOf().has('rendered')).toBe(true);
});
