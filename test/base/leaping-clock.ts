import type { Clock } from '../../src/base/clock.ts';

/** A clock on which time passes by waiting alone, and every wait is over at once. `waited` is what was waited for to its end. */
export function createLeapingClock(): Clock & { readonly waited: readonly number[] } {
  let time = 0;
  const waited: number[] = [];
  return {
    waited,
    now: () => time,
    date: () => Date.now(),
    after(ms, action) {
      const immediate = setImmediate(() => {
        waited.push(ms);
        time += ms;
        action();
      });
      return () => clearImmediate(immediate);
    },
    random: Math.random,
  };
}
