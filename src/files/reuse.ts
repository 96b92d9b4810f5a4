import { randomUUID } from 'node:crypto';
import { join, posix } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import { formatClock } from '../base/durations.ts';
import { type Inert, inert } from '../base/inert.ts';
import { parseJson } from '../base/json.ts';
import type { Mapping } from '../base/mapping.ts';
import { listIn, member, textIn } from '../base/members.ts';
import { isTaskId } from '../base/task-id.ts';
import type { Client } from '../cyberun/client.ts';
import { ApiError } from '../cyberun/errors.ts';
import { parseTask } from '../cyberun/schema.ts';
import { timeOf } from '../cyberun/times.ts';
import type { Followed, Reuse } from '../task/followed.ts';
import { nothingKnown } from '../task/run.ts';
import type { Offer } from './collect.ts';
import type { HomeOptions } from './context.ts';
import type { Arrived } from './downloads.ts';
import { exists, makeFolder } from './folder.ts';
import { openGround } from './ground.ts';
import { reportOf } from './home.ts';
import { LISTS } from './names.ts';
import { describeOther } from './other.ts';
import { listOutputs } from './outputs.ts';
import { NOTHING_MISSING } from './promised.ts';
import { readVerified, type Verified } from './record-read.ts';
import type { Listed, Said } from './record-text.ts';
import type { TaskReport } from './report.ts';
import { describeShare, isSelected, type Named } from './selection.ts';
import { settle } from './settle.ts';
import { AGENT, TASK_OUTPUT } from './statement.ts';

/** What is in an order's folder of an earlier run. */
export type Earlier =
  /** All that its task would make. */
  | { readonly report: TaskReport; readonly offer: Here }
  /** All that is wanted, beside what is listed and not there: nothing is to be fetched, and the lists to be written anew. */
  | ({ readonly followed: Followed; readonly offer: Here } & InTheWay)
  /** Only that its task completed: its files are to be fetched. */
  | ({ readonly followed: Followed; readonly lack: Lack } & InTheWay)
  /** Nothing that helps, and why, as a clause. */
  | ({ readonly why: Inert } & InTheWay);

/** What a task offered, and is all here. */
export interface Here extends Offer {
  readonly outputs: readonly Arrived[];
}

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
}

/** How long the service keeps files, in milliseconds, by its API's pages: it may offer URLs of what is gone for longer. */
const KEPT = 7 * 24 * 60 * 60_000;

/**
 * Looks whether an order need not run: its folder holds a record of a run with the same fingerprint, and every file that it
 * lists, with its digest; or a record of one whose files never all came, and that the service still has.
 *
 * @throws {ApiError} where it cannot be known whether the service has them; or the signal's reason
 */
export async function findEarlier(order: HomeOptions, context: EarlierContext): Promise<Earlier> {
  const { folder, workspace, fingerprint } = order;
  const { key, disk, signal } = context;
  if (fingerprint === undefined || !(await exists(disk, folder))) return NOTHING;
  const record = await readVerified(disk, await makeFolder(disk, workspace, folder), key, signal);
  if (record === undefined) return NOTHING;
  const lost = await findLost(record, folder, disk);
  const changed = lost.filter(({ isThere }) => isThere).map(({ place }) => place);
  if (fingerprintIn(record) !== fingerprint) return { why: describeOther(record.value, order), changed };
  const offer = offerIn(record, order);
  const followed = followedFrom(record.value, order);
  const lack = lackOf(record.value, offer.leftOut, order);
  if (lack !== undefined) {
    if (await isFetchable(followed, context)) return { followed, lack, changed };
    return { why: inert`${LACKS[lack].why}, and the service has them no more`, changed };
  }
  const needed = lost.find(({ place }) => offer.outputs.some((file) => file.place === place));
  if (needed !== undefined) {
    return { why: inert`${needed.place} ${needed.isThere ? 'was changed since it was made' : 'is missing'}`, changed };
  }
  // What else is listed is not needed, but has to be true.
  if (lost.length > 0) return { followed, offer, changed: [] };
  return { report: reportFrom(followed, offer, order), offer };
}

/** The files that a record lists, and that are not as it says: changed, or gone. */
async function findLost({ own, earlier, verified }: Verified, folder: string, disk: Disk) {
  const places = new Set([...own, ...earlier].map(({ place }) => place));
  const lost = [...places].filter((place) => !verified.has(place));
  return Promise.all(lost.map(async (place) => ({ place, isThere: await exists(disk, join(folder, place)) })));
}

/** The fingerprint of the run that a record is of, if it has one. */
export function fingerprintIn({ value }: Said): string | undefined {
  return textIn(member(member(value, 'buildDefinition'), 'internalParameters'), 'fingerprint');
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
      await disk.rm(join(ground.real, place), { force: true });
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
  const what = describeShare(outputs.length, outputs.length + leftOut.length);
  const ran = runTime === undefined ? '' : `, which ran ${formatClock(runTime)}`;
  return inert`Reused from task ${taskId ?? 'unknown'}${dayOf(reused)}${ran}: ${what}`;
}

