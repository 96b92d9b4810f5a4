import { createParser } from 'eventsource-parser';
import { gather } from '../base/gather.ts';
import { inert } from '../base/inert.ts';
import { JsonBoundsError, parseJson } from '../base/json.ts';
import { ApiError } from './errors.ts';
import type { Http } from './http.ts';
import { type EventData, parseEvent } from './schema.ts';
import { taskPath } from './tasks.ts';

/** What a stream of task events brings. */
export type StreamItem =
  /** The service answered with a stream; always the first item. */
  | { readonly type: 'open' }
  /** The service sent bytes that are no event yet: a comment, a part of an event. The stream is alive. */
  | { readonly type: 'alive' }
  /** One event. `name` is the SSE event type, `id` the last id seen, if any. */
  | { readonly type: 'event'; readonly name: string; readonly data: EventData; readonly id: string | undefined }
  /** The service asks to wait that long before reconnecting, in milliseconds. */
  | { readonly type: 'retry'; readonly ms: number }
  /** An event too large to keep, or not JSON, was dropped. */
  | { readonly type: 'dropped'; readonly why: 'too large' | 'not JSON' };

/**
 * The largest event kept, in bytes, with all its lines. A `completed` event has the whole output, 200 bytes for a file or so;
 * one that is dropped is not missed, as the record tells of the end, too. Several are in memory at a time, each as bytes, as
 * a text and as values, and garbage of such sizes stays for long.
 */
export const LARGEST_EVENT = 256 * 1024;

/**
 * The events of a task, as they come (Server-Sent Events). The iteration ends when the stream ends, whatever state the
 * task is in; leaving it early closes the connection. Throws {@link ApiError}: type `status` or `shape` when the service
 * refuses a stream, `lost` when it breaks; or the signal's reason.
 *
 * @param lastEventId Sent as `Last-Event-ID` when a former stream had ids, if it is plain ASCII.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function* streamEvents(
  http: Http,
  taskId: string,
  lastEventId: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<StreamItem, void, undefined> {
  const path = `${taskPath(taskId)}/events`;
  const headers: Record<string, string> = { accept: 'text/event-stream', 'cache-control': 'no-cache' };
  if (lastEventId !== undefined && SENDABLE_ID.test(lastEventId)) headers['last-event-id'] = lastEventId;
  const stream = await http.open(path, headers, signal);
  try {
    if (!/^text\/event-stream\b/i.test(stream.contentType)) {
      throw new ApiError(
        'shape',
        inert`GET ${path} was answered with ${stream.contentType || 'no content type'}, not with an event stream.`,
      );
    }
    yield { type: 'open' };
    const reader = createReader();
    // By hand: `yield*` of what is no async iterable makes one of it, with three promises for each item.
    for await (const chunk of stream.body) for (const item of reader.read(chunk)) yield item;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ApiError) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw new ApiError('lost', inert`The event stream broke: ${said}.`, { cause: error });
  } finally {
    stream.body.destroy();
  }
}

function createReader() {
  let items: StreamItem[] = [];
  let lastId: string | undefined;
  const parser = createParser({
    onId: (id) => {
      lastId = SENDABLE_ID.test(id) ? id : undefined;
    },
    onEvent: ({ event, data }) => {
      items.push(itemOf(event ?? 'message', data, lastId));
    },
    onRetry: (ms) => items.push({ type: 'retry', ms }),
  });
  // The parser passes over a mark at the beginning of the stream; one at that of an event belongs to it.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const endOf = createEnds();
  /** The event that comes. As bytes: one that is too large becomes no text. */
  const gathered = gather(LARGEST_EVENT);
  /** An event was too large, and the rest of it is passed over. */
  let skipping = false;

  function add(part: Uint8Array): void {
    if (skipping || gathered.add(part)) return;
    skipping = true;
    gathered.take();
    items.push({ type: 'dropped', why: 'too large' });
  }

  /** Behind an event's empty line. */
  function end(): void {
    const event = gathered.take();
    // More empty lines are no event, and need not be decoded one by one.
    if (!skipping && event.length > LONGEST_BREAK) parser.feed(decoder.decode(event));
    skipping = false;
  }

  return {
    /** Event by event: one that is too large costs none but itself, and none is read before the one before it was taken. */
    *read(chunk: Uint8Array): Generator<StreamItem> {
      let isNothing = true;
      for (let start = 0; start < chunk.length; ) {
        const behind = endOf(chunk, start);
        add(chunk.subarray(start, behind));
        if (behind !== undefined) end();
        start = behind ?? chunk.length;
        if (items.length === 0) continue;
        isNothing = false;
        const read = items;
        items = [];
        yield* read;
      }
      if (isNothing) yield { type: 'alive' };
    },
  };
}

/**
 * Given the chunks of a stream one after the other, says where the event that is open at a place ends: behind an empty line;
 * `undefined` where that is in none yet. A line ends with LF, CR or CR LF.
 */
function createEnds(): (chunk: Uint8Array, from: number) => number | undefined {
  let isEmpty = false;
  let wasCr = false;
  return (chunk, from) => {
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at];
      // The second half of CR LF ends nothing any more.
      const isHalf = byte === LF && wasCr;
      wasCr = byte === CR;
      if (isHalf) continue;
      const wasEmpty = isEmpty;
      isEmpty = byte === LF || byte === CR;
      if (isEmpty && wasEmpty) return at + 1;
    }
    return undefined;
  };
}

const LF = 0x0a;
const CR = 0x0d;
const LONGEST_BREAK = 2;

/** An id that no header can carry would keep the stream from ever opening again. */
const SENDABLE_ID = /^[\x21-\x7e]{1,1000}$/;

function itemOf(name: string, data: string, id: string | undefined): StreamItem {
  try {
    return { type: 'event', name, data: parseEvent(parseJson(data)), id };
  } catch (error) {
    return { type: 'dropped', why: error instanceof JsonBoundsError ? 'too large' : 'not JSON' };
  }
}
