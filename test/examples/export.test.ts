import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nerfstudioExport } from '../../emulator/catalogue.ts';
import { startEmulator } from '../../emulator/emulator.ts';
import type { EmulatedOutput } from '../../emulator/workflows.ts';
import { annotationsOf, namesOf } from '../action/harness.ts';
import { createGitHub } from '../recipes/github.ts';
import { endsOf, outcomesOf, runExample } from './run.ts';

const FILES = { 'scans/scene.yml': 'scene: garden\nsteps: 3\n', 'site/index.html': '<canvas></canvas>' };
const SCENE: EmulatedOutput = { output: 'scene', name: 'scene.zip', bytes: 'scene.zip' };
const CHECKPOINTS: EmulatedOutput = { output: 'checkpoints', name: 'scene-checkpoints.zip', bytes: 1000 };

/** The service, whose scenes have these files. */
const startScenes = (...outputs: readonly EmulatedOutput[]) =>
  startEmulator({ workflows: [{ ...nerfstudioExport, behaviour: { outputs } }] });

test('a scene is unpacked and attested, and its splat is in the site', async () => {
  await using emulator = await startScenes(CHECKPOINTS, SCENE);
  using github = createGitHub();
  const [job, ...more] = await runExample('export.yml', { emulator, github, files: FILES });
  expect(more).toEqual([]);
  expect(outcomesOf(job)).toBe('success success success success success');
  const folder = join(job?.workspace ?? '', 'cyberun-outputs');
  const names = namesOf(folder);
  expect(names.filter((name) => !name.startsWith('scene/'))).toEqual(['SHA256SUMS', 'cyberun-run.json', 'scene.zip']);
  expect(names).toContain('scene/splat.ply');
  const splat = readFileSync(join(folder, 'scene/splat.ply'));
  expect(github.artifactsOf().get('site')).toEqual({
    'index.html': Buffer.from(FILES['site/index.html']),
    'scene.ply': splat,
  });
  const attested = github.attestations.flatMap(({ subject }) => subject.map(({ name }) => name));
  expect(attested.sort()).toEqual(names.filter((name) => name.startsWith('scene')).sort());
});

test('an archive that is none fails before the site is touched', async () => {
  await using emulator = await startScenes({ ...SCENE, bytes: 1000 });
  using github = createGitHub();
  const jobs = await runExample('export.yml', { emulator, github, files: FILES });
  expect(endsOf(jobs)).toEqual(['export failure']);
  expect(annotationsOf(jobs[0]?.actions[0] ?? expect.fail(), 'error').join()).toContain('scene.zip');
  expect(github.artifactsOf().size).toBe(0);
});

test('a scene of checkpoints alone is none', async () => {
  await using emulator = await startScenes(CHECKPOINTS);
  using github = createGitHub();
  const jobs = await runExample('export.yml', { emulator, github, files: FILES });
  expect(endsOf(jobs)).toEqual(['export failure']);
  expect(namesOf(jobs[0]?.workspace ?? '')).not.toContain('cyberun-outputs/scene-checkpoints.zip');
});
