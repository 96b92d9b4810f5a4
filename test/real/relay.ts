import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that came by a relay, and what it was answered. */
export interface Relayed {
  readonly method: string;
  /** As it was written, query included. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** `undefined` until there is an answer. */
  status?: number;
  answer?: IncomingHttpHeaders;
  /** Of the answer's body, passed on so far. */
  bytes: number;
}

/** What becomes of one request. */
export type Fate =
  | 'pass'
  /** Its answer's body is passed on up to that byte; then the connection is reset. */
  | { readonly resetAfter: number }
  /** It happens, and the connection is reset in place of the answer. */
  | 'lose the answer'
  /** It is passed on once that resolves. */
  | { readonly after: Promise<unknown> };

/** An HTTP relay in this process that changes nothing, and counts: signatures hold, as they are of its own name. */
export interface Relay extends AsyncDisposable {
  readonly url: string;
  /** Grows and changes. */
  readonly requests: readonly Relayed[];
}

/**
 * @param target Where to, such as `http://127.0.0.1:7070`.
 * @param fateOf Asked for every request, with how many of its method came before.
 */
export async function startRelay(
  target: string,
  fateOf: (request: Relayed, before: number) => Fate = () => 'pass',
): Promise<Relay> {
  const requests: Relayed[] = [];
  const { hostname, port } = new URL(target);

  async function relay(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = incoming;
    const before = requests.filter((one) => one.method === method).length;
    const relayed: Relayed = { method, url, headers, bytes: 0 };
    requests.push(relayed);
    const fate = fateOf(relayed, before);
    if (typeof fate === 'object' && 'after' in fate) await fate.after;
    const onward = request({ hostname, port, method, path: url, headers: incoming.rawHeaders, agent: false });
    onward.on('error', () => response.socket?.resetAndDestroy());
    response.once('close', () => onward.destroy());
    incoming.on('error', () => onward.destroy()).pipe(onward);
    const [answer]: [IncomingMessage] = (await once(onward, 'response')) as [IncomingMessage];
    relayed.status = answer.statusCode ?? 0;
    relayed.answer = answer.headers;
    if (fate === 'lose the answer') return void response.socket?.resetAndDestroy();
    response.writeHead(relayed.status, answer.rawHeaders);
    const most = typeof fate === 'object' && 'resetAfter' in fate ? fate.resetAfter : Number.POSITIVE_INFINITY;
    for await (const chunk of answer) {
      const part: Uint8Array = chunk.subarray(0, most - relayed.bytes);
      relayed.bytes += part.length;
      const isTaken = response.write(part);
      if (relayed.bytes === most) {
        // What is not written yet would be dropped with the connection.
        if (!isTaken) await once(response, 'drain');
        return void response.socket?.resetAndDestroy();
      }
      if (!isTaken && !response.destroyed) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
    response.end();
  }

  const server = createServer((incoming, response) => {
    relay(incoming, response).catch(() => response.socket?.resetAndDestroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
