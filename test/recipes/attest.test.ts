import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesOf, ROOT } from '../action/harness.ts';
import { RECORD } from './attest.ts';
import { createGitHub, type GitHub } from './github.ts';
import { runRecipe } from './job.ts';
import { blocksOf, readRecipe, withInputs } from './recipe.ts';
import { PICTURE, startService } from './service.ts';

const RECIPE = readRecipe('Use the files in later steps');
const FILES = { 'public/index.html': '<img src="hero.png">' };
const subjectsOf = ({ attestations }: GitHub) => attestations.map(({ subject }) => subject.map(({ name }) => name));

test('files are used, verified, attested and kept', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  const [job] = await runRecipe(RECIPE, { emulator, github, files: FILES });
  expect(job).toMatchObject({ conclusion: 'success' });
  const art = join(job?.workspace ?? '', 'cyberun-outputs');
  const picture = readFileSync(join(art, PICTURE));
  expect(readFileSync(join(job?.workspace ?? '', 'public/hero.png'))).toEqual(picture);
  expect(job?.steps[2]?.printed).toBe(`${PICTURE}: OK\n`);
  expect(github.attestations).toEqual([
    expect.objectContaining({ predicateType: 'https://slsa.dev/provenance/v1' }),
    { subject: github.attestations[0]?.subject, predicateType: RECORD, predicate: expect.anything() },
  ]);
  expect(subjectsOf(github)).toEqual([[PICTURE], [PICTURE]]);
  expect(github.attestations[1]?.predicate).toMatchObject({
    buildDefinition: { externalParameters: { parameters: { prompt: 'a lighthouse at dusk' } } },
    runDetails: { metadata: { invocationId: emulator.tasks[0]?.id } },
    complete: true,
  });
  expect(github.artifactsOf().get('artifact')).toEqual(filesOf(art));
  expect(Object.keys(filesOf(art))).toEqual(['SHA256SUMS', 'cyberun-run.json', PICTURE]);

  // The same statements, but for where the first is from, after a run that pays for nothing.
  using other = createGitHub();
  const kept = Object.entries(filesOf(art)).map(([path, bytes]) => [`cyberun-outputs/${path}`, bytes] as const);
  const files = { ...FILES, ...Object.fromEntries(kept) };
  const reusing = withInputs(RECIPE, 'text-to-image', { reuse: 'true' });
  const [again] = await runRecipe(reusing, { emulator, github: other, files });
  expect(again).toMatchObject({ conclusion: 'success' });
  expect(emulator.tasks).toHaveLength(1);
  expect(other.attestations).toEqual(github.attestations);
});

test('so are those of a matrix', async () => {
  await using emulator = await startService();
  using github = createGitHub();
  const [job] = await runRecipe(withInputs(RECIPE, 'text-to-image', { matrix: '{"seed": [1, 2]}' }), {
    emulator,
    github,
    files: FILES,
  });
  expect(job).toMatchObject({ conclusion: 'success' });
  const all = ['1', '2'].map((seed) => `${seed}/${PICTURE}`);
  expect(subjectsOf(github)).toEqual([all, all]);
  expect(job?.steps[2]?.printed?.trim().split('\n')).toEqual(all.map((path) => `${path}: OK`));
  expect(github.attestations[1]?.predicate).toMatchObject({
    buildDefinition: { externalParameters: { parameters: [{ seed: 1 }, { seed: 2 }] } },
  });
});

test('docs/record.md attests as the README does', () => {
  const blocks = blocksOf(readFileSync(join(ROOT, 'docs/record.md'), 'utf8'));
  expect(blocks).toHaveLength(1);
  expect(RECIPE.text.replace(/^ {6}/gm, '')).toContain(blocks[0]?.text);
});
