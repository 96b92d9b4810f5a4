import { dirname, join, posix, relative, sep } from 'node:path';
import { lookup } from 'mrmime';
import pLimit from 'p-limit';
import type { Disk } from '../base/disk.ts';
import { messageFor } from '../base/errors.ts';
import { inert } from '../base/inert.ts';
import { downloadFile, type Fetched } from '../transfer/download.ts';
import { TransferError } from '../transfer/errors.ts';
import { type Meter, type Source, STORAGE_CONNECTIONS, type TransferContext } from '../transfer/storage.ts';
import { type Arrived, describe } from './arrived.ts';
import { exists } from './folder.ts';
import { type Ground, openGround } from './ground.ts';
import { LISTS, type ListNames } from './names.ts';
import { type Author, type FolderRecord, openRecord, type RecordContext } from './record.ts';
import type { Named } from './selection.ts';
import { orRemove } from './settle.ts';
import { type Unpacked, type UnpackFolders, unpackAll } from './unpacked.ts';

/** Files fetched at one time: as many as the storage may have connections, of which large ones share what is left. */
const FILES_AT_ONCE = STORAGE_CONNECTIONS;

/** One file to bring home. */
export interface Wanted extends Named {
  /** Where it is to be fetched from, or itself, where it has its place already, and the digest that is said here. */
  readonly from: Source | Arrived;
}

/** What came of fetching several files. */
export interface Downloads extends Lists {
  /** In the order of what was wanted. */
  readonly files: readonly Arrived[];
  /** Why others did not arrive, in the same order. */
  readonly failures: readonly { readonly place: string; readonly error: unknown }[];
  /** What came of the archives among them, where they were to be unpacked. */
  readonly unpacked: readonly Unpacked[];
  /** Places of files of an earlier run or step that had other bytes, and are gone now. */
  readonly replaced: readonly string[];
}

/** Where several files are to go. */
export interface Destination {
  readonly workspace: string;
  readonly folder: string;
  /** Where archives are to be unpacked to; none for those that stay as they are. */
  readonly unpackFolders?: UnpackFolders;
}

/**
 * Fetches files into a folder inside the workspace, and folders below it, each to its place: these are safe and unique. The folder's record lists each before it gets its name, and `SHA256SUMS` lists them all.
 * A file that the record says is this action's own is replaced; any other that is in the way is an error, and stays.
 *
 * An abort is a failure of the files that had not arrived by then; no half file stays behind.
 *
 * @param onArrival Told all files that have arrived, in the order of what was wanted, and then what was unpacked, whenever
 *   there is more.
 * @throws {TransferError} when the folder cannot be used
 */
export async function downloadAll(
  wanted: readonly Wanted[],
  { workspace, folder, unpackFolders = new Map() }: Destination,
  author: Author & { readonly taskId: string },
  context: TransferContext,
  meter: Meter,
  onArrival: (files: readonly Arrived[]) => void,
): Promise<Downloads> {
  const { disk } = context;
  const ground = await openGround(disk, workspace, folder);
  const places = wanted.map(({ place }) => place);
  const record = await openRecord(ground, author, context);
  await refuseStrangers(disk, ground, places, record);
  await ground.make(places);
  await record.begin();

  async function bring(source: Source, place: string): Promise<Fetched> {
    context.signal.throwIfAborted();
    await ground.check(place);
    return downloadFile(source, dirname(join(ground.real, place)), context, meter);
  }

  const arrived: (Arrived | undefined)[] = [];
  const changed = new Set<string>();
  const inOrder = () => arrived.filter((file) => file !== undefined);
  const limit = pLimit(FILES_AT_ONCE);
  let coming = wanted.length;
  function come(): void {
    coming -= 1;
    if (coming === 0) record.hurry();
  }
  const settled = await Promise.allSettled(
    wanted.map(async ({ output, safeName, place, from }, index) => {
      if ('sha256' in from) {
        come();
        if (record.claims(place) !== from.sha256) throw gone(place);
        await record.adopt([describe(from, place, author.taskId)]);
        arrived[index] = from;
        return onArrival(inOrder());
      }
      const name = posix.basename(place);
      // The next one need not wait until the record lists this one.
      const { temporary, ...download } = await limit(() => bring(from, place)).finally(come);
      const mediaType = download.mediaType ?? lookup(name);
      const file = { ...download, mediaType, output, safeName, name, place, path: join(folder, place) };
      const before = record.claims(place) ?? file.sha256;
      await orRemove(disk, temporary, record.add(describe(file, place, author.taskId), temporary));
      if (before !== file.sha256) changed.add(place);
      arrived[index] = file;
      onArrival(inOrder());
    }),
  );
  const files = inOrder();
  const failures = settled.flatMap((one, index) =>
    one.status === 'rejected' ? [{ place: places[index] ?? '', error: one.reason }] : [],
  );
  const replaced = files.flatMap(({ place }) => (changed.has(place) ? [place] : []));
  const unpacking = { archives: files, folders: unpackFolders, ground, record, taskId: author.taskId };
  const filesOf = (all: readonly Unpacked[]) => all.flatMap((one) => one.files);
  const unpacked = await unpackAll(unpacking, context, (all) => onArrival([...files, ...filesOf(all)]));
  const all = [...places, ...filesOf(unpacked).map(({ place }) => place)];
  const lists = files.length === 0 ? NO_LISTS : await seal(record, folder, LISTS, all);
  return { files, failures, unpacked, replaced, ...lists };
}

