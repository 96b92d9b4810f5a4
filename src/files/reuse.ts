import { join, posix } from 'node:path';
import type { Disk } from '../base/disk.ts';
import { type Inert, inert } from '../base/inert.ts';
import { parseJson } from '../base/json.ts';
import { isMapping, type Mapping } from '../base/mapping.ts';
import { nothingKnown } from '../task/run.ts';
import type { HomeOptions } from './context.ts';
import type { Arrived } from './downloads.ts';
import { exists, makeFolder } from './folder.ts';
import { reportOf } from './home.ts';
import { CHECKSUMS_NAME, RECORD_NAME } from './names.ts';
import { readVerified, type Verified } from './record.ts';
import type { Listed } from './record-text.ts';
import type { TaskReport } from './report.ts';
import { AGENT, TASK_OUTPUT } from './statement.ts';

/** What is in an order's folder: all that its task would make, or why not, as a clause. */
export type Earlier = { readonly report: TaskReport } | { readonly why: Inert };

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
  if (member(member(buildDefinition, 'internalParameters'), 'fingerprint') !== fingerprint) {
    return { why: inert`what is in its folder is of another run` };
  }
  if (complete !== true) return { why: inert`not all files of the earlier run arrived` };
  const changed = [...record.own, ...record.earlier].find(({ place }) => !record.verified.has(place));
  if (changed !== undefined) return { why: inert`${changed.place} is missing, or no longer as it was` };
  return { report: reportFrom(record, order) };
}

const NOTHING: Earlier = { why: inert`there is no earlier run in its folder` };

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
    files: own.flatMap((file) => (file.place === CHECKSUMS_NAME ? [] : arrivedFrom(file, folder))),
    checksumsPath: join(folder, CHECKSUMS_NAME),
    recordPath: join(folder, RECORD_NAME),
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
