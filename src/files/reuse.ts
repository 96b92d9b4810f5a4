import { randomUUID } from 'node:crypto';
import { join, posix } from 'node:path';
import type { Disk } from '../base/disk.ts';
import { formatClock } from '../base/durations.ts';
import { type Inert, inert } from '../base/inert.ts';
import { parseJson } from '../base/json.ts';
import { isMapping, type Mapping } from '../base/mapping.ts';
import { nothingKnown } from '../task/run.ts';
import type { HomeOptions } from './context.ts';
import type { Arrived } from './downloads.ts';
import { exists, makeFolder } from './folder.ts';
import { openGround } from './ground.ts';
import { reportOf } from './home.ts';
import { LISTS } from './names.ts';
import { readVerified, type Verified } from './record.ts';
import type { Listed } from './record-text.ts';
import type { TaskReport } from './report.ts';
import { settle } from './settle.ts';
import { AGENT, TASK_OUTPUT } from './statement.ts';

/** What is in an order's folder: all that its task would make, or why not, as a clause. */
export type Earlier =
  | { readonly report: TaskReport }
  | {
      readonly why: Inert;
      /** Places of files that its record lists, and that were changed since. */
      readonly changed: readonly string[];
    };

/**
 * Looks whether an order need not run: its folder holds a record of a run with the same fingerprint that came to its end,
 * and every file that it lists, with its digest. Throws the signal's reason.
 *
 * @param key What signed the record: the api-key.
 */
export async function findEarlier(order: HomeOptions, key: string, disk: Disk, signal: AbortSignal): Promise<Earlier> {
  const { folder, workspace, fingerprint } = order;
  if (fingerprint === undefined || !(await exists(disk, folder))) return NOTHING;
  const record = await readVerified(disk, await makeFolder(disk, workspace, folder), key, signal);
  if (record === undefined) return NOTHING;
  const { buildDefinition, complete } = record.value;
  const listed = [...record.own, ...record.earlier].map(({ place }) => place);
  const lost = [...new Set(listed)].filter((place) => !record.verified.has(place));
  const there = await Promise.all(lost.map((place) => exists(disk, join(folder, place))));
  const changed = lost.filter((_, index) => there[index]);
  if (member(member(buildDefinition, 'internalParameters'), 'fingerprint') !== fingerprint) {
    return { why: inert`what is in its folder is of another run`, changed };
  }
  const [first] = lost;
  if (first !== undefined) return { why: inert`${first} is missing, or no longer as it was`, changed };
  if (complete !== true) return { why: inert`not all files of the earlier run arrived`, changed };
  return { report: reportFrom(record, order) };
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
  const { taskId, runTime, reused, files } = earlier.report;
  const day = reused?.finishedOn === undefined ? '' : ` of ${reused.finishedOn.replace(/T.*/, '')}`;
  const ran = runTime === undefined ? '' : `, which ran ${formatClock(runTime)}`;
  return inert`Reused from task ${taskId ?? 'unknown'}${day}${ran}: ${files.length === 1 ? '1 file' : `${files.length} files`}`;
}

/** As if it had run now. */
function reportFrom({ value, own }: Verified, order: HomeOptions): TaskReport {
  const { folder } = order;
  const details = member(value, 'runDetails');
  const metadata = member(details, 'metadata');
  const others = listIn(member(details, 'byproducts')).filter((one) => member(one, 'digest') === undefined);
  const agent = member(
    others.find((one) => member(one, 'name') === AGENT),
    'annotations',
  );
  return {
    ...reportOf(nothingKnown(order)),
    taskId: textIn(metadata, 'invocationId'),
    status: 'completed',
    parameters: parametersFrom(value, order),
    agentId: textIn(agent, 'agentId'),
    gpuType: textIn(agent, 'gpuType'),
    queueTime: timeIn(metadata, 'queueSeconds'),
    runTime: timeIn(metadata, 'runSeconds'),
    output: outputFrom(others),
    files: own.flatMap((file) => (file.place === LISTS.checksums ? [] : arrivedFrom(file, folder))),
    checksumsPath: join(folder, LISTS.checksums),
    recordPath: join(folder, LISTS.record),
    reused: { finishedOn: textIn(metadata, 'finishedOn') },
  };
}

/** Nothing is uploaded anew: files have the keys of then. */
function parametersFrom(value: Mapping, { target, digests }: HomeOptions): Mapping {
  const given = 'taskId' in target ? {} : target.submission.parameters;
  const sent = member(member(member(value, 'buildDefinition'), 'externalParameters'), 'parameters');
  return { ...given, ...Object.fromEntries([...digests.keys()].map((name) => [name, member(sent, name)])) };
}

function outputFrom(others: readonly unknown[]): unknown {
  const content = textIn(
    others.find((one) => member(one, 'name') === TASK_OUTPUT),
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
    path: join(folder, place),
    output: textIn(annotations, 'output') ?? '',
    bytes: typeof bytes === 'number' ? bytes : 0,
    mediaType: textIn(about, 'mediaType'),
    encoding: textIn(annotations, 'encoding'),
  };
}

function member(value: unknown, name: string): unknown {
  return isMapping(value) ? value[name] : undefined;
}

function textIn(value: unknown, name: string): string | undefined {
  const text = member(value, name);
  return typeof text === 'string' ? text : undefined;
}

/** Seconds, as milliseconds. */
function timeIn(value: unknown, name: string): number | undefined {
  const seconds = member(value, name);
  return typeof seconds === 'number' ? seconds * 1000 : undefined;
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
