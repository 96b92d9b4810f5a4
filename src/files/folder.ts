import { lstat, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Disk } from '../base/disk.ts';
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
