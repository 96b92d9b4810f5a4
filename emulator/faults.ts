import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Delivery, json, type Reply, reset, type ServerEvent, send, text } from './reply.ts';
import type { ReceivedRequest, RecordedRequest } from './requests.ts';
import { type ExpiredForm, expiredReply, storageError } from './storage-errors.ts';

/** Which requests go wrong, how often, and in which way. Rules are asked in the order they were laid; one that strikes ends the search. */
export interface FaultRule<R extends ReceivedRequest = RecordedRequest> {
  readonly kind: R['kind'] | 'any';
  readonly when?: (request: R) => boolean;
  /** The first so many matching requests pass unharmed. Default 0. */
  readonly skip?: number;
  /** How many matching requests it strikes after those. Default 1; `Infinity` for ever. */
  readonly times?: number;
  readonly fault: Fault;
}

/** What can go wrong with one request. Unless said otherwise the request is processed, so its effect happens. */
export type Fault =
  /**
   * Answers this. No effect in the service, or with `midway` what is left of a request that it gave up halfway. `hangUp`
   * closes then: what still comes of an upload's body meets a reset. Of that, `afterBytes` are read first.
   */
  | {
      type: 'status';
      status: number;
      body?: string;
      headers?: Record<string, string>;
      midway?: boolean;
      hangUp?: boolean;
      afterBytes?: number;
    }
  /** Resets the connection before anything is processed; or halfway, when `afterBytes` of an upload's body were read first. */
  | { type: 'refuse'; afterBytes?: number }
  /** Reads so many bytes of the body and no more, with the socket open. */
  | { type: 'stop-reading'; afterBytes: number }
  /** Nothing is processed until then; with `effect` it is processed at once, and the answer waits. */
  | { type: 'hold'; until: Promise<unknown>; effect?: boolean }
  /** The effect happens, then the connection is reset without an answer. */
  | { type: 'reset-after' }
  /** Half a response head, then a reset. */
  | { type: 'reset-headers' }
  /** So many body bytes, then the connection is closed (`reset`: by a TCP reset 20 ms later; bytes unread by then are lost). */
  | { type: 'drop'; afterBytes: number; reset?: boolean }
  /** The body ends short but cleanly: no content-length, the close of the connection tells its end. */
  | { type: 'end'; afterBytes: number }
  /** So many body bytes, then silence with the socket open. 0 or none: not even the head, unless `head` is true. */
  | { type: 'stall'; afterBytes?: number; head?: boolean }
  /** The body comes in dribbles. */
  | { type: 'trickle'; bytesPerSecond: number }
  /** The effect happens at once, the answer comes late. */
  | { type: 'delay'; ms: number }
  /** Event streams: events of these types are never sent on this connection. */
  | { type: 'lose-events'; events: string[] }
  /** Event streams: ends cleanly after so many events, and in any case before the terminal one. */
  | { type: 'close-stream'; afterEvents: number }
  /** Event streams: this text is written into the stream first. */
  | { type: 'raw-events'; text: string }
  /** Storage: what that store says of an expired URL. */
  | { type: 'expired'; form: ExpiredForm }
  /** Storage: a Range is answered with 200 and the whole object. */
  | { type: 'ignore-range' }
  /**
   * Storage: sent on to a fresh URL for the same, under another name of the host if one is given; or to `location`, as it
   * is written, where an empty one is left out. No effect in the service.
   */
  | { type: 'redirect'; status: 301 | 302 | 303 | 307 | 308; host?: string; location?: string }
  /** Storage: the object's bytes and ETag differ from now on. */
  | { type: 'changed-object' }
  /** The body is chunked instead of having a content-length. */
  | { type: 'no-length' }
  /** The whole body without a content-length; the close of the connection tells its end. */
  | { type: 'close-delimited' }
  /** The text of the reply's body, changed. */
  | { type: 'edit'; edit: (body: string) => string }
  /** These headers laid over the reply's; `undefined` leaves one out. */
  | { type: 'headers'; headers: Readonly<Record<string, string | undefined>> }
  /** The reply's JSON, changed. */
  | { type: 'reshape'; change: (json: Record<string, unknown>) => unknown }
  /** This text so many times in place of the reply's body, in chunks, as fast as it is read. */
  | { type: 'flood'; text: string; times: number; status?: number }
  /** This in place of the reply's body. */
  | { type: 'body'; body: string; status?: number; contentType?: string };

