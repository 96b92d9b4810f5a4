import pLimit from 'p-limit';
import type { DiskFile } from '../base/disk.ts';
import { digestHere } from './digest.ts';
import { type Cuts, type Meter, type Source, STORAGE_CONNECTIONS, type TransferContext } from './storage.ts';
import { fetchStretch, type RemoteObject } from './stretch.ts';
import { createWidth } from './width.ts';

const MIB = 1024 * 1024;
/** Small objects are most, and come by one request; a large one is worth several connections. */
export const CUTS: Cuts = { first: 8 * MIB, least: 4 * MIB, most: 32 * MIB };
/** Enough of them that all connections end at about the same time. */
const MANY_PARTS = 64;

/**
 * Fetches what is left of a large object in parts, several at a time, and returns the digest of the whole.
 *
 * @param from Whatever is before that place is in the file.
 */
export async function fetchParts(
  source: Source,
  object: RemoteObject,
  file: DiskFile,
  { from, to }: { readonly from: number; readonly to: number },
  context: TransferContext,
  meter: Pick<Meter, 'bytes'>,
): Promise<string> {
  const { least, most } = context.cuts ?? CUTS;
  const part = Math.max(least, Math.min(most, Math.ceil((to - from) / MANY_PARTS)));
  const scope = new AbortController();
  const inner = { ...context, signal: AbortSignal.any([context.signal, scope.signal]) };
  // Other files wait for the same fresh URLs: that a part of this one failed must not take them away.
  const shared: Source = { url: source.url, renew: (stale) => source.renew(stale, context.signal) };
  const width = createWidth(context.clock, STORAGE_CONNECTIONS);
  const limit = pLimit(width.now());
  const counted: Pick<Meter, 'bytes'> = {
    bytes(count) {
      meter.bytes(count);
      width.bytes(count);
      if (limit.concurrency !== width.now()) limit.concurrency = width.now();
    },
  };
  const digest = (context.digester ?? digestHere)(file);
  let digested = digest.add(from);
  const parts = Array.from({ length: Math.ceil((to - from) / part) }, (_, index) => {
    const start = from + index * part;
    const end = Math.min(start + part, to);
    const fetched = limit(() =>
      fetchStretch(shared, object, file, { from: start, to: end, onBreak: width.broke }, inner, counted),
    );
    digested = Promise.all([digested, fetched]).then(() => digest.add(end));
    return fetched;
  });
  try {
    await Promise.all([...parts, digested]);
    return await digest.end();
  } finally {
    scope.abort(new Error('another part failed'));
    await Promise.allSettled([...parts, digested]);
  }
}
