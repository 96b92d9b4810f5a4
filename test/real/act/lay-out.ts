import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TOKEN } from '../../../emulator/runner/runner.ts';
import { ROOT } from '../../action/harness.ts';
import { writeFiles } from '../../recipes/github.ts';
import type { RunOptions } from '../../recipes/options.ts';
import type { Recipe } from '../../recipes/recipe.ts';
import { writeStandIns } from './stand-ins.ts';
import { textForAct } from './text.ts';

/** Where things are in the folder of a run. */
export const PLACES = {
  /** The repository, where act is started. */
  repository: 'repository',
  /** What act keeps while it runs, the workspaces of its jobs among it. */
  cache: 'cache',
  /** Copies of workspaces: `JOB-xxxxxx`. */
  kept: 'kept',
  /** Programs that stand for others, for the PATH. */
  bin: 'stand-ins/bin',
} as const;

/** As the tests of `test/recipes/` say it; commands are real ones here, and time runs out by itself. */
export type ActOptions = Omit<RunOptions, 'commands' | 'timeUp'>;

/**
 * Writes all that act needs of a run into a folder: a repository with `files` and the workflow, this action as it is built,
 * stand-ins that ask at `standIns`, event, secrets and variables. Returns the arguments for act.
 */
export function layOut(folder: string, recipe: Recipe, standIns: string, options: ActOptions): string[] {
  const { emulator, files = {}, event = { name: 'push', payload: {} }, releases, called = {} } = options;
  const { runId = 1, attempt = 1, secrets = { CYBERUN_API_KEY: emulator.apiKey } } = options;
  const at = (...names: string[]) => join(folder, ...names);

  for (const part of ['action.yml', 'dist']) cpSync(join(ROOT, part), at('action', part), { recursive: true });
  mkdirSync(at(PLACES.kept));
  const others = Object.entries(called).map(([uses, one]) => [uses.slice('./'.length), textForAct(one)]);
  const file = `.github/workflows/${recipe.file ?? 'recipe.yml'}`;
  makeRepository(at(PLACES.repository), {
    ...files,
    ...Object.fromEntries(others),
    [file]: textForAct(recipe, event.name),
  });
  // JSON is YAML, and secrets are no arguments, which everybody on a machine can read.
  writeFiles(folder, {
    'event.json': JSON.stringify(event.payload),
    'secrets.yml': JSON.stringify({ ...secrets, GITHUB_TOKEN: TOKEN }),
    'variables.yml': JSON.stringify({
      ...options.env,
      ...{ CYBERUN_API_URL: emulator.apiUrl, STAND_INS: standIns, KEEP: at(PLACES.kept) },
      ...{ GITHUB_REPOSITORY: 'octo/demo', GITHUB_RUN_ID: `${runId}`, GITHUB_RUN_ATTEMPT: `${attempt}` },
      ...(releases !== undefined && { GITHUB_API_URL: releases.apiUrl, GITHUB_SERVER_URL: releases.serverUrl }),
    }),
  });
  const local = [`cyberun/run@v1=${at('action')}`, ...writeStandIns(at('stand-ins'), recipe, ...Object.values(called))];
  const labels = ['ubuntu-latest', 'ubuntu-24.04', 'self-hosted', 'linux'];
  return [
    ...[event.name, '--workflows', file, '--eventpath', at('event.json'), '--actor', 'octocat', '--json'],
    ...['--env-file', at('variables.yml'), '--secret-file', at('secrets.yml')],
    // What is printed is looked through for secrets, and not what is masked.
    '--insecure-secrets',
    // Nothing is fetched.
    ...['--action-offline-mode', '--action-cache-path', at(PLACES.cache), '--no-cache-server'],
    ...local.flatMap((repository) => ['--local-repository', repository]),
    ...labels.flatMap((label) => ['--platform', `${label}=-self-hosted`]),
  ];
}

function makeRepository(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  writeFiles(folder, files);
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, env: GIT });
  git('init', '--quiet', '--initial-branch', 'main');
  git('remote', 'add', 'origin', 'https://github.com/octo/demo');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'All there is');
}

const GIT = {
  PATH: process.env.PATH,
  ...{ GIT_AUTHOR_NAME: 'octocat', GIT_AUTHOR_EMAIL: 'octocat@example.com' },
  ...{ GIT_COMMITTER_NAME: 'octocat', GIT_COMMITTER_EMAIL: 'octocat@example.com' },
  ...{ GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
};
