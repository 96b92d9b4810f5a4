import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { type StepResult, startStep, TOKEN } from '../../emulator/runner/runner.ts';
import { misdeeds, ROOT } from '../action/harness.ts';
import { runCommand } from './command.ts';
import { type Contexts, evaluate, isMet } from './expressions.ts';
import type { RunOptions } from './options.ts';
import type { Place } from './place.ts';
import { STAND_INS } from './stand-ins.ts';
import type { Step } from './workflow.ts';

/** What came of a step. */
export interface StepOutcome {
  /** Before `continue-on-error`, and after it. */
  readonly outcome: 'success' | 'failure' | 'skipped';
  readonly conclusion: 'success' | 'failure' | 'skipped';
  readonly outputs: Readonly<Record<string, string>>;
  /** Of this action. */
  readonly action?: StepResult;
  /** Of a command: what it printed. */
  readonly printed?: string;
  /** And what it added to the job's summary. */
  readonly summary?: string;
}

/** The job that a step is of. */
export interface Around extends Place {
  /** All but `steps`. */
  readonly contexts: Contexts;
  /** Of the workflow and the job. */
  readonly env: Readonly<Record<string, string>>;
  readonly repository: string;
}

type Did = Pick<StepOutcome, 'outcome' | 'outputs' | 'action' | 'printed' | 'summary'>;

/**
 * Carries out the steps of a job in order: this action as it is built, commands by bash, actions of others by their stand-ins.
 * Rejects where a stand-in refuses what it is given, an expression is none that is known, or a step of this action was
 * careless. A step of this action or a command that fails is a failure.
 */
export async function runSteps(steps: readonly Step[], around: Around, options: RunOptions): Promise<StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  const known: Record<string, object> = {};
  for (const step of steps) {
    const contexts = { ...around.contexts, steps: known };
    const status = outcomes.some(({ conclusion }) => conclusion === 'failure') ? 'failure' : 'success';
    const declared = Object.fromEntries(outputsOf(step).map((name) => [name, '']));
    const did: Did = isMet(step.if, contexts, status)
      ? await carryOut(step, contexts, around, options)
      : { outcome: 'skipped', outputs: {} };
    const isForgiven = did.outcome === 'failure' && 'uses' in step && step['continue-on-error'] === 'true';
    const conclusion = isForgiven ? 'success' : did.outcome;
    const outputs = { ...declared, ...did.outputs };
    outcomes.push({ ...did, conclusion, outputs });
    if (step.id !== undefined) known[step.id] = { outputs, outcome: did.outcome, conclusion };
  }
  return outcomes;
}

async function carryOut(step: Step, contexts: Contexts, around: Around, options: RunOptions): Promise<Did> {
  const filled = (texts: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, evaluate(value, contexts)]));
  if ('run' in step) {
    const { commands = {}, releases } = options;
    const standIn = commands[step.run];
    if (standIn !== undefined) {
      standIn();
      return { outcome: 'success', outputs: {} };
    }
    const cwd = resolve(around.workspace, evaluate(step['working-directory'] ?? '.', contexts));
    const env = { ...around.env, ...filled(step.env) };
    const { repository } = around;
    const { succeeded, ...did } = await runCommand(step.run, { cwd, env, place: around, repository, releases });
    return { outcome: succeeded ? 'success' : 'failure', ...did };
  }
  const given = filled(step.with);
  if (step.uses === THIS) return runThis(given, step['timeout-minutes'] !== undefined, around, options);
  const name = nameOf(step.uses);
  const action = STAND_INS[name];
  if (action === undefined) throw new Error(`nothing stands for ${step.uses}`);
  const unknown = Object.keys(given).filter((input) => !action.inputs.includes(input));
  if (unknown.length > 0) throw new Error(`${name} has no such input here: ${unknown.join(', ')}`);
  return { outcome: 'success', outputs: action.run(given, around) ?? {} };
}

/** The action of this repository. */
export const THIS = 'cyberun/run@v1';

/** Of `actions/checkout@v7`, or of the commit of that, `actions/checkout`. */
export function nameOf(uses: string): string {
  const [, name] = /^([\w./-]+)@(?:v\d+|[0-9a-f]{40})$/.exec(uses) ?? [];
  if (name === undefined) throw new Error(`neither a major version nor a commit: ${uses}`);
  return name;
}

const OUTPUTS: readonly string[] = Object.keys(parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')).outputs);

function outputsOf(step: Step): readonly string[] {
  if ('run' in step) return [];
  return step.uses === THIS ? OUTPUTS : (STAND_INS[nameOf(step.uses)]?.outputs ?? []);
}

async function runThis(
  given: Record<string, string>,
  isTimed: boolean,
  { workspace, runId, env, permissions, github, repository }: Around,
  options: RunOptions,
): Promise<Did> {
  const { emulator, event, releases, attempt = 1 } = options;
  if (permissions !== undefined) releases?.tokens.set(TOKEN, rightsOf(permissions.contents));
  const running = startStep({
    uses: ROOT,
    with: given,
    env: {
      ...{ ...env, ...options.env, CYBERUN_API_URL: emulator.apiUrl, GITHUB_REPOSITORY: repository },
      ...(releases !== undefined && { GITHUB_API_URL: releases.apiUrl, GITHUB_SERVER_URL: releases.serverUrl }),
      ...{ GITHUB_RUN_ID: `${runId}`, GITHUB_RUN_ATTEMPT: `${attempt}` },
    },
    workspace,
    ...(event !== undefined && { event: event.payload, eventName: event.name }),
    secrets: [emulator.apiKey],
    signal: github.over,
  });
  const over = new AbortController();
  const timeUp = isTimed ? options.timeUp?.(given, over.signal) : undefined;
  const watching = timeUp?.then(running.cancel, () => undefined);
  const action = await running.done;
  over.abort();
  await watching;
  expect(misdeeds(emulator, action)).toEqual([]);
  return { outcome: action.exitCode === 0 ? 'success' : 'failure', outputs: action.outputs, action };
}

/** What a job's token may do with the repository's contents. */
export function rightsOf(contents: string | undefined): 'none' | 'read' | 'write' {
  return contents === 'write' || contents === 'read' ? contents : 'none';
}
