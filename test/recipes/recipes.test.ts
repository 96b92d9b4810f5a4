import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startGithub } from '../../emulator/github/github.ts';
import { TOKEN } from '../../emulator/runner/runner.ts';
import { annotationsOf, filesOf, namesOf } from '../action/harness.ts';
import { createGitHub } from './github.ts';
import { type JobResult, runRecipe } from './job.ts';
import type { RunOptions } from './options.ts';
import { readRecipe, readRecipes } from './recipe.ts';
import { PICTURE, startService } from './service.ts';

const HERO = { 'assets/hero.yml': 'prompt: a lighthouse at dusk\nseed: 7\n' };

/** Runs a recipe of one job. */
async function runOne(recipe: ReturnType<typeof readRecipe>, options: RunOptions): Promise<JobResult> {
  const [job, ...more] = await runRecipe(recipe, options);
  if (job === undefined || more.length > 0) throw new Error('not one job');
  return job;
}

test('every recipe is run', () => {
  expect(readRecipes().map(({ heading }) => heading)).toEqual([
    'Cyberun Run',
    'Render assets, then build an image with them',
    'Render a preview when a release is published',
    'Many renders in one step',
    'Use the files in later steps', // attest.test.ts
    'Keys and permissions',
    'Thousands of renders, on five runners', // shards.test.ts
    'Pay for nothing twice', // cache.test.ts
    'See the plan on a pull request',
    'Send a file of the repository',
    'Submit now, collect later',
    'Fetch some of the files',
    'Unpack what Nerfstudio exports',
    'Look at what came',
  ]);
});

test('Cyberun Run', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  const { conclusion, workspace } = await runOne(readRecipe('Cyberun Run'), { emulator, github });
  expect(conclusion).toBe('success');
  expect(emulator.tasks.map(({ submission }) => submission.parameters)).toEqual([
    { prompt: 'a lighthouse at dusk', seed: 7 },
  ]);
  expect(namesOf(workspace)).toContain(`cyberun-outputs/${PICTURE}`);
});

test('Render assets, then build an image with them', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  const recipe = readRecipe('Render assets, then build an image with them');
  const { conclusion, workspace } = await runOne(recipe, {
    emulator,
    github,
    files: { ...HERO, Dockerfile: 'FROM x' },
  });
  expect(conclusion).toBe('success');
  expect(github.images).toMatchObject([{ tags: 'example.com/shop:latest', context: filesOf(workspace) }]);
  expect(Object.keys(github.images[0]?.context ?? {})).toEqual([
    'Dockerfile',
    'assets/hero.yml',
    'assets/rendered/SHA256SUMS',
    'assets/rendered/cyberun-run.json',
    `assets/rendered/${PICTURE}`,
  ]);
});

describe('Render a preview when a release is published', () => {
  test.each([
    'Spring',
    `"Quotes" and 'apostrophes': #1 \\ a \`tick\``,
    '${{ secrets.CYBERUN_API_KEY }} ${{ github.token }} $(id) $HOME',
    '🌊 a lighthouse 灯台',
    'two\nlines\r\nor three:\n  prompt: another\n',
    '- !important &anchor *alias',
    'true',
    '007',
    '',
  ])('of the name %j', async (name) => {
    await using emulator = await startService();
    using github = createGitHub();
    await using releases = await startGithub({ tokens: { [TOKEN]: { contents: 'write' } } });
    const release = releases.addRelease({ tag: 'v1.2.0', name });
    const event = { name: 'release', payload: releases.eventPayload(release) };
    const recipe = readRecipe('Render a preview when a release is published');
    const env = releases.jobVariables(release);
    expect(await runOne(recipe, { emulator, github, event, env, releases })).toMatchObject({ conclusion: 'success' });
    expect(release.assets.map((asset) => asset.name).sort()).toEqual(['SHA256SUMS', 'cyberun-run.json', PICTURE]);
    const prompt = name === '' ? 'v1.2.0' : name;
    expect(emulator.tasks.map(({ submission }) => submission.parameters)).toEqual([{ prompt, steps: 30 }]);
  });
});

test('Many renders in one step', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  const { conclusion, workspace } = await runOne(readRecipe('Many renders in one step'), { emulator, github });
  expect(conclusion).toBe('success');
  const art = namesOf(join(workspace, 'cyberun-outputs'));
  expect(art.filter((path) => path.endsWith('.png'))).toEqual(
    ['spring-1', 'spring-2', 'spring-3', 'winter-1', 'winter-2'].map((end) => `a-lighthouse-in-${end}/${PICTURE}`),
  );
});

