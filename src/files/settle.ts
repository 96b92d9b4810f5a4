import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { type Disk, type DiskEntry, type DiskFile, READ_NO_LINK } from '../base/disk.ts';
import { inert } from '../base/inert.ts';
import { type Digester, digestHere } from '../transfer/digest.ts';
import { TransferError } from '../transfer/errors.ts';

/** A file as it was when somebody looked. */
export type Mark = DiskEntry;

/** A file and its digest. */
export interface Digested {
  readonly sha256: string;
  readonly mark: Mark;
}

/** What lies at a path, links not followed; `undefined` for nothing. */
export async function markOf(disk: Disk, path: string): Promise<Mark | undefined> {
  return disk.lstat(path, { bigint: true }).catch(() => undefined);
}

/** Whether the same file lies there, and nobody wrote to it since. */
export async function isStill(disk: Disk, path: string, mark: Mark): Promise<boolean> {
  const now = await markOf(disk, path);
  return now !== undefined && isSame(now, mark);
}

function isSame(one: Mark, other: Mark): boolean {
  return one.dev === other.dev && one.ino === other.ino && one.size === other.size && one.mtimeNs === other.mtimeNs;
}

/** Below that many bytes, the way to another thread and back takes longer than the digest. */
const WORTH_A_THREAD = 256 * 1024;
/** Between two looks at the signal, in bytes. */
const STRETCH = 64 * 1024 * 1024;

/**
 * The digest of the file at a path that no link leads to; `undefined` where there is none, it cannot be read, or it was
 * written to or replaced meanwhile. Throws the signal's reason.
 */
export async function digestAt(
  disk: Disk,
  path: string,
  signal: AbortSignal,
  digester?: Digester,
): Promise<Digested | undefined> {
  const mark = await markOf(disk, path);
  if (!mark?.isFile()) return undefined;
  try {
    if ((await disk.realpath(path)) !== path) return undefined;
    const file = await disk.open(path, READ_NO_LINK);
    try {
      const sha256 = await digestOf(file, Number(mark.size), signal, digester);
      return (await isStill(disk, path, mark)) ? { sha256, mark } : undefined;
    } finally {
      await file.close();
    }
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/**
 * The digest of an open file, from its beginning. Throws {@link TransferError} where it is shorter than that, what the disk
 * says, or the signal's reason.
 *
 * @param size In bytes.
 * @param digester Computes it; this thread does without it.
 */
export async function digestOf(
  file: Pick<DiskFile, 'read' | 'fd'>,
  size: number,
  signal: AbortSignal,
  digester = digestHere,
): Promise<string> {
  const digest = (size < WORTH_A_THREAD ? digestHere : digester)(file);
  for (let at = 0; at < size; ) {
    signal.throwIfAborted();
    at = Math.min(size, at + STRETCH);
    await digest.add(at);
  }
  return digest.end();
}

/** Writes a text to a new file that is to lie in a folder, and returns its path. Nothing is left behind when it throws. */
export async function writeBeside(disk: Disk, target: string, text: string): Promise<string> {
  const temporary = join(dirname(target), `.cyberun-${randomUUID()}.part`);
  try {
    await disk.writeFile(temporary, text, { flag: 'wx' });
    return temporary;
  } catch (error) {
    await disk.rm(temporary, { force: true });
    throw error;
  }
}

/** What comes of giving a temporary file its name; where that fails, the file is removed. */
export async function orRemove<T>(disk: Disk, temporary: string, naming: Promise<T>): Promise<T> {
  try {
    return await naming;
  } catch (error) {
    // Why it failed is what there is to be known.
    await disk.rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * Gives a file that is whole its name, in the same folder. It replaces nothing but `own`. When it throws, the temporary name
 * is the caller's to remove.
 *
 * @param own What lies there and is this action's, if anything is.
 * @throws {TransferError} when something else lies there, or `own` was written to
 */
export async function settle(disk: Disk, temporary: string, target: string, own: Mark | undefined): Promise<void> {
  const there = own === undefined ? undefined : await markOf(disk, target);
  if (own !== undefined && there !== undefined) {
    if (!isSame(there, own)) throw appeared(target, undefined);
    return disk.rename(temporary, target);
  }
  try {
    // Unlike a rename, it fails where something has the name, however late that came.
    await disk.link(temporary, target);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'EEXIST') throw appeared(target, error);
    // Not every file system has links (FAT, some networks').
    if ((await markOf(disk, target)) !== undefined) throw appeared(target, error);
    return disk.rename(temporary, target);
  }
  // A file that has its name may keep a second one for a while, but it is there.
  await disk.rm(temporary, { force: true }).catch(() => undefined);
}

/**
 * Gives a folder that is whole its name, with whatever has that name moved beside the temporary one, to be removed with it.
 *
 * @param temporary Absolute; nobody knows the folder that it is in.
 * @param isOwn Whether the file at a path below is this action's, and so may go.
 * @throws {TransferError} when something else has that name, or is in the folder that has it
 */
export async function settleFolder(
  disk: Disk,
  temporary: string,
  target: string,
  isOwn: (path: string) => Promise<boolean>,
): Promise<void> {
  const stranger = await findStranger(disk, target, isOwn);
  if (stranger !== undefined) {
    throw new TransferError(
      'final',
      inert`${stranger} is in the way, and no record that this api-key signed lists it as it is, so it is not this action's. Nothing was replaced. Choose another path, or remove it first.`,
    );
  }
  const old = `${temporary}.old`;
  const isThere = (await markOf(disk, target)) !== undefined;
  if (isThere) await disk.rename(target, old);
  try {
    await disk.rename(temporary, target);
  } catch (error) {
    if (isThere) await disk.rename(old, target).catch(() => undefined);
    throw appeared(target, error);
  }
}

/** The first thing at a path, or below it, that is neither a folder nor this action's. */
async function findStranger(
  disk: Disk,
  path: string,
  isOwn: (path: string) => Promise<boolean>,
): Promise<string | undefined> {
  const mark = await markOf(disk, path);
  if (mark === undefined) return undefined;
  if (!mark.isDirectory()) return (await isOwn(path)) ? undefined : path;
  for (const { name } of await disk.readdir(path, { withFileTypes: true })) {
    const stranger = await findStranger(disk, join(path, name), isOwn);
    if (stranger !== undefined) return stranger;
  }
  return undefined;
}

function appeared(target: string, cause: unknown): TransferError {
  return new TransferError(
    'final',
    inert`${target} was made or changed while its file was on its way: another step writes to this folder, too. It was not replaced. Give each step a path of its own, and fetch the files with task-id.`,
    { cause },
  );
}
