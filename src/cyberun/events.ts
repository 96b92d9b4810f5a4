import { createParser } from 'eventsource-parser';
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

/** The largest event kept, in UTF-16 code units; a `completed` event carries the whole output. */
export const LARGEST_EVENT = 4 * 1024 * 1024;

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
    const decoder = new TextDecoder();
    const reader = createReader();
    for await (const chunk of stream.body) {
      yield* reader.read(decoder.decode(chunk, { stream: true }));
    }
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
  /** An event was too large, and the rest of it is passed over. */
  let skipping = false;
  /** Of the event that comes. Counted here: the parser's own bound is on an event's data, and a million empty lines are none. */
  let size = 0;
  let tail = '';
  const parser = createParser({
    onId: (id) => {
      lastId = SENDABLE_ID.test(id) ? id : undefined;
    },
    onEvent: ({ event, data }) => {
      items.push(itemOf(event ?? 'message', data, lastId));
    },
    onRetry: (ms) => items.push({ type: 'retry', ms }),
  });

  function* feed(part: string): Generator<StreamItem> {
    size += part.length;
    if (!skipping && size > LARGEST_EVENT) {
      skipping = true;
      items.push({ type: 'dropped', why: 'too large' });
    }
    if (!skipping) parser.feed(part);
    const read = items;
    items = [];
    yield* read;
  }

  return {
    /** Event by event: one that is too large costs none but itself, and none is read before the one before it was taken. */
    *read(text: string): Generator<StreamItem> {
      const whole = tail + text;
      let start = tail.length;
      let isNothing = true;
      for (const blank of whole.matchAll(BLANK_LINE)) {
        const end = blank.index + blank[0].length;
        if (end <= start) continue;
        for (const item of feed(whole.slice(start, end))) {
          isNothing = false;
          yield item;
        }
        if (skipping) parser.reset();
        skipping = false;
        size = 0;
        start = end;
      }
      for (const item of feed(whole.slice(start))) {
        isNothing = false;
        yield item;
      }
      tail = whole.slice(-LONGEST_BLANK_LINE + 1);
      if (isNothing) yield { type: 'alive' };
    },
  };
}

/** The end of a line and, at once, of another: the end of an event. A line may end with LF, CR or CR LF. */
const BLANK_LINE = /(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r)/g;
const LONGEST_BLANK_LINE = 4;

/** An id that no header can carry would keep the stream from ever opening again. */
const SENDABLE_ID = /^[\x21-\x7e]{1,1000}$/;

function itemOf(name: string, data: string, id: string | undefined): StreamItem {
  try {
    return { type: 'event', name, data: parseEvent(parseJson(data)), id };
  } catch (error) {
    return { type: 'dropped', why: error instanceof JsonBoundsError ? 'too large' : 'not JSON' };
  }
}
