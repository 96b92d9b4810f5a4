import { readHead } from '../base/body.ts';
import { type Clock, delayedAbort, sleep, timeLimit } from '../base/clock.ts';
import { withoutEnd } from '../base/ends.ts';
import { type Inert, inert, joinInert } from '../base/inert.ts';
import { isUnknownHost, isUntrusted, networkErrorText, UNKNOWN_HOST_LIMIT, UNTRUSTED_ADVICE } from '../base/network.ts';
import { createBackoff, isLongWait, parseRetryAfter, SLOWEST_BACKOFF } from '../base/retry.ts';
import type { Answer, Body, Wire, WireRequest } from '../base/wire.ts';
import { readAnswer, readText } from './body.ts';
import { ApiError, statusError } from './errors.ts';
import { againText, givenUp, mayRepeat, type Repeatable } from './repeat.ts';

/** One call of the Runtime API. */
export interface Call extends Repeatable {
  readonly method: 'GET' | 'POST';
  /** Below the base URL, beginning with `/r/`; ids in it already percent-encoded. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** How long faults may go on before the call fails, in milliseconds. */
  readonly budget: number;
  /** Makes of a 2xx answer's text what the call returns, in place of {@link readAnswer}, and throws what that throws. */
  readonly read?: (name: string, text: string) => unknown;
  readonly signal: AbortSignal;
  /**
   * How long the attempt that is on the wire may outlive `signal`, in milliseconds: then the call throws what became of the
   * attempt, not the signal's reason. Without it, `signal` ends the attempt at once.
   */
  readonly grace?: number;
}

/** A stream of bytes that the service keeps open. */
export interface OpenStream {
  readonly status: number;
  readonly contentType: string;
  readonly body: Body;
}

/** The wire to one deployment of the service. */
export interface Http {
  /** The parsed JSON of a 2xx answer, `undefined` for an empty one. Throws {@link ApiError}, or the signal's reason. */
  send(call: Call): Promise<unknown>;
  /** Opens an event stream, once. Throws {@link ApiError} for a status that is not a success. */
  open(path: string, headers: Record<string, string>, signal: AbortSignal): Promise<OpenStream>;
}

/** What a wire is made of. */
export interface HttpOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly wire: Wire;
  readonly clock: Clock;
  /** Told once when calls have to be repeated, however many at one time, and once when the last of them succeeds. */
  readonly notice: (message: Inert) => void;
}

