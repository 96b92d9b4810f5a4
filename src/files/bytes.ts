import prettyBytes from 'pretty-bytes';
import type { Clock } from '../base/clock.ts';
import { formatClock } from '../base/durations.ts';
import { inert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import type { Meter } from '../transfer/storage.ts';

/** How often a long transfer shows a line, in milliseconds. */
const INTERVAL = 10_000;

/**
 * Shows how far a transfer is, at most every 10 s, so that a short one shows nothing. How much is left is said as soon as
 * the sizes of all its files are known.
 */
export function createByteProgress(files: number, clock: Clock, log: Pick<Log, 'info'>): Meter {
  const began = clock.now();
  let shownAt = began;
  let done = 0;
  let total = 0;
  let sizes = 0;
  return {
    size(bytes) {
      total += bytes;
      sizes += 1;
    },
    bytes(count) {
      done += count;
      const now = clock.now();
      if (now - shownAt < INTERVAL || done <= 0) return;
      shownAt = now;
      const speed = done / ((now - began) / 1000);
      const known = sizes === files && total >= done;
      const of = known ? ` of ${prettyBytes(total)}` : '';
      const left = known ? `  about ${formatClock(((total - done) / speed) * 1000)} left` : '';
      log.info(inert`  ${prettyBytes(done)}${of} at ${prettyBytes(speed)}/s${left}`);
    },
  };
}
