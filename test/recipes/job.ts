import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { parse } from 'yaml';
import type { Emulator } from '../../emulator/emulator.ts';
import { type StepResult, startStep } from '../../emulator/runner/runner.ts';
import { misdeeds, ROOT } from '../action/harness.ts';
import { evaluate } from './expressions.ts';
import { type Files, type GitHub, writeFiles } from './github.ts';
import type { Job, Recipe, Step } from './recipe.ts';
import { type Place, STAND_INS } from './stand-ins.ts';

/** A run of a workflow: where, and what for. */
export interface RunOptions {
  readonly emulator: Emulator;
  readonly github: GitHub;
  /** What the repository holds. */
  readonly files?: Files;
  readonly event?: { readonly name: string; readonly payload: object };
  /** What else the job has in its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the first attempt of run 1. */
  readonly runId?: number;
  readonly attempt?: number;
  /** What stands for a command that not every machine has, such as `make everything-else`. */
  readonly commands?: Readonly<Record<string, () => void>>;
}

/** What came of a job. */
export interface JobResult {
  readonly name: string;
  readonly conclusion: 'success' | 'failure';
  readonly workspace: string;
  /** One of each step, in order. */
  readonly steps: readonly StepOutcome[];
  /** What came of the steps that use this action, in order; of one that was skipped, nothing. */
  readonly actions: readonly StepResult[];
}

/** What came of a step. */
export interface StepOutcome {
  readonly conclusion: 'success' | 'failure' | 'skipped';
  /** Of this action. */
  readonly action?: StepResult;
  /** Of a command: what it printed. */
  readonly printed?: string;
}

const SKIPPED: StepOutcome = { conclusion: 'skipped' };
const OUTPUTS = Object.keys(parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')).outputs);

/**
 * Carries out the jobs of a recipe, one after the other, each of a `strategy.matrix` at once: this action as it is built, commands
 * by bash, actions of others by their stand-ins. Rejects where a stand-in refuses what it is given, an expression is none that
 * is known, or a step of this action was careless. A step of this action or a command that fails is its job's failure.
 */
export async function runRecipe(recipe: Recipe, options: RunOptions): Promise<JobResult[]> {
  const done: JobResult[] = [];
  for (const [name, job] of Object.entries(recipe.jobs)) {
    const { needs, strategy, steps } = job;
    if (needs !== undefined && !done.some((one) => one.name === needs)) throw new Error(`${name} needs ${needs}`);
    if (done.some((one) => one.name === needs && one.conclusion === 'failure')) continue;
    const hasFiles =
      recipe.isPart && !steps.some((step) => 'uses' in step && step.uses.startsWith('actions/checkout@'));
    const combinations = combine(strategy?.matrix ?? {});
    const run = (matrix: Matrix) => runJob(name, job, { matrix, total: combinations.length, hasFiles }, options);
    done.push(...(await Promise.all(combinations.map(run))));
  }
  return done;
}

type Matrix = Readonly<Record<string, string>>;

function combine(matrix: Readonly<Record<string, readonly string[]>>): Matrix[] {
  return Object.entries(matrix).reduce<Matrix[]>(
    (all, [key, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [key]: value }))),
    [{}],
  );
}

async function runJob(
  name: string,
  { steps }: Job,
  { matrix, total, hasFiles }: { matrix: Matrix; total: number; hasFiles: boolean },
  options: RunOptions,
): Promise<JobResult> {
  const { emulator, github, files = {}, event, runId = 1, attempt = 1 } = options;
  const workspace = mkdtempSync(join(github.folder, `${name}-`));
  if (hasFiles) writeFiles(workspace, files);
  const outputs: Record<string, { outputs: Record<string, string> }> = {};
  const contexts = {
    github: { event: event?.payload, run_id: runId, run_attempt: attempt },
    secrets: { CYBERUN_API_KEY: emulator.apiKey },
    strategy: { 'job-total': total },
    matrix,
    steps: outputs,
  };
  const filled = (texts: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, evaluate(value, contexts)]));

  async function carryOut(step: Step): Promise<StepOutcome> {
    if ('run' in step) {
      const folder = resolve(workspace, evaluate(step['working-directory'] ?? '.', contexts));
      return runCommand(step.run, folder, filled(step.env), options);
    }
    if (step.uses === 'cyberun/run@v1') return runThis(filled(step.with), workspace, options);
    return runOther(step.uses, filled(step.with), { workspace, files, github });
  }

  const outcomes: StepOutcome[] = [];
  for (const step of steps) {
    const failed = outcomes.some(({ conclusion }) => conclusion === 'failure');
    const outcome = failed && step.if === undefined ? SKIPPED : await carryOut(step);
    outcomes.push(outcome);
    if (step.id === undefined) continue;
    const none = Object.fromEntries(OUTPUTS.map((output) => [output, '']));
    outputs[step.id] = { outputs: { ...none, ...outcome.action?.outputs } };
  }
  const failed = outcomes.some(({ conclusion }) => conclusion === 'failure');
  const actions = outcomes.flatMap(({ action }) => action ?? []);
  return { name, conclusion: failed ? 'failure' : 'success', workspace, steps: outcomes, actions };
}

async function runThis(given: Record<string, string>, workspace: string, options: RunOptions): Promise<StepOutcome> {
  const { emulator, github, event, env, runId = 1, attempt = 1 } = options;
  const action = await startStep({
    uses: ROOT,
    with: given,
    env: { ...env, CYBERUN_API_URL: emulator.apiUrl, GITHUB_RUN_ID: `${runId}`, GITHUB_RUN_ATTEMPT: `${attempt}` },
    workspace,
    ...(event !== undefined && { event: event.payload, eventName: event.name }),
    secrets: [emulator.apiKey],
    signal: github.over,
  }).done;
  expect(misdeeds(emulator, action)).toEqual([]);
  return { conclusion: action.exitCode === 0 ? 'success' : 'failure', action };
}

function runOther(uses: string, given: Record<string, string>, place: Place): StepOutcome {
  const [, name = ''] = /^(.+)@v\d+$/.exec(uses) ?? [];
  const action = STAND_INS[name];
  if (action === undefined) throw new Error(`nothing stands for ${uses}`);
  const unknown = Object.keys(given).filter((input) => !action.inputs.includes(input));
  if (unknown.length > 0) throw new Error(`${uses} has no such input here: ${unknown.join(', ')}`);
  action.run(given, place);
  return { conclusion: 'success' };
}

/** `bash -e`, as a step has it that names no shell: what fails at the head of a pipe counts for nothing. */
async function runCommand(
  script: string,
  cwd: string,
  env: Record<string, string>,
  { commands = {}, github }: RunOptions,
): Promise<StepOutcome> {
  if (script.includes('${{')) throw new Error(`an expression in a script: ${script}`);
  const standIn = commands[script];
  if (standIn !== undefined) {
    standIn();
    return { conclusion: 'success' };
  }
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn('bash', ['-e', '-c', script], {
    cwd,
    env: { PATH, HOME, CI: 'true', ...env },
    signal: github.over,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { conclusion: child.exitCode === 0 ? 'success' : 'failure', printed };
}
