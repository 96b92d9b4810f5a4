import { expect, test } from 'vitest';
import { createPace } from '../../src/release/pace.ts';

/** A clock that goes on to the next timer as soon as nothing else is to do. */
function createLeapingClock() {
  let now = 0;
  const timers: { at: number; action: () => void }[] = [];
  return {
    now: () => now,
    after(ms: number, action: () => void) {
      const timer = { at: now + ms, action };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer) >>> 0, 1);
    },
    /** Until nobody waits any more. */
    async run() {
      for (;;) {
        for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
        const next = timers.sort((one, other) => one.at - other.at).shift();
        if (next === undefined) return;
        now = Math.max(now, next.at);
        next.action();
      }
    },
  };
}

const { signal } = new AbortController();

test('no more than 70 things are made in any minute, however many ask at once', async () => {
  const clock = createLeapingClock();
  const pace = createPace(clock);
  const times: number[] = [];
  const all = Array.from({ length: 500 }, async () => {
    await pace.addition(signal);
    times.push(clock.now());
  });
  await clock.run();
  await Promise.all(all);
  times.sort((one, other) => one - other);
  for (const [index, time] of times.entries()) {
    const later = times[index + 70];
    if (later !== undefined) expect(later - time).toBeGreaterThanOrEqual(60_000);
  }
  expect(times.at(-1)).toBe(7 * 60_000);
});

test('a limit holds everybody back, also who waits already, and an abort ends the wait', async () => {
  const clock = createLeapingClock();
  const pace = createPace(clock);
  expect(pace.hold(6_000)).toBe(true);
  // Of four uploads at a time, each is told of the same limit.
  expect(pace.hold(6_400)).toBe(false);
  const waiting = pace.ready(signal).then(() => clock.now());
  expect(pace.hold(90_000)).toBe(true);
  const job = new AbortController();
  const aborted = pace.addition(job.signal);
  job.abort(new Error('the job'));
  await expect(aborted).rejects.toThrow('the job');
  await clock.run();
  expect(await waiting).toBe(90_000);
});
