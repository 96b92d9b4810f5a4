import type { Clock } from '../../src/base/clock.ts';

/** A clock on which waiting costs no time, but is counted: in `waited`, in milliseconds. */
export function createJumpingClock(): Clock & { readonly waited: readonly number[] } {
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
  };
}
