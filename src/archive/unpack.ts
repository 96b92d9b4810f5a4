import { stat } from 'node:fs/promises';
import { InertError, messageFor } from '../base/errors.ts';
import { inert } from '../base/inert.ts';
import { broken } from './errors.ts';
import { checkFound, diskFault, type Entry } from './found.ts';
import type { ArchiveKind } from './kind.ts';
import { createListing, type Listed } from './listing.ts';
import { listTar } from './tar.ts';
import { runTool, type UnpackContext } from './tool.ts';
import { listZip } from './zip.ts';

/**
 * Unpacks an archive: lists it by readers of ours, which refuse whatever is more than files and folders, has it unpacked by
 * the runner's program (`@actions/tool-cache`), and compares what came of that with the list.
 *
 * On the real disk alone, as that program knows no other.
 *
 * @param archive Absolute path of a file that nobody else writes to. Of a zip, it ends with `.zip`: Windows PowerShell asks for it
 *   (actions/toolkit#1179).
 * @param folder Absolute path of a folder that is empty, and ours alone. After an error, there may be anything in it.
 * @returns The regular files, in the order of the archive.
 * @throws {ArchiveError} when it is refused or broken, or could not be unpacked; the signal's reason
 */
export async function unpack(
  archive: string,
  kind: ArchiveKind,
  folder: string,
  context: UnpackContext,
): Promise<readonly Entry[]> {
  const { signal } = context;
  const listed = await orElse(signal, unreadable, () => list(archive, kind, signal));
  // Of an archive without entries, unzip says that it failed.
  if (listed.length > 0) await runTool(kind, archive, folder, context);
  return orElse(signal, diskFault, () => checkFound(folder, listed, signal));
}

async function list(archive: string, kind: ArchiveKind, signal: AbortSignal): Promise<readonly Listed[]> {
  signal.throwIfAborted();
  const { size } = await stat(archive);
  const listing = createListing(size);
  await (kind === 'zip' ? listZip(archive, size, listing, signal) : listTar(archive, kind, size, listing, signal));
  return listing.all();
}

function unreadable(error: unknown) {
  return broken(inert`${messageFor(error)}`, error);
}

/** What is no error of ours is one of a library or of the disk, whose words are foreign. */
async function orElse<T>(signal: AbortSignal, wrap: (error: unknown) => Error, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof InertError ? error : wrap(error);
  }
}
