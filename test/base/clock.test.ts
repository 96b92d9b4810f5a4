import { getEventListeners } from 'node:events';
import { beforeEach, describe, expect, test } from 'vitest';
import { createSimulatedClock } from '../../simulator/clock.ts';
import { delayedAbort, sleep, systemClock, timeLimit, watchSilence } from '../../src/base/clock.ts';

let clock = createSimulatedClock();
beforeEach(() => {
  clock = createSimulatedClock();
});
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

const tooLate = () => new Error('too late');
const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

describe('sleep', () => {
  test('ends after its time, and leaves nothing behind', async () => {
    const { signal } = new AbortController();
    let over = false;
    const slept = sleep(clock, 1000, signal).then(() => {
      over = true;
    });
    clock.advance(999);
    await settle();
    expect(over).toBe(false);
    clock.advance(1);
    await slept;
    expect(listeners(signal)).toBe(0);
  });

  test('ends with the reason of an abort, and stops its timer', async () => {
    const job = new AbortController();
    const slept = sleep(clock, 1000, job.signal);
    job.abort(new Error('cancelled'));
    await expect(slept).rejects.toThrow('cancelled');
    expect(clock.waiting()).toBe(0);
  });

  test('does not begin once its signal has aborted', async () => {
    await expect(sleep(clock, 1000, AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
    expect(clock.waiting()).toBe(0);
  });
});

describe('systemClock', () => {
  test('calls back once, not before its time', async () => {
    const began = systemClock.now();
    await new Promise<void>((resolve) => systemClock.after(20, resolve));
    // Node's timers count whole milliseconds.
    expect(systemClock.now() - began).toBeGreaterThanOrEqual(19);
  });

  test('takes a call back', async () => {
    let called = false;
    systemClock.after(1, () => {
      called = true;
    })();
    await new Promise<void>((resolve) => systemClock.after(20, resolve));
    expect(called).toBe(false);
  });

  test.each([Number.POSITIVE_INFINITY, 2 ** 31])('does not take %d ms for none', async (ms) => {
    let called = false;
    const forget = systemClock.after(ms, () => {
      called = true;
    });
    await new Promise<void>((resolve) => systemClock.after(20, resolve));
    forget();
    expect(called).toBe(false);
  });
});

describe('timeLimit', () => {
  test('aborts with its own reason when the time is over', () => {
    using limit = timeLimit(clock, new AbortController().signal, 1000, tooLate);
    clock.advance(999);
    expect(limit.signal.aborted).toBe(false);
    clock.advance(1);
    expect(limit.signal.reason).toEqual(tooLate());
  });

  test('aborts with the reason of its signal, also when that came before', () => {
    const job = new AbortController();
    using limit = timeLimit(clock, job.signal, 1000, tooLate);
    job.abort('cancelled');
    expect(limit.signal.reason).toBe('cancelled');
    using late = timeLimit(clock, job.signal, 1000, tooLate);
    expect(late.signal.reason).toBe('cancelled');
  });

  test('leaves nothing behind', () => {
    const { signal } = new AbortController();
    timeLimit(clock, signal, 1000, tooLate)[Symbol.dispose]();
    expect(clock.waiting()).toBe(0);
    expect(listeners(signal)).toBe(0);
  });
});

describe('delayedAbort', () => {
  test.each(['before', 'after'])('aborts some time after its signal, which aborted %s it was made', (when) => {
    const job = new AbortController();
    if (when === 'before') job.abort('cancelled');
    using late = delayedAbort(clock, job.signal, 1000);
    clock.advance(5000 * Number(when === 'after'));
    job.abort('cancelled');
    clock.advance(999);
    expect(late.signal.aborted).toBe(false);
    clock.advance(1);
    expect(late.signal.reason).toBe('cancelled');
  });

  test('leaves nothing behind', () => {
    const job = new AbortController();
    const late = delayedAbort(clock, job.signal, 1000);
    job.abort();
    late[Symbol.dispose]();
    expect(clock.waiting()).toBe(0);
    expect(listeners(job.signal)).toBe(0);
  });
});

describe('watchSilence', () => {
  const watched = () => {
    const seen = { silences: 0 };
    return { seen, watchdog: watchSilence(clock, 1000, () => (seen.silences += 1)) };
  };

  test('calls back once, so long after what was heard last', () => {
    const { seen, watchdog } = watched();
    clock.advance(400);
    watchdog.heard();
    clock.advance(500);
    watchdog.heard();
    clock.advance(999);
    expect(seen.silences).toBe(0);
    clock.advance(1);
    expect(seen.silences).toBe(1);
    clock.advance(10_000);
    expect(seen.silences).toBe(1);
    expect(clock.waiting()).toBe(0);
  });

  test('calls back where nothing is heard at all', () => {
    const { seen } = watched();
    clock.advance(999);
    expect(seen.silences).toBe(0);
    clock.advance(1);
    expect(seen.silences).toBe(1);
  });

  test('has one timer however much is heard, and none once it is disposed of', () => {
    const { seen, watchdog } = watched();
    for (let times = 0; times < 30; times += 1) {
      clock.advance(100);
      watchdog.heard();
      expect(clock.waiting()).toBe(1);
    }
    watchdog[Symbol.dispose]();
    expect(clock.waiting()).toBe(0);
    clock.advance(10_000);
    expect(seen.silences).toBe(0);
  });
});
