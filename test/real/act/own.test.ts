import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { type Emulator, startEmulator } from '../../../emulator/emulator.ts';
import { ROOT } from '../../action/harness.ts';
import { createGitHub } from '../../recipes/github.ts';
import type { Recipe } from '../../recipes/recipe.ts';
import { runAct } from './act.ts';
import { endsOf, ranOf } from './log.ts';

/** The job of ci.yml that uses what is checked out, on one runner, with the packages that are here. */
function useIt({ apiUrl, apiKey }: Emulator): Recipe {
  const text = readFileSync(join(ROOT, '.github/workflows/ci.yml'), 'utf8')
    .replace('run: npm ci', `run: ln -s '${ROOT}/node_modules' node_modules`)
    // act ends what a step leaves running. So the one that it starts is not the one that is asked.
    .replace('npm run -s emulator', 'npm run -s emulator -- --port 0 --storage-port 0')
    .replaceAll('http://127.0.0.1:8787/api/v1', apiUrl)
    .replaceAll('sk-emulator-0123456789abcdef', apiKey);
  const workflow = parseDocument(text);
  workflow.deleteIn(['jobs', 'check']);
  workflow.setIn(['jobs', 'action', 'strategy', 'matrix', 'runner'], ['ubuntu-24.04']);
  const uses = (step: number) => workflow.getIn(['jobs', 'action', 'steps', step, 'uses']);
  const [setUpNode = -1] = [0, 1, 2].filter((step) => `${uses(step)}`.startsWith('actions/setup-node@'));
  expect(workflow.deleteIn(['jobs', 'action', 'steps', setUpNode])).toBe(true);
  return { text: `${workflow}`, isPart: false, file: 'ci.yml', workflow: { env: {}, jobs: {} } };
}

test('the job of ci.yml that uses the action runs in act', async () => {
  await using emulator = await startEmulator({ apiKey: 'sk-emulator-of-this-test-0123456789' });
  using github = createGitHub();
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
  const files = Object.fromEntries(tracked.map((path) => [path, readFileSync(join(ROOT, path))]));
  const { exitCode, jobs } = await runAct(useIt(emulator), { emulator, github, files });
  expect([exitCode, ...endsOf(jobs)]).toEqual([0, 'action success']);
  expect(ranOf(jobs[0])).toEqual([
    ...['actions/checkout', `ln -s '${ROOT}/node_modules' node_modules`, 'Start the emulator', 'Render'],
    ...['Look at what came', 'Ask for a workflow that is not there failure', 'See it refused'],
    'Show what the emulator saw',
  ]);
  expect(emulator.tasks.map(({ status, parameters }) => [status, parameters.seed])).toEqual([
    ['completed', 1],
    ['completed', 2],
  ]);
});
