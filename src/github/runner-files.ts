import * as core from '@actions/core';
import { messageFor, RunError } from '../base/errors.ts';
import { inert } from '../base/inert.ts';

/**
 * Sets an output.
 *
 * @throws {RunError} when the runner's file for outputs cannot be written
 */
export function setOutput(name: string, value: string): void {
  write('GITHUB_OUTPUT', () => core.setOutput(name, value));
}

/**
 * Saves a value for post, where it is the environment variable `STATE_<name>`.
 *
 * @throws {RunError} when the runner's file for such values cannot be written
 */
export function saveState(name: string, value: string): void {
  write('GITHUB_STATE', () => core.saveState(name, value));
}

/**
 * Appends to the job's summary page. An empty text changes nothing, and tells whether another could be written.
 *
 * @throws {RunError} when the runner's file for it cannot be written, or the runner has none
 */
export async function appendSummary(text: string): Promise<void> {
  try {
    await core.summary.addRaw(text).write();
  } catch (error) {
    throw unwritable('GITHUB_STEP_SUMMARY', error);
  }
}

function write(file: 'GITHUB_OUTPUT' | 'GITHUB_STATE', action: () => void): void {
  try {
    action();
  } catch (error) {
    throw unwritable(file, error);
  }
}

function unwritable(file: string, error: unknown): RunError {
  return new RunError(
    'task',
    inert`The runner's file ${file} could not be written: ${messageFor(error)}. Its disk may be full, or an earlier step took the file away or its permissions: see what there is in RUNNER_TEMP.`,
    error,
  );
}
