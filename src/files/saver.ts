import { type Clock, sleep } from '../base/clock.ts';

/** A write is followed by a pause so many times as long, in milliseconds at most: no more than a fifth of the time is spent. */
const PAUSE_FACTOR = 4;
const LONGEST_PAUSE = 1_000;

/**
 * Calls of `write`, one at a time: each covers all who asked before it began. The record grows with each file, so that
 * writing it for each of thousands would take longer than fetching them.
 *
 * @param signal Ends the pauses.
 */
export function createSaver(
  write: () => Promise<void>,
  clock: Pick<Clock, 'now' | 'after'>,
  signal: AbortSignal,
): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  let free = clock.now();

  async function saveNext(before: Promise<void>): Promise<void> {
    await before.catch(() => undefined);
    const pause = Math.min(free - clock.now(), LONGEST_PAUSE);
    // What ends the pause does not end the record.
    if (pause > 0) await sleep(clock, pause, signal).catch(() => undefined);
    next = undefined;
    const began = clock.now();
    last = write();
    await last.finally(() => {
      free = clock.now() + (clock.now() - began) * PAUSE_FACTOR;
    });
  }

  return () => {
    next ??= saveNext(last);
    return next;
  };
}
