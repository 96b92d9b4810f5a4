import { type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { type Clock, timeLimit } from '../clock.ts';
import { type Inert, inert } from '../inert.ts';
import { createBackoff, parseRetryAfter } from '../retry.ts';
import { ApiError, isPassing, statusError } from './errors.ts';

/** The connections to the API: kept alive for reading, a fresh one for each submit. */
export interface Connections {
  readonly shared: Dispatcher;
  /** Never reuses a socket: on a kept-alive one that the server just closed, nobody knows whether a POST arrived. */
  readonly fresh: Dispatcher;
}

/** Opens nothing yet. Proxies come from `http_proxy`, `https_proxy`, `no_proxy`, in either case (undici reads them). */
export function createConnections(): Connections {
  // HTTP/2 brings nothing here, and its flow control is a trap for transfers (docs/architecture.md).
  const options = { connect: { timeout: CONNECT_LIMIT }, allowH2: false };
  return {
    shared: new EnvHttpProxyAgent(options),
    fresh: new EnvHttpProxyAgent({ ...options, pipelining: 0 }),
  };
}

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
   * Ends the attempt that is on the wire, where that shall outlive `signal`: then the call throws what became of the
   * attempt, not the signal's reason. `signal` ends it without this.
   */
  readonly attemptSignal?: AbortSignal;
}

/** A stream of bytes that the service keeps open. */
export interface OpenStream {
  readonly status: number;
  readonly contentType: string;
  readonly body: AsyncIterable<Uint8Array> & { destroy(): unknown };
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
  /** Told once a call when it has to be repeated, and once when it then succeeds. */
  readonly notice: (message: Inert) => void;
}

export function createHttp({ baseUrl, apiKey, connections, clock, notice }: HttpOptions): Http {
  const base = baseUrl.replace(/\/+$/, '');
  const { host } = new URL(base);

  async function send(call: Call): Promise<unknown> {
    const started = clock.now();
    const backoff = createBackoff(500, 15_000);
    for (let failures = 0; ; failures += 1) {
      call.signal.throwIfAborted();
      try {
        const answer = await attempt(call);
        if (failures > 0) notice(inert`${host} answers again`);
        return answer;
      } catch (error) {
        if (!(error instanceof ApiError) || !mayRepeat(call, error)) throw error;
        const wait = backoff.next(error.retryAfter);
        if (clock.now() + wait - started > call.budget) throw error;
        if (failures === 0) {
          notice(inert`${error.message} Trying again for up to ${Math.round(call.budget / 1000)} s.`);
        }
        await clock.sleep(wait, call.signal);
      }
    }
  }

  async function attempt({ method, path, body, repeat, ...call }: Call): Promise<unknown> {
    const name = `${method} ${path}`;
    const signal = call.attemptSignal ?? call.signal;
    using limit = timeLimit(signal, CALL_LIMIT, () => new Error(`no complete answer within ${CALL_LIMIT / 1000} s`));
    try {
      const answer = await request(`${base}${path}`, {
        method,
        dispatcher: repeat === 'idempotent' ? connections.shared : connections.fresh,
        headers: { ...headersOf(apiKey), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        body: body === undefined ? null : JSON.stringify(body),
        signal: limit.signal,
        headersTimeout: ANSWER_LIMIT,
        bodyTimeout: ANSWER_LIMIT,
      });
      const text = await readText(answer.body, LARGEST_ANSWER);
      if (answer.statusCode < 200 || answer.statusCode > 299) {
        throw statusError(name, answer.statusCode, text, retryAfterOf(answer.headers));
      }
      return parseJson(name, text);
    } catch (error) {
      // An attempt that outlives the signal is one whose answer matters: that it was lost must not pass as an abort.
      if (call.attemptSignal === undefined) signal.throwIfAborted();
      throw asApiError(name, error);
    }
  }

  async function open(path: string, headers: Record<string, string>, signal: AbortSignal): Promise<OpenStream> {
    const name = `GET ${path}`;
    try {
      const answer = await request(`${base}${path}`, {
        dispatcher: connections.shared,
        headers: { ...headersOf(apiKey), ...headers },
        signal,
        headersTimeout: ANSWER_LIMIT,
        // A quiet stream is healthy: whoever follows it has a watchdog of its own.
        bodyTimeout: 0,
      });
      if (answer.statusCode !== 200) {
        const text = await readText(answer.body, LARGEST_ERROR);
        throw statusError(name, answer.statusCode, text, retryAfterOf(answer.headers));
      }
      return {
        status: answer.statusCode,
        contentType: headerOf(answer.headers, 'content-type') ?? '',
        body: answer.body,
      };
    } catch (error) {
      signal.throwIfAborted();
      throw asApiError(name, error);
    }
  }

  function retryAfterOf(headers: Headers): number | undefined {
    return parseRetryAfter(headerOf(headers, 'retry-after'), clock);
  }

  function asApiError(name: string, error: unknown): ApiError {
    if (error instanceof ApiError) return error;
    const said = errorText(error);
    if (isUntrusted(error)) {
      return new ApiError(
        'unreachable',
        inert`${host} could not be trusted: ${said}. Its certificate is not signed by an authority this runner knows: put that authority's certificate in a file and name it in NODE_EXTRA_CA_CERTS.`,
        { cause: error },
      );
    }
    if (neverConnected(error)) {
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

const CONNECT_LIMIT = 10_000;
const ANSWER_LIMIT = 30_000;
const CALL_LIMIT = 60_000;
/** Bytes; a result with a thousand presigned URLs is about 1 MB. */
const LARGEST_ANSWER = 16 * 1024 * 1024;
const LARGEST_ERROR = 64 * 1024;

function headersOf(apiKey: string): Record<string, string> {
  return { authorization: `Bearer ${apiKey}`, accept: 'application/json', 'user-agent': 'cyberun-run' };
}

function headerOf(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function mayRepeat(call: Call, error: ApiError): boolean {
  if (isUntrusted(error.cause)) return false;
  if (call.repeat === 'idempotent') return isPassing(error);
  return error.type === 'unreachable' || error.status === 429 || error.status === 503;
}

async function readText(body: AsyncIterable<Uint8Array>, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > most) throw new Error(`the answer is larger than ${most} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function parseJson(name: string, text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ApiError(
      'shape',
      inert`${name} was answered with something that is not JSON: ${text.slice(0, 200)}. A proxy or a login page may stand before the service: check api-url.`,
      { cause },
    );
  }
}

/** Every error of one connection attempt: with several addresses, Node throws an AggregateError of them. */
function causesOf(error: unknown): unknown[] {
  return error instanceof AggregateError ? error.errors : [error];
}

function field(error: unknown, name: 'code' | 'syscall'): string {
  const value =
    typeof error === 'object' && error !== null && name in error ? (error as Record<string, unknown>)[name] : '';
  return typeof value === 'string' ? value : '';
}

function neverConnected(error: unknown): boolean {
  return causesOf(error).every(
    (cause) =>
      field(cause, 'code') === 'UND_ERR_CONNECT_TIMEOUT' ||
      ['connect', 'getaddrinfo'].includes(field(cause, 'syscall')) ||
      // undici's ProxyAgent, when a proxy refuses CONNECT; it has no code of its own.
      (cause instanceof Error && cause.message.startsWith('Proxy response (')),
  );
}

function isUntrusted(error: unknown): boolean {
  return /^(ERR_TLS_CERT|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/.test(field(error, 'code'));
}

function errorText(error: unknown): string {
  const texts = causesOf(error).map((cause) => (cause instanceof Error ? cause.message : String(cause)));
  return [...new Set(texts)].join('; ').replace(/\.$/, '');
}
