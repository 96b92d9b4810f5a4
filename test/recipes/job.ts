import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { type StepResult, TOKEN } from '../../emulator/runner/runner.ts';
import { type Contexts, evaluate, evaluateWhole, isMet } from './expressions.ts';
import { writeFiles } from './github.ts';
import type { RunOptions } from './options.ts';
import type { Recipe } from './recipe.ts';
import { nameOf, runSteps, type StepOutcome } from './step.ts';
import type { CallingJob, Inputs, OwnJob, Permissions, Workflow } from './workflow.ts';

/** What came of a job. */
export interface JobResult {
  readonly name: string;
  readonly conclusion: 'success' | 'failure';
  readonly workspace: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** One of each step, in order. */
  readonly steps: readonly StepOutcome[];
  /** What came of the steps that use this action, in order; of one that was skipped, nothing. */
  readonly actions: readonly StepResult[];
}

/**
 * Carries out the jobs of a workflow that run for the event, one after the other, each of a `strategy.matrix` at once; those of
 * a called workflow in the place of its caller. Rejects where {@link runSteps} does, the event is not the workflow's, or a
 * call gives or asks for what the called workflow does not say. `concurrency` is read, but nothing else runs here.
 */
export async function runRecipe(recipe: Recipe, options: RunOptions): Promise<JobResult[]> {
  const { event = { name: 'push', payload: {} }, runId = 1, attempt = 1 } = options;
  const { repository = 'octo/demo' } = options.releases ?? {};
  const inputs = inputsOf(recipe.workflow, event);
  keepRun(recipe, options);
  const contexts = {
    github: {
      ...{ event: event.payload, event_name: event.name, run_id: runId, run_attempt: attempt },
      ...{ repository, actor: 'octocat', token: TOKEN, server_url: 'https://github.com' },
    },
    inputs,
  };
  const secrets = options.secrets ?? { CYBERUN_API_KEY: options.emulator.apiKey };
  const { done } = await runJobs({ recipe, contexts, secrets, repository, options, most: undefined });
  return done;
}

/** Has GitHub know of the run, where the workflow is a file. */
export function keepRun({ file }: Recipe, { github, event, runId = 1, created = new Date() }: RunOptions): void {
  if (file === undefined || github.runs.some(({ id }) => id === runId)) return;
  const day = created.toISOString().slice(0, 10);
  github.runs.push({ id: runId, file, event: event?.name ?? 'push', created: day });
}

/** A workflow that runs: started by an event, or called. */
interface Run {
  readonly recipe: Recipe;
  /** `github` and `inputs`. */
  readonly contexts: Contexts;
  readonly secrets: Readonly<Record<string, string>>;
  readonly repository: string;
  readonly options: RunOptions;
  /** What the calling job may do, and so the most that one of these may. */
  readonly most: Permissions | undefined;
}

interface Needed {
  readonly result: 'success' | 'failure' | 'skipped';
  readonly outputs: Readonly<Record<string, string>>;
}

async function runJobs(run: Run): Promise<{ done: JobResult[]; jobs: Record<string, Needed> }> {
  const { workflow } = run.recipe;
  const done: JobResult[] = [];
  const jobs: Record<string, Needed> = {};
  if (workflow.concurrency !== undefined) evaluate(workflow.concurrency.group, run.contexts);
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const needed = job.needs === undefined ? undefined : jobs[job.needs];
    if (job.needs !== undefined && needed === undefined) throw new Error(`${name} needs ${job.needs}`);
    const contexts = { ...run.contexts, needs: needed === undefined ? {} : { [job.needs ?? '']: needed } };
    if (!isMet(job.if, contexts, needed?.result ?? 'success')) {
      const outputs = 'steps' in job ? Object.keys(job.outputs) : [];
      jobs[name] = { result: 'skipped', outputs: Object.fromEntries(outputs.map((output) => [output, ''])) };
      continue;
    }
    if (job.concurrency !== undefined) evaluate(job.concurrency.group, contexts);
    const permissions = job.permissions ?? workflow.permissions;
    for (const [scope, level] of Object.entries(permissions ?? {})) {
      if (run.most !== undefined && ![level, 'write'].includes(run.most[scope] ?? 'none'))
        throw new Error(`the called workflow asks for ${scope}: ${level}, which its caller has not`);
    }
    const came =
      'uses' in job
        ? await call(name, job, { run, contexts, permissions })
        : await runJob(name, job, { run, contexts, permissions });
    done.push(...came.results);
    const result = came.results.some(({ conclusion }) => conclusion === 'failure') ? 'failure' : 'success';
    jobs[name] = { result, outputs: came.outputs };
  }
  return { done, jobs };
}

interface InRun {
  readonly run: Run;
  /** Those of the run, and `needs`. */
  readonly contexts: Contexts;
  readonly permissions: Permissions | undefined;
}

interface Came {
  readonly results: readonly JobResult[];
  readonly outputs: Readonly<Record<string, string>>;
}

