import type { IsHome } from '../base/addresses.ts';
import { readHead } from '../base/body.ts';
import type { Clock } from '../base/clock.ts';
import { type Inert, inert, joinInert } from '../base/inert.ts';
import { isLasting, isUntrusted, networkErrorText, UNTRUSTED_ADVICE } from '../base/network.ts';
import { parseRetryAfter } from '../base/retry.ts';
import type { Answer, Wire } from '../base/wire.ts';
import { storageUrl } from './address.ts';
import { TransferError } from './errors.ts';

/** What a request to the storage is made with. */
export interface RequestContext {
  /** The API's key is not known to it, and cannot leave. */
  readonly wire: Wire;
  readonly isHome: IsHome;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** One request to the storage. */
export interface StorageRequest {
  readonly method: 'GET' | 'PUT';
  /** Lower-case names. They go wherever a redirect leads, so nothing that is for one host alone may be among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Called for each place that it is sent to. */
  readonly body?: () => AsyncIterable<Uint8Array>;
  /** Told for each place when the request is about to be written; before that, nothing of it can have arrived there. */
  readonly onSending?: () => void;
  /** The longest silence, in milliseconds. */
  readonly stallLimit: number;
}

/** Redirects followed for one request. */
const MOST_REDIRECTS = 5;
/** What a PUT may be answered, and is still one when it is sent on (RFC 9110, section 15.4). */
const KEEP_METHOD: readonly number[] = [307, 308];
const REDIRECTS: readonly number[] = [301, 302, 303, ...KEEP_METHOD];
/** Of an error's text, in bytes. */
const LARGEST_ERROR = 4 * 1024;

/**
 * Asks the storage, and whoever it sends us on to: a store in another region, a cache, a gateway. Each place is held to the
 * same rules as the first, and none is remembered, as what signs it expires sooner than what was presigned.
 *
 * @throws {TransferError} or the signal's reason
 */
export async function requestStorage(url: string, request: StorageRequest, context: RequestContext): Promise<Answer> {
  let place = storageUrl(url, context.isHome);
  for (let redirects = 0; ; redirects += 1) {
    const answer = await send(place, request, context);
    if (!REDIRECTS.includes(answer.status)) return answer;
    const location = answer.header('location') ?? '';
    const { message } = refusal(answer, await readError(answer, context.clock), context.clock);
    const end = (why: Inert) => new TransferError('final', joinInert([message, why], ' '));
    if (request.method === 'PUT' && !KEEP_METHOD.includes(answer.status)) {
      throw end(
        inert`That would send an upload on without its file (only 307 and 308 keep it), so it is not followed.`,
      );
    }
    if (redirects === MOST_REDIRECTS) {
      throw end(inert`It redirected ${MOST_REDIRECTS} times before, and may do so in a circle.`);
    }
    if (location === '') throw end(inert`It redirects, but does not say where to.`);
    if (!URL.canParse(location, place.href)) throw end(inert`It redirects to something that is no URL.`);
    // What began with https does not become readable on the way, on whatever machine.
    place = redirected(new URL(location, place), context.isHome, place.protocol === 'http:', message);
  }
}

function redirected(target: URL, isHome: IsHome, mayBePlain: boolean, message: Inert): URL {
  try {
    return storageUrl(target.href, isHome, mayBePlain);
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    const text = joinInert([message, inert`It redirects, and is not followed.`, error.message], ' ');
    throw new TransferError(error.type, text, { cause: error });
  }
}

async function send(
  { href }: URL,
  { method, headers, body, onSending, stallLimit }: StorageRequest,
  { wire, signal }: RequestContext,
): Promise<Answer> {
  try {
    return await wire(href, {
      method,
      headers,
      ...(body !== undefined && { body: body() }),
      ...(onSending !== undefined && { onSending }),
      connection: 'shared',
      headersTimeout: stallLimit,
      bodyTimeout: stallLimit,
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw broken(href, error);
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
  const words = message === undefined ? '' : `: ${withoutEntities(message).replace(/\.$/, '')}`;
  const said: Inert = inert`The storage answered ${status}${code === undefined ? '' : ` ${code}`}${words}.`;
  if (status === 412) return changed();
  // Expired: AWS and MinIO 403 AccessDenied, R2 403 ExpiredRequest, GCS 400 ExpiredToken. A key that was revoked looks much
  // the same, and a fresh URL is the answer to all of them.
  if (status === 400 || status === 401 || status === 403) return new TransferError('refused', said);
  if (status === 408 || status === 429 || (status >= 500 && status !== 501)) {
    return new TransferError('passing', said, {
      retryAfter: parseRetryAfter(header('retry-after'), clock),
    });
  }
  if (status === 413) {
    return new TransferError(
      'final',
      joinInert(
        [
          said,
          inert`The file is larger than it takes, or a proxy before it (nginx: client_max_body_size). Have the deployment allow more, or send a smaller file.`,
        ],
        ' ',
      ),
    );
  }
  return new TransferError('final', said);
}

/** As XML means it (XML 1.0, section 4.6); a number may stand for anything, and stays. */
function withoutEntities(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? '');
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

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
