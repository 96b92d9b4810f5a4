import { createHash } from 'node:crypto';
import { join, relative, sep } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import { messageFor } from '../base/errors.ts';
import { inert } from '../base/inert.ts';
import type { Digester } from '../transfer/digest.ts';
import { TransferError } from '../transfer/errors.ts';
import { formatChecksums } from './checksums.ts';
import type { Ground } from './ground.ts';
import { isListName, LISTS, type ListNames } from './names.ts';
import { LARGEST_RECORD, type Looked, look, verify } from './record-read.ts';
import { definitionIn, formatRecord, type Listed, listed } from './record-text.ts';
import { createSaver } from './saver.ts';
import { isStill, type Mark, markOf, orRemove, settle, settleFolder, writeBeside } from './settle.ts';
import type { Statement } from './statement.ts';

/** Who helps to keep one. */
export interface RecordContext {
  readonly disk: Disk;
  readonly clock: Pick<Clock, 'now' | 'after'>;
  readonly signal: AbortSignal;
  /** Of files that were there before; this thread computes them without it. */
  readonly digester?: Digester;
}

/** Who writes a record, and of what. */
export interface Author {
  readonly statement: Statement;
  /** What signs: the api-key. */
  readonly key: string;
  /** Whether the run made no more than the files that are to come. */
  readonly offersAll: boolean;
  /** A task that was ordered elsewhere: what a record says of that already, this one says, too. */
  readonly attachedTo?: string | undefined;
}

/**
 * The record of one folder, and so the one owner of the knowledge which files in it are this action's own: those that a
 * record signed by this key lists, and whose bytes still have that digest.
 */
export interface FolderRecord {
  /** The digest of the file of that name, if it is ours. */
  claims(place: string): string | undefined;
  /** Writes it down before there is any file: what is still to come of this run is known by it. */
  begin(): Promise<void>;
  /** Lists a file in the record on disk, and then gives it its name; what is ours may be replaced. */
  add(file: Listed, temporary: string): Promise<void>;
  /**
   * Lists the files of a folder in the record on disk, and then gives the folder its name. Of one that has it, nothing stays.
   *
   * @param place Of the folder; those of the files are below.
   * @throws {TransferError} where that has what is not ours, or the record would be larger than any is read
   */
  addFolder(files: readonly Listed[], place: string, temporary: string): Promise<void>;
  /** Lists files that have their names, and whose digests this job computed. */
  adopt(files: readonly Listed[]): Promise<void>;
  /** Nothing more is on its way: whoever waits to be listed need not wait for others. */
  hurry(): void;
  /**
   * Writes `SHA256SUMS`, a list of what is ours, and leaves the record with just that.
   *
   * @param places Of all files that were to come, in their order.
   */
  seal(places: readonly string[]): Promise<void>;
}

/**
 * Opens the record of a folder, a new one where there is none.
 *
 * @param known Places whose bytes this job computed the digests of: what an earlier record says of them is void.
 * @throws {TransferError} where somebody else's record or `SHA256SUMS` lies there; or what the disk says, or the signal's
 *   reason
 */
