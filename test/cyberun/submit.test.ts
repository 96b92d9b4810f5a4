import { describe, expect, test, vi } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import type { Fault } from '../../emulator/faults.ts';
import { inert } from '../../src/base/inert.ts';
import { ApiError } from '../../src/cyberun/errors.ts';
import { mayHaveSubmitted, submitTask } from '../../src/cyberun/submit.ts';
import { createWire, type Wire } from './wire.ts';

const workflows = [{ workflow_slug: 'quick', behaviour: { steps: 1 } }];
const BUDGET = 3 * 60_000;
const submit = ({ http }: Wire, signal = new AbortController().signal, isKnown = false) =>
  submitTask(http, 'quick', { parameters: {} }, isKnown, BUDGET, signal);

describe('a submit', () => {
  test('of a workflow that was read is sent again after a 404, and leaves one task', async () => {
    await using emulator = await startEmulator({ workflows });
    await using wire = createWire(emulator);
    emulator.fault({ kind: 'submit', times: 2, fault: { type: 'status', status: 404 } });
    const taskId = await submit(wire, new AbortController().signal, true);
    expect(emulator.tasks.map(({ id }) => id)).toEqual([taskId]);
  });

  test.for([429, 503])('is sent again after %i, as it was not accepted', async (status) => {
    await using emulator = await startEmulator({ workflows });
    await using wire = createWire(emulator);
    emulator.fault({ kind: 'submit', times: 3, fault: { type: 'status', status } });
    expect(await submit(wire)).toBe(emulator.tasks[0]?.id);
    expect(emulator.requests).toHaveLength(4);
    expect(emulator.tasks).toHaveLength(1);
  });

  test('is sent again after a 503 whose text breaks off', async () => {
    await using emulator = await startEmulator({ workflows });
    await using wire = createWire(emulator);
    const headers = { 'content-length': '5000' };
    emulator.fault({ kind: 'submit', fault: { type: 'status', status: 503, headers, body: 'busy' } });
    const submitting = submit(wire);
    // The rest of the announced text never comes.
    expect(await submitting).toBe(emulator.tasks[0]?.id);
    expect(emulator.tasks).toHaveLength(1);
  });

  test('is sent again while no connection can be made', async () => {
    await using emulator = await startEmulator({ workflows });
    await using wire = createWire(emulator);
    await emulator.refuseConnections(1_000);
    expect(await submit(wire)).toBe(emulator.tasks[0]?.id);
    expect(emulator.requests).toHaveLength(1);
  });

  const ambiguous: Fault[] = [
    { type: 'refuse' },
    { type: 'reset-after' },
    { type: 'reset-headers' },
    { type: 'drop', afterBytes: 3 },
    { type: 'end', afterBytes: 3 },
    ...[408, 500, 501, 502, 504].map((status) => ({ type: 'status' as const, status })),
    { type: 'body', body: '<html>accepted?</html>', contentType: 'text/html' },
    { type: 'body', body: '{"id":7}', contentType: 'application/json' },
    { type: 'body', body: '', contentType: 'application/json' },
  ];
  test.for(ambiguous)('is sent once when nobody knows whether it was accepted: $type $status', async (fault) => {
    await using emulator = await startEmulator({ workflows });
    await using wire = createWire(emulator, 1000);
    emulator.fault({ kind: 'submit', fault });
    const error = await submit(wire).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(mayHaveSubmitted(error)).toBe(true);
    expect(emulator.requests).toHaveLength(1);
  });

  test.for([400, 401, 403, 404, 413, 422])('that is refused with %i left no task', async (status) => {
    await using emulator = await startEmulator({ workflows });
    await using wire = createWire(emulator);
    emulator.fault({ kind: 'submit', fault: { type: 'status', status } });
    expect(mayHaveSubmitted(await submit(wire).catch((reason: unknown) => reason))).toBe(false);
    expect(emulator.requests).toHaveLength(1);
  });

  test('has a connection of its own, which nobody used before or after', async () => {
    await using emulator = await startEmulator({ workflows });
    await using wire = createWire(emulator);
    await wire.client.agents(new AbortController().signal);
    await submit(wire);
    await submit(wire);
    expect(emulator.requests.map(({ headers }) => headers.connection)).toEqual(['keep-alive', 'close', 'close']);
  });

  test('that is on the wire when the job is aborted still brings its id', async () => {
    await using emulator = await startEmulator({ workflows });
    await using wire = createWire(emulator, 1);
    emulator.fault({ kind: 'submit', fault: { type: 'delay', ms: 200 } });
    const job = new AbortController();
    const submitting = submit(wire, job.signal);
    await emulator.waitFor(({ tasks }) => tasks.length === 1);
    job.abort(new Error('cancelled'));
    expect(await submitting).toBe(emulator.tasks[0]?.id);
  });

  test('that waits for its next try when the job is aborted is not sent', async () => {
    await using emulator = await startEmulator({ workflows });
    await using wire = createWire(emulator, 1);
    const headers = { 'retry-after': '60' };
    emulator.fault({ kind: 'submit', fault: { type: 'status', status: 503, headers } });
    const job = new AbortController();
    const submitting = submit(wire, job.signal);
    await vi.waitUntil(() => wire.notices.length === 1);
    job.abort(new Error('cancelled'));
    await expect(submitting).rejects.toThrow('cancelled');
    expect(emulator.tasks).toEqual([]);
  });
});

describe('after a submit that failed, a task may run', () => {
  const status = (code: number) => new ApiError('status', inert`Refused.`, { status: code });
  test.each<[string, unknown, boolean]>([
    ['not where no connection was made', new ApiError('unreachable', inert`No connection.`), false],
    ['not where it was refused to the end, as nothing was accepted', status(503), false],
    ['not where it was refused as too often', status(429), false],
    ['where it took the service too long', status(408), true],
    ['where the service fell over', status(500), true],
    ['where a proxy had no answer', status(504), true],
    ['where its answer was lost', new ApiError('lost', inert`No answer.`), true],
    ['where its answer was none', new ApiError('shape', inert`No id.`), true],
    ['where its answer could not be read', new ApiError('malformed', inert`No JSON.`), true],
    ['where nobody knows what went wrong', new TypeError('a bug'), true],
  ])('%s', (_, error, may) => {
    expect(mayHaveSubmitted(error)).toBe(may);
  });
});