/** One request on its way to an answer. */
export interface Exchange<R extends ReceivedRequest = RecordedRequest> {
  readonly request: R;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborted when the connection is over. */
  readonly signal: AbortSignal;
  /** Processes the request as the service does. */
  readonly handle: (request: R) => Promise<Reply>;
  /** Leaves what a request leaves that broke off halfway. */
  readonly breakOff: () => void;
  /** Changes the stored object that the request names. */
  readonly changeObject: () => void;
  /** A fresh URL for what the request asks of the storage, under that name of the host. */
  readonly resign: (host: string | undefined) => Promise<string>;
  /** Called with the status as the answer begins. */
  readonly answered: (status: number) => void;
}

export type Faults<R extends ReceivedRequest> = ReturnType<typeof createFaults<R>>;

/** The list of rules of one emulator. `take` gives the fault that strikes a request, and counts it. */
export function createFaults<R extends ReceivedRequest = RecordedRequest>() {
  const rules: { rule: FaultRule<R>; seen: number }[] = [];
  return {
    add(rule: FaultRule<R>) {
      rules.push({ rule, seen: 0 });
    },
    take(request: R): Fault | undefined {
      for (const entry of rules) {
        const { kind, when, skip = 0, times = 1, fault } = entry.rule;
        if (kind !== 'any' && kind !== request.kind) continue;
        if (entry.seen >= skip + times || (when && !when(request))) continue;
        entry.seen += 1;
        if (entry.seen > skip) return fault;
      }
      return undefined;
    },
  };
}

/** Answers a request, with the fault if there is one. */
export async function answer<R extends ReceivedRequest>(
  exchange: Exchange<R>,
  fault: Fault | undefined,
): Promise<void> {
  const { request, incoming, response, signal, answered } = exchange;
  if (fault?.type === 'refuse') {
    await readSome(incoming, fault.afterBytes ?? 0);
    if (fault.afterBytes !== undefined) exchange.breakOff();
    return reset(response);
  }
  if (fault?.type === 'stop-reading') return readSome(incoming, fault.afterBytes);
  if (fault?.type === 'hold' && !fault.effect) await fault.until;
  if (fault?.type === 'status' && fault.midway) exchange.breakOff();
  if (fault?.type === 'status') await readSome(incoming, fault.afterBytes ?? 0);
  if (fault?.type === 'changed-object') exchange.changeObject();
  const given = (await insteadOf(exchange, fault)) ?? (await exchange.handle(changeRequest(request, fault)));
  const reply = await changeReply(given, fault);

  if (fault?.type === 'reset-after') return reset(response);
  if (fault?.type === 'reset-headers') {
    response.socket?.write(`HTTP/1.1 ${reply.status} O`, () => reset(response));
    return;
  }
  if (fault?.type === 'stall' && !fault.afterBytes && !fault.head) return;
  if (fault?.type === 'hold') await fault.until;
  if (fault?.type === 'delay') await sleep(fault.ms, undefined, { signal });
  answered(reply.status);
  await send(response, reply, deliveryOf(fault), signal);
  if (fault?.type === 'status' && fault.hangUp) incoming.socket.destroySoon();
}

