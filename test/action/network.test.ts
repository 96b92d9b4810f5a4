import { describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { Fault } from '../../emulator/faults.ts';
import type { RequestKind } from '../../emulator/requests.ts';
import { annotationsOf, countOf, namesOf, ONLY_RECORD, quick, runAction, SMALL } from './harness.ts';

/** Minutes of the action become seconds. */
const FACTOR = 20;
const fast = (emulator: Emulator, faster = FACTOR) => runAction({ emulator, with: { workflow: 'quick' }, faster });
const COMPLETED = { exitCode: 0, outputs: { status: 'completed' } };
const held = [quick({ behaviour: { holdAt: 'running' } })];

describe.concurrent('a service that is away for two minutes loses nothing', () => {
  test.for<RequestKind>(['workflow', 'events', 'result'])('from the first request for %s on', async (kind) => {
    const factor = 60;
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { queueMs: 50 } })] });
    let reopening = Promise.resolve<unknown>(undefined);
    const when = () => {
      reopening = emulator.refuseConnections(120_000 / factor);
      return true;
    };
    emulator.fault({ kind, when, fault: { type: 'refuse' } });
    await using action = fast(emulator, factor);
    expect(await action.done).toMatchObject(COMPLETED);
    await reopening;
    expect(emulator.tasks).toHaveLength(1);
    expect(emulator.tasks[0]?.cancelRequests).toBe(0);
  });
});

describe.concurrent('silence is ended', () => {
  test.for<readonly [RequestKind, Fault]>([
    ['workflow', { type: 'stall' }],
    ['workflow', { type: 'stall', afterBytes: 10 }],
    ['task', { type: 'stall' }],
    ['result', { type: 'stall', afterBytes: 10 }],
    ['storage-get', { type: 'stall' }],
    ['storage-get', { type: 'stall', head: true }],
    ['storage-get', { type: 'stall', afterBytes: 500 }],
  ])('%j', async ([kind, fault]) => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    emulator.fault({ kind, fault });
    await using action = fast(emulator);
    expect(await action.done).toMatchObject(COMPLETED);
    const [stalled] = emulator.requests.filter((request) => request.kind === kind);
    // Half a minute, and a little: of an answer, and of an error's text less. The stream may be over before.
    expect(((stalled?.closedAt ?? 0) - (stalled?.at ?? 0)) * FACTOR).toBeLessThan(90_000);
  });

  test('an answer that dribbles in is given up after a minute', async () => {
    const workflow = quick({ description: 'x'.repeat(100_000) });
    await using emulator = await startEmulator({ workflows: [workflow] });
    emulator.fault({ kind: 'workflow', fault: { type: 'trickle', bytesPerSecond: 1000 } });
    await using action = fast(emulator);
    expect(await action.done).toMatchObject(COMPLETED);
    expect(action.log[1]).toContain('no complete answer within 60 s');
  });

  test('an error whose text never ends is that error', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    emulator.fault({ kind: 'workflow', fault: { type: 'stall', afterBytes: 5 } });
    emulator.revokeKey();
    await using action = fast(emulator);
    const result = await action.done;
    expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('The api-key was refused (401')]);
    expect(countOf(emulator, 'workflow')).toBe(1);
  });

  test('a submit that is never answered is not sent again', async () => {
    await using emulator = await startEmulator({ workflows: held });
    emulator.fault({ kind: 'submit', fault: { type: 'stall' } });
    await using action = fast(emulator);
    const result = await action.done;
    expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('A task may be running')]);
    expect(annotationsOf(result, 'warning')).toEqual([expect.stringContaining(emulator.tasks[0]?.id ?? '?')]);
    expect(countOf(emulator, 'submit')).toBe(1);
  });
});

test('a stream that is quiet for a minute stays open', async () => {
  await using emulator = await startEmulator({ workflows: held });
  await using action = fast(emulator);
  await action.waitForLine('running on');
  // The status is asked for three times a minute.
  const asked = countOf(emulator, 'task');
  await emulator.waitFor(() => countOf(emulator, 'task') >= asked + 3);
  expect(countOf(emulator, 'events')).toBe(1);
  emulator.release(emulator.tasks[0]?.id ?? '');
  expect(await action.done).toMatchObject(COMPLETED);
  expect(countOf(emulator, 'events')).toBe(1);
});

test('a stream that is quiet for seven minutes costs no line in the log, but for that nothing is new', async () => {
  await using emulator = await startEmulator({ workflows: held });
  await using action = fast(emulator, 60);
  await action.waitForLine('running on');
  const lines = action.log.length;
  await emulator.waitFor(() => countOf(emulator, 'events') >= 5);
  const since = action.log.slice(lines);
  expect(since.length).toBeLessThanOrEqual(4);
  for (const line of since) expect(line).toMatch(/^ {2}\d+:\d\d {2}still running on gpu-node-01 /);
  emulator.release(emulator.tasks[0]?.id ?? '');
  expect(await action.done).toMatchObject(COMPLETED);
});

