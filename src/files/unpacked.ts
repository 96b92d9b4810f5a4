import { randomUUID } from 'node:crypto';
import { dirname, join, posix, sep } from 'node:path';
import { lookup } from 'mrmime';
import pLimit from 'p-limit';
import { type ArchiveKind, archiveKind, archiveStem } from '../archive/kind.ts';
import type { Clock } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import { messageFor, RunError } from '../base/errors.ts';
import { amount, type Inert, inert, joinInert, someOf } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import { TransferError } from '../transfer/errors.ts';
import { type Arrived, describe } from './arrived.ts';
import type { Ground } from './ground.ts';
import { safeFolders, safeName, uniquePlaces } from './names.ts';
import type { FolderRecord } from './record.ts';
import { digestAt } from './settle.ts';

/** The folder that an archive is unpacked to, by the archive's place; both are places. */
export type UnpackFolders = ReadonlyMap<string, string>;

/**
 * Where each archive is unpacked to: beside it, under its name without the ending, or a number behind that.
 *
 * @param places Of all files that a task has, so that the folder is the same whichever of them come.
 */
export function unpackFolders(places: readonly string[]): UnpackFolders {
  const archives = places.filter((place) => archiveKind(posix.basename(place)) !== undefined);
  const beside = (place: string, name: string) => ({ folders: place.split('/').slice(0, -1), name });
  const unique = uniquePlaces([
    ...places.map((place) => beside(place, posix.basename(place))),
    ...archives.map((place) => beside(place, safeName(archiveStem(posix.basename(place))))),
  ]);
  return new Map(archives.map((place, index) => [place, unique[places.length + index] ?? place]));
}

/** The folder that an archive was unpacked to, by a place in it and the archive's own. */
export function unpackFolderOf(place: string, archive: string): string {
  return place.split('/').slice(0, archive.split('/').length).join('/');
}

/** Says that there is nothing to unpack, where that is so. */
export function sayNoArchive(files: readonly { readonly place: string }[], log: Pick<Log, 'warning'>): void {
  if (files.some(({ place }) => archiveKind(posix.basename(place)) !== undefined)) return;
  const names = someOf(
    files.map(({ place }) => place),
    MOST_NAMES,
  );
  log.warning(
    inert`Input extract: nothing is unpacked, as no file is an archive (.zip, .tar, .tar.gz, .tgz): ${names}.`,
  );
}

/** What came of one archive. */
export interface Unpacked {
  readonly archive: Arrived;
  /** Its place. */
  readonly folder: string;
  readonly files: readonly Arrived[];
  /** Why it was not unpacked, if it was not. */
  readonly error: unknown;
}

/** Who helps to unpack. */
export interface UnpackingContext {
  readonly disk: Disk;
  readonly clock: Pick<Clock, 'after'>;
  readonly signal: AbortSignal;
}

/** What is to be unpacked, and who is told of it. */
export interface Unpacking {
  readonly archives: readonly Arrived[];
  readonly folders: UnpackFolders;
  readonly ground: Ground;
  readonly record: FolderRecord;
  readonly taskId: string;
}

/**
 * Unpacks archives, each whole or not at all: into a temporary folder, whose files the record lists before the folder gets
 * its name. What is this action's own in that folder goes; anything else there is an error, and stays. Archives in archives
 * stay packed.
 *
 * @param onUnpacked Told all that there is so far.
 */
export async function unpackAll(
  { archives, ...unpacking }: Unpacking,
  context: UnpackingContext,
  onUnpacked: (all: readonly Unpacked[]) => void,
): Promise<readonly Unpacked[]> {
  const all: Unpacked[] = [];
  for (const archive of archives) {
    const kind = archiveKind(archive.name);
    const folder = unpacking.folders.get(archive.place);
    if (kind === undefined || folder === undefined || context.signal.aborted) continue;
    all.push(
      await unpackOne(archive, kind, folder, unpacking, context).then(
        (files) => ({ archive, folder, files, error: undefined }),
        (error: unknown) => ({ archive, folder, files: [], error }),
      ),
    );
    onUnpacked(all);
  }
  return all;
}