async function insteadOf<R extends ReceivedRequest>(
  { request, resign }: Exchange<R>,
  fault: Fault | undefined,
): Promise<Reply | undefined> {
  if (fault?.type === 'expired') return expiredReply(fault.form);
  if (fault?.type === 'redirect') {
    const { status, host, location = await resign(host) } = fault;
    const words = 'Please re-send this request to the specified temporary endpoint.';
    return storageError(status, 'TemporaryRedirect', words, location === '' ? {} : { location });
  }
  if (fault?.type !== 'status') return undefined;
  const { status, body, headers = {} } = fault;
  const words = STATUS_CODES[status] ?? 'Error';
  if (body !== undefined) return text(status, body, 'text/plain; charset=utf-8', headers);
  if (request.origin !== 'storage') return json(status, { message: words }, headers);
  return storageError(status, status === 503 ? 'SlowDown' : words.replaceAll(' ', ''), words, headers);
}

function changeRequest<R extends ReceivedRequest>(request: R, fault: Fault | undefined): R {
  if (fault?.type !== 'ignore-range') return request;
  const { range: _, ...headers } = request.headers;
  return { ...request, headers };
}

async function changeReply(reply: Reply, fault: Fault | undefined): Promise<Reply> {
  switch (fault?.type) {
    case 'headers': {
      const all = Object.entries({ ...reply.headers, ...fault.headers });
      return {
        ...reply,
        headers: Object.fromEntries(all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
      };
    }
    case 'edit':
      return text(reply.status, fault.edit(await textOf(reply)), reply.headers['content-type'] ?? 'text/plain');
    case 'reshape':
      return json(reply.status, fault.change(JSON.parse(await textOf(reply))));
    case 'body':
      return text(
        fault.status ?? reply.status,
        fault.body,
        fault.contentType ?? reply.headers['content-type'] ?? 'text/plain',
      );
    case 'flood': {
      const { events: _, ...rest } = reply;
      return {
        ...rest,
        status: fault.status ?? reply.status,
        body: repeated(fault.text, fault.times),
        framing: 'chunked',
      };
    }
    case 'no-length':
      return { ...reply, framing: 'chunked' };
    case 'end':
    case 'close-delimited':
      return { ...reply, framing: 'close' };
    case 'lose-events':
    case 'close-stream':
    case 'raw-events':
      return reply.events ? { ...reply, events: changeEvents(reply.events, fault) } : reply;
    default:
      return reply;
  }
}

function* repeated(text: string, times: number): Generator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let left = times; left > 0; left -= 1) yield bytes;
}

async function textOf(reply: Reply): Promise<string> {
  return Buffer.concat(await Array.fromAsync(reply.body)).toString();
}

type EventsFault = Extract<Fault, { type: 'lose-events' | 'close-stream' | 'raw-events' }>;

async function* changeEvents(events: AsyncIterable<ServerEvent>, fault: EventsFault): AsyncGenerator<ServerEvent> {
  if (fault.type === 'raw-events') yield { text: fault.text };
  let passed = 0;
  if (fault.type === 'close-stream' && fault.afterEvents === 0) return;
  for await (const event of events) {
    if (fault.type === 'lose-events' && event.event && fault.events.includes(event.event)) continue;
    if (fault.type === 'close-stream' && event.event && terminalEvents.includes(event.event)) return;
    yield event;
    if (event.event) passed += 1;
    if (fault.type === 'close-stream' && passed >= fault.afterEvents) return;
  }
}

const terminalEvents = ['completed', 'failed', 'cancelled'];

function deliveryOf(fault: Fault | undefined): Delivery {
  switch (fault?.type) {
    case 'drop':
      return { limit: fault.afterBytes, ending: fault.reset ? 'reset' : 'cut' };
    case 'end':
      return { limit: fault.afterBytes, ending: 'end' };
    case 'stall':
      return { limit: fault.afterBytes ?? 0, ending: 'stall' };
    case 'trickle':
      return { bytesPerSecond: fault.bytesPerSecond };
    default:
      return {};
  }
}

async function readSome(incoming: IncomingMessage, bytes: number): Promise<void> {
  let left = bytes;
  if (left <= 0) return;
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    left -= chunk.length;
    if (left <= 0) return;
  }
}
