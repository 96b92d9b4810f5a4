import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import type { Fault } from '../../emulator/faults.ts';
import { ApiError } from '../../src/cyberun/errors.ts';
import { createCertificate } from '../emulator/certificate.ts';
import { createWire, type Wire } from './wire.ts';

const PATH = '/r/agents';
const MINUTES = 60_000;
const forever = new AbortController().signal;

const get = ({ http }: Wire, budget = 3 * MINUTES, signal = forever) =>
  http.send({ method: 'GET', path: PATH, repeat: 'idempotent', budget, signal });

const errorOf = async (sending: Promise<unknown>) => {
  const error = await sending.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
};

describe('a call that may be repeated', () => {
  const passing: Fault[] = [
    { type: 'refuse' },
    { type: 'reset-after' },
    { type: 'reset-headers' },
    { type: 'drop', afterBytes: 5 },
    { type: 'drop', afterBytes: 5, reset: true },
    ...[408, 429, 500, 502, 503, 504].map((status) => ({ type: 'status' as const, status })),
    { type: 'body', body: '<html>sign in</html>', contentType: 'text/html' },
  ];
  test.for(passing)('is sent again after $type $status', async (fault) => {
    await using emulator = await startEmulator();
    await using wire = createWire(emulator);
    emulator.fault({ kind: 'agents', times: 2, fault });
    expect(await get(wire)).toMatchObject({ agent_list: expect.anything() });
    expect(emulator.requests).toHaveLength(3);
    expect(wire.notices).toEqual([
      expect.stringMatching(/Trying again for up to 3m\.$/),
      expect.stringMatching(/answers again$/),
    ]);
  });

  test.for([400, 401, 403, 404, 405, 409, 422, 501, 301])('is not sent again after %i', async (status) => {
    await using emulator = await startEmulator();
    await using wire = createWire(emulator);
    emulator.fault({ kind: 'agents', fault: { type: 'status', status, body: '{"detail":"because"}' } });
    expect(await errorOf(get(wire))).toMatchObject({
      type: 'status',
      status,
      message: expect.stringContaining(` (${status}: because).`),
    });
    expect(emulator.requests).toHaveLength(1);
  });

  test('tells of one outage once, however many calls wait for its end', async () => {
    await using emulator = await startEmulator();
    await using wire = createWire(emulator);
    const reopen = await emulator.refuseConnections();
    const calls = Array.from({ length: 20 }, () => get(wire));
    await vi.waitFor(() => expect(wire.notices).not.toEqual([]));
    await reopen();
    await Promise.all(calls);
    expect(wire.notices).toEqual([
      expect.stringMatching(/^No connection to .* Trying again for up to 3m\.$/),
      expect.stringMatching(/answers again$/),
    ]);
    await get(wire);
    expect(wire.notices).toHaveLength(2);
  });

  test('outlives a service that is away for two minutes', async () => {
    await using emulator = await startEmulator();
    await using wire = createWire(emulator);
    await emulator.refuseConnections((2 * MINUTES) / 100);
    const began = wire.clock.now();
    expect(await get(wire)).toBeDefined();
    expect(wire.clock.now() - began).toBeGreaterThan(1.9 * MINUTES);
  });

  test('fails when its budget is over, and says how the connection failed', async () => {
    await using emulator = await startEmulator();
    await using wire = createWire(emulator, 1000);
    await emulator.refuseConnections();
    const began = wire.clock.now();
    expect(await errorOf(get(wire))).toMatchObject({
      type: 'unreachable',
      message: expect.stringMatching(/^No connection to 127\.0\.0\.1:\d+: connect ECONNREFUSED/),
    });
    const time = wire.clock.now() - began;
    expect(time).toBeGreaterThanOrEqual(3 * MINUTES);
    // Once a second or two at first, then seldom.
    expect(wire.clock.sleeps.length).toBeLessThan(60);
    expect(Math.max(...wire.clock.sleeps)).toBeLessThanOrEqual(15_000);
  });

  test('waits as long as Retry-After says, in seconds or as a date', async () => {
    await using emulator = await startEmulator();
    await using wire = createWire(emulator, 1000);
    const date = new Date(Date.now() + 40_000).toUTCString();
    for (const value of ['20', date]) {
      const headers = { 'retry-after': value };
      emulator.fault({ kind: 'agents', fault: { type: 'status', status: 503, headers } });
    }
    await get(wire);
    expect(wire.clock.sleeps[0]).toBe(20_000);
    // A date has whole seconds.
    expect(wire.clock.sleeps[1]).toBeGreaterThan(35_000);
    expect(wire.clock.sleeps[1]).toBeLessThanOrEqual(40_000);
  });

  test('has a last try at the end of its budget when Retry-After goes beyond', async () => {
    await using emulator = await startEmulator();
    await using wire = createWire(emulator, 100);
    const headers = { 'retry-after': '86400' };
    emulator.fault({ kind: 'agents', fault: { type: 'status', status: 503, headers } });
    expect(await get(wire, MINUTES)).toBeDefined();
    expect(emulator.requests).toHaveLength(2);
    expect(wire.clock.sleeps[0]).toBeGreaterThan(MINUTES / 2);
    expect(wire.clock.sleeps[0]).toBeLessThanOrEqual(MINUTES);
  });
});

