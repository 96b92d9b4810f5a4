import { InertError } from '../base/errors.ts';
import { type Inert, inert, joinInert } from '../base/inert.ts';
import { errorText } from './error-text.ts';

/**
 * What went wrong between us and the service.
 *
 * - `unreachable`: no connection was made, so the service cannot have seen the request
 * - `lost`: the request may have arrived, its answer did not
 * - `status`: the service answered with a status that is not a success
 * - `shape`: the service answered 2xx with something that is not what the documentation says
 * - `malformed`: it answered 2xx with JSON that cannot be read
 */
export type ApiErrorType = 'unreachable' | 'lost' | 'status' | 'shape' | 'malformed';

/** One failed call of the Runtime API. The message says what happened, the probable cause and what to do. */
export class ApiError extends InertError {
  override readonly name = 'ApiError';
  readonly type: ApiErrorType;
  /** The HTTP status, when there was an answer. */
  readonly status: number | undefined;
  /** Milliseconds the service asked us to wait (`Retry-After`, RFC 9110 section 10.2.3). */
  readonly retryAfter: number | undefined;

  constructor(
    type: ApiErrorType,
    message: Inert,
    details: { status?: number | undefined; retryAfter?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, details.cause);
    this.type = type;
    this.status = details.status;
    this.retryAfter = details.retryAfter;
  }
}

/** Whether asking again later can help an idempotent call: faults of the network, 408, 429 and 5xx except 501. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  if (error.type !== 'status') return true;
  const status = error.status ?? 0;
  return status === 408 || status === 429 || (status >= 500 && status !== 501);
}

/** The error for an answer that is not a success; `body` is its text, of whatever shape. */
export function statusError(call: string, status: number, body: string, retryAfter: number | undefined): ApiError {
  const said = messageOf(body);
  const { what, advice } = meaningOf(status);
  const answer = inert`${status}${said === '' ? '' : `: ${said.replace(/\.$/, '')}`}`;
  const parts = [inert`${what} (${answer}).`, ...(advice === undefined ? [] : [advice]), inert`That was ${call}.`];
  return new ApiError('status', joinInert(parts, ' '), { status, retryAfter });
}

/**
 * The readable part of an error body: what {@link errorText} finds in it, the title of an HTML page, else its text.
 */
export function messageOf(body: string): string {
  const text = body.trim();
  try {
    const found = errorText(JSON.parse(text));
    if (found !== undefined) return found;
  } catch {
    // Not JSON: an HTML page of a proxy, or plain text.
  }
  if (!/^<(!doctype|html|head|\?xml)/i.test(text)) return text;
  const title = /<title[^<>]*>([^<]+)<\/title>/i.exec(text)?.[1]?.trim();
  return (
    title ||
    text
      .replace(/<[^<>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
  );
}

/** What a status says in words, first of all, and what to do about it. */
function meaningOf(status: number): { readonly what: Inert; readonly advice?: Inert } {
  if (status === 401) {
    return {
      what: inert`The api-key was refused`,
      advice: inert`It is wrong, expired or revoked, or belongs to another deployment: check the secret and api-url, or issue a new integration key (sk-...) for the team.`,
    };
  }
  if (status === 403) {
    return {
      what: inert`The api-key may not do that`,
      advice: inert`Its team lacks the right, or the deployment's licence the feature: ask whoever administers Cyberun for it.`,
    };
  }
  if (status === 404) {
    return {
      what: inert`There is no such thing for this api-key`,
      advice: inert`It may belong to another team or deployment, or be gone by now.`,
    };
  }
  if (status >= 300 && status < 400) {
    return {
      what: inert`api-url points at an address that redirects`,
      advice: inert`The key is not sent on to another one: set api-url to the final address, ending in /api/v1.`,
    };
  }
  if (status === 429) {
    return {
      what: inert`The service limits how often it may be asked`,
      advice: inert`It answers again after a while.`,
    };
  }
  if (status >= 500) {
    return {
      what: inert`The service, or a proxy before it, has a fault`,
      advice: inert`It may be over after a while.`,
    };
  }
  return { what: inert`The service refused a request` };
}
