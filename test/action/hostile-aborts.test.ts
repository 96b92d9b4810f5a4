import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import type { Fault, FaultRule } from '../../emulator/faults.ts';
import { countOf, filesOf, quick, runAction, SMALL } from './harness.ts';

/** Kills as soon as the runner would send SIGTERM: whoever needs more than 7.5 s ends by SIGKILL. */
const GRACE = { int: 7_500, term: 0 };

const MIB = 1024 * 1024;
const workflows = [quick({ behaviour: { outputs: [{ ...SMALL, bytes: 50 * MIB }] } })];
const held = [quick({ behaviour: { holdAt: 'running' } })];

/** That text for longer than anybody waits. */
const flood = (text: string, more: object = {}) =>
  ({ type: 'flood', text: text.repeat(Math.ceil((64 * 1024) / text.length)), times: 1e6, ...more }) as Fault;
const reshaped = (fields: object): Fault => ({ type: 'reshape', change: (json) => ({ ...json, ...fields }) });
const PROGRESS = (message: string) => `event: progress\ndata: ${JSON.stringify({ progress: 0.5, message })}\n\n`;

describe('a job that is cancelled is over at once, whatever comes meanwhile:', () => {
  test.each<[string, FaultRule['kind'], Fault]>([
    ['events without an end', 'events', flood(PROGRESS('a'))],
    ['an event without an end', 'events', flood('data: and so on')],
    ['lines without an end', 'events', flood('\n')],
    [
      'states without an end',
      'events',
      flood('event: status\ndata: {"status":"a"}\n\nevent: status\ndata: {"status":"b"}\n\n'),
    ],
    ['breaks in each event', 'events', flood(PROGRESS('\r\n'.repeat(2_000)))],
    ['commands of a terminal in each event', 'events', flood(PROGRESS('\u001b]8;;'.repeat(2_000)))],
    ['what looks like secrets in each event', 'events', flood(PROGRESS('sig=a&'.repeat(2_000)))],
    ['a record without an end', 'task', flood('{"a":"b",')],
    ['a record of long texts', 'task', reshaped({ agent_id: 'a-'.repeat(MIB), gpu_type: '\r\n'.repeat(MIB) })],
    ['an error text without an end', 'task', flood('no ', { status: 503 })],
  ])('%s', async (_, kind, fault) => {
    await using emulator = await startEmulator({ workflows: held });
    emulator.fault({ kind, times: 1e6, fault });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, graceMs: GRACE });
    await emulator.waitFor(() => countOf(emulator, kind) > 0);
    action.cancel();
    expect(await action.done).toMatchObject({ exitCode: 1, signal: null, outputs: { status: 'cancelled' } });
    expect(emulator.tasks.map(({ status }) => status)).toEqual(['cancelled']);
  });

  // What is waited for, each for a minute or longer.
  test.each<[string, FaultRule['kind'], Fault, 'cancelled' | 'completed']>([
    ['URLs that never come', 'result', reshaped({ download_urls: {}, task_output: { image_count: 2 } }), 'completed'],
    ['a result that is not there', 'result', { type: 'status', status: 404 }, 'completed'],
    ['a record that is not there', 'task', { type: 'status', status: 404 }, 'cancelled'],
    ['a stream that is not there, nor a record', 'events', { type: 'status', status: 404 }, 'cancelled'],
    [
      'a storage that is asked to be left alone',
      'storage-get',
      { type: 'status', status: 503, headers: { 'retry-after': '60' } },
      'completed',
    ],
  ])('a wait for %s', async (_, kind, fault, status) => {
    await using emulator = await startEmulator({ workflows: status === 'cancelled' ? held : workflows });
    emulator.fault({ kind, times: 1e6, fault });
    if (kind === 'events') emulator.fault({ kind: 'task', times: 1e6, fault });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, graceMs: GRACE });
    await emulator.waitFor(
      () =>
        countOf(emulator, kind) > 1 ||
        (kind === 'events' && countOf(emulator, 'task') > 1) ||
        (kind === 'storage-get' && countOf(emulator, kind) > 0),
    );
    action.cancel();
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, signal: null, outputs: { status } });
    expect(emulator.tasks.map((task) => task.status)).toEqual([status]);
    expect(filesOf(action.workspace)).toEqual({});
  });

  test('a failure that no record confirms, and a cancel that is never answered', async () => {
    await using emulator = await startEmulator({ workflows: held });
    emulator.fault({ kind: 'events', times: 1e6, fault: flood('event: failed\ndata: {"error":"no memory"}\n\n:\n\n') });
    emulator.fault({ kind: 'cancel', times: 1, fault: { type: 'stall' } });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, graceMs: GRACE, faster: 20 });
    await emulator.waitFor(() => countOf(emulator, 'cancel') > 0);
    action.cancel();
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, signal: null, outputs: { status: 'failed' } });
    expect(result.log).toContainEqual(expect.stringContaining('Its record does not say so: cancelling it'));
    // Post had the last word.
    expect(emulator.tasks.map(({ status }) => status)).toEqual(['cancelled']);
  });

  test('agents without an end', async () => {
    await using emulator = await startEmulator({ workflows: [quick()], agents: [] });
    emulator.fault({ kind: 'agents', times: 1e6, fault: flood('[{},') });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, graceMs: GRACE });
    await emulator.waitFor(() => countOf(emulator, 'agents') > 0);
    action.cancel();
    expect(await action.done).toMatchObject({ exitCode: 1, signal: null, outputs: { status: 'cancelled' } });
  });

  test.each<[string, FaultRule['kind'], Fault]>([
    ['a workflow without an end', 'workflow', flood('{"a":"b",')],
    ['a result without an end', 'result', flood('{"a":"b",')],
    ['a storage that dribbles', 'storage-get', { type: 'trickle', bytesPerSecond: 100 }],
    ['a storage that redirects in a circle', 'storage-get', { type: 'redirect', status: 307 }],
    ['an error of the storage without an end', 'storage-get', flood('<Code>', { status: 503 })],
  ])('%s', async (_, kind, fault) => {
    await using emulator = await startEmulator({ workflows });
    emulator.fault({ kind, times: 1e6, fault });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, graceMs: GRACE });
    await emulator.waitFor(() => countOf(emulator, kind) > 0);
    action.cancel();
    expect(await action.done).toMatchObject({ exitCode: 1, signal: null });
  });
});
