import type { Clock } from '../src/base/clock.ts';
import type { Body } from '../src/base/wire.ts';
import { networkError } from './errors.ts';

/** The end of a connection from which a body is read, and the one into which it is put. */
export interface Pipe {
  readonly body: Body;
  push(chunk: Uint8Array): void;
  end(): void;
  /** The connection is gone: it broke, or the reader gave it up. */
  fail(error: unknown, how?: 'broken' | 'left'): void;
}

/**
 * A body that is read as it arrives.
 *
 * @param bodyTimeout The longest gap between two chunks, in milliseconds; 0 for none.
 * @param onOver Told once when the connection is done with: all came, it broke, or the reader let go of it.
 */
export function createPipe(
  clock: Pick<Clock, 'now' | 'after'>,
  bodyTimeout: number,
  onOver: (how: 'whole' | 'broken' | 'left') => void,
): Pipe {
  const chunks: Uint8Array[] = [];
  let over = false;
  let failure: { readonly error: unknown } | undefined;
  let reader: { resolve(result: IteratorResult<Uint8Array>): void; reject(error: unknown): void } | undefined;
  let heardAt = clock.now();
  let cancel = () => {};
  if (bodyTimeout > 0) watch(bodyTimeout);

  function watch(ms: number): void {
    cancel = clock.after(ms, () => {
      const left = heardAt + bodyTimeout - clock.now();
      if (left > 0) watch(left);
      else finish('broken', networkError('UND_ERR_BODY_TIMEOUT'));
    });
  }

  function finish(how: 'whole' | 'broken' | 'left', error?: unknown): void {
    if (over) return;
    over = true;
    cancel();
    if (how !== 'whole') {
      // What was received and not read yet is lost with the connection, as it is with undici.
      chunks.length = 0;
      failure = { error };
    }
    onOver(how);
    if (reader === undefined) return;
    const { resolve, reject } = reader;
    reader = undefined;
    if (failure === undefined) resolve({ done: true, value: undefined });
    else reject(failure.error);
  }

  const destroy = () => {
    if (over) {
      chunks.length = 0;
      failure ??= { error: networkError('UND_ERR_ABORTED') };
    } else finish('left', networkError('UND_ERR_ABORTED'));
  };

  return {
    body: {
      destroy,
      [Symbol.asyncIterator]: () => ({
        next() {
          const chunk = chunks.shift();
          if (chunk !== undefined) return Promise.resolve({ done: false, value: chunk });
          if (failure !== undefined) return Promise.reject(failure.error);
          if (over) return Promise.resolve({ done: true, value: undefined });
          return new Promise((resolve, reject) => {
            reader = { resolve, reject };
          });
        },
        return() {
          destroy();
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    },
    push(chunk) {
      if (over) return;
      heardAt = clock.now();
      if (reader === undefined) {
        chunks.push(chunk);
        return;
      }
      const { resolve } = reader;
      reader = undefined;
      resolve({ done: false, value: chunk });
    },
    end: () => finish('whole'),
    fail: (error, how = 'broken') => finish(how, error),
  };
}
