import type { Clock } from '../base/clock.ts';

/** How many connections one file has at a time: as many as make it come faster. */
export interface Width {
  /** At least 1, and no more than the storage's. */
  now(): number;
  /** Bytes that arrived, over whichever connection. */
  bytes(count: number): void;
  /** A connection broke. A link that breaks takes what is in flight with it: there are half as many from now on. */
  broke(): void;
}

/** On loopback, four bring no less than one (bench/), and some wait for an answer while the others bring bytes. */
const FIRST = 4;
/** What arrives is counted for so long, in milliseconds, to know a speed. */
const WINDOW = 100;
/** Twice as many connections have to bring so many times as much. */
const GAIN = 1.25;
/** How long they are given to, in milliseconds: each has to be made, and is slow at first (RFC 5681, section 3.1). */
const TRIAL = 1_000;
/** When the next trial begins after one that failed, or a break, in milliseconds: other traffic comes and goes. */
const AGAIN = 10_000;

/**
 * Tries twice as many connections, again and again as long as that pays: one that is slow by itself (a storage far away, or
 * one that limits each) gets up to `most`, and a fast link keeps four. Speed is the whole file's.
 */
export function createWidth(clock: Pick<Clock, 'now'>, most: number): Width {
  let width = Math.min(FIRST, most);
  let counted = { since: clock.now(), bytes: 0 };
  let speed = 0;
  /** Since when twice as many are tried, and what had come in a millisecond before. */
  let trial: { readonly since: number; readonly before: number } | undefined;
  let next = clock.now();

  /** @param latest What came in a millisecond of the window that just ended. */
  function judge(now: number, latest: number): void {
    // One window may have been slow by accident.
    const before = Math.max(speed, latest);
    speed = latest;
    if (trial !== undefined && latest < trial.before * GAIN) {
      if (now - trial.since < TRIAL) return;
      width = Math.ceil(width / 2);
      trial = undefined;
      next = now + AGAIN;
    } else if (now < next || width >= most) {
      trial = undefined;
    } else {
      width = Math.min(most, width * 2);
      trial = { since: now, before };
    }
  }

  return {
    now: () => width,
    bytes(count) {
      counted.bytes += count;
      const now = clock.now();
      const passed = now - counted.since;
      if (passed < WINDOW) return;
      const latest = counted.bytes / passed;
      counted = { since: now, bytes: 0 };
      judge(now, latest);
    },
    broke() {
      width = Math.max(1, Math.floor(width / 2));
      trial = undefined;
      next = clock.now() + AGAIN;
    },
  };
}
