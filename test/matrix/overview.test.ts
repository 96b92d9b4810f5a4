import { expect, test } from 'vitest';
import { createSimulatedClock } from '../../simulator/clock.ts';
import { RunError } from '../../src/base/errors.ts';
import { inert } from '../../src/base/inert.ts';
import { createOverview } from '../../src/matrix/overview.ts';

const COMPLETED = {
  taskId: 'task-1',
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
  expect(lines).toEqual(['0 of 5 tasks done: 2 running, 2 queued, 1 to come']);
  clock.advance(30_000);
  expect(lines).toHaveLength(1);
  places[0]?.over();
  clock.advance(30_000);
  expect(lines.at(-1)).toBe('0 of 5 tasks done: 1 bringing files home, 1 running, 2 queued, 1 to come');
  places[0]?.done(COMPLETED);
  places[2]?.is('running');
  places[2]?.is('pending');
  clock.advance(30_000);
  expect(lines.at(-1)).toBe('1 of 5 tasks done: 1 completed, 1 running, 2 queued, 1 to come');
});

test('the overview estimates what is left from what came, but for what was reused', () => {
  const { clock, lines, overview } = createShown(12);
  const places = Array.from({ length: 12 }, () => overview.place());
  for (const place of places) place.begun();
  for (const [index, place] of places.slice(0, 5).entries()) {
    place.over();
    place.done({ ...COMPLETED, ...(index === 0 && { reused: { finishedOn: undefined } }) });
  }
  clock.advance(120_000);
  // Four in 30 s.
  expect(lines[0]).toBe(
    '5 of 12 tasks done: 4 completed, 1 reused, 7 queued, about 0:52 left'.replace(
      '4 completed, 1 reused',
      '1 reused, 4 completed',
    ),
  );
  overview.end();
  expect(lines.at(-1)).toBe('12 tasks: 1 reused, 4 completed, 7 queued');
});

test('the overview goes on while nothing changes, and says it ever more seldom', () => {
  const { clock, lines, overview } = createShown(2);
  overview.place().begun();
  clock.advance(2 * 60 * 60_000);
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.length).toBeLessThan(18);
  expect(new Set(lines)).toEqual(new Set(['0 of 2 tasks done: 1 queued, 1 to come']));
  overview.end();
  expect(clock.waiting()).toBe(0);
});

test('the overview ends with what was never submitted, and leaves no timer behind', () => {
  const { clock, lines, overview } = createShown(3);
  const place = overview.place();
  place.begun();
  place.over();
  place.done({ ...COMPLETED, problem: new RunError('files', inert`lost`) });
  overview.end();
  expect(lines).toEqual(['3 tasks: 1 completed without all files, 2 not submitted']);
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
  expect(lines).toEqual(['2 tasks: 2 completed; GPU time 1:02']);
});

test.each([
  [
    'that were begun, and not submitted any more, with those that were not begun',
    3,
    'aborted',
    '3 tasks: 3 not submitted',
  ],
  ['that is one alone', 1, undefined, '1 task: 1 submitted'],
] as const)('the overview counts what is not over as what it is: tasks %s', (_, total, kind, said) => {
  const { lines, overview } = createShown(total);
  const place = overview.place();
  place.begun();
  place.over();
  const none = { taskId: undefined, status: 'cancelled', problem: new RunError('aborted', inert`SIGINT`) } as const;
  place.done({ ...COMPLETED, status: 'submitted', ...(kind === 'aborted' && none) });
  overview.end();
  expect(lines).toEqual([said]);
});

test('the overview says nothing of a matrix that never began', () => {
  const { lines, overview } = createShown(3);
  overview.end();
  expect(lines).toEqual([]);
});
