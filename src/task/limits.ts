import { type BoundedSignal, type Clock, onAbort } from '../base/clock.ts';

/** One time limit of a task; see {@link createLimits}. */
export interface Limit {
  /** Milliseconds; `undefined` for none. */
  readonly ms: number | undefined;
  readonly tooLate: () => Error;
}

/** A task's time limits as one signal. */
export interface Limits extends BoundedSignal {
  /** The task runs: it no longer queues. */
  running(): void;
  /**
   * Its end was announced: what was announced in time is in time, however long the confirmation takes. `false` when that
   * end proved to be none: a limit that passed meanwhile is over then.
   */
  ending(announced: boolean): void;
}

/** Aborts with `signal`, or with the reason of the limit that is over: for the whole, or for the time before it runs. */
export function createLimits(whole: Limit, queue: Limit, clock: Pick<Clock, 'after'>, signal: AbortSignal): Limits {
  const limits = new AbortController();
  let held = false;
  let late: (() => Error) | undefined;
  const start = ({ ms, tooLate }: Limit) =>
    ms === undefined
      ? () => {}
      : clock.after(ms, () => {
          if (held) late ??= tooLate;
          else limits.abort(tooLate());
        });
  const stops = { whole: start(whole), queue: start(queue) };
  const forget = onAbort(signal, () => limits.abort(signal.reason));
  return {
    signal: limits.signal,
    running: stops.queue,
    ending(announced) {
      held = announced;
      if (!held && late !== undefined) limits.abort(late());
    },
    [Symbol.dispose]() {
      stops.whole();
      stops.queue();
      forget();
    },
  };
}
