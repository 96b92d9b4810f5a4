import type { Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import pLimit from 'p-limit';
import prettyBytes from 'pretty-bytes';
import { inert } from '../base/inert.ts';
import { createBackoff, SLOWEST_BACKOFF } from '../base/retry.ts';
import { TransferError } from './errors.ts';
import { createWriter } from './file.ts';
import { createPatience, pause, SLOWEST_BYTES } from './patience.ts';
import { broken, getRange, type Meter, type RangeReply, type Source, type TransferContext } from './storage.ts';

/** What is known of an object; learnt from the first reply, and held against every later one. */
export interface RemoteObject {
  /** Bytes. */
  total: number | undefined;
  /** Strong, or none. */
  etag: string | undefined;
  mediaType: string | undefined;
}

/** A stretch of an object, in bytes. */
export interface Stretch {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** Fed with the bytes in their order. */
  readonly hash?: Hash;
  /** Told the object's size before its first byte is written. */
  readonly onSize?: (total: number) => Promise<void>;
  /** Told when a connection broke. */
  readonly onBreak?: () => void;
}

/** Bytes fetched by the first request: smaller objects are fetched whole, larger ones go on in parts. */
export const FIRST_STRETCH = 64 * 1024 * 1024;
const PART = 32 * 1024 * 1024;
/**
 * A link that breaks takes what is in flight with it: every break halves the number of connections, and every part that
 * comes without one adds another.
 */
const PARTS_AT_ONCE = 4;

/** A connection that brings fewer bytes than that in so many milliseconds is given up for another. */
const SLOWEST_WINDOW = 30_000;
const MOST_REFUSALS = 3;

/**
 * Fetches a stretch into the file and returns how far it got: to its end, or to the object's. It goes on where a broken
 * connection stopped, with a fresh URL where the old one is refused, as long as there is progress.
 *
 * @throws {TransferError} of type `changed` when it has to begin anew, or whatever ended it. Or the signal's reason.
 */
export async function fetchStretch(
  source: Source,
  object: RemoteObject,
  file: FileHandle,
  { from, to, hash, onSize, onBreak }: Stretch,
  context: TransferContext,
  meter: Meter,
): Promise<number> {
  const { clock, signal } = context;
  const backoff = createBackoff(500, SLOWEST_BACKOFF);
  const patience = createPatience(clock);
  let at = from;
  let refusals = 0;
  const goOn = (error: TransferError) => {
    if (error.type === 'refused') refusals += 1;
    const hopeless = error.type === 'final' || error.type === 'changed' || refusals > MOST_REFUSALS;
    if (hopeless || patience.isOver(error)) throw error;
  };

  while (object.total === undefined || at < Math.min(to, object.total)) {
    const url = source.url();
    const started = at;
    try {
      const reply = await getRange(url, { from: at, to: at < to ? to : undefined, etag: object.etag }, context);
      if (reply === undefined) {
        object.total = at;
        break;
      }
      try {
        if (learn(object, reply, at) && onSize !== undefined && reply.total !== undefined) await onSize(reply.total);
        await pour(reply, url, file, at, context, hash, (bytes) => {
          at += bytes;
          meter.bytes(bytes);
        });
      } finally {
        reply.body.destroy();
      }
      // A body whose end cannot be told from a break is whole only if nothing comes after it: the next round asks.
      if (object.total === undefined && reply.framed) object.total = at;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TransferError)) throw error;
      if (patience.renew(at - started)) {
        backoff.reset();
        refusals = 0;
      }
      goOn(error);
      if (error.type === 'passing') onBreak?.();
      if (error.type === 'refused') await source.renew(url, signal);
      // Without a strong tag nobody knows whether the rest belongs to the same object.
      else if (at > 0 && object.etag === undefined) throw beginAnew(error);
      const wait = error.type === 'refused' && refusals === 1 ? 0 : backoff.next(error.retryAfter);
      await pause(wait, error, context);
    }
  }
  return at;
}

