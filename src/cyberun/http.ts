import { type Dispatcher, request } from 'undici';
import { type Clock, delayedAbort, sleep, timeLimit } from '../base/clock.ts';
import { type Inert, inert } from '../base/inert.ts';
import { isLasting, isUntrusted, networkErrorText, orAborted, UNTRUSTED_ADVICE } from '../base/network.ts';
import { createBackoff, parseRetryAfter } from '../base/retry.ts';
import { type Body, parseJson, readHead, readText } from './body.ts';
import { type Connections, noticeSending } from './connections.ts';
import { ApiError, isPassing, statusError } from './errors.ts';

/** One call of the Runtime API. */
export interface Call {
  readonly method: 'GET' | 'POST';
  /** Below the base URL, beginning with `/r/`; ids in it already percent-encoded. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /**
   * - `idempotent`: sent again after any passing fault
   * - `unless-accepted`: sent again only when it certainly was not accepted: no connection made, 429, 503
   */
  readonly repeat: 'idempotent' | 'unless-accepted';
  /** How long faults may go on before the call fails, in milliseconds. */
  readonly budget: number;
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
  readonly connections: Connections;
  readonly clock: Clock;
  /** Told once when calls have to be repeated, however many at one time, and once when the last of them succeeds. */
  readonly notice: (message: Inert) => void;
}

export function createHttp({ baseUrl, apiKey, connections, clock, notice }: HttpOptions): Http {
  const base = baseUrl.replace(/\/+$/, '');
  const { host } = new URL(base);

  /** Calls that are being repeated now: of many at one time, one tells of the outage, and one of its end. */
  let repeating = 0;

  async function send(call: Call): Promise<unknown> {
    const started = clock.now();
    const backoff = createBackoff(500, 15_000);
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
          const left = started + call.budget - clock.now();
          if (left <= 0) throw error;
          if (!failed) {
            failed = true;
            repeating += 1;
            if (repeating === 1) notice(outageText(error, call.budget));
          }
          // Whatever wait the service asks for, there is a last try when the budget ends.
          await sleep(clock, Math.min(backoff.next(error.retryAfter), left), call.signal);
        }
      }
    } finally {
      if (failed) repeating -= 1;
    }
  }

  async function attempt({ method, path, body, repeat, signal, grace }: Call): Promise<unknown> {
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
        dispatcher: repeat === 'idempotent' ? connections.shared : connections.fresh,
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
        signal: limit.signal,
        bodyTimeout: ANSWER_LIMIT,
      });
      if (answer.statusCode < 200 || answer.statusCode > 299) throw await refusal(name, answer);
      return parseJson(name, await readText(answer.body));
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
        dispatcher: connections.shared,
        headers,
        // The limit is over once the stream is open, but the stream is not.
        signal: AbortSignal.any([signal, limit.signal]),
        // A quiet stream is healthy: whoever follows it has a watchdog of its own.
        bodyTimeout: 0,
      });
      // A body that is destroyed before anybody read it emits an error, and one that nobody hears ends the process.
      answer.body.on('error', () => undefined);
      if (answer.statusCode !== 200) throw await refusal(name, answer);
      return {
        status: answer.statusCode,
        contentType: headerOf(answer.headers, 'content-type') ?? '',
        body: answer.body,
      };
    } catch (error) {
      signal.throwIfAborted();
      throw asApiError(name, error, true);
    }
  }

  async function ask(name: string, path: string, { dispatcher, signal, ...asked }: Asked) {
    let sent = false;
    const onSending = () => {
      sent = true;
    };
    try {
      const answer = request(`${base}${path}`, {
        ...asked,
        dispatcher: dispatcher.compose(noticeSending(onSending)),
        headers: { ...headersOf(apiKey), ...asked.headers },
        signal,
        headersTimeout: ANSWER_LIMIT,
      });
      return await orAborted(answer, signal);
    } catch (error) {
      throw asApiError(name, error, sent);
    }
  }

  async function refusal(name: string, { statusCode, headers, body }: Dispatcher.ResponseData): Promise<ApiError> {
    const retryAfter = parseRetryAfter(headerOf(headers, 'retry-after'), clock);
    return statusError(name, statusCode, await readHead(body, clock), retryAfter);
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
      return new ApiError(
        'unreachable',
        inert`No connection to ${host}: ${said}. The address, a proxy or the network may be at fault: check api-url and the proxy variables.`,
        { cause: error },
      );
    }
    return new ApiError('lost', inert`${name} to ${host} got no whole answer: ${said}.`, { cause: error });
  }

  return { send, open };
}

type Headers = Record<string, string | string[] | undefined>;

interface Asked {
  readonly method: Call['method'];
  readonly dispatcher: Dispatcher;
  readonly headers: Record<string, string>;
  readonly body?: string | null;
  readonly signal: AbortSignal;
  readonly bodyTimeout: number;
}

const ANSWER_LIMIT = 30_000;
const CALL_LIMIT = 60_000;

function outageText({ message }: ApiError, budget: number): Inert {
  return inert`${message} Trying again for up to ${Math.round(budget / 1000)} s.`;
}

function headersOf(apiKey: string): Record<string, string> {
  return { authorization: `Bearer ${apiKey}`, accept: 'application/json', 'user-agent': 'cyberun-run' };
}

function headerOf(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function mayRepeat(call: Call, error: ApiError): boolean {
  if (isLasting(error.cause)) return false;
  if (call.repeat === 'idempotent') return isPassing(error);
  return error.type === 'unreachable' || error.status === 429 || error.status === 503;
}
