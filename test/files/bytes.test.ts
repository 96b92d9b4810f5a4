import { describe, expect, test } from 'vitest';
import { createByteProgress } from '../../src/files/bytes.ts';

function createShown(files: number) {
  const lines: string[] = [];
  let now = 0;
  const clock = { now: () => now, date: () => now, after: () => () => undefined, random: () => 0 };
  const meter = createByteProgress(files, clock, { info: (line) => lines.push(line) });
  return {
    lines,
    meter,
    at(seconds: number, bytes: number) {
      now = seconds * 1000;
      meter.bytes(bytes);
    },
  };
}

describe('createByteProgress', () => {
  test('shows nothing of a short transfer', () => {
    const { meter, at, lines } = createShown(1);
    meter.size(10);
    for (let second = 0; second < 10; second += 1) at(second, 1);
    expect(lines).toEqual([]);
  });

  test('shows a line every ten seconds, with what is left once all sizes are known', () => {
    const { meter, at, lines } = createShown(2);
    meter.size(50_000_000);
    at(10, 10_000_000);
    at(15, 5_000_000);
    meter.size(50_000_000);
    at(20, 5_000_000);
    expect(lines).toEqual(['  10 MB at 1 MB/s', '  20 MB of 100 MB at 1 MB/s  about 1:20 left']);
  });

  test('says nothing of a total that turned out too small', () => {
    const { meter, at, lines } = createShown(1);
    meter.size(5);
    at(10, 10_000_000);
    expect(lines).toEqual(['  10 MB at 1 MB/s']);
  });

  test('takes back what a file lost that began anew', () => {
    const { meter, at, lines } = createShown(1);
    meter.size(40_000_000);
    at(10, 10_000_000);
    at(11, -10_000_000);
    at(20, 0);
    expect(lines).toHaveLength(1);
    at(30, 15_000_000);
    expect(lines[1]).toBe('  15 MB of 40 MB at 500 kB/s  about 0:50 left');
  });
});
