import { join, posix, relative, sep } from 'node:path';
import { lookup } from 'mrmime';
import pLimit from 'p-limit';
import type { Disk } from '../base/disk.ts';
import { inert } from '../base/inert.ts';
import { type Download, downloadFile } from '../transfer/download.ts';
import { TransferError } from '../transfer/errors.ts';
import type { Meter, Source, TransferContext } from '../transfer/storage.ts';
import { readChecksums, writeChecksums } from './checksums.ts';
import { exists, makeFolder, makeSubfolders } from './folder.ts';
import { CHECKSUMS_NAME, isPlace, safeFolders, safeName, uniquePlaces } from './names.ts';

/** Files fetched at one time; a large one uses up to four connections. */
const FILES_AT_ONCE = 4;

/** One file to fetch. */
export interface Wanted {
  /** The service's id of the output. */
  readonly output: string;
  /** What the service calls the file, unchecked. */
  readonly rawName: string;
  /** The folder that it is in at the service, unchecked; empty for none. */
  readonly rawFolder: string;
  readonly source: Source;
}

/** One file that arrived. */
export interface Arrived extends Download {
  readonly output: string;
  /** One component. */
  readonly name: string;
  /** Where it is below the folder, as `SHA256SUMS` lists it: with `/` between components. */
  readonly place: string;
  /** Absolute, below the workspace as the job knows it. */
  readonly path: string;
}

/** What came of fetching several files. */
export interface Downloads {
  /** In the order of what was wanted. */
  readonly files: readonly Arrived[];
  /** Why others did not arrive, in the same order. */
  readonly failures: readonly { readonly output: string; readonly error: unknown }[];
  /** Places of files of an earlier run or step that had other bytes, and are gone now. */
  readonly replaced: readonly string[];
  /** Absolute path of the `SHA256SUMS` file; `undefined` when no file arrived. */
  readonly checksumsPath: string | undefined;
}

/**
 * Fetches files into a folder inside the workspace, and folders below it where the service says so, under safe and unique
 * names, and lists their digests in `SHA256SUMS`.
 * A file that an earlier run put there is replaced; any other that is in the way is an error, and stays.
 *
 * An abort is a failure of the files that had not arrived by then; no half file stays behind.
 *
 * @param onArrival Told all files that have arrived, in the order of what was wanted, whenever there is one more.
 * @throws {TransferError} when the folder cannot be used
 */
export async function downloadAll(
  wanted: readonly Wanted[],
  workspace: string,
  folder: string,
  context: TransferContext,
  meter: Meter,
  onArrival: (files: readonly Arrived[]) => void,
): Promise<Downloads> {
  const { disk } = context;
  const real = await makeFolder(disk, workspace, folder);
  const places = uniquePlaces(
    wanted.map(({ rawName, rawFolder }) => ({ name: safeName(rawName), folders: safeFolders(rawFolder) })),
  );
  const earlier = new Map(await readChecksums(disk, real));
  await refuseStrangers(disk, real, places, earlier, folder);
  await makeSubfolders(disk, real, places);

  const arrived: (Arrived | undefined)[] = [];
  const inOrder = () => arrived.filter((file) => file !== undefined);
  const limit = pLimit(FILES_AT_ONCE);
  const settled = await Promise.allSettled(
    wanted.map(({ output, source }, index) =>
      limit(async () => {
        context.signal.throwIfAborted();
        const place = places[index] ?? output;
        const name = posix.basename(place);
        const download = await downloadFile(source, join(real, place), context, meter);
        const mediaType = download.mediaType ?? lookup(name);
        arrived[index] = { ...download, mediaType, output, name, place, path: join(folder, place) };
        onArrival(inOrder());
      }),
    ),
  );
  const files = inOrder();
  const failures = settled.flatMap((one, index) =>
    one.status === 'rejected' ? [{ output: wanted[index]?.output ?? '', error: one.reason }] : [],
  );
  const digests = files.map(({ place, sha256 }) => [place, sha256] as const);
  if (files.length > 0) await addChecksums(disk, real, earlier, digests);
  const checksumsPath = files.length === 0 ? undefined : join(folder, CHECKSUMS_NAME);
  const replaced = files.flatMap(({ place, sha256 }) => ((earlier.get(place) ?? sha256) === sha256 ? [] : [place]));
  return { files, failures, replaced, checksumsPath };
}

/**
 * Lists the files of several folders below `folder` in one `SHA256SUMS` there, and returns its path; `undefined` when there
 * are none.
 */
export async function joinChecksums(
  disk: Disk,
  folder: string,
  files: readonly Arrived[],
): Promise<string | undefined> {
  if (files.length === 0) return undefined;
  const real = await disk.realpath(folder);
  const digests = files.map(({ path, sha256 }) => [relative(folder, path).split(sep).join('/'), sha256] as const);
  // What an earlier step listed there is still its own, and may still be attested.
  await addChecksums(disk, real, await readChecksums(disk, real), digests);
  return join(folder, CHECKSUMS_NAME);
}

/** A checkout's own files, or another step's, must not be replaced by what a service chose to name alike. */
async function refuseStrangers(
  disk: Disk,
  folder: string,
  places: readonly string[],
  ours: ReadonlyMap<string, string>,
  folderSeen: string,
): Promise<void> {
  const there = await Promise.all(
    places.map(async (place) => !ours.has(place) && (await exists(disk, join(folder, place)))),
  );
  const strangers = places.filter((_, index) => there[index]);
  if (strangers.length === 0) return;
  throw new TransferError(
    'final',
    inert`${strangers.slice(0, 5).join(', ')} exists in ${folderSeen} already, and ${CHECKSUMS_NAME} there does not list it, so this action did not put it there. Nothing was replaced. Choose another path and fetch the files with task-id, or remove it first.`,
  );
}

/** The digests of the new files, and of earlier ones that are still there. */
async function addChecksums(
  disk: Disk,
  folder: string,
  earlier: ReadonlyMap<string, string>,
  digests: readonly (readonly [place: string, digest: string])[],
): Promise<void> {
  const merged = new Map<string, string>();
  for (const [place, digest] of earlier) {
    // An old list is read from the disk and may say anything.
    if (isPlace(place) && (await exists(disk, join(folder, place)))) merged.set(place, digest);
  }
  for (const [place, digest] of digests) merged.set(place, digest);
  await writeChecksums(disk, folder, merged);
}
