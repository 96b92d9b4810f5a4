import { expect, test } from 'vitest';
import { RECORD } from '../recipes/attest.ts';
import { createGitHub } from '../recipes/github.ts';
import { PICTURE, startService } from '../recipes/service.ts';
import { endsOf, HERO, outcomesOf, runExample } from './run.ts';

const FILES = { ...HERO, Dockerfile: 'FROM nginx' };
const IMAGE = 'ghcr.io/example/shop';

test('an image is built with what was rendered, and both are attested', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  const jobs = await runExample('image.yml', { emulator, github, files: FILES });
  expect(endsOf(jobs)).toEqual(['image success']);
  expect(emulator.tasks.map(({ submission }) => submission.parameters)).toEqual([
    { prompt: 'a lighthouse at dusk', seed: 7 },
  ]);

  const [image, ...more] = github.images;
  expect(more).toEqual([]);
  expect(image).toMatchObject({
    tags: `${IMAGE}:sha-7fd1a60\n${IMAGE}:latest`,
    args: `HERO=rendered/${PICTURE}`,
    labels: expect.stringContaining('org.opencontainers.image.source='),
    pushed: true,
  });
  const rendered = ['SHA256SUMS', 'cyberun-run.json', PICTURE];
  // What the build argument names is in the context, and the further context is the folder.
  expect(Object.keys(image?.context ?? {})).toEqual([
    'Dockerfile',
    'assets/hero.yml',
    ...rendered.map((name) => `rendered/${name}`),
  ]);
  expect(Object.keys(image?.contexts.rendered ?? {})).toEqual(rendered);

  const ofImage = [{ name: IMAGE, digest: { sha256: image?.digest.replace('sha256:', '') } }];
  expect(github.attestations.map(({ predicateType, subject }) => [predicateType, subject])).toEqual([
    [RECORD, [{ name: PICTURE, digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } }]],
    [RECORD, ofImage],
    ['https://slsa.dev/provenance/v1', ofImage],
  ]);
  expect(github.attestations[1]?.predicate).toMatchObject({
    runDetails: { metadata: { invocationId: emulator.tasks[0]?.id } },
  });
});

test('nothing is built or attested of a render that failed, or made nothing', async () => {
  await using emulator = await startService({ ending: () => 'failed' });
  using github = createGitHub();
  const [job] = await runExample('image.yml', { emulator, github, files: FILES });
  expect(outcomesOf(job)).toBe('success failure skipped skipped skipped skipped skipped skipped skipped');
  expect(github).toMatchObject({ images: [], attestations: [] });
});
