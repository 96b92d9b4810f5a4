import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Emulator } from '../emulator/emulator.ts';
import { type StepOptions, type StepResult, startStep } from '../emulator/runner/runner.ts';
import { pageOf } from './page.ts';
import { stepYaml } from './yaml.ts';

/** The repository, whose action.yml and dist/ are shown. */
export const ROOT = join(import.meta.dirname, '..');

/** Where a demo's step works and leaves its files. Emptied at the start. */
export const workspace = join(ROOT, 'demo-outputs');

export const say = (text: string) => process.stdout.write(`${text}\n`);

/**
 * Runs a step with the built action as GitHub's runner would, and shows it: the step, its log and its outputs. The job
 * summary goes to a file, as it is and as a page. The key and the address are added to `with`.
 */
export async function showStep(
  emulator: Emulator,
  options: Omit<StepOptions, 'uses' | 'workspace' | 'onLine' | 'with'> & { readonly with: Record<string, string> },
): Promise<StepResult> {
  rmSync(workspace, { recursive: true, force: true });
  mkdirSync(workspace);
  say('This step of a workflow:\n');
  say(stepYaml(options.with));
  say('\nis run against the embedded service. What its log shows:\n');

  const step = startStep({
    ...options,
    uses: ROOT,
    with: { 'api-key': emulator.apiKey, 'api-url': emulator.apiUrl, ...options.with },
    secrets: [emulator.apiKey, ...(options.secrets ?? [])],
    workspace,
    onLine: (line) => say(`  | ${line}`),
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void step.cancel());
  const result = await step.done;

  writeFileSync(join(workspace, 'summary.md'), result.summary);
  writeFileSync(join(workspace, 'summary.html'), pageOf(result.summary));
  say('\nThe outputs that later steps read:\n');
  for (const [name, value] of Object.entries(result.outputs)) say(`  ${name}: ${relativePaths(value)}`);
  return result;
}

/** The exit code of a demo: 1 also for what the runner would mind. */
export function exitCodeOf({ exitCode, violations }: StepResult): number {
  if (violations.length > 0) say(`The runner would mind: ${violations.join('; ')}`);
  return exitCode === 0 && violations.length === 0 ? 0 : 1;
}

function relativePaths(value: string): string {
  return value.replaceAll(workspace, relative(ROOT, workspace));
}
