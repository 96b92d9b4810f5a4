import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSimulatedClock } from '../../simulator/clock.ts';
import { inert } from '../../src/base/inert.ts';
import { createTaskView } from '../../src/github/progress.ts';
import type { TaskProgress } from '../../src/task/history.ts';

const NOTHING: TaskProgress = {
  fraction: undefined,
  step: undefined,
  steps: undefined,
  node: undefined,
  stage: undefined,
  message: undefined,
};

function createShown({ label, nodes = {} }: { label?: string; nodes?: Record<string, string> } = {}) {
  const lines: string[] = [];
  let now = 1000;
  const clock = { now: () => now, date: () => now, after: () => () => undefined, random: () => 0 };
  const view = createTaskView(
    { info: (line) => lines.push(line), warning: (line) => lines.push(`Warning: ${line}`) },
    clock,
    { nameOf: (node) => nodes[node], count: Object.keys(nodes).length },
    clock.now(),
    label,
  );
  return {
    lines,
    view,
    at(seconds: number, progress: Partial<TaskProgress>) {
      now = 1000 + seconds * 1000;
      view.progress({ ...NOTHING, ...progress });
    },
  };
}

describe('createTaskView', () => {
  test('draws what it knows in one line', () => {
    const { at, view, lines } = createShown({ nodes: { '3': 'KSampler' } });
    view.line(inert`pending`);
    at(52, { fraction: 0.35, step: 7, steps: 20, node: '3' });
    at(70, { stage: 'train', message: 'loss 0.1' });
    at(80, { fraction: 1, node: '9' });
    expect(lines).toEqual([
      '  0:00  pending',
      '  0:52  [#######-------------]  35%  step 7/20  KSampler (node 3)',
      '  1:10  train  loss 0.1',
      '  1:20  [####################] 100%  node 9, the 2nd',
    ]);
  });

  test('estimates what is left from the node it is at, once there is enough to go by', () => {
    const { at, lines } = createShown();
    at(0, { fraction: 0, node: '3' });
    at(1, { fraction: 0.2, node: '3' });
    at(20, { fraction: 0.75, node: '3' });
    at(40, { fraction: 0.1, node: '4' });
    at(50, { fraction: 0.15, node: '4' });
    at(60, { fraction: 0.6, node: '4' });
    at(70, { fraction: 0.05, node: '4' });
    at(80, { fraction: 0.55, node: '4' });
    expect(lines.map((line) => /about (\S+) left/.exec(line)?.[1])).toEqual([
      ...[undefined, undefined, '0:06', undefined, undefined, '0:16', undefined, '0:09'],
    ]);
  });

  test('counts from the steps where there is no fraction', () => {
    const { at, lines } = createShown();
    at(0, { step: 5, steps: 20 });
    at(10, { steps: 20 });
    at(20, { step: 5, steps: 0 });
    expect(lines).toEqual([
      '  0:00  [#####---------------]  25%  step 5/20',
      '  0:10  [--------------------]   0%  step 0/20',
      '  0:20  step 5/0',
    ]);
  });

  test.each([
    [25, 20, '100%'],
    [-3, 20, '  0%'],
    [Number.MAX_VALUE, 1, '100%'],
  ])('draws step %d of %d inside of the bar', (step, steps, percent) => {
    const { at, lines } = createShown();
    at(0, { step, steps });
    expect(lines[0]).toContain(percent);
    expect(lines[0]).toMatch(/\[[#-]{20}\]/);
  });

  test('shows few lines of many events: one a second at most, one a tenth, and one in ten seconds', () => {
    const fast = createShown();
    for (let event = 0; event <= 1000; event += 1) fast.at(event * 0.002, { fraction: event / 1000 });
    expect(fast.lines.length).toBeLessThanOrEqual(3);
    const even = createShown();
    for (let event = 0; event <= 1000; event += 1) even.at(event * 0.05, { fraction: event / 1000 });
    expect(even.lines.length).toBeGreaterThanOrEqual(9);
    expect(even.lines.length).toBeLessThanOrEqual(11);
    const slow = createShown();
    for (let event = 0; event <= 1000; event += 1) slow.at(event * 0.1, { fraction: event / 100_000 });
    expect(slow.lines).toHaveLength(11);
  });

  test('shows far fewer of one task of many, and which it is', () => {
    const { at, view, lines } = createShown({ label: '##[a cat, 7' });
    view.line(inert`pending`);
    for (let event = 0; event <= 1000; event += 1) at(event * 0.2, { fraction: event / 1000 });
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe('  0:00  [# #[a cat, 7]  pending');
  });

  test('says which of the nodes it is at, as the bar begins anew with each', () => {
    const nodes = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`${index}`, 'Sampler']));
    const { at, lines } = createShown({ nodes });
    for (let node = 0; node < 13; node += 1) at(node * 10, { fraction: 0.5, node: `${node}` });
    at(200, { fraction: 0.5, node: '1' });
    expect(lines.map((line) => line.replace(/^.*% {2}/, ''))).toEqual([
      'Sampler (node 0)',
      ...['2nd', '3rd', '4th', '5th', '6th', '7th', '8th', '9th', '10th', '11th', '12th'].map(
        (place, index) => `Sampler (node ${index + 1}, the ${place} of 12)`,
      ),
      'node 12, the 13th',
      'Sampler (node 1, the 2nd of 12)',
    ]);
  });

  test('shows fewer lines the longer it goes on: two hours have some 150', () => {
    const { at, lines } = createShown();
    const seconds = 2 * 60 * 60;
    for (let second = 0; second <= seconds; second += 1) at(second, { fraction: second / seconds, step: second });
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.length).toBeLessThan(170);
  });

  test('shows what the program says, and not without end', () => {
    const { view, lines } = createShown();
    for (let line = 1; line <= 1000; line += 1) view.told(inert`loss ${line}`);
    expect(lines).toHaveLength(201);
    expect(lines.slice(-2)).toEqual([
      '  0:00  loss 200',
      '  0:00  it says more than 200 lines; the others are in Cyberun',
    ]);
    const many = createShown({ label: 'a cat' });
    many.view.told(inert`loss 1`);
    expect(many.lines).toEqual([]);
  });

  test('survives any numbers, and prints no command', () => {
    const number = fc.option(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()), {
      nil: undefined,
    });
    const text = fc.option(fc.constantFrom('##[error]x', '::error::', '\n::x', 'a', '#'), { nil: undefined });
    const fraction = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined });
    const progress = fc.record({ fraction, step: number, steps: number, node: text, stage: text, message: text });
    fc.assert(
      fc.property(fc.array(progress, { maxLength: 8 }), (all) => {
        const { at, lines } = createShown({ nodes: { a: '##[x]' } });
        all.forEach((one, index) => {
          at(index * 11, one);
        });
        expect(lines).toHaveLength(all.length);
        for (const line of lines) expect(line).toMatch(/^ {2}\d+:\d\d {2}(?!.*##\[)[^\n]*$/);
      }),
    );
  });
});

