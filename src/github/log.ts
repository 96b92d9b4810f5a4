import * as core from '@actions/core';
import { messageFor, RunError, type RunErrorKind } from '../base/errors.ts';
import { type Inert, inert } from '../base/inert.ts';
import type { Log, Mark } from '../base/log.ts';
import type { Raster } from '../base/raster.ts';
import { blocksOf } from './blocks.ts';

/**
 * The job's log. The only place that prints, and it takes inert text alone.
 *
 * At most ten annotations of a kind are kept by the runner for a step; warnings beyond nine are printed as plain lines, so
 * that one is left for what matters at the end.
 *
 * @param hasColours Words that are marked are coloured, which GitHub's page renders.
 */
export function createLog(hasColours = false): StepLog {
  const warned: Inert[] = [];
  return {
    warned,
    info: (line, mark) => core.info(hasColours && mark !== undefined ? coloured(line, mark) : line),
    warning(message) {
      warned.push(message);
      if (warned.length < MOST_WARNINGS) core.warning(message);
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
    pictures(title, pictures) {
      if (!hasColours) return core.info(`${title}: none, as NO_COLOR is set`);
      core.startGroup(title);
      for (const { name, picture } of pictures) {
        const isShown = typeof picture === 'object';
        core.info(`| ${name}${isShown ? '' : `: ${picture}`}`);
        if (isShown) for (const line of blocksOf(picture)) core.info(line);
      }
      core.endGroup();
    },
  };
}

/** A log that knows what it warned of, and can show pictures. */
export interface StepLog extends Log {
  readonly warned: readonly Inert[];
  /** Small pictures, folded below a title, each under its name; as blocks of colour, so without colours there are none. */
  pictures(title: Inert, pictures: readonly Shown[]): void;
}

/** What is shown of a picture: it, or why it is not there. */
export interface Shown {
  readonly name: Inert;
  readonly picture: Raster | Inert;
}

/** Makes the step a failed one, with an annotation. */
export function fail(error: unknown): void {
  // Of an error with a cause, that has the place where it began.
  const origin = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  core.debug(inert`${origin instanceof Error ? (origin.stack ?? '') : ''}`);
  const { file, line } = error instanceof RunError ? error.place : {};
  core.error(messageFor(error), {
    title: titleOf(error),
    ...(file !== undefined && { file, ...(line !== undefined && { startLine: line }) }),
  });
  process.exitCode = 1;
}

/** As SGR has them (ECMA-48, section 8.3.117): green, red, yellow, cyan; and the default. */
const COLOURS: Record<Mark['tone'], number> = { good: 32, bad: 31, held: 33, busy: 36 };
const PLAIN = 39;

function coloured(line: Inert, { at, length, tone }: Mark): string {
  const end = at + length;
  return `${line.slice(0, at)}\u001b[${COLOURS[tone]}m${line.slice(at, end)}\u001b[${PLAIN}m${line.slice(end)}`;
}

/** What annotations are headed by. */
function titleOf(error: unknown): string {
  return `Cyberun: ${TITLES[error instanceof RunError ? error.kind : 'task']}`;
}

const TITLES: Readonly<Record<RunErrorKind, string>> = {
  input: 'an input cannot be used',
  submit: 'the submit failed',
  task: 'the task did not complete',
  'timed-out': 'a time limit passed',
  aborted: 'the job was cancelled',
  sibling: 'another task failed',
  files: 'not all files are there',
  release: 'not all files are attached',
};

const MOST_WARNINGS = 10;
/** Of a group. */
const MOST_LINES = 1_000;