describe('JSON that is broken', () => {
  const truncated: Fault = { type: 'end', afterBytes: 5 };

  test('is asked for again, without a word, as it may have been cut', async () => {
    await using emulator = await startEmulator();
    await using wire = createWire(emulator);
    emulator.fault({ kind: 'agents', times: 2, fault: truncated });
    expect(await get(wire)).toMatchObject({ agent_list: expect.anything() });
    expect(emulator.requests).toHaveLength(3);
    expect(wire.notices).toEqual([]);
  });

  test.for<[Fault, string]>([
    [truncated, 'it breaks off after 5 characters, behind `{"`.'],
    [
      { type: 'body', body: '{"agent_list":[NaN]}' },
      `Unexpected token 'N' at character 16, behind \`{"agent_list":[\`.`,
    ],
    [{ type: 'body', body: 'all is well' }, 'it begins with all is well.'],
  ])('is given up after three tries, with the place: %j', async ([fault, place]) => {
    await using emulator = await startEmulator();
    await using wire = createWire(emulator);
    emulator.fault({ kind: 'agents', times: 99, fault });
    const error = await errorOf(get(wire, 10 * MINUTES));
    expect(error.type).toBe('malformed');
    expect(error.message).toContain(`GET ${PATH} was answered with broken JSON: ${place} The service writes it so`);
    expect(error.message).not.toContain('login');
    expect(emulator.requests).toHaveLength(3);
    expect(wire.notices).toEqual([]);
  });

  test('is no page of a proxy, which is asked for as long as there is patience', async () => {
    await using emulator = await startEmulator();
    await using wire = createWire(emulator, 1000);
    emulator.fault({ kind: 'agents', times: 99, fault: { type: 'body', body: '<html>sign in</html>' } });
    const error = await errorOf(get(wire, MINUTES));
    expect(error).toMatchObject({ type: 'shape', message: expect.stringContaining('a login page may stand before') });
    expect(emulator.requests.length).toBeGreaterThan(3);
  });
});

