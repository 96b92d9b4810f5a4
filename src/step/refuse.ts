import * as core from '@actions/core';
import { messageFor } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { writeRefusal } from '../github/refusal.ts';

/**
 * Writes to the summary why nothing was run, unless there is to be none: by the inputs as they are written, as they may be
 * what is refused. Never throws.
 */
export async function writeWhyNot(error: unknown, log: Pick<Log, 'warning'>): Promise<void> {
  const { getInput } = core;
  const is = (name: string, value: string) => getInput(name).toLowerCase() === value;
  if (!process.env.GITHUB_STEP_SUMMARY || is('summary', 'false')) return;
  try {
    await writeRefusal(getInput('workflow') || getInput('task-id'), is('dry-run', 'true'), error);
  } catch (unwritten) {
    // It may be this that is refused.
    if (messageFor(unwritten) !== messageFor(error)) log.warning(messageFor(unwritten));
  }
}
