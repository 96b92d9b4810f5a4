import type { Disk } from '../base/disk.ts';
import { RunError } from '../base/errors.ts';
import { inert, someOf } from '../base/inert.ts';
import { exists, isInside } from '../files/folder.ts';
import { isListName, LISTS, type ListNames, listsOf } from '../files/names.ts';
import { findForeign, readSaid } from '../files/record-read.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { exampleFolder, makeOutputFolder } from '../inputs/paths.ts';
import type { PrepareContext } from './context.ts';

type WayContext = Pick<PrepareContext, 'disk' | 'log' | 'signal'>;

/**
 * Sees that the folder which the input `path` names holds no record, no `SHA256SUMS` and, where one is to be written, no page
 * of somebody else's, where files are to come. Nothing has been asked by then.
 *
 * @throws {RunError} of kind `input` where it does
 */
export async function checkFolder(inputs: Inputs, context: WayContext): Promise<void> {
  const { workspace, folder, path } = inputs;
  if (!expectsFiles(inputs)) return;
  if (isInside(folder, workspace)) {
    context.log.warning(
      inert`Input path is ${path}, the workspace itself: files of the checkout may be in the way, and are never replaced. Write e.g. \`path: cyberun-outputs\` to keep them apart.`,
    );
  }
  await refuseForeign(folder, path, listsOf(inputs.shard), inputs.gallery, inputs, context);
  if (inputs.matrix === undefined && !isInside(folder, workspace)) {
    await sayStrangers([{ folder, folderName: path }], inputs, context);
  }
}

/**
 * The same of folders below, which the combinations of a matrix have; and those that exist already can be written.
 *
 * @throws {RunError} of kind `input` where one cannot, or is somebody else's
 */
export async function checkFolders(
  homes: readonly { readonly folder: string; readonly folderName: string }[],
  inputs: Inputs,
  context: WayContext,
): Promise<void> {
  if (!expectsFiles(inputs)) return;
  const there: (typeof homes)[number][] = [];
  for (const home of homes) {
    const { folder, folderName } = home;
    if (!(await exists(context.disk, folder))) continue;
    there.push(home);
    await makeOutputFolder(context.disk, inputs.workspace, folder, inputs.path, folderName);
    await refuseForeign(folder, folderName, LISTS, false, inputs, context);
  }
  await sayStrangers(there, inputs, context);
}

/** Names that are said. */
const MOST_NAMES = 3;

/** Says of what is in the way of files only if these have the same names, which nobody knows before the task has run. */
async function sayStrangers(
  homes: readonly { readonly folder: string; readonly folderName: string }[],
  { apiKey }: Inputs,
  { disk, log }: WayContext,
): Promise<void> {
  const found: string[] = [];
  for (const { folder, folderName } of homes) {
    const said = await readSaid(disk, folder, apiKey);
    const ours = new Set([...(said?.earlier ?? []), ...(said?.own ?? [])].map(({ place }) => place));
    const entries = await disk.readdir(folder, { withFileTypes: true }).catch(() => []);
    const isStranger = (name: string) => !ours.has(name) && !isListName(name) && !NEVER_IN_THE_WAY.test(name);
    found.push(
      ...entries.flatMap((entry) => (entry.isFile() && isStranger(entry.name) ? `${folderName}/${entry.name}` : [])),
    );
  }
  if (found.length === 0) return;
  log.info(
    inert`Not this action's, and never replaced: ${someOf(found, MOST_NAMES)}. A task that makes a file of such a name fails, after it has run and been paid for`,
  );
}

/** What is set aside, and what no service can name. */
const NEVER_IN_THE_WAY = /^\.|\.changed-[0-9a-f]{8}$/;

function expectsFiles({ download, waitForCompletion }: Inputs): boolean {
  return download && waitForCompletion;
}

async function refuseForeign(
  folder: string,
  written: string,
  lists: ListNames,
  hasPage: boolean,
  { apiKey, path }: Inputs,
  { disk, signal }: { readonly disk: Disk; readonly signal: AbortSignal },
): Promise<void> {
  const foreign = await findForeign(disk, folder, apiKey, signal, lists, hasPage);
  if (foreign === undefined) return;
  const place = written === path ? inert`there` : inert`in ${written}`;
  throw new RunError(
    'input',
    inert`Input path is ${path}, and ${place} ${foreign}. What this action did not make it neither replaces nor lists, so nothing was submitted. Write another path, e.g. \`path: ${exampleFolder(path)}\`, or remove the file before this step.`,
  );
}
