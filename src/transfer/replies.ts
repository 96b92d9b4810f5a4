import { inert } from '../base/inert.ts';
import type { Answer, Body } from '../base/wire.ts';
import { TransferError } from './errors.ts';

/** Which bytes to ask for. */
export interface ByteRange {
  readonly from: number;
  /** Exclusive; to the end without it. */
  readonly to?: number | undefined;
  /** A strong entity tag the object must still have. */
  readonly etag?: string | undefined;
}

/** The bytes that come, and what was said about the object they are of. */
export interface ObjectReply {
  /** Where the body begins: what was asked for, or 0 when the whole comes. */
  readonly start: number;
  /** How many bytes the body must have; `undefined` for one in chunks, of which the last says that it is whole. */
  readonly length: number | undefined;
  /** The size of the whole object; `undefined` where only the last chunk tells. */
  readonly total: number | undefined;
  /** A strong entity tag. */
  readonly etag: string | undefined;
  readonly mediaType: string | undefined;
  /** How the bytes are packed, as they come and as they are stored: nobody asked for it, and nobody here undoes it. */
  readonly encoding: string | undefined;
  readonly body: Body;
}

/**
 * A 200. Throws {@link TransferError} where nobody could tell whether its body is whole: one without a length that ends with
 * the connection looks the same when the connection broke (RFC 9112, section 8).
 */
export function wholeReply(answer: Answer): ObjectReply {
  const said = describe(answer);
  const length = contentLength(answer);
  if (length === undefined && answer.header('transfer-encoding') === undefined) {
    throw new TransferError(
      'final',
      inert`The storage does not say how long the file is and ends it by closing the connection, so half a file would look like a whole one. Have the storage, or the proxy before it, send a Content-Length.`,
    );
  }
  return { ...said, start: 0, length, total: length };
}

/**
 * A 206; `undefined` when it is not the part that was asked for, or does not say of how much it is one.
 *
 * @param range What was asked for; `undefined` for the whole, without a range.
 */
export function partReply(answer: Answer, range: ByteRange | undefined): ObjectReply | undefined {
  const { start, end, total } = contentRange(answer);
  const length = end + 1 - start;
  const wholeAsked = range?.from === 0 && range.to === undefined;
  const fits =
    start === range?.from &&
    length > 0 &&
    end < Math.min(range.to ?? total, total) &&
    (length === total || !wholeAsked) &&
    (contentLength(answer) ?? length) === length;
  return fits ? { ...describe(answer), start, length, total } : undefined;
}

/** A 416 when it says that the object is empty: no range fits one. S3 does not always say so, and others say less. */
export function emptyReply(answer: Answer, { from }: ByteRange): ObjectReply | undefined {
  if (from > 0 || !/^bytes \*\/0$/i.test(answer.header('content-range') ?? '')) return undefined;
  // What it has in place of the file's bytes is an error's text.
  const body: Body = { destroy: () => answer.body.destroy(), async *[Symbol.asyncIterator]() {} };
  return { start: 0, length: 0, total: 0, etag: undefined, mediaType: undefined, encoding: undefined, body };
}

function describe({ header, body }: Answer): Pick<ObjectReply, 'etag' | 'mediaType' | 'encoding' | 'body'> {
  // A body that was packed for the way (RFC 9112, section 7) stays packed, as nobody here undoes it.
  const coding = header('transfer-encoding') ?? 'chunked';
  if (coding.toLowerCase() !== 'chunked') {
    throw new TransferError(
      'final',
      inert`The storage sends the file with Transfer-Encoding: ${coding}, which nobody asked for and this action does not undo. Have the storage, or the proxy before it, send the file as it is.`,
    );
  }
  const etag = header('etag') ?? '';
  return {
    // Weak tags (W/"...") never match in If-Match, an empty one tells nothing apart, and of several none is the one.
    etag: /^"[\x21\x23-\x7e]+"$/.test(etag) ? etag : undefined,
    mediaType: /^[\w.+-]+\/[\w.+-]+/.exec(header('content-type') ?? '')?.[0]?.toLowerCase(),
    encoding: contentEncoding(header('content-encoding') ?? ''),
    body,
  };
}

/** Codings that say nothing of the bytes: none, and the one of a signed upload in chunks, which some storages keep. */
const NO_CODING: readonly string[] = ['', 'identity', 'aws-chunked'];

function contentEncoding(text: string): string | undefined {
  const codings = text.split(',').map((coding) => coding.trim().toLowerCase());
  const real = codings.filter((coding) => !NO_CODING.includes(coding));
  return real.length === 0 ? undefined : real.join(', ');
}

/** Fifteen digits are a thousand terabytes, and exact as a number. */
function contentLength({ header }: Answer): number | undefined {
  const text = header('content-length') ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** `NaN`, which fits nothing, where there is none or it does not name all three. */
function contentRange({ header }: Answer): { start: number; end: number; total: number } {
  const [, start, end, total] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/i.exec(header('content-range') ?? '') ?? [];
  return { start: Number(start), end: Number(end), total: Number(total) };
}
