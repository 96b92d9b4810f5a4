import { relative } from 'node:path';
import type { Disk } from '../base/disk.ts';
import { messageFor } from '../base/errors.ts';
import { type Inert, inert } from '../base/inert.ts';
import { type Raster, shrink } from '../base/raster.ts';
import type { Arrived } from '../files/arrived.ts';
import type { Shown, StepLog } from '../github/log.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { type Outcome, reportsOf } from '../matrix/outcome.ts';

/** A page has room for a few. */
const MOST_PICTURES = 10;
/** Pixels in width and in height: columns, and half as many lines. */
const MOST_PIXELS = 60;
/** Bytes of a file that is decoded. */
const LARGEST = 32 * 1024 * 1024;

/** Shows small pictures of those that came in the log, the first of them. What it takes is loaded for who asks. Never throws. */
export async function showPreviews(
  outcome: Outcome,
  { workspace }: Pick<Inputs, 'workspace'>,
  { disk, signal }: { readonly disk: Disk; readonly signal: AbortSignal },
  log: StepLog,
): Promise<void> {
  try {
    const { findPicture, readWhole } = await import('../gallery/pictures.ts');
    const { decodePicture } = await import('../gallery/decode.ts');
    const preview = async ({ path, bytes }: Arrived): Promise<Raster | Inert> => {
      if (bytes > LARGEST) return inert`no preview of so large a file`;
      const picture = decodePicture(await readWhole(disk, path, bytes));
      return typeof picture === 'string' ? picture : shrink(picture, MOST_PIXELS);
    };
    const shown: Shown[] = [];
    for (const file of reportsOf(outcome).flatMap(({ files }) => files)) {
      if (signal.aborted) return;
      if (shown.length === MOST_PICTURES) break;
      if ((await findPicture(disk, file.path)) === undefined) continue;
      shown.push({ name: inert`${relative(workspace, file.path)}`, picture: await preview(file) });
    }
    const title =
      shown.length < MOST_PICTURES ? inert`previews` : inert`previews of the first ${MOST_PICTURES} pictures`;
    if (shown.length > 0) log.pictures(title, shown);
  } catch (error) {
    log.info(inert`No previews: ${messageFor(error)}`);
  }
}
