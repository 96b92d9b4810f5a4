import { describe, expect, test } from 'vitest';
import { type Github, startGithub } from '../../emulator/github/github.ts';
import type { GithubRelease } from '../../emulator/github/releases.ts';
import { annotationsOf } from '../action/harness.ts';
import { assetAt, namesAt, wrongSums } from '../action/release.ts';
import { createGitHub } from '../recipes/github.ts';
import { PICTURE, startService } from '../recipes/service.ts';
import { endsOf, outcomesOf, runExample } from './run.ts';

const onPublish = (releases: Github, release: GithubRelease) => ({
  releases,
  env: releases.jobVariables(release),
  event: { name: 'release', payload: releases.eventPayload(release) },
});
const byHand = (releases: Github, tag: string) => ({
  releases,
  event: { name: 'workflow_dispatch', payload: { inputs: { tag } } },
});

describe('a release that is published', () => {
  test.each([
    ['Spring', 'Spring'],
    ['', 'v1.2.0'],
  ])('of the name %j gets a cover', async (name, prompt) => {
    await using emulator = await startService();
    await using releases = await startGithub();
    using github = createGitHub();
    const release = releases.addRelease({ tag: 'v1.2.0', name });
    const jobs = await runExample('release.yml', { emulator, github, ...onPublish(releases, release) });
    expect(endsOf(jobs)).toEqual(['attach success']);
    expect(emulator.tasks).toMatchObject([{ submission: { parameters: { prompt } } }]);
    expect(namesAt(release)).toEqual(['SHA256SUMS', 'cyberun-run.json', PICTURE]);
    expect(wrongSums(release)).toEqual([]);
    expect(Buffer.from(assetAt(release, PICTURE).bytes).toString()).toContain(prompt);
  });

  test('and is immutable pays for nothing', async () => {
    await using emulator = await startService();
    await using releases = await startGithub();
    using github = createGitHub();
    const release = releases.addRelease({ tag: 'v1.2.0', immutable: true });
    const jobs = await runExample('release.yml', { emulator, github, ...onPublish(releases, release) });
    expect(endsOf(jobs)).toEqual(['attach failure']);
    expect(annotationsOf(jobs[0]?.actions[0] ?? expect.fail(), 'error').join()).toContain('immutable');
    expect(emulator.tasks).toEqual([]);
  });
});

describe('a draft', () => {
  test('is completed, and published then, for good', async () => {
    await using emulator = await startService();
    await using releases = await startGithub();
    using github = createGitHub();
    const release = releases.addRelease({ tag: 'v2.0.0', draft: true, immutable: true });
    const jobs = await runExample('release.yml', { emulator, github, ...byHand(releases, 'v2.0.0') });
    expect(endsOf(jobs)).toEqual(['complete success']);
    expect(emulator.tasks).toMatchObject([{ submission: { parameters: { prompt: 'v2.0.0' } } }]);
    expect(release.draft).toBe(false);
    expect(namesAt(release)).toEqual(['SHA256SUMS', 'cyberun-run.json', PICTURE]);
    expect(wrongSums(release)).toEqual([]);
  });

  test('of which a file is lacking is not published', async () => {
    await using emulator = await startService({ ending: () => 'failed' });
    await using releases = await startGithub();
    using github = createGitHub();
    const release = releases.addRelease({ tag: 'v2.0.0', draft: true });
    const [job] = await runExample('release.yml', { emulator, github, ...byHand(releases, 'v2.0.0') });
    expect(outcomesOf(job)).toBe('failure skipped');
    expect(release).toMatchObject({ draft: true, assets: [] });
  });
});
