import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface ListenOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  readonly onRequest: RequestListener;
}

/** One listening origin. */
export interface Origin {
  readonly url: string;
  /** Stops listening and destroys every connection: clients get "connection refused". */
  readonly close: () => Promise<void>;
  /** Listens again on the same port. */
  readonly reopen: () => Promise<void>;
}

/** Listens for HTTP, or HTTPS when there is a certificate. Throws when the port is taken. */
export async function listen({ host, port, tls, onRequest }: ListenOptions): Promise<Origin> {
  const server = tls ? createTlsServer({ ...tls }, onRequest) : createServer(onRequest);
  const open = async (onPort: number) => {
    server.listen(onPort, host);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const boundPort = await open(port);
  return {
    url: `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    async reopen() {
      if (!server.listening) await open(boundPort);
    },
  };
}
