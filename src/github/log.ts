import * as core from '@actions/core';
import { messageFor } from '../base/errors.ts';
import { inert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';

/**
 * The job's log. The only place that prints, and it takes inert text alone.
 *
 * At most ten annotations of a kind are kept by the runner for a step; warnings beyond nine are printed as plain lines, so
 * that one is left for what matters at the end.
 */
export function createLog(): Log {
  let warnings = 0;
  return {
    info: (line) => core.info(line),
    warning(message) {
      warnings += 1;
      if (warnings < MOST_WARNINGS) core.warning(message);
      else core.info(`Warning: ${message}`);
    },
    debug: (message) => core.debug(message),
    group(title, lines) {
      core.startGroup(title);
      // With a sign of ours at its beginning, no problem matcher takes a line for one of a compiler.
      for (const line of lines.slice(0, MOST_LINES)) core.info(`| ${line}`);
      if (lines.length > MOST_LINES) core.info(inert`| … and ${lines.length - MOST_LINES} more`);
      core.endGroup();
    },
  };
}

/** Makes the step a failed one, with an annotation. */
export function fail(error: unknown): void {
  core.debug(inert`${error instanceof Error ? (error.stack ?? '') : ''}`);
  core.setFailed(messageFor(error));
}

const MOST_WARNINGS = 10;
/** Of a group. */
const MOST_LINES = 1_000;
