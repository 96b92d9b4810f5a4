import { type Clock, sleep } from '../base/clock.ts';

/** GitHub takes 80 things that are made in a minute, and then lets nobody make any for a while (docs.github.com, "Rate limits"). */
const MOST = 70;
const SPAN = 60_000;
/** Two waits that end so close to each other, in milliseconds, are for one limit. */
const SAME = 5_000;

/** How fast calls may follow one another, for all of them together. */
export interface Pace {
  /** Resolves when nothing holds calls back; rejects with the signal's reason. */
  ready(signal: AbortSignal): Promise<void>;
  /** Resolves when one more thing may be made, and counts it. */
  addition(signal: AbortSignal): Promise<void>;
  /** Holds all calls back for so many milliseconds. Returns whether that is news: several may be told of one limit. */
  hold(ms: number): boolean;
}

export function createPace(clock: Pick<Clock, 'now' | 'after'>): Pace {
  let free = clock.now();
  /** When the last of them were made, or are to be. */
  const made: number[] = [];

  async function ready(signal: AbortSignal): Promise<void> {
    // It may be held for longer meanwhile.
    for (let wait = free - clock.now(); wait > 0; wait = free - clock.now()) await sleep(clock, wait, signal);
  }

  return {
    ready,
    async addition(signal) {
      const oldest = made.length < MOST ? undefined : made.shift();
      const at = Math.max(clock.now(), (oldest ?? Number.NEGATIVE_INFINITY) + SPAN);
      made.push(at);
      if (at > clock.now()) await sleep(clock, at - clock.now(), signal);
      await ready(signal);
    },
    hold(ms) {
      const until = clock.now() + ms;
      const isNews = until > free + SAME;
      free = Math.max(free, until);
      return isNews;
    },
  };
}
