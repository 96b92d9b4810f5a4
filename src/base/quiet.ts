import type { Clock } from './clock.ts';

/** When nothing was said for so many milliseconds, it is said that nothing is new; then every further ten minutes. */
const QUIET = [60_000, 120_000, 300_000, 600_000] as const;
const EVERY = 600_000;

/** How long it may be quiet until it is said for the `count`th time, from 0 on, that nothing is new: milliseconds. */
export function quietUntil(count: number): number {
  return QUIET[count] ?? (count - QUIET.length + 2) * EVERY;
}

/** Says now and then that nothing is new, for whoever wonders whether a log still goes on. */
export interface Heartbeat {
  /** Something was said: it is quiet from now on. */
  spoke(): void;
  /** Nothing more is to come. */
  end(): void;
}

export function createHeartbeat(clock: Pick<Clock, 'after'>, say: () => void): Heartbeat {
  let forget = () => {};

  function wait(count: number): void {
    forget = clock.after(quietUntil(count) - (count === 0 ? 0 : quietUntil(count - 1)), () => {
      say();
      wait(count + 1);
    });
  }

  return {
    spoke() {
      forget();
      wait(0);
    },
    end: () => forget(),
  };
}