async function call(name: string, job: CallingJob, { run, contexts, permissions }: InRun): Promise<Came> {
  const recipe = run.options.called?.[job.uses];
  const offer = recipe?.workflow.on?.workflow_call;
  if (recipe === undefined || offer === undefined || offer === null) throw new Error(`nothing to call: ${job.uses}`);
  const given = mapValues(job.with, (text) => evaluate(text, contexts));
  const secrets = mapValues(job.secrets, (text) => evaluate(text, { ...contexts, secrets: run.secrets }));
  const lacking = Object.entries(offer.secrets).filter(([secret, { required }]) => required && !secrets[secret]);
  const unknown = Object.keys(secrets).filter((secret) => !(secret in offer.secrets));
  if (lacking.length + unknown.length > 0) throw new Error(`secrets of ${job.uses}: ${Object.keys(secrets)}`);
  const { done, jobs } = await runJobs({
    ...run,
    recipe,
    contexts: { ...run.contexts, inputs: withDefaults(offer.inputs, given) },
    secrets,
    most: permissions ?? {},
  });
  return {
    results: done.map((result) => ({ ...result, name: `${name} / ${result.name}` })),
    outputs: mapValues(offer.outputs, ({ value }) => evaluate(value, { ...contexts, jobs })),
  };
}

async function runJob(name: string, job: OwnJob, { run, contexts, permissions }: InRun): Promise<Came> {
  const { recipe, secrets, repository, options } = run;
  const { github, files = {}, runId = 1 } = options;
  const combinations = combine(mapValues(job.strategy?.matrix ?? {}, (values) => listOf(values, contexts)));
  const hasCheckout = job.steps.some((step) => 'uses' in step && nameOf(step.uses) === 'actions/checkout');

  async function runOne(matrix: Readonly<Record<string, string>>): Promise<JobResult> {
    const workspace = mkdtempSync(join(github.folder, `${name}-`));
    if (recipe.isPart && !hasCheckout) writeFiles(workspace, files);
    const outer = { ...contexts, secrets, matrix, strategy: { 'job-total': combinations.length } };
    const ofWorkflow = mapValues(recipe.workflow.env, (text) => evaluate(text, outer));
    const env = { ...ofWorkflow, ...mapValues(job.env, (text) => evaluate(text, outer)) };
    const inner = { ...outer, env };
    const place = { workspace, files, github, runId, permissions, logins: new Set<string>() };
    const steps = await runSteps(job.steps, { ...place, contexts: inner, env, repository }, options);
    const known = job.steps.flatMap(({ id }, index) => {
      const outcome = steps[index];
      return id === undefined || outcome === undefined
        ? []
        : [[id, { outputs: outcome.outputs, outcome: outcome.outcome, conclusion: outcome.conclusion }] as const];
    });
    return {
      name,
      conclusion: steps.some(({ conclusion }) => conclusion === 'failure') ? 'failure' : 'success',
      workspace,
      outputs: mapValues(job.outputs, (text) => evaluate(text, { ...inner, steps: Object.fromEntries(known) })),
      steps,
      actions: steps.flatMap(({ action }) => action ?? []),
    };
  }

  const results = await Promise.all(combinations.map(runOne));
  return { results, outputs: results.at(-1)?.outputs ?? {} };
}

function combine(matrix: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, string>>[] {
  return Object.entries(matrix).reduce<Record<string, string>[]>(
    (all, [key, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [key]: value }))),
    [{}],
  );
}

function listOf(values: readonly string[] | string, contexts: Contexts): readonly string[] {
  const list: unknown = typeof values === 'string' ? evaluateWhole(values, contexts) : values;
  if (!Array.isArray(list) || list.length === 0) throw new Error(`no list for a matrix: ${values}`);
  return list.map(String);
}

/** The inputs that an event brings. Throws where it is none that the workflow runs for. */
function inputsOf({ on }: Workflow, event: { name: string; payload: object }): Record<string, string> {
  if (on === undefined) return {};
  const found = Object.entries(on).find(([name]) => name === event.name);
  if (found === undefined) throw new Error(`not for ${event.name}`);
  const { action, inputs = {} }: { action?: unknown; inputs?: Record<string, string> } = event.payload;
  if (event.name === 'release' && !on.release?.types.some((type) => type === action))
    throw new Error(`not for a release that is ${action}`);
  const declared = on.workflow_dispatch;
  return withDefaults(
    typeof declared === 'object' && event.name === 'workflow_dispatch' ? declared.inputs : {},
    inputs,
  );
}

function withDefaults(declared: Inputs, given: Readonly<Record<string, string>>): Record<string, string> {
  const unknown = Object.keys(given).filter((name) => !(name in declared));
  const lacking = Object.entries(declared).filter(([name, { required }]) => required === 'true' && !given[name]);
  if (unknown.length + lacking.length > 0) throw new Error(`inputs: ${Object.keys(given).join(', ')}`);
  return mapValues(declared, (input, name) => given[name] ?? input.default ?? '');
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A, key: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
