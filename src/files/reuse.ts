import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { archiveKind } from '../archive/kind.ts';
import type { Clock } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import { formatClock } from '../base/durations.ts';
import { type Inert, inert } from '../base/inert.ts';
import type { Mapping } from '../base/mapping.ts';
import { textIn } from '../base/members.ts';
import { isTaskId } from '../base/task-id.ts';
import type { Client } from '../cyberun/client.ts';
import { ApiError } from '../cyberun/errors.ts';
import { timeOf } from '../cyberun/times.ts';
import type { Followed, Reuse } from '../task/followed.ts';
import type { Digester } from '../transfer/digest.ts';
import type { HomeOptions } from './context.ts';
import { exists, makeFolder } from './folder.ts';
import { openGround } from './ground.ts';
import { reportOf } from './home.ts';
import { LISTS } from './names.ts';
import { describeOther } from './other.ts';
import { listOutputs } from './outputs.ts';
import { annotationsOf, fingerprintIn, followedFrom, type Here, offerIn } from './recalled.ts';
import { readVerified, type Verified } from './record-read.ts';
import type { TaskReport } from './report.ts';
import { describeSelected, isSelected, type Named } from './selection.ts';
import { settle } from './settle.ts';
import { unpackFolderOf } from './unpacked.ts';

/** What is in an order's folder of an earlier run. */
export type Earlier =
  /** All that its task would make. */
  | { readonly report: TaskReport; readonly offer: Here }
  /** All that is wanted, but packed, or beside what is listed and not there: nothing is to be fetched, and the lists to be written anew. */
  | ({ readonly followed: Followed; readonly offer: Here } & InTheWay)
  /** Only that its task completed: its files are to be fetched. */
  | ({ readonly followed: Followed; readonly lack: Lack } & InTheWay)
  /** Nothing that helps, and why, as a clause. */
  | ({ readonly why: Inert } & InTheWay);

/** Why not all files that are wanted are here: they never all came, or were not wanted then. */
type Lack = 'unfinished' | 'unselected';

interface InTheWay {
  /** Places of files that the record lists, and that were changed since. */
  readonly changed: readonly string[];
}

/** Who helps to look. */
export interface EarlierContext {
  readonly service: Pick<Client, 'result'>;
  /** What signed the record: the api-key. */
  readonly key: string;
  readonly disk: Disk;
  readonly clock: Pick<Clock, 'date'>;
  readonly signal: AbortSignal;
  /** Of the files there; this thread computes them without it. */
  readonly digester?: Digester;
}

/** How long the service keeps files, in milliseconds, by its API's pages: it may offer URLs of what is gone for longer. */
const KEPT = 7 * 24 * 60 * 60_000;

/**
 * Looks whether an order need not run: its folder holds a record of a run with the same fingerprint, and every file that is
 * wanted of it, with its digest; or a record of one whose files are not all here, and that the service still has.
 *
 * @throws {ApiError} where it cannot be known whether the service has them; or the signal's reason
 */
export async function findEarlier(order: HomeOptions, context: EarlierContext): Promise<Earlier> {
  const { folder, workspace, fingerprint } = order;
  const { key, disk, signal, digester } = context;
  if (fingerprint === undefined || !(await exists(disk, folder))) return NOTHING;
  const record = await readVerified(disk, await makeFolder(disk, workspace, folder), key, signal, digester);
  if (record === undefined) return NOTHING;
  const lost = await findLost(record, folder, disk);
  const changed = asidesOf(lost);
  if (fingerprintIn(record) !== fingerprint) return { why: describeOther(record.value, order), changed };
  const offer = offerIn(record, order);
  const followed = followedFrom(record.value, order);
  const lack = lackOf(record.value, offer.leftOut, order);
  if (lack !== undefined) {
    if (await isFetchable(followed, context)) return { followed, lack, changed };
    return { why: inert`${LACKS[lack].why}, and the service has them no more`, changed };
  }
  const wanted = new Set(offer.outputs.map(({ place }) => place));
  const needed = lost.find(({ place }) => wanted.has(place));
  if (needed !== undefined) {
    return { why: inert`${needed.place} ${needed.isThere ? 'was changed since it was made' : 'is missing'}`, changed };
  }
  // What else is listed is not needed, but has to be true.
  if (lost.length > 0 || (order.extract && isPacked(offer))) {
    const inTheWay = order.extract ? lost.filter(({ unpackedTo }) => unpackedTo !== undefined) : [];
    return { followed, offer, changed: asidesOf(inTheWay) };
  }
  return { report: reportFrom(followed, offer, order), offer };
}

