import { readHead } from '../base/body.ts';
import type { Clock } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import { type Inert, inert } from '../base/inert.ts';
import { isLasting, isUntrusted, networkErrorText, UNTRUSTED_ADVICE } from '../base/network.ts';
import { parseRetryAfter } from '../base/retry.ts';
import type { Answer, Wire } from '../base/wire.ts';
import { TransferError } from './errors.ts';
import { type ByteRange, emptyReply, type ObjectReply, partReply, wholeReply } from './replies.ts';

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
export interface TransferContext {
  /** The API's key is not known to it, and cannot leave. */
  readonly wire: Wire;
  readonly disk: Disk;
  /** Told of a long wait that the storage asks for, by everyone who waits. */
  readonly notice: (message: Inert) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Where large files are cut; as is best for a network without it. */
  readonly cuts?: Cuts;
}

/** Where large files are cut, in bytes. */
export interface Cuts {
  /** Asked for by the first request: smaller objects are fetched whole, larger ones go on in parts. */
  readonly first: number;
  readonly part: number;
}

/** What a wire to the storage keeps open to one origin, at most. */
export const STORAGE_CONNECTIONS = 16;

/** Between two chunks, and before the first, in milliseconds. */
const STALL_LIMIT = 30_000;
/** Of an error's text, in bytes. */
const LARGEST_ERROR = 4 * 1024;

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
  { wire, clock, signal }: TransferContext,
): Promise<ObjectReply | undefined> {
  const answer = await send(url, range, { wire, signal });
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

async function send(
  url: string,
  range: ByteRange | undefined,
  { wire, signal }: Pick<TransferContext, 'wire' | 'signal'>,
): Promise<Answer> {
  const headers = {
    accept: '*/*',
    'accept-encoding': 'identity',
    ...(range !== undefined && { range: `bytes=${range.from}-${range.to === undefined ? '' : range.to - 1}` }),
    ...(range?.etag !== undefined && { 'if-match': range.etag }),
  };
  try {
    const limits = { headersTimeout: STALL_LIMIT, bodyTimeout: STALL_LIMIT };
    return await wire(url, { method: 'GET', headers, connection: 'shared', ...limits, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw broken(url, error);
  }
}

/** The error for a connection that could not be made or broke. */
export function broken(url: string, error: unknown): TransferError {
  if (error instanceof TransferError) return error;
  const advice = isUntrusted(error) ? ` ${UNTRUSTED_ADVICE}` : '';
  return new TransferError(
    isLasting(error) ? 'final' : 'passing',
    inert`The connection to the storage ${hostOf(url)} failed: ${networkErrorText(error)}.${advice}`,
    { cause: error },
  );
}

/** The error for an answer without bytes of the file. */
export function refusal({ status, header }: Answer, text: string, clock: Clock): TransferError {
  const code = /<Code>([^<]{1,100})<\/Code>/.exec(text)?.[1];
  const message = /<Message>([^<]{1,300})<\/Message>/.exec(text)?.[1];
  const said: Inert = inert`The storage answered ${status}${code === undefined ? '' : ` ${code}`}${message === undefined ? '' : `: ${message}`}.`;
  if (status === 412) return changed();
  // Expired: AWS and MinIO 403 AccessDenied, R2 403 ExpiredRequest, GCS 400 ExpiredToken. A key that was revoked looks much
  // the same, and a fresh URL is the answer to all of them.
  if (status === 400 || status === 401 || status === 403) return new TransferError('refused', said);
  if (status === 408 || status === 429 || (status >= 500 && status !== 501)) {
    return new TransferError('passing', said, {
      retryAfter: parseRetryAfter(header('retry-after'), clock),
    });
  }
  return new TransferError('final', said);
}

/** The error for an object that is not the one the transfer began with. */
export function changed(): TransferError {
  return new TransferError('changed', inert`The file at the storage changed while it was read.`);
}

/** The beginning of what an answer without bytes of the file says; its connection can be used again where that is all. */
export function readError({ body }: Answer, clock: Clock): Promise<string> {
  return readHead(body, LARGEST_ERROR, clock);
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'of the output';
}
