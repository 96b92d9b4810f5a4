import prettyBytes from 'pretty-bytes';
import { messageFor, RunError } from '../base/errors.ts';
import { firstOnly } from '../base/first-only.ts';
import { amount, type Inert, inert, joinInert } from '../base/inert.ts';
import type { Ended } from '../task/ending.ts';
import type { Followed } from '../task/followed.ts';
import { TransferError } from '../transfer/errors.ts';
import type { Source } from '../transfer/storage.ts';
import type { Arrived } from './arrived.ts';
import { createByteProgress } from './bytes.ts';
import type { HomeContext, HomeOptions } from './context.ts';
import { type Downloads, downloadAll } from './downloads.ts';
import { encodedWarning } from './encoded.ts';
import { listOutputs, type TaskOutput } from './outputs.ts';
import { describeMissing, type Missing, RESULT_LIMIT } from './promised.ts';
import { describeSelected, type Named } from './selection.ts';
import { statementOf } from './statement.ts';
import { describeUnpacked, unpackFolders } from './unpacked.ts';

/** What a task offers. */
export interface Offer {
  /** What is to be brought home, or is there already. */
  readonly outputs: readonly ((TaskOutput & Named) | Arrived)[];
  /** What `pattern` does not select. */
  readonly leftOut: readonly Named[];
  /** What it was to offer, and does not. */
  readonly missing: Missing;
  /** Its `task_output`; `undefined` for none. */
  readonly output: unknown;
}

/**
 * Downloads outputs of a task and says so. Fresh URLs come from its result, for all that is left at once.
 *
 * @param onArrival As that of {@link downloadAll}.
 */
export async function downloadOutputs(
  followed: Followed & { readonly ended: Ended },
  { outputs, leftOut, missing, output }: Offer,
  options: HomeOptions,
  context: HomeContext,
  onArrival: (files: readonly Arrived[]) => void,
): Promise<Downloads> {
  const { log, clock, detail, apiUrl, apiKey } = context;
  const { folderName } = options;
  const { taskId } = followed.ended;
  const coming = outputs.filter((output) => 'url' in output);
  if (detail === 'full' && coming.length > 0) {
    log.info(inert`Downloading ${describeSelected(outputs.length, outputs.length + leftOut.length)}`);
  }
  const began = clock.now();
  const progress = createByteProgress(coming.length, clock, log);
  const sources = createSources(coming, async (signal) =>
    listOutputs(await context.service.result(taskId, signal, true), taskId),
  );
  const wanted = outputs.map((output) => ({ ...output, from: 'url' in output ? sources(output) : output }));
  const statement = statementOf(options, followed, output, apiUrl, leftOut);
  const attachedTo = 'taskId' in options.target ? taskId : undefined;
  const author = { statement, key: apiKey, offersAll: missing.count === 0, taskId, attachedTo };
  // Of many parts that wait, one tells.
  const notice = firstOnly((message: Inert) => log.info(message));
  const places = [...outputs, ...leftOut].map(({ place }) => place);
  const destination = options.extract ? { ...options, unpackFolders: unpackFolders(places) } : options;
  const downloads = await downloadAll(wanted, destination, author, { ...context, notice }, progress, onArrival);
  const bytes = downloads.files.reduce((sum, file) => sum + file.bytes, 0);
  if (coming.length > 0 && downloads.files.length > 0) {
    if (detail === 'full') log.group(inert`files`, downloads.files.map(fileLine));
    const speed = bytes / Math.max(0.001, (clock.now() - began) / 1000);
    log.info(
      inert`${amount(downloads.files.length, 'file')} in ${folderName}, ${prettyBytes(bytes)} at ${prettyBytes(speed)}/s`,
    );
  }
  for (const { archive, folder, files, error } of downloads.unpacked) {
    if (error !== undefined) continue;
    log.info(describeUnpacked(archive.place, files.length, folder));
    if (detail === 'full' && files.length > 0) log.group(inert`files of ${archive.place}`, files.map(fileLine));
  }
  const encoded = encodedWarning(downloads.files);
  if (encoded !== undefined) log.warning(encoded);
  if (downloads.replaced.length > 0) {
    // Of many tasks, the combination says in which folder.
    const where = detail === 'full' ? inert` in ${folderName}` : '';
    log.warning(
      inert`Replaced${where}, where an earlier run or step had put another file of that name: ${downloads.replaced.slice(0, 5).join(', ')}. Give each step a path of its own to keep both.`,
    );
  }
  return downloads;
}

/** Sources whose URLs are all replaced together: one call of `mint` gives every output a fresh one. */
function createSources(
  outputs: readonly TaskOutput[],
  mint: (signal: AbortSignal) => Promise<readonly TaskOutput[]>,
): (output: TaskOutput) => Source {
  const urls = new Map(outputs.map(({ output, url }) => [output, url]));
  let minting: Promise<void> | undefined;

  async function renewAll(signal: AbortSignal): Promise<void> {
    for (const { output, url } of await mint(signal)) if (urls.has(output)) urls.set(output, url);
  }

  return ({ output, url }) => ({
    url: () => urls.get(output) ?? url,
    async renew(stale, signal) {
      if (minting === undefined && urls.get(output) !== stale) return;
      minting ??= renewAll(signal).finally(() => {
        minting = undefined;
      });
      await minting;
    },
  });
}

function fileLine({ output, place, bytes, sha256 }: Arrived): Inert {
  return inert`${output}  ${place}  ${prettyBytes(bytes)}  sha256 ${sha256}`;
}

/**
 * Why not all of the files arrived, if they did not.
 *
 * @param wanted How many could be fetched.
 */
export function missingFiles(failures: Downloads['failures'], wanted: number, missing: Missing): RunError | undefined {
  const lost = failures.length + missing.count;
  if (lost === 0) return undefined;
  const shown = failures.slice(0, 3).map(({ place, error }) => inert`${place}: ${messageFor(error)}`);
  const more = failures.length > 3 ? [inert`And ${failures.length - 3} more.`] : [];
  return new RunError(
    'files',
    joinInert(
      [
        inert`${lost} of ${amount(wanted + missing.count, 'file')} did not arrive.`,
        ...shown,
        ...more,
        ...(missing.count > 0
          ? [
              inert`The service offers no URL of ${describeMissing(missing)}, and was asked for ${RESULT_LIMIT / 1000} s.`,
            ]
          : []),
        ...(failures.some(isRefused) ? [REFUSED] : []),
      ],
      ' ',
    ),
    failures[0]?.error,
  );
}

/** A refused URL is replaced by a fresh one: what is refused in the end, was so with several. */
function isRefused({ error }: Downloads['failures'][number]): boolean {
  return error instanceof TransferError && error.type === 'refused';
}

const REFUSED = inert`Fresh URLs from the service were refused, too: it may sign with a key that the storage does not take, their clocks may differ, or a proxy changes what was signed. Have whoever runs the deployment look at that.`;
