/**
 * Time as the action sees it: every wait, its jitter and every bound is made from these, so that a test can own it. The
 * only other timers are undici's (base/wire.ts).
 */
export interface Clock {
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  now(): number;
  /** Milliseconds since the epoch, to compare with the service's time stamps. */
  date(): number;
  /** Calls back once, after `ms` milliseconds. Returns what takes the call back. */
  after(ms: number, action: () => void): () => void;
  /** From 0 to 1, exclusive: how much of a wait is waited. */
  random(): number;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  after(ms, action) {
    // Node runs a timer of more than 2^31 - 1 ms (24.8 days) at once; no job is as long as that.
    const timer = setTimeout(action, Math.min(ms, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};

/** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as it aborts. */
export function sleep(clock: Pick<Clock, 'after'>, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const cancel = clock.after(ms, () => {
      forget();
      resolve();
    });
    const forget = onAbort(signal, () => {
      cancel();
      reject(signal.reason);
    });
  });
}

/** A signal together with the timer and listener behind it; dispose of it (`using`) once the work is done. */
export interface BoundedSignal extends Disposable {
  readonly signal: AbortSignal;
}

/** Aborts with `signal`, or after `ms` milliseconds with the reason that `tooLate` makes. */
export function timeLimit(
  clock: Pick<Clock, 'after'>,
  signal: AbortSignal,
  ms: number,
  tooLate: () => Error,
): BoundedSignal {
  const limit = new AbortController();
  const cancel = clock.after(ms, () => limit.abort(tooLate()));
  const forget = onAbort(signal, () => limit.abort(signal.reason));
  return {
    signal: limit.signal,
    [Symbol.dispose]() {
      cancel();
      forget();
    },
  };
}

/** Calls back once, when nothing was heard for `ms` milliseconds; dispose of it (`using`) once nobody listens. */
export function watchSilence(
  clock: Pick<Clock, 'now' | 'after'>,
  ms: number,
  action: () => void,
): Disposable & { heard(): void } {
  let heardAt = clock.now();
  let cancel = clock.after(ms, look);
  // One timer, however much is heard: to set one anew costs more than to read a clock.
  function look(): void {
    const left = heardAt + ms - clock.now();
    if (left > 0) cancel = clock.after(left, look);
    else action();
  }
  return {
    heard() {
      heardAt = clock.now();
    },
    [Symbol.dispose]() {
      cancel();
    },
  };
}

/** Aborts `ms` milliseconds after `signal` does, for 0 at once: what is in flight may still finish, within a bound. */
export function delayedAbort(clock: Pick<Clock, 'after'>, signal: AbortSignal, ms: number): BoundedSignal {
  const late = new AbortController();
  let cancel = () => {};
  const forget = onAbort(signal, () => {
    if (ms === 0) late.abort(signal.reason);
    else cancel = clock.after(ms, () => late.abort(signal.reason));
  });
  return {
    signal: late.signal,
    [Symbol.dispose]() {
      cancel();
      forget();
    },
  };
}

/** Acts once the signal aborts, at once where it has. Returns what stops the listening. */
export function onAbort(signal: AbortSignal, action: () => void): () => void {
  if (signal.aborted) action();
  else signal.addEventListener('abort', action, { once: true });
  return () => signal.removeEventListener('abort', action);
}
