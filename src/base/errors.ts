import { type Inert, inert } from './inert.ts';

/** An error whose message is safe to print. */
export abstract class InertError extends Error {
  declare readonly message: Inert;

  constructor(message: Inert, cause: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/**
 * What ended a run without success.
 *
 * - `input`: what the user wrote cannot be used; nothing was sent
 * - `submit`: the service did not take the run, or nobody knows whether it did
 * - `task`: the task failed, was cancelled by someone else, or could not be followed
 * - `timed-out`: `timeout` or `queue-timeout` passed
 * - `aborted`: the job was cancelled
 * - `sibling`: another task of the matrix failed, and `fail-fast` is on
 * - `files`: the outputs did not arrive whole
 * - `release`: they did, and are not all attached to the release
 */
export type RunErrorKind = 'input' | 'submit' | 'task' | 'timed-out' | 'aborted' | 'sibling' | 'files' | 'release';

/** The error a user sees. Its message says what happened, the probable cause and what to do. */
export class RunError extends InertError {
  override readonly name = 'RunError';
  readonly kind: RunErrorKind;
  /** What is at fault, where that is known; annotations point there. */
  readonly place: FaultPlace;
  /** What happened in a few words, for a headline, where `kind` alone does not say it. */
  readonly brief: Inert | undefined;

  constructor(kind: RunErrorKind, message: Inert, cause?: unknown, { brief, ...place }: RunErrorDetails = {}) {
    super(message, cause);
    this.kind = kind;
    this.place = place;
    this.brief = brief;
  }
}

/** What else there is to say of an error. */
export interface RunErrorDetails extends FaultPlace {
  readonly brief?: Inert;
}

/** A place in a text that the user wrote. */
export interface FaultPlace {
  /** Below the workspace; none where the text is an input's own. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
}

/** The text of any error, safe to print. */
export function messageFor(error: unknown): Inert {
  if (error instanceof InertError) return error.message;
  return inert`${error instanceof Error ? error.message : String(error)}`;
}

/** Any error as one that a user sees; one that is none yet keeps its text and becomes the cause. */
export function asRunError(kind: RunErrorKind, error: unknown): RunError {
  return error instanceof RunError ? error : new RunError(kind, messageFor(error), error);
}
