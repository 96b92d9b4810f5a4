import { RunError } from '../base/errors.ts';
import { problemsIn } from '../base/findings.ts';
import { amount } from '../base/inert.ts';
import { bullets, page, whole } from './markdown.ts';
import { appendSummary } from './runner-files.ts';
import { headline } from './summary-parts.ts';

/**
 * Appends to the job's summary why nothing was run, or planned.
 *
 * @param target What was to be run, as it was given; empty where nothing was.
 * @throws {RunError} when the runner's file for it cannot be written
 */
export async function writeRefusal(target: string, isPlan: boolean, error: unknown): Promise<void> {
  await appendSummary(`${formatRefusal(target, isPlan, error)}\n`);
}

/** The same as text. At most about 200 KB. */
export function formatRefusal(target: string, isPlan: boolean, error: unknown): string {
  const problems = problemsIn(error);
  const isAborted = error instanceof RunError && error.kind === 'aborted';
  const [mark, outcome] = isAborted
    ? ['🚫', 'cancelled before anything was submitted']
    : ['❌', isPlan ? 'no plan' : 'not run'];
  // Some errors say so themselves: of parameters that do not fit, of a file that could not be uploaded.
  const isSaid = isAborted || problems.some((problem) => problem.includes('Nothing was submitted'));
  const count = problems.length === 1 ? '' : `, ${amount(problems.length, 'problem')}`;
  const title = { workflow: target === '' ? 'Cyberun' : target, reference: undefined };
  return page([
    headline(isPlan ? `${mark} Plan of` : mark, title, `${outcome}${count}`),
    problems.length === 1 ? problems.map(whole).join('') : bullets(problems, whole),
    isSaid ? '' : 'Nothing was submitted.',
  ]);
}