export async function openRecord(
  ground: Ground,
  { statement, key, offersAll, attachedTo }: Author,
  { disk, clock, signal, digester }: RecordContext,
  known: ReadonlySet<string> = new Set(),
  names: ListNames = LISTS,
): Promise<FolderRecord> {
  const found = ground.isEmpty ? NOTHING : await look(disk, ground.real, names, key, signal);
  if ('foreign' in found) {
    throw new TransferError(
      'final',
      inert`In ${ground.seen} ${found.foreign}. Nothing was replaced. Choose another path and fetch the files with task-id, or remove it first.`,
    );
  }
  const isKnown = attachedTo !== undefined && found.mark !== undefined;
  const text = isKnown ? await disk.readFile(join(ground.real, names.record), 'utf8') : '';
  const definition = isKnown ? definitionIn(text, attachedTo, key) : undefined;
  const said = definition === undefined ? statement : { ...statement, definition };
  const earlier = await verify(disk, ground.real, found.listed, known, signal, digester);
  let own = new Map<string, Listed>();
  let isComplete = false;
  let record = found.mark;

  async function write(): Promise<void> {
    const lists = { earlier: earlier.values(), own: own.values(), isComplete };
    record = await writeRecord(disk, ground, names.record, formatRecord(said, lists, key), record);
  }
  const last = new AbortController();
  const save = createSaver(write, clock, AbortSignal.any([signal, last.signal]));
  const hurry = () => last.abort(new Error('nothing more is on its way'));

  async function list(files: readonly Listed[]): Promise<void> {
    if (files.length > 1) requireRoom([...earlier.values(), ...own.values(), ...files], names);
    for (const file of files) own.set(file.place, file);
    try {
      await save();
    } catch (cause) {
      for (const file of files) own.delete(file.place);
      if (cause instanceof TransferError) throw cause;
      throw new TransferError(
        'final',
        inert`${names.record} could not be written: ${messageFor(cause)}. Free space on the runner, or use a larger one.`,
        { cause },
      );
    }
  }

  async function add(file: Listed, temporary: string): Promise<void> {
    const { place } = file;
    await list([file]);
    try {
      await ground.check(place);
      await settle(disk, temporary, join(ground.real, place), earlier.get(place)?.mark);
      earlier.delete(place);
    } catch (error) {
      own.delete(place);
      throw error;
    }
  }

  async function addFolder(files: readonly Listed[], place: string, temporary: string): Promise<void> {
    await list(files);
    try {
      await ground.check(place);
      const isOwn = async (path: string) => {
        const known = earlier.get(relative(ground.real, path).split(sep).join('/'));
        return known !== undefined && (await isStill(disk, path, known.mark));
      };
      await settleFolder(disk, temporary, join(ground.real, place), isOwn);
      for (const known of [...earlier.keys()]) if (`${known}/`.startsWith(`${place}/`)) earlier.delete(known);
    } catch (error) {
      for (const file of files) own.delete(file.place);
      throw error;
    }
  }

  return {
    claims: (place) => earlier.get(place)?.sha256,
    begin: () => list([]),
    add,
    addFolder,
    async adopt(files) {
      await list(files);
      for (const { place } of files) earlier.delete(place);
    },
    hurry,
    async seal(places) {
      hurry();
      await Promise.all(
        [...earlier].map(async ([place, { mark }]) => {
          if (!(await isStill(disk, join(ground.real, place), mark))) earlier.delete(place);
        }),
      );
      // What tells of the files is none of them: a page is made anew while they stay the same.
      const digests = [...earlier.values(), ...own.values()].filter(({ place }) => !isListName(place));
      const text = formatChecksums(new Map(digests.map(({ place, sha256 }) => [place, sha256])));
      await ground.check(names.checksums);
      const temporary = await writeBeside(disk, join(ground.real, names.checksums), text);
      const isNew = !earlier.has(names.checksums);
      isComplete = offersAll && places.every((place) => own.has(place));
      // They came in any order.
      own = inOrder(own, places);
      const sums = listed(names.checksums, createHash('sha256').update(text).digest('hex'));
      await orRemove(disk, temporary, add(sums, temporary));
      // Until now, the record claimed the old list as well as the new one.
      if (!isNew) await save();
    },
  };
}

const NOTHING: Looked = { listed: [], mark: undefined };

/** Writes a record in place of `before`, if that is still there as it was, and returns what it is now. */
export async function writeRecord(
  disk: Disk,
  ground: Ground,
  name: string,
  text: string,
  before: Mark | undefined,
): Promise<Mark | undefined> {
  const target = join(ground.real, name);
  await ground.check(name);
  const temporary = await writeBeside(disk, target, text);
  const naming = async () => {
    const mark = await markOf(disk, temporary);
    await ground.check(name);
    await settle(disk, temporary, target, before);
    return mark;
  };
  return orRemove(disk, temporary, naming());
}

/** Of the texts about files, in UTF-16 code units: the rest of a record is smaller than what this leaves. */
const LARGEST_LIST = LARGEST_RECORD * 0.75;

/** What comes one by one is no more than a task offers. */
function requireRoom(files: readonly Listed[], { record }: ListNames): void {
  if (files.reduce((sum, { text }) => sum + text.length, 0) <= LARGEST_LIST) return;
  throw new TransferError(
    'final',
    inert`With ${files.length} files, ${record} would be larger than any is read. Unpack archives in a step of its own, or have the workflow pack fewer files.`,
  );
}

function inOrder(files: ReadonlyMap<string, Listed>, places: readonly string[]): Map<string, Listed> {
  const first = places.flatMap((place): [string, Listed][] => {
    const file = files.get(place);
    return file === undefined ? [] : [[place, file]];
  });
  return new Map([...first, ...files]);
}
