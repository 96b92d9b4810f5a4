import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Disk } from '../base/disk.ts';
import { inert } from '../base/inert.ts';
import { TransferError } from '../transfer/errors.ts';
import { createWriter } from '../transfer/file.ts';
import { openGround } from './ground.ts';
import type { ListNames } from './names.ts';
import { writeRecord } from './record.ts';
import { look } from './record-read.ts';
import { listed, withFile } from './record-text.ts';
import { markOf, settle } from './settle.ts';

/** Who helps to write one. */
export interface PageContext {
  readonly disk: Disk;
  /** Signs the record: the api-key. */
  readonly key: string;
  readonly signal: AbortSignal;
}

/**
 * Writes a page into a folder that has a record of this action's own, which lists it from before it has its name. One of an
 * earlier run is replaced. Returns its path, as it is told to users.
 *
 * @param pieces Its text; only one of them is held at a time.
 * @throws {TransferError} where something else has its name, or the record is gone; what the disk says; or the signal's reason
 */
export async function writePage(
  pieces: AsyncIterable<string>,
  { workspace, folder }: { readonly workspace: string; readonly folder: string },
  names: ListNames,
  { disk, key, signal }: PageContext,
): Promise<string> {
  const ground = await openGround(disk, workspace, folder);
  const { page } = names;
  const target = join(ground.real, page);
  const before = await markOf(disk, target);
  const found = await look(disk, ground.real, names, key, signal, true);
  if ('foreign' in found) throw new TransferError('final', inert`in ${folder} ${found.foreign}. Nothing was replaced`);
  let record = found.mark;

  async function list(sha256: string, isAlone: boolean): Promise<void> {
    const text = await disk.readFile(join(ground.real, names.record), 'utf8');
    const more = withFile(text, listed(page, sha256, { mediaType: 'text/html' }), isAlone, key);
    if (more === undefined) throw new TransferError('final', inert`${names.record} was changed meanwhile`);
    record = await writeRecord(disk, ground, names.record, more, record);
  }

  const temporary = join(ground.real, `.cyberun-${randomUUID()}.part`);
  try {
    await ground.check(page);
    const sha256 = await writeNew(disk, temporary, pieces, signal);
    await list(sha256, false);
    await ground.check(page);
    await settle(disk, temporary, target, before);
    // Until now, the record claimed the old page as well as the new one.
    if (before !== undefined) await list(sha256, true);
    return join(folder, page);
  } finally {
    await disk.rm(temporary, { force: true });
  }
}

/** Writes a new file, and returns its digest. */
async function writeNew(disk: Disk, path: string, pieces: AsyncIterable<string>, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const file = await disk.open(path, 'wx+');
  try {
    const writer = createWriter(file, 0);
    for await (const piece of pieces) {
      signal.throwIfAborted();
      const bytes = Buffer.from(piece);
      hash.update(bytes);
      await writer.write(bytes);
    }
    await writer.flush();
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}
