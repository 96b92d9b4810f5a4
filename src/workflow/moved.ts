import { basename, join } from 'node:path';
import { inert } from '../base/inert.ts';
import { makeFolder } from '../files/folder.ts';
import { fingerprintIn } from '../files/recalled.ts';
import { readSaid } from '../files/record-read.ts';
import { type Earlier, findEarlier } from '../files/reuse.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { Order } from '../matrix/plan.ts';
import type { PrepareContext } from './context.ts';

/** Folders that are looked into. */
const MOST_FOLDERS = 5_000;

/** Looks for what combinations make under other names. */
export interface Moved {
  /**
   * What a folder that no order of the plan has holds of an order's run. It gets the order's name, unless that is only to be
   * planned. `undefined` where there is none.
   *
   * @throws as {@link findEarlier}; or what the disk says
   */
  find(order: Order): Promise<Earlier | undefined>;
}

/**
 * A combination's folder is called by the values of the keys that have several, so it has another name when a key gets its
 * second value, and what it makes is still the same.
 *
 * @param orders All of the plan.
 */
export function createMoved(orders: readonly Order[], inputs: Inputs, context: PrepareContext): Moved {
  const { workspace, folder, apiKey: key, dryRun } = inputs;
  const { disk, log } = context;
  const taken = new Set(orders.map((order) => order.folder));
  let looking: Promise<Map<string, string>> | undefined;

  /** Folders by the fingerprint of the run in them. */
  async function look(): Promise<Map<string, string>> {
    const real = await makeFolder(disk, workspace, folder);
    const found = new Map<string, string>();
    for (const entry of (await disk.readdir(real, { withFileTypes: true })).slice(0, MOST_FOLDERS)) {
      if (!entry.isDirectory() || taken.has(join(folder, entry.name))) continue;
      const said = await readSaid(disk, join(real, entry.name), key);
      const fingerprint = said === undefined ? undefined : fingerprintIn(said);
      if (fingerprint !== undefined) found.set(fingerprint, entry.name);
    }
    return found;
  }

  return {
    async find(order) {
      looking ??= look();
      const folders = await looking;
      const { fingerprint = '' } = order;
      const name = folders.get(fingerprint);
      if (name === undefined) return undefined;
      folders.delete(fingerprint);
      if (dryRun) return findEarlier({ ...order, folder: join(folder, name) }, { ...context, key });
      const real = await makeFolder(disk, workspace, folder);
      const own = basename(order.folder);
      await disk.rename(join(real, name), join(real, own));
      log.info(inert`The folder ${name} is called ${own} now, as that combination is`);
      return findEarlier(order, { ...context, key });
    },
  };
}