/**
 * Lists the files of several folders below `folder` in one record and one list of digests there. What an earlier step listed
 * there is still its own, and may still be attested.
 */
export async function listTogether(
  files: readonly (Arrived & { readonly taskId: string | undefined })[],
  { workspace, folder }: Destination,
  names: ListNames,
  author: Author,
  context: RecordContext,
): Promise<Lists> {
  if (files.length === 0) return NO_LISTS;
  const ground = await openGround(context.disk, workspace, folder);
  const below = files.map((file) => describe(file, relative(folder, file.path).split(sep).join('/'), file.taskId));
  const places = below.map(({ place }) => place);
  const record = await openRecord(ground, author, context, new Set(places), names);
  await record.adopt(below);
  return seal(record, folder, names, places);
}

/** The lists of what is in a folder; `undefined` when no file arrived. */
export interface Lists {
  /** Absolute path of the `SHA256SUMS` file. */
  readonly checksumsPath: string | undefined;
  /** Absolute path of the record. */
  readonly recordPath: string | undefined;
}

const NO_LISTS: Lists = { checksumsPath: undefined, recordPath: undefined };

function gone(place: string): TransferError {
  return new TransferError(
    'final',
    inert`${place} was there when this step began, and was changed or removed since: another step writes to this folder, too. Give each step a path of its own, and run this job again.`,
  );
}

async function seal(record: FolderRecord, folder: string, names: ListNames, places: readonly string[]): Promise<Lists> {
  try {
    await record.seal(places);
  } catch (cause) {
    throw new TransferError(
      'final',
      inert`The files are there, but ${names.checksums}, the list of their digests, could not be written: ${messageFor(cause)}. Free space on the runner, or use a larger one.`,
      { cause },
    );
  }
  return { checksumsPath: join(folder, names.checksums), recordPath: join(folder, names.record) };
}

/** A checkout's own files, or another step's, must not be replaced by what a service chose to name alike. */
async function refuseStrangers(
  disk: Disk,
  { real, seen, isEmpty }: Ground,
  places: readonly string[],
  record: FolderRecord,
): Promise<void> {
  if (isEmpty) return;
  const there = await Promise.all(
    places.map(async (place) => record.claims(place) === undefined && (await exists(disk, join(real, place)))),
  );
  const strangers = places.filter((_, index) => there[index]);
  if (strangers.length === 0) return;
  throw new TransferError(
    'final',
    inert`${strangers.slice(0, 5).join(', ')} exists in ${seen} already, and no ${LISTS.record} there that this api-key signed lists it as it is, so it is not this action's. Nothing was replaced. Choose another path and fetch the files with task-id, or remove it first.`,
  );
}
