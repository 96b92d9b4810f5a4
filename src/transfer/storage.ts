import type { Disk } from '../base/disk.ts';
import { type Inert, inert } from '../base/inert.ts';
import type { Digester } from './digest.ts';
import { TransferError } from './errors.ts';
import { type ByteRange, emptyReply, type ObjectReply, partReply, wholeReply } from './replies.ts';
import { changed, type RequestContext, readError, refusal, requestStorage } from './request.ts';

/** Where a file comes from: a presigned URL, which may expire and be replaced. */
export interface Source {
  /** The URL to use now. */
  url(): string;
  /** Replaces the URLs of all that is left to fetch, unless somebody did so since `stale` was the URL to use. */
  renew(stale: string, signal: AbortSignal): Promise<void>;
}

/** Told how transfers go on. */
export interface Meter {
  /** The size of one file, in bytes, as soon as it is known. */
  size(total: number): void;
  /** Bytes that arrived; a negative number when they have to come again. */
  bytes(count: number): void;
}

/** What transfers are made with. */
export interface TransferContext extends RequestContext {
  readonly disk: Disk;
  /** Told of a long wait that the storage asks for, by everyone who waits. */
  readonly notice: (message: Inert) => void;
  /** What one file may bring, in bytes; as much as it likes without it. */
  readonly mostBytes?: number | undefined;
  /** Of files in parts; they are computed here without it. */
  readonly digester?: Digester;
  /** Where large files are cut; as is best for a network without it. */
  readonly cuts?: Cuts;
}

/** Where large files are cut, in bytes. */
export interface Cuts {
  /** Asked for by the first request: smaller objects are fetched whole, larger ones go on in parts. */
  readonly first: number;
  /** A part has as many at least, */
  readonly least: number;
  /** and at most. */
  readonly most: number;
}

/** What a wire to the storage keeps open to one origin, at most. */
export const STORAGE_CONNECTIONS = 16;

/** Between two chunks, and before the first, in milliseconds. */
const STALL_LIMIT = 30_000;

/**
 * Asks for a part of the object behind a presigned URL. What comes may be less, or the whole instead; of a range from 0
 * without an end, always the whole.
 *
 * @throws {TransferError} or the signal's reason
 * @see RFC 9110, section 14 (ranges), 13.1.1 (If-Match)
 */
export async function getObject(url: string, range: ByteRange, context: TransferContext): Promise<ObjectReply> {
  const part = await ask(url, range, context);
  if (part !== undefined) return part;
  if (range.from > 0) throw changed();
  // Whatever a storage makes of ranges, it need not make anything of none.
  const whole = await ask(url, undefined, context);
  if (whole !== undefined) return whole;
  throw new TransferError(
    'final',
    inert`The storage sends a part of the file where the whole was asked for. A cache on the way may do so: have it pass requests on as they are.`,
  );
}

/** One request, for the whole without a range. `undefined` when no part came, or none that can be used. */
async function ask(
  url: string,
  range: ByteRange | undefined,
  context: RequestContext,
): Promise<ObjectReply | undefined> {
  const headers = {
    accept: '*/*',
    'accept-encoding': 'identity',
    ...(range !== undefined && { range: `bytes=${range.from}-${range.to === undefined ? '' : range.to - 1}` }),
    ...(range?.etag !== undefined && { 'if-match': range.etag }),
  };
  const { clock } = context;
  const answer = await requestStorage(url, { method: 'GET', headers, stallLimit: STALL_LIMIT }, context);
  let reply: ObjectReply | undefined;
  try {
    if (answer.status === 200) reply = wholeReply(answer);
    else if (answer.status === 206) reply = partReply(answer, range);
    else if (answer.status === 416 && range !== undefined) reply = emptyReply(answer, range);
    else throw refusal(answer, await readError(answer, clock), clock);
    return reply;
  } finally {
    if (reply === undefined) answer.body.destroy();
  }
}