/** The files that a record lists, and that are not as it says: changed, or gone. */
async function findLost({ own, earlier, verified }: Verified, folder: string, disk: Disk) {
  const files = new Map([...own, ...earlier].map((file) => [file.place, file]));
  const lost = [...files.values()].filter(({ place }) => !verified.has(place));
  return Promise.all(
    lost.map(async ({ place, text }): Promise<Lost> => {
      const isThere = await exists(disk, join(folder, place));
      const archive = textIn(annotationsOf(text), 'archive');
      return { place, isThere, unpackedTo: archive === undefined ? undefined : unpackFolderOf(place, archive) };
    }),
  );
}

interface Lost {
  readonly place: string;
  readonly isThere: boolean;
  /** The folder that its archive was unpacked to, where it came out of one. */
  readonly unpackedTo: string | undefined;
}

/** What is to be set aside for the changed ones among them: a folder that was unpacked is one thing. */
function asidesOf(lost: readonly Lost[]): string[] {
  return [...new Set(lost.flatMap(({ place, isThere, unpackedTo: whole }) => (isThere ? (whole ?? place) : [])))];
}

/**
 * Whether the service still has files of a task. Only its own word says that they are gone: whatever else keeps one from
 * knowing must not have the task paid for again.
 *
 * @throws {ApiError} where it cannot be known; or the signal's reason
 */
async function isFetchable({ taskId, reused }: Followed, { service, clock, signal }: EarlierContext): Promise<boolean> {
  const finished = timeOf(reused?.finishedOn);
  if (taskId === undefined || !isTaskId(taskId) || finished === undefined || clock.date() - finished > KEPT)
    return false;
  try {
    return listOutputs(await service.result(taskId, signal, true), taskId).length > 0;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 410)) return false;
    throw error;
  }
}

const NOTHING: Earlier = { why: inert`there is no earlier run in its folder`, changed: [] };

/**
 * Gives files that were changed another name beside, so that they are kept, and not in the way of those that are to come.
 * Returns their new places.
 *
 * @throws {TransferError} when a link leads to one, or the disk refuses
 */
export async function setAside(
  disk: Disk,
  { folder, workspace }: Pick<HomeOptions, 'folder' | 'workspace'>,
  places: readonly string[],
): Promise<string[]> {
  if (places.length === 0) return [];
  const ground = await openGround(disk, workspace, folder);
  await ground.make(places);
  return Promise.all(
    places.map(async (place) => {
      const aside = `${place}.changed-${randomUUID().slice(0, 8)}`;
      await ground.check(place);
      await settle(disk, join(ground.real, place), join(ground.real, aside), undefined);
      return aside;
    }),
  );
}

/** That as a sentence without its full stop. */
export function describeEarlier(earlier: Earlier): Inert {
  if ('why' in earlier) return inert`Runs, as ${earlier.why}`;
  const { taskId, runTime, reused } = 'report' in earlier ? earlier.report : earlier.followed;
  if ('lack' in earlier) {
    return inert`Fetches the files of task ${taskId ?? 'unknown'}${dayOf(reused)}, ${LACKS[earlier.lack].told}`;
  }
  const { outputs, leftOut } = earlier.offer;
  const what = describeSelected(outputs.length, outputs.length + leftOut.length);
  const ran = runTime === undefined ? '' : `, which ran ${formatClock(runTime)}`;
  return inert`Reused from task ${taskId ?? 'unknown'}${dayOf(reused)}${ran}: ${what}`;
}

function dayOf(reused: Reuse | undefined): string {
  return reused?.finishedOn === undefined ? '' : ` of ${reused.finishedOn.replace(/T.*/, '')}`;
}

/** As if it had run now. */
function reportFrom(
  followed: Followed,
  { outputs, unpacked, output }: Here,
  { folder, extract }: HomeOptions,
): TaskReport {
  const lists = { checksumsPath: join(folder, LISTS.checksums), recordPath: join(folder, LISTS.record) };
  const files = extract ? [...outputs, ...unpacked] : outputs;
  return { ...reportOf(followed), output, files, ...(outputs.length > 0 && lists) };
}

/** What is missing of what `pattern` selects, if anything is. */
function lackOf(record: Mapping, leftOut: readonly Named[], { pattern }: HomeOptions): Lack | undefined {
  if (record.complete !== true) return 'unfinished';
  return leftOut.some((file) => isSelected(file, pattern)) ? 'unselected' : undefined;
}

const LACKS = {
  unfinished: {
    told: inert`which completed, but did not all come`,
    why: inert`not all files of the earlier run arrived`,
  },
  unselected: {
    told: inert`which completed, and had more than pattern selected then`,
    why: inert`pattern selects files of the earlier run that it did not select then`,
  },
};

/** Whether there is an archive of which nothing was unpacked: nobody asked for it then, or it could not be. */
function isPacked({ outputs, unpacked }: Here): boolean {
  const done = new Set(unpacked.map(({ archive }) => archive));
  return outputs.some(({ name, path }) => archiveKind(name) !== undefined && !done.has(path));
}
