import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Writable } from 'node:stream';

/** One request that came by a relay, and what it was answered. */
export interface Relayed {
  readonly method: string;
  /** As it was written, query included. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** `undefined` until there is an answer. */
  status?: number;
  answer?: IncomingHttpHeaders;
}

/** What becomes of one request; nothing but what is named happens to it. */
export interface Fate {
  /** Passed on once that resolves. */
  readonly after?: Promise<unknown>;
  /** When so many bytes of its body were passed on, this happens first; with `end`, the connection ends there. */
  readonly inBody?: Moment;
  /** The same for the body of its answer. */
  readonly inAnswer?: Moment;
  /** It happens, and the connection is reset in place of the answer. */
  readonly answerLost?: boolean;
}

/** A place in a body, in bytes, and what happens there. */
export interface Moment {
  readonly at: number;
  readonly first?: () => Promise<unknown>;
  /** A reset takes along what was not read yet. */
  readonly end?: 'close' | 'reset';
}

/** An HTTP relay in this process that changes nothing, and counts: signatures hold, as they are of its own name. */
export interface Relay extends AsyncDisposable {
  readonly url: string;
  /** Grows and changes. */
  readonly requests: readonly Relayed[];
}

/**
 * @param target Where to, such as `http://127.0.0.1:7070`.
 * @param fateOf Asked for every request, with how many of its method came before.
 * @param tls Its own, towards whoever asks. PEM.
 */
export async function startRelay(
  target: string,
  fateOf: (request: Relayed, before: number) => Fate | undefined = () => undefined,
  tls?: { readonly key: string; readonly cert: string },
): Promise<Relay> {
  const requests: Relayed[] = [];
  const { hostname, port } = new URL(target);

  async function relay(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = incoming;
    const before = requests.filter((one) => one.method === method).length;
    const relayed: Relayed = { method, url, headers };
    requests.push(relayed);
    const fate = fateOf(relayed, before) ?? {};
    await fate.after;
    const onward = request({ hostname, port, method, path: url, headers: incoming.rawHeaders, agent: false });
    const answered = once(onward, 'response');
    response.once('close', () => onward.destroy());
    // A refusal may come before the body is over, and the rest of it meets a closed connection: that is no end yet.
    const sent = pass(incoming, onward, fate.inBody).then(() => answered);
    const [answer]: IncomingMessage[] = await Promise.race([sent, answered]);
    if (answer === undefined) return;
    relayed.status = answer.statusCode ?? 0;
    relayed.answer = answer.headers;
    if (fate.answerLost) throw new Error('the answer is lost');
    response.writeHead(relayed.status, answer.rawHeaders);
    await pass(answer, response, fate.inAnswer);
  }

  const onRequest = (incoming: IncomingMessage, response: ServerResponse) => {
    const { socket } = incoming;
    relay(incoming, response).catch((error: unknown) => {
      const isClosed = error instanceof Error && error.message === 'close';
      if (isClosed || tls) socket.destroySoon();
      else socket.resetAndDestroy();
    });
  };
  const server = tls ? createTlsServer({ ...tls }, onRequest) : createServer(onRequest);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http${tls ? 's' : ''}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Passes a body on and ends it; rejects where either side breaks, or is to be reset. */
async function pass(from: IncomingMessage, to: Writable, moment: Moment | undefined): Promise<void> {
  let passed = 0;
  for await (const chunk of from) {
    const left = moment === undefined ? chunk.length : Math.max(0, moment.at - passed);
    if (moment !== undefined && left <= chunk.length && passed <= moment.at) {
      await write(to, chunk.subarray(0, left));
      await moment.first?.();
      if (moment.end !== undefined) throw new Error(moment.end);
      await write(to, chunk.subarray(left));
    } else await write(to, chunk);
    passed += chunk.length;
  }
  to.end();
}

function write(to: Writable, chunk: Uint8Array): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  to.write(chunk, (error) => (error ? reject(error) : resolve()));
  return promise;
}