describe('what is known to be there', () => {
  const known = ({ http }: Wire, missing: number | undefined) =>
    http.send({ method: 'GET', path: PATH, repeat: 'idempotent', budget: 10 * MINUTES, missing, signal: forever });
  const gone: Fault = { type: 'status', status: 404 };

  test('is asked for again after a 404', async () => {
    await using emulator = await startEmulator();
    await using wire = createWire(emulator);
    emulator.fault({ kind: 'agents', times: 2, fault: gone });
    expect(await known(wire, MINUTES)).toBeDefined();
    expect(wire.notices).toEqual([
      // A minute from the answer on, which took a moment.
      expect.stringMatching(
        /^There is no such thing for this api-key \(404.* Trying again for up to [12]m(?: \d+s)?\.$/,
      ),
      expect.stringMatching(/answers again$/),
    ]);
  });

  test('is given up after a minute of them, with the reason', async () => {
    await using emulator = await startEmulator();
    await using wire = createWire(emulator, 200);
    emulator.fault({ kind: 'agents', times: 999, fault: gone });
    const began = wire.clock.now();
    expect(await errorOf(known(wire, MINUTES))).toMatchObject({ status: 404, message: expect.stringContaining('404') });
    const time = wire.clock.now() - began;
    expect(time).toBeGreaterThanOrEqual(MINUTES);
    expect(time).toBeLessThan(5 * MINUTES);
  });

  test('has a minute for each row of them, not for all together', async () => {
    await using emulator = await startEmulator();
    await using wire = createWire(emulator, 100);
    for (let row = 0; row < 4; row += 1) {
      emulator.fault({ kind: 'agents', times: 2, fault: gone });
      emulator.fault({ kind: 'agents', fault: { type: 'status', status: 503, headers: { 'retry-after': '50' } } });
    }
    expect(await known(wire, MINUTES)).toBeDefined();
  });
});

describe('an error body of any shape', () => {
  const page = `<!doctype html><title>Not here</title>${'<p>nothing</p>'.repeat(20_000)}`;
  test('a page of 280 kB costs neither the status nor the title', async () => {
    await using emulator = await startEmulator();
    await using wire = createWire(emulator);
    const fault: Fault = { type: 'body', status: 404, body: page, contentType: 'text/html' };
    emulator.fault({ kind: 'agents', times: 2, fault });
    const expected = { type: 'status', status: 404, message: expect.stringContaining('404: Not here)') };
    expect(await errorOf(get(wire))).toMatchObject(expected);
    expect(await errorOf(wire.http.open(PATH, {}, forever))).toMatchObject(expected);
  });

  test('one that breaks off keeps the status', async () => {
    await using emulator = await startEmulator();
    await using wire = createWire(emulator);
    emulator.fault({ kind: 'agents', times: 2, fault: { type: 'drop', afterBytes: 4 } });
    emulator.revokeKey();
    expect(await errorOf(get(wire))).toMatchObject({ type: 'status', status: 401 });
    expect(await errorOf(wire.http.open(PATH, {}, forever))).toMatchObject({ type: 'status', status: 401 });
  });
});

describe('a stream', () => {
  test('that nobody reads can be closed', async () => {
    await using emulator = await startEmulator();
    await using wire = createWire(emulator);
    const { body, contentType } = await wire.http.open(PATH, {}, forever);
    expect(contentType).toBe('application/json');
    await emulator.waitFor(({ requests }) => requests[0]?.closedAt !== undefined);
    // An error that nobody hears would end the process; vitest fails then.
    body.destroy();
    await nextTurn();
  });

  test('has a connection of its own, which nobody used before or after', async () => {
    await using emulator = await startEmulator();
    await using wire = createWire(emulator);
    await get(wire);
    const { body } = await wire.http.open(PATH, {}, forever);
    await Array.fromAsync(body);
    await get(wire);
    expect(emulator.requests.map(({ headers }) => headers.connection)).toEqual(['keep-alive', 'close', 'keep-alive']);
  });

  test('ends with its signal, before and after it is open', async () => {
    await using emulator = await startEmulator();
    await using wire = createWire(emulator);
    emulator.fault({ kind: 'agents', fault: { type: 'stall' } });
    emulator.fault({ kind: 'agents', fault: { type: 'stall', afterBytes: 3 } });
    const first = new AbortController();
    const opening = wire.http.open(PATH, {}, first.signal);
    await emulator.waitFor(({ requests }) => requests.length === 1);
    first.abort(new Error('over'));
    await expect(opening).rejects.toThrow('over');
    const second = new AbortController();
    const { body } = await wire.http.open(PATH, {}, second.signal);
    second.abort(new Error('over, too'));
    await expect(Array.fromAsync(body)).rejects.toThrow();
    await emulator.waitFor(({ requests }) => requests[1]?.closedAt !== undefined);
  });
});

test('an abort ends a call with its own reason, on the wire and between two tries', async () => {
  await using emulator = await startEmulator();
  await using wire = createWire(emulator, 1);
  emulator.fault({ kind: 'agents', fault: { type: 'stall' } });
  emulator.fault({
    kind: 'agents',
    times: 9,
    fault: { type: 'status', status: 503, headers: { 'retry-after': '60' } },
  });
  for (const [requests, notices] of [
    [1, 0],
    [2, 1],
  ] as const) {
    const job = new AbortController();
    const sending = get(wire, MINUTES, job.signal);
    await vi.waitUntil(() => emulator.requests.length === requests && wire.notices.length === notices);
    job.abort(new Error('cancelled'));
    await expect(sending).rejects.toThrow('cancelled');
  }
});

const tls = createCertificate();
test.skipIf(!tls)('a certificate that is not trusted ends a call at once, with advice', async () => {
  await using emulator = await startEmulator(tls === undefined ? {} : { tls });
  await using wire = createWire(emulator);
  expect(await errorOf(get(wire))).toMatchObject({
    type: 'unreachable',
    message: expect.stringMatching(/could not be trusted: self-signed certificate.*NODE_EXTRA_CA_CERTS/),
  });
  expect(wire.notices).toEqual([]);
});
