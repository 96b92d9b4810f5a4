import { type Dispatcher, EnvHttpProxyAgent } from 'undici';

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

const CONNECT_LIMIT = 10_000;

/**
 * Calls back when a request has got its connection and is about to be written; before that, nothing of it can have
 * arrived, whatever went wrong: an address, a proxy, a handshake.
 */
export function noticeSending(onSending: () => void): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart(controller, context) {
        onSending();
        handler.onRequestStart?.(controller, context);
      },
      onResponseStart: (...told) => handler.onResponseStart?.(...told),
      onResponseData: (...told) => handler.onResponseData?.(...told),
      onResponseEnd: (...told) => handler.onResponseEnd?.(...told),
      onResponseError: (...told) => handler.onResponseError?.(...told),
    });
}
