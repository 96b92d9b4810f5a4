import type { Hash } from 'node:crypto';
import prettyBytes from 'pretty-bytes';
import type { DiskFile } from '../base/disk.ts';
import { inert, joinInert } from '../base/inert.ts';
import { createBackoff, SLOWEST_BACKOFF } from '../base/retry.ts';
import { TransferError } from './errors.ts';
import { createWriter } from './file.ts';
import { createPatience, pause, SLOWEST_BYTES } from './patience.ts';
import type { ByteRange, ObjectReply } from './replies.ts';
import { broken, changed } from './request.ts';
import { checkSize } from './room.ts';
import { getObject, type Meter, type Source, type TransferContext } from './storage.ts';

/** What the first reply says of an object. */
export interface RemoteObject {
  /** Bytes; of one that comes in chunks, known with the last of them. */
  readonly total: number | undefined;
  /** Strong, or none. */
  readonly etag: string | undefined;
  readonly mediaType: string | undefined;
  /** As in {@link ObjectReply}. */
  readonly encoding: string | undefined;
}

/** A stretch of an object, in bytes. */
export interface Stretch {
  readonly from: number;
  /** Exclusive; without it the stretch goes to the object's end. */
  readonly to?: number | undefined;
  /** Fed with the bytes in their order. */
  readonly hash?: Hash;
  /**
   * Told the object's size as soon as a reply says it, and how many bytes came before, which is before anything of that
   * reply is written; again when the stretch is begun again before there is a byte.
   */
  readonly onSize?: (total: number, at: number) => Promise<void>;
  /** Told when a connection broke. */
  readonly onBreak?: () => void;
}

/** What came of a stretch. */
export interface Fetched {
  readonly object: RemoteObject;
  /** Of the object. */
  readonly total: number;
  /** Exclusive: the stretch's end, or the object's. */
  readonly reached: number;
}

/** A connection that brings fewer bytes than that in so many milliseconds is given up for another. */
const SLOWEST_WINDOW = 30_000;
const MOST_REFUSALS = 3;

/**
 * Fetches a stretch into the file: to its end, or to the object's. It goes on where a broken connection stopped, with a fresh
 * URL where the old one is refused, as long as there is progress.
 *
 * No two replies are put together unless a strong tag shows that they are of one object.
 *
 * @param known What the object was when its beginning came; `undefined` where this stretch is the beginning.
 * @throws {TransferError} of type `changed` when it has to begin anew, or whatever ended it. Or the signal's reason.
 */
export async function fetchStretch(
  source: Source,
  known: RemoteObject | undefined,
  file: DiskFile,
  { from, to, hash, onSize, onBreak }: Stretch,
  context: TransferContext,
  meter: Pick<Meter, 'bytes'>,
): Promise<Fetched> {
  const { clock, signal } = context;
  const backoff = createBackoff(clock, 500, SLOWEST_BACKOFF);
  const patience = createPatience(clock);
  let object = known;
  let at = from;
  let refusals = 0;
  let lost: TransferError | undefined;
  const goOn = (error: TransferError) => {
    if (error.type === 'refused') refusals += 1;
    const hopeless = error.type === 'final' || error.type === 'changed' || refusals > MOST_REFUSALS;
    if (hopeless || patience.isOver(error)) throw error;
  };

  for (;;) {
    const total = object?.total;
    if (object !== undefined && total !== undefined && at >= Math.min(to ?? total, total)) {
      return { object, total, reached: at };
    }
    const url = source.url();
    try {
      const reply = await getObject(url, nextRange(object, at, to, lost), context);
      try {
        const isNews = at === 0 || object?.total === undefined;
        object = learn(object, reply, at);
        if (isNews && object.total !== undefined) await onSize?.(object.total, at);
        await pour(reply, url, file, at, context, hash, (bytes) => {
          at += bytes;
          meter.bytes(bytes);
          if (!patience.renew(bytes)) return;
          backoff.reset();
          refusals = 0;
        });
      } finally {
        reply.body.destroy();
      }
      object = { ...object, total: object.total ?? at };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TransferError)) throw error;
      goOn(error);
      lost = error;
      if (error.type === 'passing') onBreak?.();
      if (error.type === 'refused') await source.renew(url, signal);
      const wait = error.type === 'refused' && refusals === 1 ? 0 : backoff.next(error.retryAfter);
      await pause(wait, error, context);
    }
  }
}

/** What to ask for next: nothing but a strong tag will show that it is of the same object. */
function nextRange(
  object: RemoteObject | undefined,
  at: number,
  to: number | undefined,
  lost: TransferError | undefined,
): ByteRange {
  if (at === 0) return { from: 0, to };
  if (object?.etag === undefined) throw beginAnew(lost);
  // Beyond its end only what came in chunks, and broke before the last of them, is asked for.
  return { from: at, to: at < (to ?? 0) ? to : undefined, etag: object.etag };
}

/** What a reply says of the object, once it is sure that what was received before it is of the same one. */
function learn(
  object: RemoteObject | undefined,
  { start, length, total, etag, mediaType, encoding }: ObjectReply,
  at: number,
): RemoteObject {
  if (at === 0 || object === undefined) {
    // What it leaves out would have to be asked for later.
    if (length !== total && etag === undefined) throw beginAnew();
    return { total, etag, mediaType, encoding };
  }
  // A 206 carries the tag that a 200 would have (RFC 9110, section 15.3.7). A storage that heeds If-Match answers 412 for
  // another object; one that does not heed it, and leaves out the tag, may be sending a part of anything.
  if (start !== at || etag === undefined) throw beginAnew();
  if (etag !== object.etag || (object.total !== undefined && total !== object.total)) throw changed();
  return { ...object, total };
}

/** Writes a body to the file; whatever was received before it breaks counts. */
async function pour(
  reply: ObjectReply,
  url: string,
  file: DiskFile,
  start: number,
  { clock, signal, mostBytes }: TransferContext,
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
      // A body that contradicts its own head is not to be trusted, and neither is what came of it so far.
      if (writer.position() + chunk.byteLength > end) throw beginAnew();
      checkSize(writer.position() + chunk.byteLength, mostBytes, false);
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

function beginAnew(lost?: TransferError): TransferError {
  const why = inert`The storage does not show that the rest is of the same file, so the whole has to come anew.`;
  return new TransferError('changed', lost === undefined ? why : joinInert([lost.message, why], ' '), { cause: lost });
}
