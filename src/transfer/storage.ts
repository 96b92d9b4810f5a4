import { readHead } from '../base/body.ts';
import type { Clock } from '../base/clock.ts';
import { type Inert, inert } from '../base/inert.ts';
import { isLasting, isUntrusted, networkErrorText, UNTRUSTED_ADVICE } from '../base/network.ts';
import { parseRetryAfter } from '../base/retry.ts';
import type { Answer, Body, Wire } from '../base/wire.ts';
import { TransferError } from './errors.ts';

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
  /** Told of a long wait that the storage asks for, by everyone who waits. */
  readonly notice: (message: Inert) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What a wire to the storage keeps open to one origin, at most. */
export const STORAGE_CONNECTIONS = 16;

/** Which bytes to ask for. */
export interface ByteRange {
  readonly from: number;
  /** Exclusive; to the end without it. */
  readonly to?: number | undefined;
  /** A strong entity tag the object must still have. */
  readonly etag?: string | undefined;
}

/** The bytes that came, and what was said about the object they are of. */
export interface RangeReply {
  /** Where the body begins: what was asked for, or 0 when the storage ignored the range. */
  readonly start: number;
  /** How many bytes the body must have; `undefined` when nobody says. */
  readonly length: number | undefined;
  /** The size of the whole object, when known. */
  readonly total: number | undefined;
  /** Whether a body of unknown length still has an end that can be told from a broken connection (RFC 9112, 7.1). */
  readonly framed: boolean;
  /** A strong entity tag. */
  readonly etag: string | undefined;
  readonly mediaType: string | undefined;
  readonly body: Body;
}

/** Between two chunks, and before the first, in milliseconds. */
const STALL_LIMIT = 30_000;
/** Of an error's text, in bytes. */
const LARGEST_ERROR = 4 * 1024;

/**
 * Asks for a part of the object behind a presigned URL. `undefined` means that nothing lies at or after `from`: the object
 * is exactly that long. Throws {@link TransferError}, or the signal's reason.
 *
 * @see RFC 9110, section 14 (ranges), 13.1.1 (If-Match)
 */
export async function getRange(
  url: string,
  range: ByteRange,
  { wire, clock, signal }: Pick<TransferContext, 'wire' | 'clock' | 'signal'>,
): Promise<RangeReply | undefined> {
  const headers: Record<string, string> = { accept: '*/*', 'accept-encoding': 'identity' };
  headers.range = `bytes=${range.from}-${range.to === undefined ? '' : range.to - 1}`;
  if (range.etag !== undefined) headers['if-match'] = range.etag;
  let answer = await ask(headers);
  if (answer.status === 416) {
    await readError(answer, clock);
    const total = contentRange(answer)?.total;
    if (total === range.from) return undefined;
    if (range.from > 0) throw new TransferError('changed', inert`The file at the storage became shorter.`);
    // S3 refuses every range of an empty object, and does not always say how long it is.
    answer = await ask(omitRange(headers));
  }
  if (answer.status === 200) return wholeReply(answer);
  if (answer.status === 206) return partReply(answer, range);
  throw refusal(answer, await readError(answer, clock), clock);

  async function ask(asked: Record<string, string>): Promise<Answer> {
    try {
      const limits = { headersTimeout: STALL_LIMIT, bodyTimeout: STALL_LIMIT };
      return await wire(url, { method: 'GET', headers: asked, connection: 'shared', ...limits, signal });
    } catch (error) {
      signal.throwIfAborted();
      throw broken(url, error);
    }
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

function wholeReply(answer: Answer): RangeReply {
  const length = contentLength(answer);
  return { ...describe(answer), start: 0, length, total: length };
}

function partReply(answer: Answer, range: ByteRange): RangeReply {
  const part = contentRange(answer);
  const length = part?.start === undefined || part.end === undefined ? undefined : part.end + 1 - part.start;
  const fits =
    length !== undefined &&
    length > 0 &&
    part?.start === range.from &&
    (range.to === undefined || (part.end ?? 0) < range.to) &&
    (contentLength(answer) ?? length) === length;
  if (!fits) {
    answer.body.destroy();
    throw new TransferError('passing', inert`The storage sent another part of the file than it was asked for.`);
  }
  return { ...describe(answer), start: range.from, length, total: part.total };
}

function describe({ header, body }: Answer) {
  const etag = header('etag');
  return {
    framed: header('content-length') !== undefined || /\bchunked\b/i.test(header('transfer-encoding') ?? ''),
    // Weak tags (W/"...") never match in If-Match.
    etag: etag?.startsWith('"') ? etag : undefined,
    mediaType: /^[\w.+-]+\/[\w.+-]+/.exec(header('content-type') ?? '')?.[0]?.toLowerCase(),
    body,
  };
}

function contentLength({ header }: Answer): number | undefined {
  const text = header('content-length') ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function contentRange({ header }: Answer) {
  const found = /^bytes (?:(\d{1,15})-(\d{1,15})|\*)\/(?:(\d{1,15})|\*)$/i.exec(header('content-range') ?? '');
  if (found === null) return undefined;
  const [start, end, total] = found.slice(1).map((digits) => (digits === undefined ? undefined : Number(digits)));
  return { start, end, total };
}

/** The error for an answer without bytes of the file. */
export function refusal({ status, header }: Answer, text: string, clock: Clock): TransferError {
  const code = /<Code>([^<]{1,100})<\/Code>/.exec(text)?.[1];
  const message = /<Message>([^<]{1,300})<\/Message>/.exec(text)?.[1];
  const said: Inert = inert`The storage answered ${status}${code === undefined ? '' : ` ${code}`}${message === undefined ? '' : `: ${message}`}.`;
  if (status === 412) return new TransferError('changed', inert`The file at the storage changed while it was read.`);
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

/** The beginning of what an answer without bytes of the file says; its connection can be used again where that is all. */
export function readError({ body }: Answer, clock: Clock): Promise<string> {
  return readHead(body, LARGEST_ERROR, clock);
}

function omitRange({ range: _, ...headers }: Record<string, string>): Record<string, string> {
  return headers;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'of the output';
}
