import { expect, test } from 'vitest';
import type { Emulator } from '../../emulator/emulator.ts';
import { countOf } from '../action/harness.ts';
import { createGitHub, type GitHub } from '../recipes/github.ts';
import { startService } from '../recipes/service.ts';
import { endsOf, runExample } from './run.ts';

const event = { name: 'schedule', payload: { schedule: '7,37 * * * *' } };
const DAY = 24 * 60 * 60 * 1000;

const submit = (emulator: Emulator, github: GitHub, runId: number, created = new Date()) =>
  runExample('submit.yml', {
    ...{ emulator, github, runId, created },
    event: { name: 'workflow_dispatch', payload: { inputs: {} } },
  });

/** A step that follows a task which does not go on is out of time as soon as it does so. */
const collect = (emulator: Emulator, github: GitHub, runId: number) =>
  runExample('collect.yml', {
    ...{ emulator, github, runId, event },
    timeUp: ({ 'task-id': id = '' }, signal) =>
      emulator.waitFor(
        ({ tasks, requests }) =>
          tasks.some((task) => task.id === id && task.status === 'running') &&
          requests.some(({ kind, path }) => kind === 'events' && path.includes(id)),
        signal,
      ),
  });

const artifactsOf = (github: GitHub, runId: number) => [...github.artifactsOf(runId).keys()].sort();
const isLong = (parameters: object) => 'steps' in parameters && parameters.steps === 30000;
const finished = (emulator: Emulator, count: number) =>
  emulator.waitFor(({ tasks }) => tasks.filter(({ status }) => status === 'completed').length === count);

test('tasks are collected by runs of their own, each once, and one that is not done goes on', async () => {
  await using emulator = await startService({
    special: (parameters) => (isLong(parameters) ? { holdAt: 'running' } : {}),
  });
  using github = createGitHub();
  expect(endsOf(await submit(emulator, github, 1))).toEqual(['submit success']);
  const [short = '', long = ''] = emulator.tasks.map(({ id }) => id);
  expect(`${github.artifactsOf(1).get('submitted')?.['task-ids.txt']}`).toBe(`${short}\n${long}\n`);
  expect(emulator.tasks.map(({ submission }) => submission.parameters)).toEqual([
    { scene: 'garden', steps: 7000 },
    { scene: 'garden', steps: 30000 },
  ]);
  await finished(emulator, 1);

  const early = await collect(emulator, github, 2);
  expect(endsOf(early)).toEqual(['find success', 'collect success', 'collect success']);
  expect(early.flatMap(({ actions }) => actions.map(({ outputs }) => outputs.status)).sort()).toEqual([
    'completed',
    'submitted',
  ]);
  expect(artifactsOf(github, 2)).toEqual([`task-${short}`]);
  expect(emulator.tasks.map(({ cancelRequests }) => cancelRequests)).toEqual([0, 0]);

  emulator.release(long);
  await finished(emulator, 2);
  expect(endsOf(await collect(emulator, github, 3))).toEqual(['find success', 'collect success']);
  expect(artifactsOf(github, 3)).toEqual([`task-${long}`]);

  const asked = emulator.requests.length;
  expect(endsOf(await collect(emulator, github, 4))).toEqual(['find success']);
  expect(emulator.requests).toHaveLength(asked);
  expect(countOf(emulator, 'submit')).toBe(2);
});

test('where the notes were lost, the files are fetched again, and nothing is submitted', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  await submit(emulator, github, 1);
  await finished(emulator, 2);
  await collect(emulator, github, 2);
  github.caches.length = 0;
  expect(endsOf(await collect(emulator, github, 3))).toEqual(['find success', 'collect success', 'collect success']);
  expect(artifactsOf(github, 3)).toEqual(emulator.tasks.map(({ id }) => `task-${id}`).sort());
  for (const [name, files] of github.artifactsOf(3))
    expect(files['splat.ply']).toEqual(github.artifactsOf(2).get(name)?.['splat.ply'] ?? expect.fail());
  expect(countOf(emulator, 'submit')).toBe(2);
});

test.each(['failed', 'cancelled'] as const)('one that ended as %s is told once', async (ending) => {
  await using emulator = await startService({ ending: (parameters) => (isLong(parameters) ? ending : 'completed') });
  using github = createGitHub();
  await submit(emulator, github, 1);
  await emulator.waitFor(({ tasks }) => tasks.filter(({ status }) => status === ending).length === 1);
  await finished(emulator, 1);
  const first = await collect(emulator, github, 2);
  expect(endsOf(first).sort()).toEqual(['collect failure', 'collect success', 'find success']);
  expect(endsOf(await collect(emulator, github, 3))).toEqual(['find success']);
});

test('those of several runs are collected, but none of another workflow, of an old run or of one that submitted nothing', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  expect(endsOf(await collect(emulator, github, 1))).toEqual(['find success']);
  await submit(emulator, github, 2);
  await submit(emulator, github, 3);
  await submit(emulator, github, 4, new Date(Date.now() - 8 * DAY));
  const foreign = '11111111-2222-4333-8444-555555555555';
  github.runs.push({ id: 5, file: 'tests.yml', event: 'pull_request', created: new Date().toISOString().slice(0, 10) });
  github.artifactsOf(5).set('submitted', { 'task-ids.txt': `${foreign}\n` });
  github.runs.push({ id: 6, file: 'submit.yml', event: 'workflow_dispatch', created: '2999-01-01' });
  await finished(emulator, 6);
  await collect(emulator, github, 7);
  const wanted = emulator.tasks.slice(0, 4).map(({ id }) => `task-${id}`);
  expect(artifactsOf(github, 7)).toEqual(wanted.sort());
});

test('what was submitted before the service refused is collected', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  emulator.fault({ kind: 'submit', skip: 1, fault: { type: 'status', status: 422 } });
  expect(endsOf(await submit(emulator, github, 1))).toEqual(['submit failure']);
  await finished(emulator, 1);
  expect(emulator.tasks).toMatchObject([{ cancelRequests: 0 }]);
  await collect(emulator, github, 2);
  expect(artifactsOf(github, 2)).toEqual(emulator.tasks.map(({ id }) => `task-${id}`));
});

test('one that could not be looked at is looked at again', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  await submit(emulator, github, 1);
  await finished(emulator, 2);
  emulator.fault({ kind: 'any', times: Number.POSITIVE_INFINITY, fault: { type: 'status', status: 401 } });
  const refused = await collect(emulator, github, 2);
  expect(endsOf(refused)).toEqual(['find success', 'collect failure', 'collect failure']);
  expect(github.caches).toEqual([]);
});
