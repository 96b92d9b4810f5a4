import { type Clock, systemClock } from '../src/clock.ts';

/** The machine's clock, so many times faster. `sleeps` is what was waited for, in the clock's milliseconds. */
export function createFastClock(factor: number): Clock & { readonly sleeps: readonly number[] } {
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => systemClock.now() * factor,
    date: systemClock.date,
    sleep(ms, signal) {
      sleeps.push(ms);
      return systemClock.sleep(ms / factor, signal);
    },
  };
}
