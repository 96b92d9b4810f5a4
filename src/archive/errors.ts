import { withoutEnd } from '../base/ends.ts';
import { InertError } from '../base/errors.ts';
import { type Inert, inert, shorten } from '../base/inert.ts';

/** An archive that is not unpacked: refused for what is in it, broken, or one that the runner's own program failed on. */
export class ArchiveError extends InertError {
  override readonly name = 'ArchiveError';
}

/** The longest that an entry's name is shown, in UTF-16 code units. */
const LONGEST_NAME = 200;

/** An entry's name as errors have it. */
export function quoted(name: string): Inert {
  return inert`"${shorten(inert`${name}`, LONGEST_NAME)}"`;
}

/**
 * The archive can be read, but is refused.
 *
 * @param what What it has that it must not have, to follow on "it has".
 */
export function refused(what: Inert): ArchiveError {
  return new ArchiveError(
    inert`The archive is not unpacked, as it has ${what}. Nothing of it was unpacked. Have the workflow pack plain files and folders, or unpack the archive in a step of its own.`,
    undefined,
  );
}

/**
 * The archive cannot be read.
 *
 * @param what What is wrong with it, as a clause.
 */
export function broken(what: Inert, cause?: unknown): ArchiveError {
  return new ArchiveError(
    inert`The archive is broken: ${withoutEnd(what, /\./)}. Probably it was cut off or damaged when it was packed or stored, or its name says another kind than it is. Nothing of it was unpacked. Have the workflow pack it anew.`,
    cause,
  );
}