async function unpackOne(
  archive: Arrived,
  kind: ArchiveKind,
  folder: string,
  { ground, record, taskId }: Omit<Unpacking, 'archives'>,
  context: UnpackingContext,
): Promise<readonly Arrived[]> {
  const { disk } = context;
  await ground.check(archive.place);
  const source = join(ground.real, archive.place);
  const temporary = join(dirname(source), `.cyberun-${randomUUID()}.part`);
  const [packed, whole] = [join(temporary, 'packed'), join(temporary, 'whole')];
  try {
    await disk.mkdir(packed, { recursive: true });
    // Loaded by those alone who unpack.
    const { unpack } = await import('../archive/unpack.ts');
    const entries = await unpack(source, kind, packed, context);
    const files = await arrange(entries, packed, whole, context);
    const arrived = files.map((file): Arrived => {
      const place = `${folder}/${file.place}`;
      const path = join(archive.path.slice(0, -archive.place.length), place);
      return { ...file, output: archive.output, place, path, archive: archive.path };
    });
    if (arrived.length > 0) {
      const listed = arrived.map((file) => describe(file, file.place, taskId));
      await record.addFolder(listed, folder, whole);
    }
    return arrived;
  } finally {
    // After an abort, the program may still be at work in it.
    await disk.rm(temporary, { force: true, recursive: true, maxRetries: 5 }).catch(() => undefined);
  }
}

/** Files whose digests are computed at one time. */
const READS_AT_ONCE = 4;

/** Moves what was unpacked to another folder, under safe and unique names, by which it is known from now on. */
async function arrange(
  entries: readonly { readonly path: string; readonly bytes: number }[],
  packed: string,
  whole: string,
  { disk, signal }: UnpackingContext,
) {
  const places = uniquePlaces(
    entries.map(({ path }) => ({
      name: safeName(posix.basename(path)),
      folders: safeFolders(posix.dirname(path)),
    })),
  );
  const folders = new Set(places.map((place) => posix.dirname(place)));
  for (const folder of folders) await disk.mkdir(join(whole, folder), { recursive: true });
  const limit = pLimit(READS_AT_ONCE);
  return Promise.all(
    entries.map(({ path, bytes }, index) =>
      limit(async () => {
        const place = places[index] ?? path;
        const target = join(whole, place);
        await disk.rename(join(packed, path.split('/').join(sep)), target);
        const found = await digestAt(disk, target, signal);
        if (found === undefined || found.mark.size !== BigInt(bytes)) throw changed(place);
        const name = posix.basename(place);
        return { place, name, bytes, sha256: found.sha256, mediaType: lookup(name), encoding: undefined };
      }),
    ),
  );
}

function changed(place: string): TransferError {
  return new TransferError(
    'final',
    inert`${place} was changed while it was unpacked: another step writes to this folder, too. Give each step a path of its own.`,
  );
}

/** `scene.zip: 214 files unpacked to scene`. */
export function describeUnpacked(archive: string, files: number, folder: string): Inert {
  return files === 0
    ? inert`${archive}: there is nothing in it to unpack`
    : inert`${archive}: ${amount(files, 'file')} unpacked to ${folder}`;
}

/** The same of each archive that some of the files came out of. */
export function describeArchives(files: readonly Arrived[]): Inert[] {
  const unpacked = Map.groupBy(
    files.filter(({ archive }) => archive !== undefined),
    ({ archive = '' }) => archive,
  );
  return [...unpacked].map(([archive, all]) => {
    const [{ path, place } = { path: '', place: '' }] = all;
    const own = archive
      .slice(path.length - place.length)
      .split(sep)
      .join('/');
    return describeUnpacked(own, all.length, unpackFolderOf(place, own));
  });
}

const MOST_NAMES = 3;

/**
 * Why not all archives were unpacked, if they were not.
 *
 * @param isReused They were brought by an earlier run, and not fetched anew.
 */
export function notUnpacked(all: readonly Unpacked[], isReused: boolean): RunError | undefined {
  const failed = all.filter(({ error }) => error !== undefined);
  const [first] = failed;
  if (first === undefined) return undefined;
  const names = failed.map(({ archive }) => archive.place);
  const shown = failed.slice(0, MOST_NAMES).map(({ archive, error }) => inert`${archive.place}: ${messageFor(error)}`);
  return new RunError(
    'files',
    joinInert(
      [
        inert`${someOf(names, MOST_NAMES)} ${names.length === 1 ? 'was' : 'were'} not unpacked, and ${names.length === 1 ? 'is' : 'are'} there as the task made ${names.length === 1 ? 'it' : 'them'}.`,
        ...shown,
        ...(isReused ? [inert`It is as an earlier run left it: leave reuse out once to have it anew.`] : []),
      ],
      ' ',
    ),
    first.error,
  );
}
