import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { DiskFile } from '../base/disk.ts';
import { inert, joinInert } from '../base/inert.ts';
import { TransferError } from './errors.ts';
import { CUTS, fetchParts } from './parts.ts';
import { checkSize, checkSpace } from './room.ts';
import type { Meter, Source, TransferContext } from './storage.ts';
import { fetchStretch } from './stretch.ts';

/** A file that arrived whole. */
export interface Download {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** As the storage says, without parameters. */
  readonly mediaType: string | undefined;
  /** How the bytes are packed, if they are, such as `gzip`: the file is what the storage holds. */
  readonly encoding: string | undefined;
}

/** A download under a temporary name, which is whoever's who asked for it: to give it another, and to remove this one. */
export interface Fetched extends Download {
  /** Absolute, in the folder that it was fetched into. */
  readonly temporary: string;
}

/** For so many bytes, nobody looks first whether there is room: the disk says so soon, if there is none. */
const SMALL = 256 * 1024;
/** How often a file is begun anew when its object changed, or cannot be resumed. */
const MOST_BEGINNINGS = 5;

/**
 * Fetches a file, whole or not at all: into a temporary file in `folder`. Breaks, stalls, expired URLs and changed objects
 * are lived with; see {@link fetchStretch}.
 *
 * @throws {TransferError} when the file cannot be had; nothing is left behind. Or the signal's reason.
 */
export async function downloadFile(
  source: Source,
  folder: string,
  context: TransferContext,
  meter: Meter,
): Promise<Fetched> {
  const temporary = join(folder, `.cyberun-${randomUUID()}.part`);
  const { disk } = context;
  const file = await disk.open(temporary, 'wx+');
  let kept = false;
  try {
    const download = await fetchObject(source, file, folder, context, meter);
    await file.close();
    context.signal.throwIfAborted();
    kept = true;
    return { ...download, temporary };
  } finally {
    await file.close().catch(() => undefined);
    if (!kept) await disk.rm(temporary, { force: true });
  }
}

async function fetchObject(
  source: Source,
  file: DiskFile,
  folder: string,
  context: TransferContext,
  meter: Meter,
): Promise<Download> {
  let sized = false;
  for (let beginnings = 1; ; beginnings += 1) {
    let received = 0;
    const counted: Meter = {
      size(total) {
        if (!sized) meter.size(total);
        sized = true;
      },
      bytes(count) {
        received += count;
        meter.bytes(count);
      },
    };
    // Whatever went wrong with parts, one request for the whole leaves nothing to be put together.
    const first = beginnings === 1 ? (context.cuts ?? CUTS).first : undefined;
    try {
      return await fetchOnce(source, file, folder, first, context, counted);
    } catch (error) {
      if (!(error instanceof TransferError) || error.type !== 'changed') throw error;
      if (beginnings === MOST_BEGINNINGS) throw givenUp(error);
      meter.bytes(-received);
      await file.truncate(0);
    }
  }
}

/** @param first What the first request asks for, in bytes; the whole without it. */
async function fetchOnce(
  source: Source,
  file: DiskFile,
  folder: string,
  first: number | undefined,
  context: TransferContext,
  meter: Meter,
): Promise<Download> {
  const hash = createHash('sha256');
  const onSize = async (total: number, at: number) => {
    meter.size(total);
    checkSize(total, context.mostBytes);
    if (total - at > SMALL) await checkSpace(context.disk, folder, total - at);
  };
  const beginning = { from: 0, to: first, hash, onSize };
  const { object, total, reached } = await fetchStretch(source, undefined, file, beginning, context, meter);
  const sha256 =
    reached < total
      ? await fetchParts(source, object, file, { from: reached, to: total }, context, meter)
      : hash.digest('hex');
  const { mediaType, encoding } = object;
  return { bytes: total, sha256, mediaType, encoding };
}

function givenUp(error: TransferError): TransferError {
  const text = joinInert([error.message, inert`It was begun ${MOST_BEGINNINGS} times.`], ' ');
  return new TransferError(error.type, text, { cause: error });
}