/** Fetches what is left of a large object in parts, several at a time, and feeds the hash in order from the disk. */
export async function fetchParts(
  source: Source,
  object: RemoteObject,
  file: FileHandle,
  { from, to, hash }: Stretch,
  context: TransferContext,
  meter: Meter,
): Promise<void> {
  if (object.etag === undefined) {
    await fetchStretch(source, object, file, { from, to, ...(hash && { hash }) }, context, meter);
    return;
  }
  const scope = new AbortController();
  const inner = { ...context, signal: AbortSignal.any([context.signal, scope.signal]) };
  // Other files wait for the same fresh URLs: that a part of this one failed must not take them away.
  const shared: Source = { url: source.url, renew: (stale) => source.renew(stale, context.signal) };
  const limit = pLimit(PARTS_AT_ONCE);
  let hashed: Promise<void> = Promise.resolve();
  const parts = Array.from({ length: Math.ceil((to - from) / PART) }, (_, index) => {
    const start = from + index * PART;
    const end = Math.min(start + PART, to);
    const fetched = limit(async () => {
      let broke = false;
      const onBreak = () => {
        broke = true;
        limit.concurrency = Math.max(1, Math.floor(limit.concurrency / 2));
      };
      await fetchStretch(shared, object, file, { from: start, to: end, onBreak }, inner, meter);
      if (!broke) limit.concurrency = Math.min(PARTS_AT_ONCE, limit.concurrency + 1);
    });
    if (hash !== undefined) hashed = Promise.all([hashed, fetched]).then(() => hashStretch(file, start, end, hash));
    return fetched;
  });
  try {
    await Promise.all([...parts, hashed]);
  } finally {
    scope.abort(new Error('another part failed'));
    await Promise.allSettled([...parts, hashed]);
  }
}

/** Holds a reply against what is known of the object. True for the first reply. */
function learn(object: RemoteObject, reply: RangeReply, at: number): boolean {
  const first = object.total === undefined && object.etag === undefined && object.mediaType === undefined;
  const same =
    (object.total === undefined || reply.total === undefined || object.total === reply.total) &&
    (object.etag === undefined || reply.etag === undefined || object.etag === reply.etag);
  if (!same) throw new TransferError('changed', inert`The file at the storage changed while it was read.`);
  if (reply.start !== at) throw beginAnew();
  object.total ??= reply.total;
  object.etag ??= reply.etag;
  object.mediaType ??= reply.mediaType;
  return first;
}

/** Writes a body to the file; whatever was received before it breaks counts. */
async function pour(
  reply: RangeReply,
  url: string,
  file: FileHandle,
  start: number,
  { clock, signal }: TransferContext,
  hash: Hash | undefined,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const writer = createWriter(file, start);
  const end = reply.length === undefined ? Number.POSITIVE_INFINITY : start + reply.length;
  let windowStart = clock.now();
  let windowFrom = start;
  let failure: unknown;
  try {
    for await (const chunk of reply.body) {
      if (writer.position() + chunk.byteLength > end) throw new Error('more bytes came than were announced');
      hash?.update(chunk);
      await written(writer.write(chunk), reply.total);
      onBytes(chunk.byteLength);
      if (clock.now() - windowStart < SLOWEST_WINDOW) continue;
      if (writer.position() - windowFrom < SLOWEST_BYTES) throw new Error('it sends next to nothing');
      windowStart = clock.now();
      windowFrom = writer.position();
    }
    if (reply.length !== undefined && writer.position() < end) throw new Error('it ended too early');
  } catch (error) {
    failure = error;
  }
  await written(writer.flush(), reply.total);
  if (failure === undefined) return;
  signal.throwIfAborted();
  throw broken(url, failure);
}

async function written(write: Promise<void>, total: number | undefined): Promise<void> {
  try {
    await write;
  } catch (cause) {
    const size = total === undefined ? '' : ` The file has ${prettyBytes(total)}.`;
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new TransferError(
      'final',
      inert`The disk does not take the file: ${said}.${size} Free space on the runner, or use a larger one.`,
      { cause },
    );
  }
}

async function hashStretch(file: FileHandle, from: number, to: number, hash: Hash): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(1024 * 1024, to - from));
  for (let at = from; at < to; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, to - at), at);
    if (bytesRead === 0) throw new TransferError('final', inert`The disk gave back less than was written.`);
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}

function beginAnew(cause?: unknown): TransferError {
  return new TransferError('changed', inert`The storage cannot go on where it stopped.`, { cause });
}
