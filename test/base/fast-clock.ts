import { type Clock, systemClock } from '../../src/base/clock.ts';

/** The machine's clock, so many times faster. `sleeps` is what was waited for to its end, in the clock's milliseconds. */
export function createFastClock(factor: number): Clock & { readonly sleeps: readonly number[] } {
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => systemClock.now() * factor,
    date: systemClock.date,
    after: (ms, action) =>
      systemClock.after(ms / factor, () => {
        sleeps.push(ms);
        action();
      }),
    random: systemClock.random,
  };
}
