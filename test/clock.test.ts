import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { delayedAbort, systemClock, timeLimit } from '../src/clock.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const tooLate = () => new Error('too late');
const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

describe('systemClock.sleep', () => {
  test('ends after its time, and leaves nothing behind', async () => {
    const { signal } = new AbortController();
    let over = false;
    const slept = systemClock.sleep(1000, signal).then(() => {
      over = true;
    });
    await vi.advanceTimersByTimeAsync(999);
    expect(over).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await slept;
    expect(listeners(signal)).toBe(0);
  });

  test('ends with the reason of an abort, and stops its timer', async () => {
    const job = new AbortController();
    const slept = systemClock.sleep(1000, job.signal);
    job.abort(new Error('cancelled'));
    await expect(slept).rejects.toThrow('cancelled');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('does not begin once its signal has aborted', async () => {
    await expect(systemClock.sleep(1000, AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('takes a wait that is longer than a timer can be for a long one, not for none', async () => {
    let over = false;
    const job = new AbortController();
    systemClock.sleep(Number.POSITIVE_INFINITY, job.signal).then(
      () => {
        over = true;
      },
      () => undefined,
    );
    await vi.advanceTimersByTimeAsync(24 * 86_400_000);
    expect(over).toBe(false);
    job.abort();
  });
});

describe('timeLimit', () => {
  test('aborts with its own reason when the time is over', () => {
    using limit = timeLimit(new AbortController().signal, 1000, tooLate);
    vi.advanceTimersByTime(999);
    expect(limit.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(limit.signal.reason).toEqual(tooLate());
  });

  test('aborts with the reason of its signal, also when that came before', () => {
    const job = new AbortController();
    using limit = timeLimit(job.signal, 1000, tooLate);
    job.abort('cancelled');
    expect(limit.signal.reason).toBe('cancelled');
    using late = timeLimit(job.signal, 1000, tooLate);
    expect(late.signal.reason).toBe('cancelled');
  });

  test.each([Number.POSITIVE_INFINITY, 2 ** 31])('does not take %d ms for none', (ms) => {
    using limit = timeLimit(new AbortController().signal, ms, tooLate);
    vi.advanceTimersByTime(86_400_000);
    expect(limit.signal.aborted).toBe(false);
  });

  test('leaves nothing behind', () => {
    const { signal } = new AbortController();
    timeLimit(signal, 1000, tooLate)[Symbol.dispose]();
    expect(vi.getTimerCount()).toBe(0);
    expect(listeners(signal)).toBe(0);
  });
});

describe('delayedAbort', () => {
  test.each(['before', 'after'])('aborts some time after its signal, which aborted %s it was made', (when) => {
    const job = new AbortController();
    if (when === 'before') job.abort('cancelled');
    using late = delayedAbort(job.signal, 1000);
    vi.advanceTimersByTime(5000 * Number(when === 'after'));
    job.abort('cancelled');
    vi.advanceTimersByTime(999);
    expect(late.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(late.signal.reason).toBe('cancelled');
  });

  test('leaves nothing behind', () => {
    const job = new AbortController();
    const late = delayedAbort(job.signal, 1000);
    job.abort();
    late[Symbol.dispose]();
    expect(vi.getTimerCount()).toBe(0);
    expect(listeners(job.signal)).toBe(0);
  });
});
