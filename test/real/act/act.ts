import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFailed } from 'vitest';
import type { Emulator } from '../../../emulator/emulator.ts';
import type { Github } from '../../../emulator/github/github.ts';
import { TOKEN } from '../../../emulator/runner/runner.ts';
import { misdeedsIn } from '../../action/harness.ts';
import { keepRun } from '../../recipes/job.ts';
import type { Recipe } from '../../recipes/recipe.ts';
import { rightsOf, THIS } from '../../recipes/step.ts';
import { commandOf } from '../parts.ts';
import { type ActOptions, layOut, PLACES } from './lay-out.ts';
import { type ActJob, type ActLine, jobsOf, readLog } from './log.ts';
import { startStandIns } from './stand-ins.ts';

/** What came of a run of act. */
export interface ActResult {
  /** None where it was killed. */
  readonly exitCode: number | null;
  /** In the order in which they began. */
  readonly jobs: readonly ActJob[];
  /** A copy of what a job, or one of its matrix, has left in its workspace. Throws where the job did not come that far. */
  readonly workspaceOf: (job: string) => string;
}

/** act under way. Disposing of it kills what still runs. */
export interface ActRun extends AsyncDisposable {
  readonly done: Promise<ActResult>;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Processes that run main of this action. */
  readonly mains: () => number[];
}

/** Runs a workflow, and waits for its end. */
export async function runAct(recipe: Recipe, options: ActOptions): Promise<ActResult> {
  await using run = await startAct(recipe, options);
  return await run.done;
}

/**
 * Has act run a workflow in host mode, in a git repository of its own that holds `files`: `cyberun/run@v1` is what is built
 * here, checkout and expressions are act's, and other actions, and `gh`, are stand-ins. `done` rejects where a step of this
 * action was careless, or has no post that ended well. What act says is shown where the test fails.
 */
export async function startAct(recipe: Recipe, options: ActOptions): Promise<ActRun> {
  const { emulator, github, releases, called = {} } = options;
  const folder = mkdtempSync(join(github.folder, 'act-'));
  const at = (...names: string[]) => join(folder, ...names);
  const recipes = [recipe, ...Object.values(called)];
  if (releases !== undefined) giveRights(releases, recipes);
  keepRun(recipe, options);
  const standIns = await startStandIns(recipes, options);
  const act = spawn(commandOf('act'), layOut(folder, recipe, standIns.url, options), {
    cwd: at(PLACES.repository),
    env: {
      ...{ HOME: folder, LANG: 'C.UTF-8', NO_COLOR: '1' },
      // Otherwise it asks its maker whether there is a newer one, and waits.
      ACT_DISABLE_VERSION_CHECK: '1',
      PATH: [at(PLACES.bin), dirname(process.execPath), process.env.PATH].join(delimiter),
    },
    // The bound is for what hangs, and less than that of a test, which then has a log to show.
    signal: AbortSignal.any([github.over, AbortSignal.timeout(100_000)]),
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = new Promise((resolve) => act.once('close', resolve));
  act.on('error', () => undefined); // it was killed, see above
  const lines = Promise.all([text(act.stdout), text(act.stderr)]).then((said) => readLog(said.join('\n')));
  onTestFailed(async () => console.error((await lines).map(({ msg }) => msg.trimEnd()).join('\n')));

  async function resultOf(): Promise<ActResult> {
    await closed;
    const jobs = jobsOf(await lines);
    if (!github.over.aborted) {
      expect(carelessIn(emulator, await lines)).toEqual([]);
      if (act.signalCode === null) expect(jobs.flatMap(withoutPost)).toEqual([]);
    }
    return {
      exitCode: act.exitCode,
      jobs,
      workspaceOf(job) {
        const kept = readdirSync(at(PLACES.kept));
        const found = kept.find((name) => name.startsWith(`${job}-`));
        if (found === undefined) throw new Error(`${job} has kept nothing, only ${kept.join(', ')}`);
        return at(PLACES.kept, found);
      },
    };
  }
  const done = resultOf();
  done.catch(() => undefined);
  return {
    done,
    kill: (signal) => void act.kill(signal),
    mains: () => mainsBelow(at(PLACES.cache)),
    async [Symbol.asyncDispose]() {
      act.kill('SIGKILL');
      await closed;
      await standIns[Symbol.asyncDispose]();
    },
  };
}

/** The token gets what those jobs may do with releases that use this action: the same, where it is several. */
function giveRights({ tokens }: Github, recipes: readonly Recipe[]): void {
  const rights = recipes.flatMap(({ workflow }) =>
    Object.values(workflow.jobs).flatMap((job) =>
      'steps' in job && job.steps.some((step) => 'uses' in step && step.uses === THIS)
        ? [rightsOf((job.permissions ?? workflow.permissions)?.contents)]
        : [],
    ),
  );
  const [right, ...others] = new Set(rights);
  if (right === undefined || others.length > 0) throw new Error(`not one right: ${rights.join(', ')}`);
  tokens.set(TOKEN, right);
}

function carelessIn(emulator: Emulator, lines: readonly ActLine[]): string[] {
  const words = lines.flatMap(({ msg, content = '', command, arg = '' }) => [
    msg,
    content,
    command === 'add-mask' ? '' : arg,
  ]);
  return misdeedsIn(emulator, { 'the log of act': words.join('\n') });
}

/** Steps of this action whose main began, and whose post did not end well. */
function withoutPost({ id: job, steps }: ActJob): string[] {
  const ofThis = steps.filter(({ name, stage }) => name === THIS && stage === 'Main');
  const isTidy = (id: string) =>
    steps.some((step) => step.id === id && step.stage === 'Post' && step.outcome === 'success');
  return ofThis.flatMap(({ id }) => (isTidy(id) ? [] : [`no post: ${job}, ${id}`]));
}

function mainsBelow(folder: string): number[] {
  return readdirSync('/proc').flatMap((pid) => {
    const command = /^\d+$/.test(pid) ? commandLineOf(pid) : '';
    return command.includes(folder) && command.includes('dist/main/index.js') ? [Number(pid)] : [];
  });
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
}
