import { lstat, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Disk } from '../base/disk.ts';
import { messageFor } from '../base/errors.ts';
import { inert } from '../base/inert.ts';
import { TransferError } from '../transfer/errors.ts';

/**
 * The absolute path of a folder that the user named, if it lies inside the workspace, links followed; else `undefined`.
 * The folder need not exist.
 */
export async function resolveInside(workspace: string, path: string): Promise<string | undefined> {
  const root = await realpath(workspace);
  const wanted = resolve(root, path);
  let existing = wanted;
  for (;;) {
    try {
      const real = await realpath(existing);
      const target = join(real, relative(existing, wanted));
      return isInside(root, target) ? target : undefined;
    } catch {
      // A link that leads nowhere would be followed once somebody makes its target.
      if (await isLink(existing)) return undefined;
      if (dirname(existing) === existing) return undefined;
      existing = dirname(existing);
    }
  }
}

/** Makes the folder, and makes sure that it still lies inside the workspace. Returns its real path. */
export async function makeFolder(disk: Disk, workspace: string, folder: string): Promise<string> {
  await disk.mkdir(folder, { recursive: true });
  const [root, real] = await Promise.all([disk.realpath(workspace), disk.realpath(folder)]);
  if (!isInside(root, real)) {
    throw new TransferError(
      'final',
      inert`The folder ${folder} leads out of the workspace: remove the link in it, or choose another path.`,
    );
  }
  return real;
}

/**
 * Makes the folders below a real one in which files are to be, none of them a link: what lies below is this action's own.
 *
 * @param places Of the files, with `/` between components.
 * @throws {TransferError} where a link or a file is in the way, or one cannot be made
 */
export async function makeSubfolders(disk: Disk, folder: string, places: readonly string[]): Promise<void> {
  const made = new Set<string>();
  for (const place of places) {
    let at = folder;
    // One level at a time: made all at once, a link on the way would be followed.
    for (const part of place.split('/').slice(0, -1)) {
      at = join(at, part);
      if (!made.has(at)) await makeOne(disk, at);
      made.add(at);
    }
  }
}

async function makeOne(disk: Disk, folder: string): Promise<void> {
  const problem: unknown = await disk.mkdir(folder, { recursive: true }).then(
    () => undefined,
    (error: unknown) => error,
  );
  const found = await disk.lstat(folder).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new TransferError(
    'final',
    found === undefined
      ? inert`The folder ${folder} cannot be made: ${messageFor(problem)}. Nothing was replaced. Choose another path.`
      : inert`${folder} is a link or a file, and the task has a folder of that name. Nothing was replaced. Remove it, or choose another path and fetch the files with task-id.`,
    { cause: problem },
  );
}

/** Whether `path` is `root` or below it; both absolute. */
export function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Whether something, a dangling link included, has that name. */
export async function exists(disk: Disk, path: string): Promise<boolean> {
  return disk.lstat(path).then(
    () => true,
    () => false,
  );
}

async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
}
