import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type StepOptions, type StepResult, startStep } from '../emulator/runner/runner.ts';
import { beginningOf, firstOf } from './long.ts';
import { pageOf } from './page.ts';
import { stepYaml } from './yaml.ts';

/** The repository, whose action.yml and dist/ are shown. */
export const ROOT = join(import.meta.dirname, '..');

/** Where a step works unless it is told another folder, and where its summary goes. */
const OWN_FOLDER = join(ROOT, 'demo-outputs');

export const say = (text: string) => process.stdout.write(`${text}\n`);

/** The service that a step is run against. */
export interface Service {
  readonly apiUrl: string;
  readonly apiKey: string;
  /** Default: the embedded service. */
  readonly name?: string;
}

/** Where a step works. */
export interface Place {
  /** Never emptied. Default: demo-outputs/, which is emptied unless `keep` is said. */
  readonly folder?: string | undefined;
  readonly keep?: boolean;
}

/**
 * Runs a step with the built action as GitHub's runner would, and shows it: the step, its log and its outputs. The job
 * summary goes to a file of demo-outputs/, as it is and as a page. The key and the address are added to `with`.
 */
export async function showStep(
  { apiUrl, apiKey, name = 'the embedded service' }: Service,
  options: Omit<StepOptions, 'uses' | 'workspace' | 'onLine' | 'with'> & { readonly with: Record<string, string> },
  place: Place = {},
): Promise<StepResult> {
  const workspace = place.folder === undefined ? OWN_FOLDER : resolve(place.folder);
  const isEmptied = place.folder === undefined && place.keep !== true;
  if (isEmptied) rmSync(workspace, { recursive: true, force: true });
  for (const file of Object.values(SUMMARY)) rmSync(file, { force: true });
  mkdirSync(workspace, { recursive: true });
  say('This step of a workflow:\n');
  say(stepYaml(options.with));
  say(`\nis run against ${name}, in ${shown(workspace)}/, which ${isEmptied ? 'was emptied' : 'is left as it is'}.`);
  say('What its log shows:\n');

  const hasColours = process.stdout.isTTY && !process.env.NO_COLOR;
  const step = startStep({
    timeoutMs: SIX_HOURS,
    ...options,
    uses: ROOT,
    with: { 'api-key': apiKey, ...options.with, 'api-url': apiUrl },
    env: { ...options.env, ...(hasColours ? {} : { NO_COLOR: '1' }) },
    secrets: [options.with['api-key'] || apiKey, ...(options.secrets ?? [])],
    workspace,
    onLine: (line, coloured) => say(`  | ${hasColours ? coloured : line}`),
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void step.cancel());
  const result = await step.done;

  const outputs = Object.entries(result.outputs);
  say(outputs.length === 0 ? '\nThere are no outputs.' : '\nThe outputs that later steps read:\n');
  for (const [name, value] of outputs) say(`  ${name}: ${beginningOf(value.replaceAll(workspace, shown(workspace)))}`);

  say('');
  const folder = join(workspace, options.with.path || 'cyberun-outputs');
  const files = existsSync(folder) ? readdirSync(folder) : [];
  if (files.length > 0) say(`Look at ${shown(folder)}/: ${firstOf(files)}`);
  if (result.summary === '') say('There is no job summary.');
  else {
    mkdirSync(OWN_FOLDER, { recursive: true });
    writeFileSync(SUMMARY.text, result.summary);
    writeFileSync(SUMMARY.page, pageOf(result.summary));
    say(`The job summary is in ${shown(SUMMARY.text)}, and in ${shown(SUMMARY.page)} to look at.`);
  }
  return result;
}

const SUMMARY = { text: join(OWN_FOLDER, 'summary.md'), page: join(OWN_FOLDER, 'summary.html') };

/** After which GitHub ends a job. */
const SIX_HOURS = 6 * 3_600_000;

/** The exit code of a demo: 1 also for what the runner would mind. */
export function exitCodeOf({ exitCode, violations }: StepResult): number {
  if (violations.length > 0) say(`The runner would mind: ${violations.join('; ')}`);
  return exitCode === 0 && violations.length === 0 ? 0 : 1;
}

/** A path as it is seen from the repository, where it is in there. */
function shown(path: string): string {
  const seen = relative(ROOT, path);
  return seen === '' || seen.startsWith('..') ? path : seen;
}
