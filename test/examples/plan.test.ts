import { expect, test } from 'vitest';
import { createGitHub } from '../recipes/github.ts';
import { startService } from '../recipes/service.ts';
import { endsOf, HERO, runExample } from './run.ts';

const pullRequest = (repository: string, login: string) => ({
  name: 'pull_request',
  payload: { pull_request: { number: 5, head: { repo: { full_name: repository } }, user: { login } } },
});

test('a pull request gets the plan of three renders, and nothing is submitted', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  const event = pullRequest('octo/demo', 'octocat');
  const jobs = await runExample('plan.yml', { emulator, github, event, files: HERO });
  expect(endsOf(jobs)).toEqual(['plan success']);
  expect(jobs[0]?.actions).toMatchObject([{ outputs: { status: 'planned' } }]);
  expect(JSON.parse(jobs[0]?.actions[0]?.outputs.tasks ?? '[]')).toHaveLength(3);
  expect(jobs[0]?.actions[0]?.summary).toContain('Plan of `Text to Image` (`text-to-image@3`)');
  expect(emulator.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('or all that is wrong with it', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  const event = pullRequest('octo/demo', 'octocat');
  const files = { 'assets/hero.yml': 'promt: a lighthouse\nsteps: 500\n' };
  const jobs = await runExample('plan.yml', { emulator, github, event, files });
  expect(endsOf(jobs)).toEqual(['plan failure']);
  for (const word of ['promt', 'steps']) expect(jobs[0]?.actions[0]?.summary).toContain(word);
});

test.each([
  ['somebody/demo', 'somebody'],
  ['octo/demo', 'dependabot[bot]'],
])('one of %s by %s, which gets no secrets, asks for none', async (repository, login) => {
  await using emulator = await startService();
  using github = createGitHub();
  const event = pullRequest(repository, login);
  expect(await runExample('plan.yml', { emulator, github, event, files: HERO, secrets: {} })).toEqual([]);
  expect(emulator.requests).toEqual([]);
});
