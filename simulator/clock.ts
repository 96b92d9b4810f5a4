import type { Clock } from '../src/base/clock.ts';
import { drawOf } from './draws.ts';

/** A clock that stands still until it is told to go on: no time passes while a machine computes. */
export interface SimulatedClock extends Clock {
  /** Jumps to the next call that is due and makes it; false when nobody waits for anything. */
  step(): boolean;
  /** Lets `ms` milliseconds pass, and makes every call that falls due meanwhile, each at its time. */
  advance(ms: number): void;
  /** How many calls are waited for. */
  waiting(): number;
}

/** @param seed What jitter comes from. @param epoch What `date` says at the beginning, in milliseconds. */
export function createSimulatedClock(seed = 0, epoch = Date.UTC(2026, 0, 1)): SimulatedClock {
  let time = 0;
  let drawn = 0;
  // Sorted by time, the latest first, so that the next one is taken off the end; of equal ones the first made comes first.
  const calls: { readonly at: number; readonly action: () => void }[] = [];

  function next(): void {
    const call = calls.pop();
    time = Math.max(time, call?.at ?? 0);
    call?.action();
  }

  return {
    now: () => time,
    date: () => epoch + time,
    after(ms, action) {
      const call = { at: time + Math.max(0, ms), action };
      const place = calls.findLastIndex(({ at }) => at > call.at) + 1;
      calls.splice(place, 0, call);
      return () => {
        const found = calls.indexOf(call);
        if (found !== -1) calls.splice(found, 1);
      };
    },
    random() {
      drawn += 1;
      return drawOf(seed, 'jitter', drawn);
    },
    step() {
      const last = calls.at(-1);
      if (last === undefined || last.at === Number.POSITIVE_INFINITY) return false;
      next();
      return true;
    },
    advance(ms) {
      const until = time + ms;
      while ((calls.at(-1)?.at ?? Number.POSITIVE_INFINITY) <= until) next();
      time = until;
    },
    waiting: () => calls.length,
  };
}
