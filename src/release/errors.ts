import { InertError } from '../base/errors.ts';
import { type Inert, inert } from '../base/inert.ts';
import { isMapping } from '../base/mapping.ts';
import { listIn, member, textIn } from '../base/members.ts';
import { isLasting, isUntrusted, networkErrorText, UNTRUSTED_ADVICE } from '../base/network.ts';
import { parseRetryAfter } from '../base/retry.ts';

/**
 * What came of a call to GitHub.
 *
 * - `passing`: the network, or a fault of GitHub's: worth another try
 * - `limited`: a rate limit: worth another try after a wait
 * - `refused`: final
 */
export type GithubErrorType = 'passing' | 'limited' | 'refused';

/** GitHub did not do what it was asked for. */
export class GithubError extends InertError {
  override readonly name = 'GithubError';
  readonly type: GithubErrorType;
  /** `undefined` when nothing was answered. */
  readonly status: number | undefined;
  /** What GitHub calls it, such as `already_exists`. */
  readonly code: string | undefined;
  /** The wait that was asked for, in milliseconds. */
  readonly retryAfter: number | undefined;

  constructor(type: GithubErrorType, message: Inert, details: GithubErrorDetails = {}) {
    super(message, details.cause);
    this.type = type;
    this.status = details.status;
    this.code = details.code;
    this.retryAfter = details.retryAfter;
  }
}

interface GithubErrorDetails {
  readonly status?: number;
  readonly code?: string | undefined;
  readonly retryAfter?: number | undefined;
  readonly cause?: unknown;
}

/** What octokit throws (@octokit/request-error), as far as it is read. */
interface Answered {
  readonly status: number;
  readonly response: { readonly headers: Readonly<Record<string, unknown>>; readonly data: unknown };
}

/**
 * Whatever a call throws, as one kind of error.
 *
 * @param name What was asked for, such as `GET releases/tags/v1`.
 * @param host Who was asked.
 * @see docs.github.com, "Best practices for using the REST API": 403 or 429; `retry-after`, else `x-ratelimit-reset`
 */
export function asGithubError(name: string, host: string, error: unknown, clock: { date(): number }): GithubError {
  if (error instanceof GithubError) return error;
  if (isAnswered(error)) return refusalOf(name, error, clock);
  // octokit wraps what `fetch` rejects with.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof GithubError) return cause;
  const advice = isUntrusted(cause) ? ` ${UNTRUSTED_ADVICE}` : '';
  const type = isLasting(cause) ? 'refused' : 'passing';
  return new GithubError(type, inert`${host} could not be reached: ${networkErrorText(cause)}.${advice}`, { cause });
}

function refusalOf(name: string, error: Answered, clock: { date(): number }): GithubError {
  const { status, response } = error;
  const said = textIn(response.data, 'message') ?? '';
  const [first] = listIn(member(response.data, 'errors'));
  const code = textIn(first, 'code');
  // Of its own rules, GitHub says here what it means, and `custom` as the code.
  const detail = textIn(first, 'message') ?? code;
  const message = inert`GitHub answered ${name} with ${status}${said === '' ? '' : `: ${said.replace(/\.$/, '')}`}${detail === undefined ? '' : ` (${detail})`}.`;
  const retryAfter = waitOf(response.headers, clock);
  const isLimit =
    status === 429 || (status === 403 && (retryAfter !== undefined || /rate limit|abuse detection/i.test(said)));
  // Somebody may have the name for a moment: a try whose answer was lost, an asset that is being removed.
  const isPassing = status === 408 || (status >= 500 && status !== 501) || code === 'already_exists';
  const type = isLimit ? 'limited' : isPassing ? 'passing' : 'refused';
  return new GithubError(type, message, { status, code, retryAfter, cause: error });
}

function waitOf(headers: Answered['response']['headers'], clock: { date(): number }): number | undefined {
  const asked = parseRetryAfter(textIn(headers, 'retry-after'), clock);
  if (asked !== undefined || textIn(headers, 'x-ratelimit-remaining') !== '0') return asked;
  const reset = Number(textIn(headers, 'x-ratelimit-reset'));
  return Number.isFinite(reset) && reset > 0 ? Math.max(0, reset * 1000 - clock.date()) : undefined;
}

function isAnswered(error: unknown): error is Answered {
  if (!(error instanceof Error) || !('status' in error) || !('response' in error)) return false;
  const { status, response } = error;
  return typeof status === 'number' && isMapping(response) && isMapping(response.headers);
}