test('while nothing changes, a line says so now and then, and none once the task is over', () => {
  const clock = createSimulatedClock();
  const lines: string[] = [];
  const nodes = { nameOf: () => undefined, count: 0 };
  const view = createTaskView(
    { info: (line) => lines.push(line), warning: (line) => lines.push(`Warning: ${line}`) },
    clock,
    nodes,
    clock.now(),
  );
  view.status('waiting', inert`waiting: no idle agent has gpu`);
  clock.advance(40 * 60_000);
  view.status('running', inert`running on gpu-1`);
  view.progress({ ...NOTHING, step: 7, steps: 20 });
  clock.advance(3 * 60_000);
  view.line(inert`The event stream is open again`);
  clock.advance(60_000);
  view.status('completed', inert`completed`);
  view.end();
  clock.advance(60 * 60_000);
  expect(lines).toEqual([
    '  0:00  waiting: no idle agent has gpu',
    ...['1:00', '2:00', '5:00', '10:00', '20:00', '30:00', '40:00'].map(
      (time) => `  ${time}  still waiting: no idle agent has gpu`,
    ),
    '  40:00  running on gpu-1',
    '  40:00  [#######-------------]  35%  step 7/20',
    '  41:00  still running on gpu-1, at step 7/20',
    '  42:00  still running on gpu-1, at step 7/20',
    '  43:00  The event stream is open again',
    '  44:00  still running on gpu-1, at step 7/20',
    '  44:00  completed',
  ]);
  expect(clock.waiting()).toBe(0);
});

test('a service that tells of a thousand states fills no log with them, and its end is told', () => {
  const { at, view, lines } = createShown();
  for (let index = 0; index < 3000; index += 1) view.status(index % 2 === 0 ? 'running' : 'odd', inert`state ${index}`);
  for (let index = 0; index < 3000; index += 1) view.line(inert`line ${index}`);
  expect(lines).toHaveLength(500);
  expect(lines.slice(-2)).toEqual([
    '  0:00  state 498',
    '  0:00  this task has 500 lines; from now on, only its progress and its end are told',
  ]);
  // Progress goes on, but as seldom as one of many tasks has it.
  for (let second = 1; second <= 600; second += 1) at(second, { fraction: second / 600, node: String(second) });
  expect(lines.slice(500).map((line) => line.trim().split(' ', 1)[0])).toEqual(
    Array.from({ length: 10 }, (_, minute) => `${minute}:01`),
  );
  view.status('failed', inert`failed in 10:00`);
  expect(lines.at(-1)).toBe('  10:00  failed in 10:00');
});