export function createHttp({ baseUrl, apiKey, wire, clock, notice }: HttpOptions): Http {
  const base = withoutEnd(baseUrl, /\//);
  const { host } = new URL(base);

  /** Calls that are being repeated now: of many at one time, one tells of the outage, and one of its end. */
  let repeating = 0;
  /** A long wait is told once in each outage. */
  let waitTold = false;
  /** A host that was known once is not mistyped: later, its name is only lost for a while. */
  let reached = false;
  /** Nor does an address lead to the wrong place that led to the right one. */
  let answered = false;

  async function send(call: Call): Promise<unknown> {
    const started = clock.now();
    const backoff = createBackoff(clock, 500, SLOWEST_BACKOFF);
    let missingSince: number | undefined;
    let malformed = 0;
    let failed = false;
    try {
      for (;;) {
        call.signal.throwIfAborted();
        try {
          const answer = await attempt(call);
          if (failed && repeating === 1) notice(inert`${host} answers again`);
          return answer;
        } catch (error) {
          if (!(error instanceof ApiError) || !mayRepeat(call, error)) throw error;
          reached ||= !isUnknownHost(error.cause);
          const now = clock.now();
          missingSince = error.status === 404 ? (missingSince ?? now) : undefined;
          // An answer that was cut off comes whole at another time; one that is written so does not.
          if (error.type === 'malformed') malformed += 1;
          const end = Math.min(
            started + (reached ? call.budget : Math.min(call.budget, UNKNOWN_HOST_LIMIT)),
            (missingSince ?? NEVER) + (call.missing ?? 0),
          );
          if (malformed === MALFORMED_TRIES) throw error;
          if (end <= now) throw givenUp(error, now - started);
          // Whatever wait the service asks for, there is a last try at the end.
          const wait = Math.min(backoff.next(error.retryAfter), end - now);
          // Broken JSON is no outage, and is over in a moment, one way or the other.
          if (error.type !== 'malformed') {
            if (!failed) repeating += 1;
            tell(error, !failed && repeating === 1, wait, end - started);
            failed = true;
          }
          await sleep(clock, wait, call.signal);
        }
      }
    } finally {
      if (failed) repeating -= 1;
    }
  }

  function tell(error: ApiError, isFirst: boolean, wait: number, most: number): void {
    if (isFirst) waitTold = false;
    const isLong = isLongWait(error.retryAfter);
    if (isFirst || (isLong && !waitTold)) notice(againText(error, wait, most));
    waitTold ||= isLong;
  }

  async function attempt({ method, path, body, repeat, signal, grace, read = readAnswer }: Call): Promise<unknown> {
    const name = `${method} ${path}`;
    using late = delayedAbort(clock, signal, grace ?? 0);
    using limit = timeLimit(
      clock,
      late.signal,
      CALL_LIMIT,
      () => new Error(`no complete answer within ${CALL_LIMIT / 1000} s`),
    );
    try {
      const answer = await ask(name, path, {
        method,
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        connection: repeat === 'idempotent' ? 'shared' : 'own',
        bodyTimeout: ANSWER_LIMIT,
        signal: limit.signal,
      });
      if (answer.status < 200 || answer.status > 299) throw await refusal(name, answer);
      return read(name, await readText(name, answer.body));
    } catch (error) {
      // An attempt that outlives the signal is one whose answer matters: that it was lost must not pass as an abort.
      if (grace === undefined) signal.throwIfAborted();
      throw asApiError(name, error, true);
    }
  }

  async function open(path: string, headers: Record<string, string>, signal: AbortSignal): Promise<OpenStream> {
    const name = `GET ${path}`;
    using limit = timeLimit(clock, signal, CALL_LIMIT, () => new Error(`no answer within ${CALL_LIMIT / 1000} s`));
    try {
      const answer = await ask(name, path, {
        method: 'GET',
        headers,
        // A proxy that forwards lets the service end a stream on a connection that it keeps itself, and takes what comes
        // after it on there for more of the same exchange (tinyproxy): the next call would get a bare 400.
        connection: 'own',
        // A quiet stream is healthy: whoever follows it has a watchdog of its own.
        bodyTimeout: 0,
        // The limit is over once the stream is open, but the stream is not.
        signal: AbortSignal.any([signal, limit.signal]),
      });
      if (answer.status !== 200) throw await refusal(name, answer);
      return { status: answer.status, contentType: answer.header('content-type') ?? '', body: answer.body };
    } catch (error) {
      signal.throwIfAborted();
      throw asApiError(name, error, true);
    }
  }

  async function ask(name: string, path: string, asked: Asked): Promise<Answer> {
    let sent = false;
    try {
      const answer = await wire(`${base}${path}`, {
        ...asked,
        headers: { authorization: `Bearer ${apiKey}`, accept: 'application/json', ...asked.headers },
        headersTimeout: ANSWER_LIMIT,
        onSending() {
          sent = true;
          reached = true;
        },
      });
      answered ||= answer.status < 300;
      return answer;
    } catch (error) {
      throw asApiError(name, error, sent);
    }
  }

  async function refusal(name: string, { status, header, body }: Answer): Promise<ApiError> {
    const retryAfter = parseRetryAfter(header('retry-after'), clock);
    return statusError(name, status, await readHead(body, LARGEST_ERROR, clock), retryAfter);
  }

  function asApiError(name: string, error: unknown, sent: boolean): ApiError {
    if (error instanceof ApiError) return error;
    const said = networkErrorText(error);
    if (isUntrusted(error)) {
      return new ApiError('unreachable', inert`${host} could not be trusted: ${said}. ${UNTRUSTED_ADVICE}`, {
        cause: error,
      });
    }
    if (!sent) {
      const why = answered ? SINCE_ANSWERED : NEVER_ANSWERED;
      return new ApiError('unreachable', joinInert([inert`No connection to ${host}: ${said}.`, why], ' '), {
        cause: error,
      });
    }
    return new ApiError('lost', inert`${name} to ${host} got no whole answer: ${said}.`, { cause: error });
  }

  return { send, open };
}

type Asked = Omit<WireRequest, 'headersTimeout' | 'onSending'>;

const NEVER_ANSWERED = inert`The address, a proxy or the network may be at fault: check api-url and the proxy variables.`;
const SINCE_ANSWERED = inert`It answered before: the service, a proxy or the network may be down for now.`;
const ANSWER_LIMIT = 30_000;
const CALL_LIMIT = 60_000;
const NEVER = Number.POSITIVE_INFINITY;
/** How often an answer may be broken JSON. */
const MALFORMED_TRIES = 3;
/** Of an error's text, in bytes. */
const LARGEST_ERROR = 64 * 1024;
