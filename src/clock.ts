/** Time as the action sees it: one seam for every wait, so that each has a signal and a bound. */
export interface Clock {
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  now(): number;
  /** Milliseconds since the epoch, to compare with the service's time stamps. */
  date(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      }, atMost(ms));
      signal.addEventListener('abort', onAbort, { once: true });
    }),
};

/** A signal together with the timer and listener behind it; dispose of it (`using`) once the work is done. */
export interface BoundedSignal extends Disposable {
  readonly signal: AbortSignal;
}

/** Aborts with `signal`, or after `ms` milliseconds with the reason that `tooLate` makes. */
export function timeLimit(signal: AbortSignal, ms: number, tooLate: () => Error): BoundedSignal {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(tooLate()), atMost(ms));
  const unlisten = onAbort(signal, () => limit.abort(signal.reason));
  return {
    signal: limit.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      unlisten();
    },
  };
}

/** Aborts `ms` milliseconds after `signal` does: what is in flight may still finish, within a bound. */
export function delayedAbort(signal: AbortSignal, ms: number): BoundedSignal {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const unlisten = onAbort(signal, () => {
    timer = setTimeout(() => late.abort(signal.reason), atMost(ms));
  });
  return {
    signal: late.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      unlisten();
    },
  };
}

/** Acts once the signal aborts, at once where it has. Returns what stops the listening. */
function onAbort(signal: AbortSignal, action: () => void): () => void {
  if (signal.aborted) action();
  else signal.addEventListener('abort', action, { once: true });
  return () => signal.removeEventListener('abort', action);
}

/** Node runs a timer of more than 2^31 - 1 ms (24.8 days) at once; no job is as long as that. */
function atMost(ms: number): number {
  return Math.min(ms, 2 ** 31 - 1);
}