function dayOf(reused: Reuse | undefined): string {
  return reused?.finishedOn === undefined ? '' : ` of ${reused.finishedOn.replace(/T.*/, '')}`;
}

/** As if it had run now. */
function reportFrom(followed: Followed, { outputs, output }: Here, { folder }: HomeOptions): TaskReport {
  const lists = { checksumsPath: join(folder, LISTS.checksums), recordPath: join(folder, LISTS.record) };
  return { ...reportOf(followed), output, files: outputs, ...(outputs.length > 0 && lists) };
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

/** What the task of a record offered, as far as the record knows: what is listed, whoever brought it, and what is not. */
function offerIn({ value, own, earlier }: Verified, { folder, pattern }: HomeOptions): Here {
  const details = member(value, 'runDetails');
  const taskId = member(member(details, 'metadata'), 'invocationId');
  // What `pattern` selected in an earlier step.
  const before = earlier.filter(({ text }) => member(member(JSON.parse(text), 'annotations'), 'taskId') === taskId);
  const places = new Map([...before, ...own].map((file) => [file.place, file]));
  const files = [...places.values()].flatMap((file) =>
    file.place === LISTS.checksums ? [] : arrivedFrom(file, folder),
  );
  const isWanted = (file: Named) => isSelected(file, pattern);
  const others = leftOutIn(value).filter(({ place }) => !places.has(place));
  return {
    outputs: files.filter(isWanted),
    leftOut: [...files.filter((file) => !isWanted(file)), ...others],
    missing: NOTHING_MISSING,
    output: outputFrom(listIn(member(details, 'byproducts'))),
  };
}

/** What a run had, and `pattern` did not select. */
function leftOutIn(record: Mapping): Named[] {
  return listIn(member(record, 'leftOut')).flatMap((one) => {
    const [place, output, safeName] = [textIn(one, 'name'), textIn(one, 'output'), textIn(one, 'safeName')];
    return place === undefined || output === undefined ? [] : [{ place, output, safeName }];
  });
}

/** The task of the earlier run, which completed. */
function followedFrom(value: Mapping, order: HomeOptions): Followed {
  const details = member(value, 'runDetails');
  const metadata = member(details, 'metadata');
  const agent = member(
    listIn(member(details, 'byproducts')).find((one) => member(one, 'name') === AGENT && !isFile(one)),
    'annotations',
  );
  const taskId = textIn(metadata, 'invocationId');
  const finishedOn = textIn(metadata, 'finishedOn');
  const task = parseTask({ started_at: textIn(metadata, 'startedOn'), completed_at: finishedOn });
  return {
    ...nothingKnown(order),
    taskId,
    status: 'completed',
    parameters: parametersFrom(value, order),
    agentId: textIn(agent, 'agentId'),
    gpuType: textIn(agent, 'gpuType'),
    queueTime: timeIn(metadata, 'queueSeconds'),
    runTime: timeIn(metadata, 'runSeconds'),
    reused: { finishedOn },
    ended: taskId === undefined ? undefined : { ...COMPLETED, taskId, task },
  };
}

const COMPLETED = {
  type: 'ended',
  status: 'completed',
  word: 'completed',
  error: undefined,
  output: undefined,
  isConfirmed: true,
} as const;

/** Nothing is uploaded anew: files have the keys of then. */
function parametersFrom(value: Mapping, { target, digests }: HomeOptions): Mapping {
  const given = 'taskId' in target ? {} : target.submission.parameters;
  const sent = member(member(member(value, 'buildDefinition'), 'externalParameters'), 'parameters');
  return { ...given, ...Object.fromEntries([...digests.keys()].map((name) => [name, member(sent, name)])) };
}

function outputFrom(byproducts: readonly unknown[]): unknown {
  const content = textIn(
    byproducts.find((one) => member(one, 'name') === TASK_OUTPUT && !isFile(one)),
    'content',
  );
  return content === undefined ? undefined : parseJson(Buffer.from(content, 'base64').toString());
}

function arrivedFrom({ place, sha256, text }: Listed, folder: string): Arrived {
  const about: unknown = JSON.parse(text);
  const annotations = member(about, 'annotations');
  const bytes = member(annotations, 'bytes');
  return {
    place,
    sha256,
    name: posix.basename(place),
    safeName: textIn(annotations, 'safeName'),
    path: join(folder, place),
    output: textIn(annotations, 'output') ?? '',
    bytes: typeof bytes === 'number' ? bytes : 0,
    mediaType: textIn(about, 'mediaType'),
    encoding: textIn(annotations, 'encoding'),
  };
}

/** A file may be called anything. */
function isFile(byproduct: unknown): boolean {
  return member(byproduct, 'digest') !== undefined;
}

/** Seconds, as milliseconds. */
function timeIn(value: unknown, name: string): number | undefined {
  const seconds = member(value, name);
  return typeof seconds === 'number' ? seconds * 1000 : undefined;
}
