import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import type { Proxies } from './proxies.ts';
import { type Answer, receive } from './receive.ts';

export type { Answer, Body } from './receive.ts';

/** One HTTP request. */
export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Lower-case names; a `user-agent` is added. */
  readonly headers: Readonly<Record<string, string>>;
  /** An iterable is read when it is asked for, and needs a `content-length` among the headers. */
  readonly body?: string | AsyncIterable<Uint8Array>;
  /**
   * - `shared`: any connection that is kept alive
   * - `own`: a new one that nobody uses afterwards: on a kept-alive one that the server just closed, nobody knows whether
   *   a request arrived
   */
  readonly connection: 'shared' | 'own';
  /** The longest wait for the answer's headers, in milliseconds, from when the request is written. */
  readonly headersTimeout: number;
  /** The longest gap between two chunks of the body, in milliseconds; 0 for none. */
  readonly bodyTimeout: number;
  /** Told when the request is about to be written; before that, nothing of it can have arrived. */
  readonly onSending?: () => void;
  /** Ends the request, and the body of its answer, with its reason; also while no connection is made yet. */
  readonly signal: AbortSignal;
}

/**
 * The one way to the network. Resolves when the answer's headers are there; rejects with the signal's reason, or with what
 * the network says. Iterating the body rejects likewise.
 */
export type Wire = (url: string, request: WireRequest) => Promise<Answer>;

/** What a wire over sockets is made of. */
export interface WireOptions {
  /** At most so many `shared` connections to one origin; any number without it. */
  readonly connectionsPerOrigin?: number;
  /** None without it: the environment is not read here. */
  readonly proxies?: Proxies;
  readonly limits?: ConnectLimits;
  /**
   * Of the addresses that a host's name has, those to connect to, one at least; what it throws, the request is rejected
   * with. Not asked where the host is an address itself, nor of what a proxy connects to.
   */
  readonly choose?: (host: string, addresses: readonly string[]) => readonly string[];
}

/** How long it may take until there is a connection, in milliseconds. */
export interface ConnectLimits {
  /** For a TCP or TLS handshake. */
  readonly handshake: number;
  /** For a proxy's answer to CONNECT. */
  readonly tunnel: number;
}

/** undici would wait five minutes for a tunnel. */
export const CONNECT_LIMITS: ConnectLimits = { handshake: 10_000, tunnel: 30_000 };

/** The wire over real sockets; it opens none yet. Disposing of it closes every one. */
export function createWire({
  connectionsPerOrigin,
  proxies = NO_PROXIES,
  limits = CONNECT_LIMITS,
  choose,
}: WireOptions = {}): Wire & AsyncDisposable {
  const dispatchers = {
    shared: createDispatcher(proxies, limits, choose, { connections: connectionsPerOrigin ?? null }),
    own: createDispatcher(proxies, limits, choose, { pipelining: 0 }),
  };
  const wire: Wire = async (url, { connection, headers, body, onSending, signal, ...asked }) => {
    const sent = body === undefined || typeof body === 'string' ? body : readableOf(body);
    try {
      const { origin, pathname, search } = new URL(url);
      const request = {
        ...asked,
        origin,
        path: `${pathname}${search}`,
        headers: { 'user-agent': 'cyberun-run', ...headers },
        body: sent ?? null,
      };
      return await receive((handler) => dispatchers[connection].dispatch(request, handler), signal, onSending);
    } catch (error) {
      if (sent instanceof Readable) sent.destroy();
      throw error;
    }
  };
  return Object.assign(wire, {
    async [Symbol.asyncDispose]() {
      await Promise.all([dispatchers.shared.destroy(), dispatchers.own.destroy()]);
    },
  });
}

/** An empty text, as undici reads the environment where there is none. */
const NO_PROXIES: Proxies = { httpProxy: '', httpsProxy: '', noProxy: '' };

function createDispatcher(
  proxies: Proxies,
  { handshake, tunnel }: ConnectLimits,
  choose: WireOptions['choose'],
  options: Pick<Pool.Options, 'connections' | 'pipelining'>,
): Dispatcher {
  return new EnvHttpProxyAgent({
    ...proxies,
    // For what is connected to directly: a proxy is looked up without it (proxy-agent.js).
    connect: { timeout: handshake, ...(choose !== undefined && { lookup: lookupBy(choose) }) },
    // undici 8 negotiates HTTP/2 with small windows by default: 5 MB/s at 50 ms round trip, against 245 without (measured).
    allowH2: false,
    // Not among the agent's own options: for a proxy that forwards, undici passes none of them on (proxy-agent.js).
    factory: (origin, given) => new Pool(origin, { ...given, ...options }),
    clientFactory: (proxy, given) => new Pool(proxy, { ...given, headersTimeout: tunnel }),
  });
}

/** Looks names up as Node does, and gives on what was chosen. */
function lookupBy(choose: NonNullable<WireOptions['choose']>): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, []);
      try {
        const chosen = choose(
          host,
          found.map(({ address }) => address),
        );
        const left = found.filter(({ address }) => chosen.includes(address));
        if (options.all === true) callback(null, left);
        else callback(null, left[0]?.address ?? '', left[0]?.family);
      } catch (refused) {
        callback(refused instanceof Error ? refused : new Error(String(refused)), []);
      }
    });
  };
}

/** A stream that reads nothing before it is asked: what flows while the connection is still being made is lost. */
function readableOf(body: AsyncIterable<Uint8Array>): Readable {
  // undici hears its errors while it sends; one that comes later would end the process.
  return Readable.from(body, { objectMode: false }).on('error', () => undefined);
}
