import { dirname, join } from 'node:path';
import type { Disk, DiskEntry } from '../base/disk.ts';
import { inert } from '../base/inert.ts';
import { TransferError } from '../transfer/errors.ts';
import { makeFolder, makeSubfolders } from './folder.ts';

/** A folder of the workspace to which files come, and those below it. Places in it have `/` between components. */
export interface Ground {
  /** Absolute, all links followed. */
  readonly real: string;
  /** As it is told to users. */
  readonly seen: string;
  /** Whether nothing was in it when it was opened. */
  readonly isEmpty: boolean;
  /** Makes the folders of those places. Throws as {@link makeSubfolders}. */
  make(places: readonly string[]): Promise<void>;
  /**
   * Makes sure that the folder of a place is still the one that was checked or made; asked before anything is opened or
   * gets its name there, as steps that run beside this one, or what they left running, may put a link in its stead.
   *
   * @throws {TransferError} when it is another one, or none any more
   */
  check(place: string): Promise<void>;
}

/**
 * Makes a folder for files to come.
 *
 * @throws {TransferError} when it leads out of the workspace; or what the disk says
 */
export async function openGround(disk: Disk, workspace: string, folder: string): Promise<Ground> {
  const real = await makeFolder(disk, workspace, folder);
  const known = new Map<string, DiskEntry>();
  const folderOf = (place: string) => dirname(join(real, place));
  const looks = new Map<string, Promise<DiskEntry | undefined>>();

  /** Who ask in the same turn share one look: files come in bursts. It begins after all of them asked. */
  function look(path: string): Promise<DiskEntry | undefined> {
    const shared =
      looks.get(path) ??
      Promise.resolve().then(() => {
        looks.delete(path);
        return disk.lstat(path, { bigint: true }).catch(() => undefined);
      });
    looks.set(path, shared);
    return shared;
  }

  async function learn(path: string): Promise<void> {
    if (!known.has(path)) known.set(path, await disk.lstat(path, { bigint: true }));
  }
  await learn(real);
  const isEmpty = await disk.readdir(real, { withFileTypes: true }).then(
    (entries) => entries.length === 0,
    // It may be one that can be written to and not be read.
    () => false,
  );
  return {
    real,
    seen: folder,
    isEmpty,
    async make(places) {
      await makeSubfolders(disk, real, places);
      for (const place of places) await learn(folderOf(place));
    },
    async check(place) {
      const path = folderOf(place);
      const before = known.get(path);
      const now = await look(path);
      if (before?.isDirectory() && now?.isDirectory() && now.dev === before.dev && now.ino === before.ino) return;
      throw new TransferError(
        'final',
        inert`The folder ${path} is no longer the one that this step checked: something else in this job replaced or removed it. Nothing more was written there. Choose another path, or have the other step wait.`,
      );
    },
  };
}
