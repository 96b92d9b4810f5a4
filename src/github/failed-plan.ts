import type { Inert } from '../base/inert.ts';
import { listed, span, whole } from './markdown.ts';
import { appendSummary } from './runner-files.ts';

/**
 * Appends what keeps a plan from being made to the job's summary.
 *
 * @param workflow The reference as it was given; empty where none was.
 * @throws {RunError} when the runner's file for it cannot be written
 */
export async function writeFailedPlan(workflow: string, problems: readonly Inert[]): Promise<void> {
  const name = workflow === '' ? '' : `: ${span(workflow)}`;
  const { text, more } = listed(problems, (problem) => `- ${whole(problem)}`);
  await appendSummary(`### ❌ Plan${name}\n\nNothing was submitted.\n\n${text}${more}\n\n`);
}