describe('downloads', () => {
  const outputs = [0, 1, 2, 3, 4, 5].map((index) => ({ ...SMALL, output: `${index}`, name: `${index}.png` }));

  test('one call replaces the URLs of all that is left', async () => {
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
    const when = () => {
      if (countOf(emulator, 'storage-get') === 2) emulator.skipTime(7_200_000);
      return false;
    };
    emulator.fault({ kind: 'storage-get', times: 99, when, fault: { type: 'no-length' } });
    await using action = fast(emulator);
    expect(await action.done).toMatchObject(COMPLETED);
    expect(countOf(emulator, 'result')).toBe(2);
    expect(namesOf(action.workspace)).toHaveLength(8);
  });

  test('mid-file, too, and what came before is not sent again', async () => {
    const output = { ...SMALL, bytes: 3_000_000 };
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs: [output] } })] });
    const when = () => {
      if (countOf(emulator, 'storage-get') === 2) emulator.skipTime(7_200_000);
      return false;
    };
    emulator.fault({ kind: 'storage-get', times: 99, when, fault: { type: 'no-length' } });
    emulator.fault({ kind: 'storage-get', fault: { type: 'drop', afterBytes: 2_000_000 } });
    await using action = fast(emulator);
    expect(await action.done).toMatchObject(COMPLETED);
    expect(countOf(emulator, 'result')).toBe(2);
    const ranges = emulator.requests.flatMap(({ kind, headers }) => (kind === 'storage-get' ? headers.range : []));
    expect(ranges.map((range) => range?.split('-')[0])).toEqual(['bytes=0', 'bytes=2000000', 'bytes=2000000']);
  });

  test('a file that is gone does not cost the others', async () => {
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
    emulator.fault({ kind: 'result', when: () => emulator.objects.delete(keyOf(0)), fault: { type: 'no-length' } });
    const keyOf = (index: number) => emulator.tasks[0]?.outputs[index]?.key ?? '';
    await using action = fast(emulator);
    const result = await action.done;
    expect(result.exitCode).toBe(1);
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringMatching(/^1 of 6 files did not arrive\. 0\.png: The storage answered 404 NoSuchKey/),
    ]);
    expect(namesOf(action.workspace)).toHaveLength(7);
  });

  test('a long wait that the storage asks for is said once, however many wait', async () => {
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
    const busy: Fault = { type: 'status', status: 503, headers: { 'retry-after': '60' } };
    emulator.fault({ kind: 'storage-get', times: 6, fault: busy });
    await using action = fast(emulator);
    const result = await action.done;
    expect(result).toMatchObject(COMPLETED);
    expect(result.log.filter((line) => line.includes('The storage answered 503'))).toEqual([
      expect.stringMatching(/Trying again in 1m\.$/),
    ]);
  });

  test('a long one shows a line every ten seconds, and no more', async () => {
    const output = { ...SMALL, bytes: 4_000_000 };
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs: [output] } })] });
    emulator.fault({ kind: 'storage-get', fault: { type: 'trickle', bytesPerSecond: 2_000_000 } });
    await using action = fast(emulator);
    const result = await action.done;
    const [get] = emulator.requests.filter(({ kind }) => kind === 'storage-get');
    const seconds = (((get?.closedAt ?? 0) - (get?.at ?? 0)) / 1000) * FACTOR;
    const lines = result.log.filter((line) => /of 4 MB at .*\/s {2}about .* left$/.test(line));
    expect(seconds).toBeGreaterThan(35);
    expect(lines.length).toBeGreaterThanOrEqual(Math.floor(seconds / 10) - 2);
    expect(lines.length).toBeLessThanOrEqual(Math.ceil(seconds / 10));
  });

  test('a short one shows none', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    expect((await action.done).log.filter((line) => line.includes(' left'))).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')('a disk that is full ends one with the size of the file', async () => {
    const output = { ...SMALL, output: 'large', name: 'large.png', bytes: 8_000_000 };
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs: [output, SMALL] } })] });
    // A limit on the size of a file is met as a full disk is: by a short write first, and then by an error.
    const limited = ['-c', 'ulimit -f 2000 && exec "$0" "$@"', process.execPath];
    await using action = runAction({ emulator, with: { workflow: 'quick' }, node: 'bash', nodeOptions: limited });
    const result = await action.done;
    expect(result.exitCode).toBe(1);
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringMatching(/The disk does not take the file: .*\. The file has 8 MB\. Free space on the runner/),
    ]);
    expect(namesOf(action.workspace).filter((name) => name.includes('.part'))).toEqual([]);
    expect(namesOf(action.workspace)).toHaveLength(3);
  });

  test.for(['SIGINT', 'SIGTERM'] as const)('%s in the middle of one leaves no part behind', async (signal) => {
    const output = { ...SMALL, bytes: 3_000_000 };
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs: [output] } })] });
    emulator.fault({ kind: 'storage-get', fault: { type: 'stall', afterBytes: 1_000_000 } });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    await emulator.waitFor(() =>
      emulator.requests.some(({ kind, status }) => kind === 'storage-get' && status === 206),
    );
    await expect.poll(() => namesOf(action.workspace)).toEqual([expect.stringMatching(/\.part$/), ...ONLY_RECORD]);
    action.kill(signal);
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, signal: null });
    expect(namesOf(action.workspace)).toEqual(ONLY_RECORD);
  });
});
