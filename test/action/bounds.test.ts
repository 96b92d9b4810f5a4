import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { Fault, FaultRule } from '../../emulator/faults.ts';
import { LARGEST_EVENT } from '../../src/cyberun/events.ts';
import { type ActionOptions, annotationsOf, countOf, preload, quick, runAction } from './harness.ts';

const MIB = 1024 * 1024;

/** What a small runner may have left: V8 aborts the process when it needs more. */
const SMALL_HEAP = { NODE_OPTIONS: '--max-old-space-size=128' };

/** The process says at its end how much memory it had at most, in KiB. */
const TELL_PEAK = preload("process.on('exit', () => console.log(`peak ${process.resourceUsage().maxRSS}`))");

/** In bytes. */
function peakOf(log: readonly string[]): number {
  return Number(/^peak (\d+)$/m.exec(log.join('\n'))?.[1]) * 1024;
}

function runSmall(emulator: Emulator, options: Partial<ActionOptions> = {}) {
  return runAction({
    emulator,
    nodeOptions: TELL_PEAK,
    with: { workflow: 'quick' },
    ...options,
    env: { ...SMALL_HEAP, ...options.env },
  });
}

const FOR_EVER = Number.POSITIVE_INFINITY;

async function startWith(kind: FaultRule['kind'], fault: Fault): Promise<Emulator> {
  const emulator = await startEmulator({ workflows: [quick()] });
  emulator.fault({ kind, times: FOR_EVER, fault });
  return emulator;
}

/** So many MiB of that text over and over. */
function flood(text: string, mib: number): Fault {
  const block = text.repeat(Math.ceil((64 * 1024) / Buffer.byteLength(text)));
  return { type: 'flood', text: block, times: Math.ceil((mib * MIB) / Buffer.byteLength(block)) };
}

describe('a stream of events that goes on and on', () => {
  const event = (size: number) =>
    `event: progress\ndata: ${JSON.stringify({ progress: 0.5, message: 'x'.repeat(size) })}\n\n`;

  async function peakWith(fault: Fault): Promise<number> {
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
    emulator.fault({ kind: 'events', fault });
    await using action = runSmall(emulator);
    // The next stream is asked for when the first one has been read to its end.
    while (countOf(emulator, 'events') < 2) await sleep(20);
    emulator.release(emulator.tasks[0]?.id ?? '');
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [], outputs: { status: 'completed' } });
    return peakOf(result.log);
  }

  test.each([
    ['small ones', event(60), 8],
    ['as large as they may be', event(LARGEST_EVENT - 100), 100],
    ['larger ones', event(MIB), 100],
  ])('takes little more memory than a short one: %s', async (_, text, mib) => {
    const short = await peakWith(flood(event(60), 0.1));
    expect(await peakWith(flood(text, mib))).toBeLessThan(short + 64 * MIB);
  });
});

/** JSON of so many MiB, of one piece over and over. */
const listOf = (piece: string, mib: number) => `[${piece.repeat((mib * MIB) / piece.length)}1]`;
const body = (text: string): Fault => ({ type: 'body', body: text });
const reshaped = (fields: object): Fault => ({ type: 'reshape', change: (json) => ({ ...json, ...fields }) });
const numbered = (count: number, value: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]));

