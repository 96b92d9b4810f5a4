import { expect, test } from 'vitest';
import { type Github, startGithub } from '../../../emulator/github/github.ts';
import type { GithubRelease } from '../../../emulator/github/releases.ts';
import { namesOf } from '../../action/harness.ts';
import { namesAt, wrongSums } from '../../action/release.ts';
import { createGitHub } from '../../recipes/github.ts';
import { readExample, readRecipe } from '../../recipes/recipe.ts';
import { FILES, startService } from '../../recipes/service.ts';
import { runAct } from './act.ts';
import { endsOf } from './log.ts';

const NAME = [
  `"Quotes" and 'apostrophes': #1 \\ & <b> 🌊 灯台`,
  '${{ secrets.CYBERUN_API_KEY }} ${{ github.token }} }} {0} $(touch hurt) `touch hurt`',
  '  steps: 500\r\n::error::x',
].join('\n');
/** What git takes for the name of a tag. */
const TAG = `"v1"-'and'-$(touch\${IFS}hurt)-\`touch\${IFS}hurt\`-\${{github.token}}-🌊;touch\${IFS}hurt`;

const published = (releases: Github, release: GithubRelease) => ({
  releases,
  env: releases.jobVariables(release),
  event: { name: 'release', payload: releases.eventPayload(release) },
});

test.each([
  ['the name', 'v1.2.0', NAME, NAME],
  ['the tag', TAG, '', TAG],
])(
  'what somebody wrote into %s of a release reaches the service as it is, and does nothing',
  async (_, tag, name, prompt) => {
    await using emulator = await startService();
    await using releases = await startGithub();
    using github = createGitHub();
    const release = releases.addRelease({ tag, name });
    const recipe = readRecipe('Render a preview when a release is published');
    const of = { emulator, github, ...published(releases, release) };
    const first = await runAct(recipe, of);
    expect([first.exitCode, ...endsOf(first.jobs)]).toEqual([0, 'preview success']);
    const second = await runAct(readExample('release.yml'), { ...of, runId: 2 });
    expect([second.exitCode, ...endsOf(second.jobs)]).toEqual([0, 'attach success']);
    expect(emulator.tasks.map(({ submission }) => submission.parameters)).toEqual([{ prompt, steps: 30 }, { prompt }]);
    expect([namesAt(release), wrongSums(release)]).toEqual([FILES, []]);
    expect(namesOf(github.folder).filter((path) => path.includes('hurt'))).toEqual([]);
  },
);

test('so is the tag of a draft that somebody gave by hand', async () => {
  await using emulator = await startService();
  await using releases = await startGithub();
  using github = createGitHub();
  const draft = releases.addRelease({ tag: TAG, draft: true });
  const event = { name: 'workflow_dispatch', payload: { inputs: { tag: TAG } } };
  const { exitCode, jobs } = await runAct(readExample('release.yml'), { emulator, github, releases, event });
  expect([exitCode, ...endsOf(jobs)]).toEqual([0, 'complete success']);
  expect(emulator.tasks.map(({ submission }) => submission.parameters)).toEqual([{ prompt: TAG }]);
  expect(draft.draft).toBe(false);
  expect([namesAt(draft), wrongSums(draft)]).toEqual([FILES, []]);
  expect(namesOf(github.folder).filter((path) => path.includes('hurt'))).toEqual([]);
});
