import type { Dispatcher } from 'undici';
import { onAbort } from './clock.ts';

/** The bytes of an answer, as they come. */
export interface Body extends AsyncIterable<Uint8Array> {
  /** Lets go of the connection; what has not been read is lost. */
  destroy(): void;
}

/** What came back. Redirects are not followed, nothing is decoded. */
export interface Answer {
  readonly status: number;
  /** The header of that (lower-case) name; one that came several times joined by commas (RFC 9110, section 5.3). */
  readonly header: (name: string) => string | undefined;
  readonly body: Body;
}

/** So many bytes that nobody took yet have the connection wait; what was read from it by then comes in addition. */
const MOST_HELD = 64 * 1024;

/**
 * Makes an answer of what undici tells of a request. Its own `request` does that by a stream, which takes a sixth of the CPU
 * time of a small file, and hears its signal only when it has a connection (undici 8, api-request.js), which behind a dead
 * network is never.
 *
 * Resolves when the headers are there. Rejects with the signal's reason as soon as it aborts, with what undici says, or with
 * what `send` throws.
 *
 * @param send Has undici tell that handler; not called where the signal has aborted.
 * @param onSending Told when the request is about to be written.
 */
export function receive(
  send: (handler: Dispatcher.DispatchHandler) => void,
  signal: AbortSignal,
  onSending: () => void = () => undefined,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  let controller: Dispatcher.DispatchController | undefined;
  const body = createBody(
    () => controller?.resume(),
    () => controller?.abort(LET_GO),
  );
  const forget = onAbort(signal, () => {
    reject(signal.reason);
    body.destroy(signal.reason);
  });

  function fail(error: unknown): void {
    forget();
    reject(error);
    body.fail(error);
  }

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      controller = started;
      if (signal.aborted) started.abort(LET_GO);
      else onSending();
    },
    onResponseStart(_, status, headers) {
      // What precedes an answer (1xx) is none.
      if (status < 200) return;
      const header = (name: string) => {
        const value = headers[name];
        return Array.isArray(value) ? value.join(', ') : value;
      };
      resolve({ status, header, body });
    },
    onResponseData(told, chunk) {
      if (!body.push(chunk)) told.pause();
    },
    onResponseEnd() {
      forget();
      body.end();
    },
    onResponseError: (_, error) => fail(error),
  };
  try {
    if (!signal.aborted) send(handler);
  } catch (error) {
    fail(error);
  }
  return promise;
}

/** What undici is told; whoever asked has got a reason of their own. */
const LET_GO = new Error('nobody wants the answer any more');

/**
 * A body that is filled by one side, and read by the other, one chunk at a time. What came before it broke is still read.
 *
 * @param goOn There is room for more bytes.
 * @param letGo Nobody wants any more.
 */
function createBody(goOn: () => void, letGo: () => void) {
  const chunks: Uint8Array[] = [];
  let held = 0;
  let over: { readonly error?: unknown } | undefined;
  let taker: PromiseWithResolvers<IteratorResult<Uint8Array, undefined>> | undefined;

  function finish(how: NonNullable<typeof over>): void {
    if (over !== undefined) return;
    over = how;
    if ('error' in how) taker?.reject(how.error);
    else taker?.resolve(END);
    taker = undefined;
  }

  function destroy(reason: unknown = LET_GO): void {
    chunks.length = 0;
    if (over !== undefined) return;
    finish({ error: reason });
    letGo();
  }

  const iterator: AsyncIterator<Uint8Array, undefined> = {
    async next() {
      const value = chunks.shift();
      if (value !== undefined) {
        held -= value.byteLength;
        if (held < MOST_HELD) goOn();
        return { value };
      }
      if (over !== undefined && 'error' in over) throw over.error;
      if (over !== undefined) return END;
      taker = Promise.withResolvers();
      return taker.promise;
    },
    async return() {
      destroy();
      return END;
    },
  };

  return {
    /** Returns whether there is room for more. */
    push(chunk: Uint8Array): boolean {
      if (over !== undefined) return true;
      if (taker === undefined) {
        chunks.push(chunk);
        held += chunk.byteLength;
      } else taker.resolve({ value: chunk });
      taker = undefined;
      return held < MOST_HELD;
    },
    end: () => finish({}),
    fail: (error: unknown) => finish({ error }),
    destroy,
    [Symbol.asyncIterator]: () => iterator,
  } satisfies Body & Record<string, unknown>;
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };
