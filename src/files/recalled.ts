import { join, posix } from 'node:path';
import { parseJson } from '../base/json.ts';
import type { Mapping } from '../base/mapping.ts';
import { listIn, member, textIn } from '../base/members.ts';
import { parseTask } from '../cyberun/schema.ts';
import type { Followed } from '../task/followed.ts';
import { nothingKnown } from '../task/run.ts';
import type { Arrived } from './arrived.ts';
import type { Offer } from './collect.ts';
import type { HomeOptions } from './context.ts';
import { isListName } from './names.ts';
import { NOTHING_MISSING } from './promised.ts';
import type { Verified } from './record-read.ts';
import type { Listed, Said } from './record-text.ts';
import { isSelected, type Named } from './selection.ts';
import { AGENT, TASK_OUTPUT } from './statement.ts';

/** What a task offered, and is all here. */
export interface Here extends Offer {
  readonly outputs: readonly Arrived[];
  /** What came out of archives among these. */
  readonly unpacked: readonly Arrived[];
}

/** The fingerprint of the run that a record is of, if it has one. */
export function fingerprintIn({ value }: Said): string | undefined {
  return textIn(member(member(value, 'buildDefinition'), 'internalParameters'), 'fingerprint');
}

/** What a record says of a file beside its digest. */
export function annotationsOf(text: string): unknown {
  return member(JSON.parse(text), 'annotations');
}

/** What the task of a record offered, as far as the record knows: what is listed, whoever brought it, and what is not. */
export function offerIn({ value, own, earlier }: Verified, { folder, pattern }: HomeOptions): Here {
  const details = member(value, 'runDetails');
  const taskId = member(member(details, 'metadata'), 'invocationId');
  // What `pattern` selected in an earlier step.
  const before = earlier.filter(({ text }) => member(annotationsOf(text), 'taskId') === taskId);
  const places = new Map([...before, ...own].map((file) => [file.place, file]));
  const all = [...places.values()].flatMap((file) => (isListName(file.place) ? [] : arrivedFrom(file, folder)));
  const files = all.filter(({ archive }) => archive === undefined);
  const isWanted = (file: Named) => isSelected(file, pattern);
  const outputs = files.filter(isWanted);
  const paths = new Set<string | undefined>(outputs.map(({ path }) => path));
  const others = leftOutIn(value).filter(({ place }) => !places.has(place));
  return {
    outputs,
    unpacked: all.filter(({ archive }) => archive !== undefined && paths.has(archive)),
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

/** The task that a record is of, which completed. */
export function followedFrom(value: Mapping, order: HomeOptions): Followed {
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
  const archive = textIn(annotations, 'archive');
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
    archive: archive === undefined ? undefined : join(folder, archive),
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
