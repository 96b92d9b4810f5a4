import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Changes } from './changes.ts';
import { answer, type Exchange, type Faults } from './faults.ts';
import { json, type Reply, reset, send } from './reply.ts';
import type { ReceivedRequest } from './requests.ts';

/** What one host of a service does with its requests. */
export interface Desk<R extends ReceivedRequest> {
  /** Reads of a request what is to be kept of it. */
  readonly read: (incoming: IncomingMessage) => Promise<R>;
  /** Processes a request as the service does. `signal` is aborted when the connection is over. */
  readonly handle: (request: R, incoming: IncomingMessage, signal: AbortSignal) => Promise<Reply>;
  /** See `Exchange`; only faults need them, and not each host has each. */
  readonly breakOff?: (request: R) => void;
  readonly changeObject?: (request: R) => void;
  readonly resign?: (request: R, host: string | undefined) => Promise<string>;
}

export interface ReceiverOptions<R extends ReceivedRequest> {
  /** Grows by each request. */
  readonly requests: R[];
  readonly faults: Faults<R>;
  readonly changes: Changes;
  readonly onRequest: ((request: R) => void) | undefined;
}

/** Takes requests of a desk: records each, lets a fault strike it, and answers. */
export function createReceiver<R extends ReceivedRequest>({
  requests,
  faults,
  changes,
  onRequest,
}: ReceiverOptions<R>) {
  async function receive(desk: Desk<R>, incoming: IncomingMessage, response: ServerResponse) {
    const gone = new AbortController();
    const { signal } = gone;
    const request = await desk.read(incoming);
    requests.push(request);
    response.once('close', () => {
      request.closedAt = performance.now();
      gone.abort();
      onRequest?.(request);
      changes.notify();
    });
    changes.notify();
    const exchange: Exchange<R> = {
      request,
      incoming,
      response,
      signal,
      handle: (asked) => desk.handle(asked, incoming, signal),
      breakOff: () => desk.breakOff?.(request),
      changeObject: () => desk.changeObject?.(request),
      resign: async (host) => (await desk.resign?.(request, host)) ?? '',
      answered: (status) => {
        request.status = status;
        changes.notify();
      },
    };
    await answer(exchange, faults.take(request)).catch((error: unknown) => {
      if (signal.aborted || incoming.errored) return;
      if (response.headersSent) return reset(response);
      exchange.answered(500);
      return send(response, json(500, { message: `emulator: ${String(error)}` }), {}, signal);
    });
  }

  return (desk: Desk<R>): RequestListener =>
    (incoming, response) => {
      receive(desk, incoming, response).catch(() => response.destroy());
    };
}

/** A request's body in memory. */
export async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** JSON in a body; `undefined` when it is none. */
export function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
