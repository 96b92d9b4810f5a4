import { type JobResult, runRecipe } from '../recipes/job.ts';
import type { RunOptions } from '../recipes/options.ts';
import { readExample } from '../recipes/recipe.ts';

/** What the repository holds that the examples are in. */
export const HERO = { 'assets/hero.yml': 'prompt: a lighthouse at dusk\nseed: 7\n' };

/** Carries out a workflow of `examples/`. */
export function runExample(file: string, options: RunOptions): Promise<JobResult[]> {
  return runRecipe(readExample(file), options);
}

/** How each job ended that ran, in order. */
export function endsOf(jobs: readonly JobResult[]): string[] {
  return jobs.map(({ name, conclusion }) => `${name} ${conclusion}`);
}

/** How each step of a job ended, before `continue-on-error`. */
export function outcomesOf(job: JobResult | undefined): string {
  return (job?.steps ?? []).map(({ outcome }) => outcome).join(' ');
}
