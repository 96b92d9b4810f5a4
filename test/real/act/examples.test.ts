import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nerfstudioExport } from '../../../emulator/catalogue.ts';
import { startEmulator } from '../../../emulator/emulator.ts';
import { startGithub } from '../../../emulator/github/github.ts';
import { startConnectProxy } from '../../action/connect-proxy.ts';
import { filesOf, namesOf, quick, ROOT } from '../../action/harness.ts';
import { namesAt, wrongSums } from '../../action/release.ts';
import { createCertificate } from '../../emulator/certificate.ts';
import { HERO } from '../../examples/run.ts';
import { RECORD } from '../../recipes/attest.ts';
import { createGitHub } from '../../recipes/github.ts';
import { readExample } from '../../recipes/recipe.ts';
import { FILES, PICTURE, startService } from '../../recipes/service.ts';
import { runAct } from './act.ts';
import { actionsOf, endsOf, ranOf } from './log.ts';

const byHand = (inputs: object = {}) => ({ name: 'workflow_dispatch', payload: { inputs } });

/** What is seen of the workflows of `examples/`. */
const EXAMPLES: Readonly<Record<string, () => Promise<void>>> = {
  async 'caller.yml, reusable.yml'() {
    await using emulator = await startService();
    using github = createGitHub();
    const files = { 'public/index.html': '<img src="hero.png">' };
    const called = { './.github/workflows/reusable.yml': readExample('reusable.yml') };
    const { exitCode, jobs, workspaceOf } = await runAct(readExample('caller.yml'), {
      emulator,
      github,
      files,
      called,
    });
    expect([exitCode, ...endsOf(jobs)]).toEqual([0, 'render success', 'site success']);
    expect(emulator.tasks.map(({ submission }) => submission.parameters)).toEqual([
      { prompt: 'a lighthouse at dusk', seed: 7 },
    ]);
    const hero = readFileSync(join(workspaceOf('site'), 'public/hero.png'));
    expect(hero).toEqual(github.artifactsOf().get('hero')?.[PICTURE]);
  },

  async 'collect.yml, submit.yml'() {
    await using emulator = await startService();
    using github = createGitHub();
    const submit = await runAct(readExample('submit.yml'), { emulator, github, event: byHand(), runId: 1 });
    expect([submit.exitCode, ...endsOf(submit.jobs)]).toEqual([0, 'submit success']);
    await emulator.waitFor(({ tasks }) => tasks.every(({ status }) => status === 'completed'));
    const event = { name: 'schedule', payload: { schedule: '7,37 * * * *' } };
    const collect = await runAct(readExample('collect.yml'), { emulator, github, event, runId: 2 });
    expect([collect.exitCode, ...endsOf(collect.jobs)]).toEqual([
      0,
      'find success',
      'collect success',
      'collect success',
    ]);
    expect([...github.artifactsOf(2).keys()].sort()).toEqual(emulator.tasks.map(({ id }) => `task-${id}`).sort());
    const again = await runAct(readExample('collect.yml'), { emulator, github, event, runId: 3 });
    expect([again.exitCode, ...endsOf(again.jobs)]).toEqual([0, 'find success']);
    expect(emulator.tasks.map(({ cancelRequests }) => cancelRequests)).toEqual([0, 0]);
  },

  async 'export.yml'() {
    const outputs = [
      { output: 'checkpoints', name: 'scene-checkpoints.zip', bytes: 1000 },
      { output: 'scene', name: 'scene.zip', bytes: 'scene.zip' },
    ] as const;
    await using emulator = await startEmulator({ workflows: [{ ...nerfstudioExport, behaviour: { outputs } }] });
    using github = createGitHub();
    const files = { 'scans/scene.yml': 'scene: garden\nsteps: 3\n', 'site/index.html': '<canvas></canvas>' };
    const { exitCode, jobs, workspaceOf } = await runAct(readExample('export.yml'), { emulator, github, files });
    expect([exitCode, ...endsOf(jobs)]).toEqual([0, 'export success']);
    const splat = readFileSync(join(workspaceOf('export'), 'cyberun-outputs/scene/splat.ply'));
    expect(github.artifactsOf().get('site')?.['scene.ply']).toEqual(splat);
    expect(github.attestations).toHaveLength(1);
  },

  async 'failure.yml'() {
    const error = '"\'; $(touch hurt) `touch hurt`\n::error::x\n${{ secrets.CYBERUN_API_KEY }}';
    await using emulator = await startService({ ending: () => 'failed', special: () => ({ error }) });
    using github = createGitHub();
    const files = { ...HERO, 'assets/placeholder.png': 'a placeholder', 'public/index.html': '<img src="hero.png">' };
    const { exitCode, jobs, workspaceOf } = await runAct(readExample('failure.yml'), {
      emulator,
      github,
      files,
      runId: 7,
    });
    expect([exitCode, ...endsOf(jobs)]).toEqual([0, 'render success', 'tell success']);
    expect(emulator.tasks).toHaveLength(3);
    const artifacts = github.artifactsOf(7);
    expect(`${artifacts.get('public')?.['hero.png']}`).toBe('a placeholder');
    const said = JSON.parse(`${artifacts.get('failure')?.['failure.json']}`);
    expect(said).toEqual({ status: 'failed', error: actionsOf(jobs[0])[0]?.outputs.error });
    expect(said.error).toContain('$(touch hurt)');
    expect(namesOf(workspaceOf('render')).filter((name) => name.includes('hurt'))).toEqual([]);
    expect(github.issues).toEqual([
      { title: 'A render failed', body: 'It ended as failed; see https://github.com/octo/demo/actions/runs/7' },
    ]);
  },

  async 'image.yml'() {
    await using emulator = await startService();
    using github = createGitHub();
    const files = { ...HERO, Dockerfile: 'FROM nginx' };
    const { exitCode, jobs } = await runAct(readExample('image.yml'), { emulator, github, files });
    expect([exitCode, ...endsOf(jobs)]).toEqual([0, 'image success']);
    expect(ranOf(jobs[0]).filter((step) => step.startsWith('actions/attest'))).toHaveLength(3);
    const [image] = github.images;
    expect(image).toMatchObject({ args: `HERO=rendered/${PICTURE}`, pushed: true });
    expect(Object.keys(image?.contexts.rendered ?? {})).toEqual(FILES);
    expect(github.attestations.map(({ predicateType }) => predicateType)).toEqual([
      RECORD,
      RECORD,
      'https://slsa.dev/provenance/v1',
    ]);
  },

  async 'nightly.yml'() {
    await using emulator = await startService();
    using github = createGitHub();
    const event = { name: 'schedule', payload: { schedule: '17 2 * * *' } };
    const ends = [...Array.from({ length: 4 }, () => 'render success'), 'collect success'];
    const first = await runAct(readExample('nightly.yml'), { emulator, github, event, runId: 1 });
    expect([first.exitCode, ...endsOf(first.jobs)]).toEqual([0, ...ends]);
    expect(emulator.tasks).toHaveLength(12);
    const renders = github.artifactsOf(1).get('renders') ?? {};
    expect(Object.keys(renders).filter((path) => path.endsWith('.png'))).toHaveLength(12);
    const second = await runAct(readExample('nightly.yml'), { emulator, github, event, runId: 2 });
    expect([second.exitCode, ...endsOf(second.jobs)]).toEqual([0, ...ends]);
    expect(emulator.tasks).toHaveLength(12);
    expect(github.artifactsOf(2).get('renders')).toEqual(renders);
    expect(github.caches).toHaveLength(4);
  },

  async 'plan.yml'() {
    await using emulator = await startService();
    using github = createGitHub();
    const pullRequest = (repository: string) => ({
      name: 'pull_request',
      payload: { pull_request: { number: 5, head: { repo: { full_name: repository } }, user: { login: 'octocat' } } },
    });
    const { exitCode, jobs } = await runAct(readExample('plan.yml'), {
      ...{ emulator, github, files: HERO },
      event: pullRequest('octo/demo'),
    });
    expect([exitCode, ...endsOf(jobs)]).toEqual([0, 'plan success']);
    expect(JSON.parse(actionsOf(jobs[0])[0]?.outputs.tasks ?? '[]')).toHaveLength(3);
    expect(emulator.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    const asked = emulator.requests.length;
    const fork = await runAct(readExample('plan.yml'), {
      ...{ emulator, github, files: HERO, secrets: {} },
      event: pullRequest('somebody/demo'),
    });
    expect([fork.exitCode, fork.jobs.flatMap(({ steps }) => steps)]).toEqual([0, []]);
    expect(emulator.requests).toHaveLength(asked);
  },

  async 'release.yml'() {
    await using emulator = await startService();
    await using releases = await startGithub();
    using github = createGitHub();
    const published = releases.addRelease({ tag: 'v1.2.0', name: 'Spring' });
    const attach = await runAct(readExample('release.yml'), {
      ...{ emulator, github, releases, env: releases.jobVariables(published) },
      event: { name: 'release', payload: releases.eventPayload(published) },
    });
    expect([attach.exitCode, ...endsOf(attach.jobs)]).toEqual([0, 'attach success']);
    const draft = releases.addRelease({ tag: 'v2.0.0', draft: true, immutable: true });
    const event = byHand({ tag: 'v2.0.0' });
    const complete = await runAct(readExample('release.yml'), { emulator, github, releases, event, runId: 2 });
    expect([complete.exitCode, ...endsOf(complete.jobs)]).toEqual([0, 'complete success']);
    expect(draft.draft).toBe(false);
    for (const release of [published, draft]) expect([namesAt(release), wrongSums(release)]).toEqual([FILES, []]);
    expect(emulator.tasks.map(({ submission }) => submission.parameters)).toEqual([
      { prompt: 'Spring' },
      { prompt: 'v2.0.0' },
    ]);
  },

  async 'self-hosted.yml'() {
    const tls = createCertificate();
    if (tls === undefined) throw new Error('openssl is missing');
    await using emulator = await startEmulator({
      tls,
      workflows: [{ ...quick(), workflow_slug: 'text-to-image', version: 3 }],
    });
    await using proxy = await startConnectProxy();
    using github = createGitHub();
    const authority = join(mkdtempSync(join(github.folder, 'authority-')), 'authority.pem');
    writeFileSync(authority, tls.cert);
    const recipe = readExample('self-hosted.yml', (text) =>
      text
        .replace('https://cyberun.example.com/api/v1', emulator.apiUrl)
        .replace('http://proxy.example.com:3128', proxy.url)
        .replace('storage.example.com', new URL(emulator.storageUrl).host)
        .replace('/etc/ssl/certs/example.pem', authority),
    );
    const { exitCode, jobs, workspaceOf } = await runAct(recipe, { emulator, github, runId: 7 });
    expect([exitCode, ...endsOf(jobs)]).toEqual([0, 'render success']);
    expect(Object.keys(github.artifactsOf(7).get('renders') ?? {})).toContain(PICTURE);
    expect(Object.keys(filesOf(workspaceOf('render')))).toEqual([]);
    expect([...new Set(proxy.tunnels)]).toEqual([new URL(emulator.apiUrl).host]);
  },
};

describe('an example runs in act', () => {
  test('each of them', () => {
    const all = readdirSync(join(ROOT, 'examples')).filter((file) => file.endsWith('.yml'));
    expect(
      Object.keys(EXAMPLES)
        .flatMap((files) => files.split(', '))
        .sort(),
    ).toEqual(all.sort());
  });

  test.each(Object.entries(EXAMPLES))('%s', (_, run) => run());
});
