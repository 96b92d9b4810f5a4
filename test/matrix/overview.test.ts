import { expect, test } from 'vitest';
import { createSimulatedClock } from '../../simulator/clock.ts';
import { RunError } from '../../src/base/errors.ts';
import { inert } from '../../src/base/inert.ts';
import { createOverview } from '../../src/matrix/overview.ts';

const COMPLETED = {
  status: 'completed',
  problem: undefined,
  runTime: undefined,
  reused: undefined,
  tries: [],
} as const;

function createShown(total: number) {
  const clock = createSimulatedClock();
  const lines: string[] = [];
  const overview = createOverview(total, clock, { info: (line) => lines.push(line) });
  return { clock, lines, overview };
}

test('the overview says every 30 s how far it is, if that changed', () => {
  const { clock, lines, overview } = createShown(5);
  const places = Array.from({ length: 4 }, () => overview.place());
  for (const place of places) place.begun();
  for (const place of places.slice(0, 2)) place.is('running');
  clock.advance(29_999);
  expect(lines).toEqual([]);
  clock.advance(1);
  expect(lines).toEqual(['0 of 5 tasks done; 2 running; 2 queued']);
  clock.advance(60_000);
  expect(lines).toHaveLength(1);
  places[0]?.over();
  clock.advance(30_000);
  expect(lines.at(-1)).toBe('0 of 5 tasks done; 1 running; 2 queued; 1 bringing files home');
  places[0]?.done(COMPLETED);
  places[2]?.is('running');
  places[2]?.is('pending');
  clock.advance(30_000);
  expect(lines.at(-1)).toBe('1 of 5 tasks done: 1 completed; 1 running; 2 queued');
});

test('the overview ends with what was never submitted, and leaves no timer behind', () => {
  const { clock, lines, overview } = createShown(3);
  const place = overview.place();
  place.begun();
  place.over();
  place.done({ ...COMPLETED, problem: new RunError('files', inert`lost`) });
  overview.end();
  expect(lines).toEqual(['1 of 3 tasks done: 1 completed without all files; 2 not submitted']);
  expect(clock.waiting()).toBe(0);
});

test('the overview ends with the time that all tasks and tries ran, each counted in whole seconds', () => {
  const { lines, overview } = createShown(2);
  const tried = {
    taskId: 'task-1',
    status: 'failed',
    error: inert`failed`,
    agentId: undefined,
    runTime: 61_900,
  } as const;
  for (const report of [{ ...COMPLETED, runTime: 1_900, tries: [tried] }, COMPLETED]) {
    const place = overview.place();
    place.begun();
    place.over();
    place.done(report);
  }
  overview.end();
  expect(lines).toEqual(['2 of 2 tasks done: 2 completed; GPU time 1:02']);
});

test('the overview says nothing of a matrix that never began', () => {
  const { lines, overview } = createShown(3);
  overview.end();
  expect(lines).toEqual([]);
});
