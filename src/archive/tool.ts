import { sep } from 'node:path';
import { type Clock, onAbort, timeLimit } from '../base/clock.ts';
import { messageFor } from '../base/errors.ts';
import { inert } from '../base/inert.ts';
import { ArchiveError } from './errors.ts';
import type { ArchiveKind } from './kind.ts';

/** Who helps to unpack. */
export interface UnpackContext {
  readonly signal: AbortSignal;
  readonly clock: Pick<Clock, 'after'>;
}

/** How long the runner's program may take: ten times what 20 GB take on a slow disk. */
const LONGEST_RUN = 60 * 60_000;

/**
 * Unpacks by the runner's own `unzip`, `tar` or PowerShell, whose command and words go to the log.
 *
 * Nobody can tell that program to stop: after an abort or the limit it goes on until it is done, with no more than was
 * listed, into a folder that nobody looks at any more.
 *
 * @throws {ArchiveError} when the program is missing, fails, or takes too long; the signal's reason
 */
export async function runTool(
  kind: ArchiveKind,
  archive: string,
  folder: string,
  context: UnpackContext,
): Promise<void> {
  checkQuotes(kind, [archive, folder], sep);
  const { extractTar, extractZip } = await import('@actions/tool-cache');
  using limit = timeLimit(context.clock, context.signal, LONGEST_RUN, tooLong);
  limit.signal.throwIfAborted();
  // `o`: as whoever unpacks, not as whom the archive names, which a container's root could do.
  const work =
    kind === 'zip' ? extractZip(archive, folder) : extractTar(archive, folder, kind === 'tgz' ? 'xzo' : 'xo');
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const forget = onAbort(limit.signal, () => reject(limit.signal.reason));
  work
    .then(
      () => resolve(),
      (error: unknown) => reject(toolFault(error, kind)),
    )
    .finally(forget);
  await promise;
}

/**
 * PowerShell, which unpacks zip on Windows, takes typographic quotes for its own; tool-cache doubles the plain one alone.
 *
 * @throws {ArchiveError} when a path has one, on Windows
 */
export function checkQuotes(kind: ArchiveKind, paths: readonly string[], separator: string): void {
  if (kind !== 'zip' || separator !== '\\' || !paths.some((path) => /[\u2018-\u201f]/.test(path))) return;
  throw new ArchiveError(
    inert`The archive is not unpacked, as a folder on the way to it has a typographic quote in its name, with which PowerShell would end the path. Choose another path.`,
    undefined,
  );
}

function tooLong(): ArchiveError {
  return new ArchiveError(
    inert`The archive was not unpacked within ${LONGEST_RUN / 60_000} minutes: the runner's disk is probably too slow, or gone. Try again on another runner, or unpack the archive in a step of its own.`,
    undefined,
  );
}

function toolFault(error: unknown, kind: ArchiveKind): ArchiveError {
  const said = messageFor(error);
  const name = kind === 'zip' ? (sep === '\\' ? 'powershell' : 'unzip') : 'tar';
  if (/^Unable to locate executable file/.test(said)) {
    return new ArchiveError(
      inert`The archive was not unpacked, as the runner has no ${name}: GitHub's own runners do, others need it installed. Install ${name} there, or in a step before this one (\`apt-get install ${name}\`).`,
      error,
    );
  }
  return new ArchiveError(
    inert`The archive was not unpacked: ${said}. What the program said is in the log. Probably the disk is full, a name is none that its file system takes, or the program misses a part (tar needs gzip). Nothing of it was kept.`,
    error,
  );
}
