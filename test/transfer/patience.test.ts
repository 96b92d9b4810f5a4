import { describe, expect, test } from 'vitest';
import { createSimulatedClock } from '../../simulator/clock.ts';
import { inert } from '../../src/base/inert.ts';
import { TransferError } from '../../src/transfer/errors.ts';
import { createPatience } from '../../src/transfer/patience.ts';

const SECOND = 1_000;

function errorOf(code: string) {
  const cause = Object.assign(new Error(code), { code });
  return new TransferError('passing', inert`${code}`, { cause });
}

/** Fails every second with what `codeAt` says of that second, and returns how many seconds the patience lasted. */
function secondsOf(codeAt: (second: number) => string, progressAt: (second: number) => number = () => 0): number {
  const clock = createSimulatedClock();
  const patience = createPatience(clock);
  for (let second = 0; ; second += 1) {
    patience.renew(progressAt(second));
    if (patience.isOver(errorOf(codeAt(second)))) return second;
    clock.advance(SECOND);
  }
}

describe('patience', () => {
  test('is over after three minutes of faults', () => {
    expect(secondsOf(() => 'ECONNRESET')).toBe(181);
    expect(secondsOf(() => 'EAI_AGAIN')).toBe(181);
  });

  test('begins anew with 64 KiB gained', () => {
    const progress = (second: number) => (second === 100 ? 64 * 1024 : 0);
    expect(secondsOf(() => 'ECONNRESET', progress)).toBe(281);
  });

  test('with a host that nobody knows is over after half a minute', () => {
    expect(secondsOf(() => 'ENOTFOUND')).toBe(31);
  });

  test('with a host that was known once is not shorter when its name is lost', () => {
    const firstByte = (second: number) => (second === 0 ? 1 : 0);
    expect(secondsOf(() => 'ENOTFOUND', firstByte)).toBe(181);
    expect(secondsOf((second) => (second === 0 ? 'ECONNRESET' : 'ENOTFOUND'))).toBe(181);
  });
});
