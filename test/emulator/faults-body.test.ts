import { describe, expect, test } from 'vitest';
import { eventNames, raw, staysPending } from './client.ts';
import { bytes, downloadWith, eventsWith, faulty } from './faulty.ts';

describe('bodies', () => {
  test('a dropped body has its length announced and exactly so many bytes', async () => {
    const { emulator, headers, body, error } = await downloadWith({ type: 'drop', afterBytes: 33 });
    await using _ = emulator;
    expect([headers['content-length'], body.length, error]).toEqual(['100', 33, 'ECONNRESET']);
  });

  test('a body may be reset instead', async () => {
    const { emulator, body, error } = await downloadWith({ type: 'drop', afterBytes: 33, reset: true });
    await using _ = emulator;
    expect([body.length, error]).toEqual([33, 'ECONNRESET']);
  });

  test('a short end is clean and without a length', async () => {
    const { emulator, headers, body, error } = await downloadWith({ type: 'end', afterBytes: 33 });
    await using _ = emulator;
    expect([headers['content-length'], headers['transfer-encoding'], body.length, error]).toEqual([
      undefined,
      undefined,
      33,
      undefined,
    ]);
  });

  test('a body whose end is the close of the connection is whole', async () => {
    const { emulator, headers, body, error } = await downloadWith({ type: 'close-delimited' });
    await using _ = emulator;
    expect([headers['content-length'], headers['transfer-encoding'], headers.connection]).toEqual([
      undefined,
      undefined,
      'close',
    ]);
    expect([body.equals(bytes), error]).toEqual([true, undefined]);
  });

  test('a body without a length is whole, in chunks', async () => {
    const { emulator, headers, body } = await downloadWith({ type: 'no-length' });
    await using _ = emulator;
    expect([headers['content-length'], headers['transfer-encoding'], body.equals(bytes)]).toEqual([
      undefined,
      'chunked',
      true,
    ]);
  });

  test.for([
    [{ type: 'stall', afterBytes: 33 }, 33],
    [{ type: 'stall', head: true }, 0],
  ] as const)('%j: the head, so many bytes, then silence', async ([fault, expected]) => {
    const { emulator, download } = await faulty({ kind: 'storage-get', fault });
    const response = await fetch(await download('object'));
    const reader = response.body?.getReader();
    let received = 0;
    while (received < expected) received += (await reader?.read())?.value?.length ?? 0;
    expect([response.status, received]).toEqual([200, expected]);
    const next = Promise.resolve(reader?.read()).catch(() => 'closed');
    expect(await staysPending(next, 50)).toBe(true);
    await emulator.close();
    expect(await next).toBe('closed');
  });

  test('a trickle takes the time that its rate says', async () => {
    const start = performance.now();
    const { emulator, body } = await downloadWith({ type: 'trickle', bytesPerSecond: 500 });
    await using _ = emulator;
    expect(body.equals(bytes)).toBe(true);
    expect(performance.now() - start).toBeGreaterThan(180);
  });
});

describe('objects', () => {
  test('an ignored range gives the whole object', async () => {
    const { emulator, status, body } = await downloadWith({ type: 'ignore-range' }, { range: 'bytes=1-2' });
    await using _ = emulator;
    expect([status, body.length]).toEqual([200, 100]);
  });

  test('a changed object has other bytes and another tag from then on', async () => {
    const { emulator, download } = await faulty({ kind: 'storage-get', skip: 1, fault: { type: 'changed-object' } });
    await using _ = emulator;
    const url = await download('object');
    const before = await raw(url);
    const resumed = await raw(url, { headers: { range: 'bytes=50-', 'if-match': String(before.headers.etag) } });
    expect(resumed.status).toBe(412);
    const after = await raw(url);
    expect([after.status, after.body.length, after.body.equals(bytes)]).toEqual([200, 100, false]);
    expect(after.headers.etag).not.toBe(before.headers.etag);
    expect((await raw(url)).body.equals(after.body)).toBe(true);
  });
});

describe('event streams', () => {
  test('some types of events are lost', async () => {
    const { emulator, text } = await eventsWith({ type: 'lose-events', events: ['progress', 'completed'] });
    await using _ = emulator;
    expect(eventNames(text)).toEqual(['status', 'status', 'status']);
  });

  test.for([
    [0, []],
    [2, ['status', 'status']],
    [99, ['status', 'status', 'status', 'progress', 'progress', 'progress', 'progress']],
  ] as const)(
    'a stream closed after %i events ends cleanly, without the terminal one',
    async ([afterEvents, expected]) => {
      const { emulator, text, error } = await eventsWith({ type: 'close-stream', afterEvents });
      await using _ = emulator;
      expect([eventNames(text), error]).toEqual([expected, undefined]);
    },
  );

  test('raw text comes first', async () => {
    const { emulator, text } = await eventsWith({ type: 'raw-events', text: 'data: {garbage\n\n' });
    await using _ = emulator;
    expect(text).toMatch(/^data: \{garbage\n\nevent: status\n/);
  });

  test.for([0, 20])('a stream dropped after %i bytes is not ended cleanly', async (afterBytes) => {
    const { emulator, text, error } = await eventsWith({ type: 'drop', afterBytes });
    await using _ = emulator;
    expect([text.length, error]).toEqual([afterBytes, 'ECONNRESET']);
  });
});
