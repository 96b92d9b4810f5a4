import { randomUUID } from 'node:crypto';
import { lstat, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Disk } from '../base/disk.ts';
import { messageFor } from '../base/errors.ts';
import { type Inert, inert } from '../base/inert.ts';
import { TransferError } from '../transfer/errors.ts';

/** A file or folder inside the workspace, by two names; both are absolute. */
export interface Place {
  /** All links followed: what is compared, opened and written. */
  readonly real: string;
  /** Below the workspace as the job knows it: what is told. The job may know the workspace itself by a link. */
  readonly seen: string;
}

/** The place that the user named, if it lies inside the workspace, links followed; else `undefined`. It need not exist. */
export async function resolveInside(workspace: string, path: string): Promise<Place | undefined> {
  const root = await realpath(workspace);
  const wanted = resolve(root, path);
  let existing = wanted;
  for (;;) {
    try {
      const real = join(await realpath(existing), relative(existing, wanted));
      return isInside(root, real) ? { real, seen: seenFrom(workspace, root, wanted, real) } : undefined;
    } catch {
      // A link that leads nowhere would be followed once somebody makes its target.
      if (await isLink(existing)) return undefined;
      if (dirname(existing) === existing) return undefined;
      existing = dirname(existing);
    }
  }
}

/** The user's own words where they lead straight down from the workspace; else the short way. */
function seenFrom(workspace: string, root: string, wanted: string, real: string): string {
  const top = [resolve(workspace), root].find((one) => isInside(one, wanted));
  return resolve(workspace, top === undefined ? relative(root, real) : relative(top, wanted));
}

/** Whether a part of a path may hold secrets: it is hidden, or what google-github-actions/auth leaves in the workspace. */
export function isPrivate(name: string): boolean {
  return name.startsWith('.') || /^gha-creds-.*\.json$/i.test(name);
}

/** What a shell would replace at the beginning of a path, and what follows it. No shell reads an input. */
export function findShellWord(path: string): { readonly word: string; readonly rest: string } | undefined {
  const [word = ''] = path.split(/[/\\]/, 1);
  // A file may be called `~tmp`; with something behind it, it is somebody's home.
  const isHome = word === '~' || (word.length < path.length && /^~[\w.-]+$/.test(word));
  if (!isHome && !/^(?:\$\w+|\$\{\w+\}|%\w+%)$/.test(word)) return undefined;
  return { word, rest: path.slice(word.length).replace(/^[/\\]+/, '') };
}

/**
 * Makes the folder, and makes sure that it still lies inside the workspace. Returns its real path.
 *
 * @param folder As it is told to users: links in it are followed.
 */
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
 * Makes the folder and a file in it, and removes the file again: whatever is in the way of files to come is found before
 * they are made. The folder stays. Returns what is in the way, as a clause, if anything is.
 */
export async function findObstacle(disk: Disk, workspace: string, folder: string): Promise<Inert | undefined> {
  try {
    await probe(disk, await makeFolder(disk, workspace, folder));
    return undefined;
  } catch (error) {
    const there = await nearestThere(disk, folder);
    return obstacleOf(await causeOf(error, disk, there), relative(workspace, there) || '.', there === folder);
  }
}

async function probe(disk: Disk, folder: string): Promise<void> {
  const path = join(folder, `.cyberun-${randomUUID()}.part`);
  await disk.writeFile(path, '', { flag: 'wx' });
  await disk.rm(path, { force: true });
}

/** Where a file system is read-only, Node's recursive mkdir says ENOENT of what it was to make. */
async function causeOf(error: unknown, disk: Disk, there: string): Promise<unknown> {
  if ((error as { readonly code?: unknown }).code !== 'ENOENT') return error;
  return probe(disk, there).then(
    () => error,
    (cause: unknown) => cause,
  );
}

function obstacleOf(error: unknown, there: string, isWhole: boolean): Inert {
  if (error instanceof TransferError) return inert`which leads out of the workspace`;
  const { code } = error as { readonly code?: unknown };
  switch (code) {
    case 'EEXIST':
    case 'ENOTDIR':
      return isWhole ? inert`which is a file` : inert`which cannot be made, as ${there} is a file`;
    case 'ENAMETOOLONG':
      return inert`which has a longer name than the file system takes`;
    case 'EACCES':
    case 'EPERM':
      return inert`where this job may make no file, as ${there} belongs to another user (which a container of an earlier job may have been) or is locked`;
    case 'EROFS':
      return inert`where no file can be made, as ${there} is on a file system that is read-only`;
    default:
      return inert`where no file can be made: ${messageFor(error)}`;
  }
}

/** The path itself, or the nearest folder above it, that is there. */
export async function nearestThere(disk: Disk, path: string): Promise<string> {
  for (let place = path; ; place = dirname(place)) {
    if ((await exists(disk, place)) || dirname(place) === place) return place;
  }
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
  const found = await disk.lstat(folder, { bigint: true }).catch(() => undefined);
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
  return disk.lstat(path, { bigint: true }).then(
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
