import { join, relative, sep } from 'node:path';
import { lookup } from 'mrmime';
import pLimit from 'p-limit';
import type { Disk } from '../base/disk.ts';
import { inert } from '../base/inert.ts';
import { type Download, downloadFile } from '../transfer/download.ts';
import { TransferError } from '../transfer/errors.ts';
import type { Meter, Source, TransferContext } from '../transfer/storage.ts';
import { readChecksums, writeChecksums } from './checksums.ts';
import { exists, makeFolder } from './folder.ts';
import { CHECKSUMS_NAME, safeName, uniqueNames } from './names.ts';

/** Files fetched at one time; a large one uses up to four connections. */
const FILES_AT_ONCE = 4;

/** One file to fetch. */
export interface Wanted {
  /** The service's id of the output. */
  readonly output: string;
  /** What the service calls the file, unchecked. */
  readonly rawName: string;
  readonly source: Source;
}

/** One file that arrived. */
export interface Arrived extends Download {
  readonly output: string;
  readonly name: string;
  /** Absolute, below the workspace as the job knows it. */
  readonly path: string;
}

/** What came of fetching several files. */
export interface Downloads {
  /** In the order of what was wanted. */
  readonly files: readonly Arrived[];
  /** Why others did not arrive, in the same order. */
  readonly failures: readonly { readonly output: string; readonly error: unknown }[];
  /** Names of files of an earlier run or step that had other bytes, and are gone now. */
  readonly replaced: readonly string[];
  /** Absolute path of the `SHA256SUMS` file; `undefined` when no file arrived. */
  readonly checksumsPath: string | undefined;
}

/**
 * Fetches files into a folder inside the workspace, under safe and unique names, and lists their digests in `SHA256SUMS`.
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
  const names = uniqueNames(wanted.map(({ rawName }) => safeName(rawName)));
  const earlier = new Map(await readChecksums(disk, real));
  await refuseStrangers(disk, real, names, earlier, folder);

  const arrived: (Arrived | undefined)[] = [];
  const inOrder = () => arrived.filter((file) => file !== undefined);
  const limit = pLimit(FILES_AT_ONCE);
  const settled = await Promise.allSettled(
    wanted.map(({ output, source }, index) =>
      limit(async () => {
        context.signal.throwIfAborted();
        const name = names[index] ?? output;
        const download = await downloadFile(source, join(real, name), context, meter);
        const path = join(folder, name);
        arrived[index] = { ...download, mediaType: download.mediaType ?? lookup(name), output, name, path };
        onArrival(inOrder());
      }),
    ),
  );
  const files = inOrder();
  const failures = settled.flatMap((one, index) =>
    one.status === 'rejected' ? [{ output: wanted[index]?.output ?? '', error: one.reason }] : [],
  );
  if (files.length > 0) await addChecksums(disk, real, earlier, files);
  const checksumsPath = files.length === 0 ? undefined : join(folder, CHECKSUMS_NAME);
  const replaced = files.flatMap(({ name, sha256 }) => ((earlier.get(name) ?? sha256) === sha256 ? [] : [name]));
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
  const names = files.map(({ path, sha256 }) => [relative(folder, path).split(sep).join('/'), sha256] as const);
  await writeChecksums(disk, await disk.realpath(folder), new Map(names));
  return join(folder, CHECKSUMS_NAME);
}

/** A checkout's own files, or another step's, must not be replaced by what a service chose to name alike. */
async function refuseStrangers(
  disk: Disk,
  folder: string,
  names: readonly string[],
  ours: ReadonlyMap<string, string>,
  folderSeen: string,
): Promise<void> {
  const there = await Promise.all(
    names.map(async (name) => !ours.has(name) && (await exists(disk, join(folder, name)))),
  );
  const strangers = names.filter((_, index) => there[index]);
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
  files: readonly Arrived[],
): Promise<void> {
  const merged = new Map<string, string>();
  for (const [name, digest] of earlier) {
    if (isPlain(name) && (await exists(disk, join(folder, name)))) merged.set(name, digest);
  }
  for (const file of files) merged.set(file.name, file.sha256);
  await writeChecksums(disk, folder, merged);
}

/** Whether a name is one component: an old list is read from the disk and may say anything. */
function isPlain(name: string): boolean {
  return name === safeName(name);
}
