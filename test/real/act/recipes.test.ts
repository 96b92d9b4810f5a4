import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startGithub } from '../../../emulator/github/github.ts';
import { filesOf, namesOf } from '../../action/harness.ts';
import { HERO } from '../../examples/run.ts';
import { RECORD } from '../../recipes/attest.ts';
import { createGitHub } from '../../recipes/github.ts';
import { type Recipe, readRecipe, readRecipes } from '../../recipes/recipe.ts';
import { FILES, PICTURE, startService } from '../../recipes/service.ts';
import { runAct } from './act.ts';
import { actionsOf, endsOf, ranOf } from './log.ts';

const inFolder = (folder: string, ...names: readonly string[]) => names.map((name) => `${folder}/${name}`);

/** What is seen of each recipe of README.md and docs/recipes.md, by its heading. */
const RECIPES: Readonly<Record<string, (recipe: Recipe) => Promise<void>>> = {
  async 'Cyberun Run'(recipe) {
    await using emulator = await startService();
    using github = createGitHub();
    const { exitCode, jobs, workspaceOf } = await runAct(recipe, { emulator, github });
    expect([exitCode, ...ranOf(jobs[0])]).toEqual([0, 'actions/checkout', 'cyberun/run']);
    expect(emulator.tasks.map(({ submission }) => submission.parameters)).toEqual([
      { prompt: 'a lighthouse at dusk', seed: 7 },
    ]);
    expect(namesOf(join(workspaceOf('job'), 'cyberun-outputs'))).toEqual(FILES);
    expect(actionsOf(jobs[0])[0]?.summary).toContain('completed, 1 file');
  },

  async 'Render assets, then build an image with them'(recipe) {
    await using emulator = await startService();
    using github = createGitHub();
    const files = { ...HERO, Dockerfile: 'FROM x' };
    const { exitCode, jobs } = await runAct(recipe, { emulator, github, files });
    expect([exitCode, ...ranOf(jobs[0])]).toEqual([0, 'actions/checkout', 'cyberun/run', 'docker/build-push-action']);
    expect(emulator.tasks.map(({ submission }) => submission.parameters)).toEqual([
      { prompt: 'a lighthouse at dusk', seed: 7 },
    ]);
    expect(github.images).toMatchObject([{ tags: 'example.com/shop:latest' }]);
    expect(Object.keys(github.images[0]?.context ?? {})).toEqual(
      expect.arrayContaining(['Dockerfile', ...inFolder('assets/rendered', ...FILES)]),
    );
  },

  async 'Render a preview when a release is published'(recipe) {
    await using emulator = await startService();
    await using releases = await startGithub();
    using github = createGitHub();
    const release = releases.addRelease({ tag: 'v1.2.0', name: 'Spring' });
    const event = { name: 'release', payload: releases.eventPayload(release) };
    const env = releases.jobVariables(release);
    const { exitCode, jobs } = await runAct(recipe, { emulator, github, event, env, releases });
    expect([exitCode, ...ranOf(jobs[0])]).toEqual([0, 'cyberun/run']);
    expect(emulator.tasks.map(({ submission }) => submission.parameters)).toEqual([{ prompt: 'Spring', steps: 30 }]);
    expect(release.assets.map(({ name }) => name).sort()).toEqual(FILES);
  },

  async 'Many renders in one step'(recipe) {
    await using emulator = await startService();
    using github = createGitHub();
    const { exitCode, jobs, workspaceOf } = await runAct(recipe, { emulator, github });
    expect([exitCode, ...ranOf(jobs[0])]).toEqual([0, 'actions/checkout', 'cyberun/run']);
    const folders = ['spring-1', 'spring-2', 'spring-3', 'winter-1', 'winter-2'].map((end) => `a-lighthouse-in-${end}`);
    const art = namesOf(join(workspaceOf('job'), 'cyberun-outputs'));
    expect(art.filter((path) => path.endsWith('.png'))).toEqual(folders.map((folder) => `${folder}/${PICTURE}`));
  },

  async 'Thousands of renders, on five runners'(recipe) {
    await using emulator = await startService();
    using github = createGitHub();
    const { exitCode, jobs } = await runAct(recipe, { emulator, github });
    const renders = Array.from({ length: 5 }, () => 'render success');
    expect([exitCode, ...endsOf(jobs)]).toEqual([0, ...renders, 'merge success']);
    expect(emulator.tasks).toHaveLength(6);
    expect([...github.artifactsOf().keys()].sort()).toEqual([1, 2, 3, 4, 5].map((share) => `renders-${share}`));
    const checked = jobs.at(-1)?.steps.find(({ name }) => name.includes('sha256sum'))?.printed;
    expect(checked?.trim().split('\n')).toEqual(Array.from({ length: 6 }, () => expect.stringMatching(/: OK$/)));
  },

  async 'Pay for nothing twice'(recipe) {
    await using emulator = await startService();
    using github = createGitHub();
    const first = await runAct(recipe, { emulator, github, files: HERO, runId: 7 });
    const steps = ['actions/checkout', 'cyberun/run', 'actions/cache/restore', 'cyberun/run', 'actions/cache/save'];
    expect([first.exitCode, ...ranOf(first.jobs[0])]).toEqual([0, ...steps]);
    const [plan, render] = actionsOf(first.jobs[0]).map(({ outputs }) => outputs);
    expect([plan?.status, render?.status]).toEqual(['planned', 'completed']);
    expect(github.caches.map(({ key }) => key)).toEqual([`cyberun-${plan?.fingerprint}-7-1`]);

    const second = await runAct(recipe, { emulator, github, files: HERO, runId: 8 });
    expect([second.exitCode, ...ranOf(second.jobs[0])]).toEqual([0, ...steps.slice(0, -1)]);
    expect(emulator.tasks).toHaveLength(3);
    expect(actionsOf(second.jobs[0]).at(-1)?.outputs['gpu-seconds']).toBe('0');
  },

  async 'See the plan on a pull request'(recipe) {
    await using emulator = await startService();
    using github = createGitHub();
    const event = { name: 'pull_request', payload: { number: 5, pull_request: { number: 5 } } };
    const { exitCode, jobs } = await runAct(recipe, { emulator, github, event, files: HERO });
    expect(exitCode).toBe(0);
    const [action] = actionsOf(jobs[0]);
    expect(action?.outputs.status).toBe('planned');
    expect(action?.summary).toContain('### 📝 Plan of `Text to Image` (`text-to-image@3`): it would run\n');
    expect(emulator.requests.filter(({ method }) => method !== 'GET')).toEqual([]);

    const wrong = { 'assets/hero.yml': 'promt: a lighthouse\nsteps: 500\n' };
    const refused = await runAct(recipe, { emulator, github, event, files: wrong });
    expect([refused.exitCode, ...endsOf(refused.jobs)]).toEqual([1, 'job failure']);
    const said = actionsOf(refused.jobs[0])[0]?.annotations.join('\n') ?? '';
    for (const key of ['promt', 'prompt', 'steps']) expect(said).toContain(key);
  },

  async 'Send a file of the repository'(recipe) {
    await using emulator = await startService();
    using github = createGitHub();
    const sketch = Buffer.from('a sketch');
    const { exitCode, jobs } = await runAct(recipe, { emulator, github, files: { 'assets/sketch.png': sketch } });
    expect([exitCode, ...ranOf(jobs[0])]).toEqual([0, 'actions/checkout', 'cyberun/run']);
    const [task] = emulator.tasks;
    expect(task?.submission.parameters).toEqual({ image: expect.stringMatching(/^inputs\//), prompt: 'a watercolour' });
    expect(Buffer.from(emulator.objects.get(`${task?.submission.parameters.image}`)?.bytes ?? [])).toEqual(sketch);
  },

  async 'Submit now, collect later'(recipe) {
    await using emulator = await startService();
    using github = createGitHub();
    const files = { Makefile: 'everything-else:\n\techo made > else.txt\n' };
    const { exitCode, jobs, workspaceOf } = await runAct(recipe, { emulator, github, files });
    const steps = ['actions/checkout', 'cyberun/run', 'make everything-else', 'cyberun/run'];
    expect([exitCode, ...ranOf(jobs[0])]).toEqual([0, ...steps]);
    expect(actionsOf(jobs[0]).map(({ outputs }) => outputs.status)).toEqual(['submitted', 'completed']);
    expect(emulator.tasks).toMatchObject([{ status: 'completed', cancelRequests: 0 }]);
    expect(namesOf(workspaceOf('job'))).toEqual(expect.arrayContaining(['else.txt', 'cyberun-outputs/splat.ply']));
  },

  async 'Use the files in later steps'(recipe) {
    await using emulator = await startService();
    using github = createGitHub();
    const files = { 'public/index.html': '<img src="hero.png">' };
    const { exitCode, jobs, workspaceOf } = await runAct(recipe, { emulator, github, files });
    expect([exitCode, ...ranOf(jobs[0])]).toEqual([
      0,
      ...['actions/checkout', 'cyberun/run', 'cp "$FILE" public/hero.png', 'sha256sum -c SHA256SUMS'],
      ...['actions/attest-build-provenance', 'actions/attest', 'actions/upload-artifact'],
    ]);
    const art = filesOf(join(workspaceOf('job'), 'cyberun-outputs'));
    expect(readFileSync(join(workspaceOf('job'), 'public/hero.png'))).toEqual(art[PICTURE]);
    expect(github.artifactsOf().get('artifact')).toEqual(art);
    expect(github.attestations).toMatchObject([
      { subject: [{ name: PICTURE }] },
      { subject: [{ name: PICTURE }], predicateType: RECORD },
    ]);
  },

  async 'Fetch some of the files'(recipe) {
    await using emulator = await startService();
    using github = createGitHub();
    const { exitCode, jobs, workspaceOf } = await runAct(recipe, { emulator, github });
    expect(exitCode).toBe(0);
    expect(namesOf(join(workspaceOf('job'), 'cyberun-outputs'))).toEqual(FILES);
    expect(actionsOf(jobs[0])[0]?.annotations).toEqual([
      `warning: Input pattern: !*-mask.png matches no file of the task, which has ${PICTURE} (9.images.0).`,
    ]);
  },

  async 'Unpack what Nerfstudio exports'(recipe) {
    await using emulator = await startService();
    using github = createGitHub();
    const { exitCode, jobs, workspaceOf } = await runAct(recipe, { emulator, github });
    expect([exitCode, ...endsOf(jobs)]).toEqual([0, 'job success']);
    const names = namesOf(workspaceOf('job'));
    expect(names).toEqual(expect.arrayContaining(['cyberun-outputs/scene/splat.ply', 'site/splat.ply']));
    const listed = jobs[0]?.steps
      .find(({ name }) => name.startsWith('jq'))
      ?.printed.trim()
      .split('\n')
      .sort();
    expect(listed).toEqual(names.filter((name) => name.startsWith('cyberun-outputs/scene/')).sort());
  },

  async 'Look at what came'(recipe) {
    const isOne = (parameters: object) => 'seed' in parameters && parameters.seed === 2;
    await using emulator = await startService({ ending: (parameters) => (isOne(parameters) ? 'failed' : 'completed') });
    using github = createGitHub();
    const { exitCode, jobs, workspaceOf } = await runAct(recipe, { emulator, github });
    expect(exitCode).toBe(1);
    expect(ranOf(jobs[0])).toEqual([
      ...['actions/checkout', 'cyberun/run failure', 'actions/upload-artifact'],
      'echo "**[The gallery]($URL)**" >> "$GITHUB_STEP_SUMMARY"',
    ]);
    const link = jobs[0]?.steps.find(({ name }) => name.startsWith('echo'));
    expect(link?.summary).toBe('**[The gallery](https://github.com/octo/demo/actions/runs/1/artifacts/1)**\n');
    const { 'index.html': page = Buffer.of() } = filesOf(join(workspaceOf('job'), 'cyberun-outputs'));
    expect(github.artifactsOf()).toEqual(new Map([['index.html', { 'index.html': page }]]));
    expect(page.toString()).toContain('No files came of 2 tasks:');
  },

  async 'Keys and permissions'(recipe) {
    await using emulator = await startService();
    using github = createGitHub();
    const { exitCode, jobs } = await runAct(recipe, { emulator, github, files: HERO });
    expect([exitCode, ...ranOf(jobs[0])]).toEqual([0, 'actions/checkout', 'cyberun/run']);
    expect(emulator.tasks.map(({ submission }) => submission.parameters)).toEqual([
      { prompt: 'a lighthouse at dusk', seed: 7 },
    ]);
  },
};

describe('a recipe runs in act', () => {
  test('each of them', () => {
    expect(Object.keys(RECIPES).sort()).toEqual(
      readRecipes()
        .map(({ heading }) => heading)
        .sort(),
    );
  });

  test.each(Object.entries(RECIPES))('%s', (heading, run) => run(readRecipe(heading)));
});