describe('See the plan on a pull request', () => {
  const recipe = readRecipe('See the plan on a pull request');
  const event = { name: 'pull_request', payload: { number: 5 } };

  test('of what is right', async () => {
    await using emulator = await startService();
    using github = createGitHub();
    const { conclusion, actions } = await runOne(recipe, { emulator, github, event, files: HERO });
    expect(conclusion).toBe('success');
    expect(emulator.requests.length).toBeGreaterThan(0);
    expect(emulator.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(actions).toMatchObject([{ outputs: { status: 'planned' }, annotations: [] }]);
    expect(actions[0]?.summary).toContain('### 📝 Plan of `Text to Image` (`text-to-image@3`): it would run\n');
    expect(actions[0]?.summary).toContain('prompt: a lighthouse at dusk');
  });

  test('of what is wrong', async () => {
    await using emulator = await startService();
    using github = createGitHub();
    const files = { 'assets/hero.yml': 'promt: a lighthouse\nseed: many\nsteps: 500\n' };
    const { conclusion, actions } = await runOne(recipe, { emulator, github, event, files });
    expect(conclusion).toBe('failure');
    expect(emulator.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    const said = actions.flatMap((action) => annotationsOf(action, 'error')).join('\n');
    for (const key of ['promt', 'prompt', 'seed', 'steps']) expect(said).toContain(key);
    expect(actions[0]?.exitCode).toBe(1);
  });
});

test('Send a file of the repository', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  const sketch = Buffer.from('a sketch');
  const files = { 'assets/sketch.png': sketch };
  const recipe = readRecipe('Send a file of the repository');
  expect(await runOne(recipe, { emulator, github, files })).toMatchObject({ conclusion: 'success' });
  const [task] = emulator.tasks;
  expect(task?.submission.parameters).toEqual({ image: expect.stringMatching(/^inputs\//), prompt: 'a watercolour' });
  const sent = emulator.objects.get(String(task?.submission.parameters.image));
  expect(sent).toBeDefined();
});

test('Submit now, collect later', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  const between: string[] = [];
  const commands = {
    'make everything-else': () => void between.push(...emulator.tasks.map(({ cancelledBy }) => `${cancelledBy}`)),
  };
  const { conclusion, workspace, actions } = await runOne(readRecipe('Submit now, collect later'), {
    emulator,
    github,
    commands,
  });
  expect(conclusion).toBe('success');
  expect(between).toEqual(['undefined']);
  expect(emulator.tasks).toMatchObject([{ status: 'completed', cancelRequests: 0 }]);
  expect(actions.map(({ outputs }) => outputs.status)).toEqual(['submitted', 'completed']);
  expect(namesOf(workspace)).toEqual(
    ['SHA256SUMS', 'cyberun-run.json', 'splat.ply'].map((name) => `cyberun-outputs/${name}`),
  );
});

test('Fetch some of the files', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  const { conclusion, workspace, actions } = await runOne(readRecipe('Fetch some of the files'), { emulator, github });
  expect(conclusion).toBe('success');
  expect(namesOf(workspace)).toContain(`cyberun-outputs/${PICTURE}`);
  expect(actions.flatMap((action) => annotationsOf(action, 'warning'))).toEqual([
    `Input pattern: !*-mask.png matches no file of the task, which has ${PICTURE} (9.images.0).`,
  ]);
});

test('Unpack what Nerfstudio exports', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  const said: string[] = [];
  const commands = {
    'jq -r \'.[] | select(.archive != null) | .path\' <<< "$FILES"': () => void said.push('listed'),
    'mkdir -p site && cp cyberun-outputs/scene/splat.ply site/': () => void said.push('copied'),
  };
  const recipe = readRecipe('Unpack what Nerfstudio exports');
  const { conclusion, workspace, actions } = await runOne(recipe, { emulator, github, commands });
  expect(conclusion).toBe('success');
  expect(said).toEqual(['listed', 'copied']);
  expect(namesOf(workspace)).toContain('cyberun-outputs/scene/splat.ply');
  expect(actions[0]?.outputs.file).toBe('cyberun-outputs/scene.zip');
});

test('Look at what came', async () => {
  const isOne = (parameters: object) => 'seed' in parameters && parameters.seed === 2;
  await using emulator = await startService({ ending: (parameters) => (isOne(parameters) ? 'failed' : 'completed') });
  using github = createGitHub();
  const { conclusion, workspace, actions, steps } = await runOne(readRecipe('Look at what came'), { emulator, github });
  expect(conclusion).toBe('failure');
  expect(steps.at(-1)?.summary).toBe('**[The gallery](https://github.com/octo/demo/actions/runs/1/artifacts/1)**\n');
  expect(actions[0]?.outputs['gallery-path']).toBe(join(workspace, 'cyberun-outputs/index.html'));
  const { 'cyberun-outputs/index.html': page = Buffer.of() } = filesOf(workspace);
  expect(github.artifactsOf()).toEqual(new Map([['index.html', { 'index.html': page }]]));
  expect(page.toString().split('<li class="card"').length - 1).toBe(4);
  expect(page.toString()).toContain('No files came of 2 tasks:');
});

test('Keys and permissions', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  const recipe = readRecipe('Keys and permissions');
  expect(await runOne(recipe, { emulator, github, files: HERO })).toMatchObject({ conclusion: 'success' });
  expect(emulator.tasks).toMatchObject([{ submission: { parameters: { prompt: 'a lighthouse at dusk', seed: 7 } } }]);
});
