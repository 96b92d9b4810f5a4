import type { ServerResponse } from 'node:http';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';

/** One server-sent event before it is written; without `event` it is a comment. */
export interface ServerEvent {
  readonly id?: string;
  readonly event?: string;
  /** The whole text between this event and the next, blank line included. */
  readonly text: string;
}

/** An HTTP answer as plain data, so that a fault can change it before it is sent. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** An event stream's events; sent in place of `body`. */
  readonly events?: AsyncIterable<ServerEvent>;
  /** How the end of the body is told: by `content-length` (default), by chunks, or by closing the connection. */
  readonly framing?: 'length' | 'chunked' | 'close';
}

/** How a reply's bytes travel; without any of these, whole and at once. */
export interface Delivery {
  /** Body bytes to send before `ending` happens; a shorter body ends normally. */
  readonly limit?: number;
  /** `cut` closes the connection, `reset` sends a TCP reset 20 ms later (bytes unread by then are lost), `stall` leaves it open and silent. */
  readonly ending?: 'end' | 'cut' | 'reset' | 'stall';
  readonly bytesPerSecond?: number;
}

/** A reply with a text body. */
export function text(status: number, body: string, contentType: string, headers: Record<string, string> = {}): Reply {
  const bytes = Buffer.from(body);
  return {
    status,
    headers: { 'content-type': contentType, 'content-length': String(bytes.length), ...headers },
    body: [bytes],
  };
}

/** A reply with a JSON body. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return text(status, JSON.stringify(body), 'application/json', headers);
}

/** Writes a reply. Resolves when it is sent, cut or stalled as `delivery` says, or when the client has gone (`signal`). */
export async function send(response: ServerResponse, reply: Reply, delivery: Delivery, signal: AbortSignal) {
  response.statusCode = reply.status;
  for (const [name, value] of Object.entries(reply.headers)) response.setHeader(name, value);
  const framing = reply.framing ?? 'length';
  // Removing these two is how node:http is told not to add them by itself.
  if (framing !== 'length') response.removeHeader('content-length');
  if (framing === 'close') response.removeHeader('transfer-encoding');
  response.flushHeaders();

  const { limit = Number.POSITIVE_INFINITY, ending, bytesPerSecond } = delivery;
  const sent = limit === 0 ? 0 : await sendBody(response, paced(bodyOf(reply), bytesPerSecond, signal), limit, signal);
  if (signal.aborted) return;
  if (sent < limit || ending === 'end') response.end();
  else if (ending === 'cut') response.socket?.destroySoon();
  else if (ending === 'reset') {
    // A reset makes the receiver drop what it has not read yet: a moment's grace lets it read.
    await sleep(graceMs);
    await turn();
    reset(response);
  }
}

const graceMs = 20;

async function sendBody(
  response: ServerResponse,
  body: AsyncIterable<Uint8Array>,
  limit: number,
  signal: AbortSignal,
): Promise<number> {
  let sent = 0;
  for await (const chunk of body) {
    const part = chunk.subarray(0, limit - sent);
    sent += part.length;
    if (part.length > 0) await write(response, part, signal);
    if (signal.aborted || sent >= limit) break;
  }
  return sent;
}

/** Resets the connection under a response. TLS has no such thing: there it is destroyed. */
export function reset(response: ServerResponse) {
  const { socket } = response;
  if (!socket) return;
  if ('encrypted' in socket) socket.destroy();
  else socket.resetAndDestroy();
}

async function* bodyOf(reply: Reply): AsyncGenerator<Uint8Array> {
  if (!reply.events) return yield* reply.body;
  for await (const event of reply.events) yield Buffer.from(event.text);
}

async function* paced(body: AsyncIterable<Uint8Array>, bytesPerSecond: number | undefined, signal: AbortSignal) {
  if (bytesPerSecond === undefined) return yield* body;
  const piece = Math.max(1, Math.ceil(bytesPerSecond / 20));
  for await (const chunk of body) {
    for (let offset = 0; offset < chunk.length; offset += piece) {
      await sleep((piece / bytesPerSecond) * 1000, undefined, { signal });
      yield chunk.subarray(offset, offset + piece);
    }
  }
}

function write(response: ServerResponse, chunk: Uint8Array, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => {
    signal.removeEventListener('abort', done);
    resolve();
  };
  signal.addEventListener('abort', done, { once: true });
  response.write(chunk, done);
  return promise;
}
