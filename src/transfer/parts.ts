import type { Hash } from 'node:crypto';
import pLimit from 'p-limit';
import type { DiskFile } from '../base/disk.ts';
import { inert } from '../base/inert.ts';
import { TransferError } from './errors.ts';
import type { Cuts, Meter, Source, TransferContext } from './storage.ts';
import { fetchStretch, type RemoteObject } from './stretch.ts';

/** Small objects are most, and come by one request; a large one is worth several connections. */
export const CUTS: Cuts = { first: 64 * 1024 * 1024, part: 32 * 1024 * 1024 };
/**
 * A link that breaks takes what is in flight with it: every break halves the number of connections, and every part that
 * comes without one adds another.
 */
const PARTS_AT_ONCE = 4;

/** Fetches what is left of a large object in parts, several at a time, and feeds the hash in order from the disk. */
export async function fetchParts(
  source: Source,
  object: RemoteObject,
  file: DiskFile,
  { from, to, hash }: { readonly from: number; readonly to: number; readonly hash: Hash },
  context: TransferContext,
  meter: Meter,
): Promise<void> {
  const { part } = context.cuts ?? CUTS;
  const scope = new AbortController();
  const inner = { ...context, signal: AbortSignal.any([context.signal, scope.signal]) };
  // Other files wait for the same fresh URLs: that a part of this one failed must not take them away.
  const shared: Source = { url: source.url, renew: (stale) => source.renew(stale, context.signal) };
  const limit = pLimit(PARTS_AT_ONCE);
  let hashed: Promise<void> = Promise.resolve();
  const parts = Array.from({ length: Math.ceil((to - from) / part) }, (_, index) => {
    const start = from + index * part;
    const end = Math.min(start + part, to);
    const fetched = limit(async () => {
      let broke = false;
      const onBreak = () => {
        broke = true;
        limit.concurrency = Math.max(1, Math.floor(limit.concurrency / 2));
      };
      await fetchStretch(shared, object, file, { from: start, to: end, onBreak }, inner, meter);
      if (!broke) limit.concurrency = Math.min(PARTS_AT_ONCE, limit.concurrency + 1);
    });
    hashed = Promise.all([hashed, fetched]).then(() => hashStretch(file, start, end, hash));
    return fetched;
  });
  try {
    await Promise.all([...parts, hashed]);
  } finally {
    scope.abort(new Error('another part failed'));
    await Promise.allSettled([...parts, hashed]);
  }
}

async function hashStretch(file: DiskFile, from: number, to: number, hash: Hash): Promise<void> {
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  for (let at = from; at < to; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, to - at), at);
    if (bytesRead === 0) throw new TransferError('final', inert`The disk gave back less than was written.`);
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}