describe('in a heap of 128 MiB, an answer ends in a clear error:', () => {
  test.each<[string, FaultRule['kind'], Fault, string]>([
    ['an error text without an end', 'workflow', { ...flood('no ', 300), status: 401 } as Fault, '(401: no no'],
    ['a text without an end', 'workflow', flood('{"a":"b",', 300), 'than this action takes: it has more than 8 MiB'],
    ['8 MiB of empty lists', 'workflow', body(listOf('[],', 7.9)), 'it has more than 250000 values'],
    ['8 MiB of objects', 'result', body(listOf('{"a":{}},', 7.9)), 'it has more than 250000 values'],
    ['8 MiB of numbers', 'result', body(listOf('1.0,', 7.9)), 'it has more than 250000 values'],
    ['brackets without an end', 'workflow', body('['.repeat(7 * MIB)), 'it is nested deeper than 100 levels'],
    ['objects in objects', 'result', body('{"a":'.repeat(MIB)), 'it is nested deeper than 100 levels'],
    [
      'a header without an end',
      'workflow',
      { type: 'headers', headers: { more: 'x'.repeat(40_000) } },
      'Headers Overflow',
    ],
    [
      'more files than anybody wants',
      'result',
      reshaped({ download_urls: numbered(20_000, 'x') }),
      'was answered with 20000 files, and this action fetches 10000',
    ],
  ])('%s', async (_, kind, fault, says) => {
    await using emulator = await startWith(kind, fault);
    await using action = runSmall(emulator);
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, signal: null });
    expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining(says)]);
  });

  test.each<[string, FaultRule['kind'], Fault]>([
    ['an event without an end', 'events', flood('data: and so on', 100)],
    ['events of many values', 'events', flood(`data: {"a":${listOf('[],', 0.24)}}\n\n`, 60)],
    ['events of many lines', 'events', flood('data:\n', 60)],
    ['events as deep as they are long', 'events', flood(`data: ${'['.repeat(0.24 * MIB)}\n\n`, 60)],
    [
      'texts of 1 MiB in a record',
      'task',
      reshaped({ agent_id: 'é'.repeat(MIB), gpu_type: 'x'.repeat(MIB), id: 'x'.repeat(MIB) }),
    ],
    ['an output of 4 MiB', 'result', reshaped({ task_output: { text: 'sk-é '.repeat(MIB) } })],
    ['an output of 200000 values', 'result', reshaped({ task_output: numbered(200_000, { a: 1 }) })],
    ['200000 labels', 'workflow', reshaped({ required_labels: Object.keys(numbered(200_000, 1)) })],
    ['200000 parameters', 'workflow', reshaped({ parameters: numbered(100_000, { type: 'string' }) })],
  ])('%s is no reason to fail', async (_, kind, fault) => {
    await using emulator = await startWith(kind, fault);
    await using action = runSmall(emulator);
    expect(await action.done).toMatchObject({ exitCode: 0, signal: null, outputs: { status: 'completed' } });
  });

  test('agents without number are no reason to fail', async () => {
    await using emulator = await startEmulator({ workflows: [quick({ required_labels: ['h200'] })] });
    const agent_list = Array.from({ length: 60_000 }, () => ({ agent_labels: ['gpu'], agent_id: 'node' }));
    emulator.fault({
      kind: 'agents',
      times: FOR_EVER,
      fault: reshaped({ agent_list, page_meta: { total_count: 1e9 } }),
    });
    await using action = runSmall(emulator, { with: { workflow: 'quick', 'queue-timeout': '3s' } });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'timed-out' } });
    expect(result.log.join('\n')).toContain('nobody has the label h200');
  });
});

describe('in a heap of 128 MiB, a parameters-file ends in a clear error before anything is asked:', () => {
  test.each([
    ['of 40 MiB', `a: |\n${'  a line\n'.repeat(5_000_000)}`, 'which has more than 4 MiB'],
    ['of JSON with too many values', `{"a":${listOf('[],', 3)}}`, 'it has more than 250000 values'],
    ['of YAML with too many values', `a: ${listOf('[],', 0.9)}`, 'YAML with more than 100000 signs'],
    ['of YAML with as many values as may be', `a: ${listOf('b,', 0.19)}`, 'a: no such parameter'],
    ['of YAML as deep as it is long', `a: ${'['.repeat(90_000)}`, 'Input parameters-file (render.yml)'],
  ])('one %s', async (_, text, says) => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using action = runSmall(emulator, {
      files: { 'render.yml': text },
      with: { workflow: 'quick', 'parameters-file': 'render.yml' },
    });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, signal: null });
    expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining(says)]);
    expect(countOf(emulator, 'submit')).toBe(0);
  });
});

test('a group of the log has a thousand lines at most', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  const workflow_list = Array.from({ length: 1500 }, (_, index) => ({ workflow_slug: `w-${index}` }));
  emulator.fault({ kind: 'workflows', fault: reshaped({ workflow_list, page_meta: { total_count: 1500 } }) });
  await using action = runSmall(emulator, { with: { workflow: 'nothing' } });
  const result = await action.done;
  expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('There is no workflow nothing.')]);
  expect(result.log.filter((line) => /^ *\| w-\d+$/.test(line))).toHaveLength(1000);
  expect(result.log).toContainEqual(expect.stringMatching(/^ *\| … and 500 more$/));
});
