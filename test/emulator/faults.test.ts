import { describe, expect, test } from 'vitest';
import type { Fault, FaultRule } from '../../emulator/faults.ts';
import { raw, staysPending } from './client.ts';
import { downloadWith, faulty } from './faulty.ts';

describe('which requests a rule strikes', () => {
  const statuses = async (rule: FaultRule, paths: string[]) => {
    const { emulator, get } = await faulty(rule);
    await using _ = emulator;
    const all: number[] = [];
    for (const path of paths) all.push((await get(path)).status);
    return all;
  };
  const fault: Fault = { type: 'status', status: 503 };

  test('one of its kind, unless told otherwise', async () => {
    expect(await statuses({ kind: 'tasks', fault }, ['/r/agents', '/r/tasks', '/r/tasks'])).toEqual([200, 503, 200]);
  });

  test('so many after so many', async () => {
    const paths = ['/r/tasks', '/r/agents', '/r/tasks', '/r/tasks', '/r/tasks'];
    expect(await statuses({ kind: 'tasks', skip: 1, times: 2, fault }, paths)).toEqual([200, 200, 503, 503, 200]);
  });

  test('all of any kind for which a condition holds', async () => {
    const rule: FaultRule = { kind: 'any', times: Infinity, when: ({ query }) => query.bad === '1', fault };
    expect(await statuses(rule, ['/r/tasks?bad=1', '/r/tasks', '/r/agents?bad=1'])).toEqual([503, 200, 503]);
  });
});

describe('answers', () => {
  test('a status is answered and nothing happens in the service', async () => {
    const fault: Fault = { type: 'status', status: 429, body: 'slow down', headers: { 'retry-after': '7' } };
    const { emulator, post } = await faulty({ kind: 'submit', fault });
    await using _ = emulator;
    const response = await post('/r/workflows/slug/text-to-image/run', { parameters: { prompt: 'x' } });
    expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([
      429,
      '7',
      'slow down',
    ]);
    expect(emulator.tasks).toEqual([]);
    expect(emulator.requests[0]?.status).toBe(429);
  });

  test('a status without a body speaks JSON at the API and XML at the storage', async () => {
    const { emulator, get } = await faulty({ kind: 'tasks', fault: { type: 'status', status: 500 } });
    await using _ = emulator;
    expect(await (await get('/r/tasks')).json()).toEqual({ message: 'Internal Server Error' });
    const slow = await downloadWith({ type: 'status', status: 503 });
    await using __ = slow.emulator;
    expect(slow.body.toString()).toContain('<Code>SlowDown</Code>');
  });

  test('a replaced body comes although the effect happened', async () => {
    const fault: Fault = { type: 'body', body: '<html>', contentType: 'text/html' };
    const { emulator, post } = await faulty({ kind: 'submit', fault });
    await using _ = emulator;
    const response = await post('/r/workflows/slug/text-to-image/run', { parameters: { prompt: 'x' } });
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      202,
      'text/html',
      '<html>',
    ]);
    expect(emulator.tasks).toHaveLength(1);
  });

  test('a delayed answer comes late, its effect at once', async () => {
    const { emulator, post } = await faulty({ kind: 'submit', fault: { type: 'delay', ms: 100 } });
    await using _ = emulator;
    const start = performance.now();
    const answered = post('/r/workflows/slug/text-to-image/run', { parameters: { prompt: 'x' } });
    await emulator.waitFor(({ tasks }) => tasks.length === 1);
    expect(emulator.requests[0]?.status).toBeUndefined();
    expect((await answered).status).toBe(202);
    expect(performance.now() - start).toBeGreaterThan(95);
  });

  test.for([
    ['aws', 403, '<Code>AccessDenied</Code><Message>Request has expired'],
    ['r2', 403, '<Code>ExpiredRequest</Code>'],
    ['gcs', 400, '<Code>ExpiredToken</Code>'],
    ['minio', 403, '<Code>AccessDenied</Code><Message>Request has expired'],
  ] as const)('an expired URL in the words of %s', async ([form, status, words]) => {
    const expired = await downloadWith({ type: 'expired', form });
    await using _ = expired.emulator;
    expect(expired.status).toBe(status);
    expect(expired.body.toString()).toContain(words);
  });
});

describe('connections', () => {
  const submit = async (fault: Fault) => {
    const { emulator } = await faulty({ kind: 'submit', fault });
    const headers = { authorization: `Bearer ${emulator.apiKey}`, 'content-type': 'application/json' };
    const url = `${emulator.apiUrl}/r/workflows/slug/text-to-image/run`;
    const body = JSON.stringify({ parameters: { prompt: 'x' } });
    return { emulator, answered: raw(url, { method: 'POST', headers, body }) };
  };

  test.for([
    ['refuse', 0],
    ['reset-after', 1],
    ['reset-headers', 1],
  ] as const)('%s: a reset and no answer, and %i tasks in the service', async ([type, tasks]) => {
    const { emulator, answered } = await submit({ type });
    await using _ = emulator;
    await expect(answered).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(emulator.tasks).toHaveLength(tasks);
    expect(emulator.requests).toMatchObject([{ kind: 'submit', status: undefined }]);
  });

  test('a stall is processed and then silent', async () => {
    const { emulator, answered } = await submit({ type: 'stall' });
    const silent = answered.catch(() => 'closed');
    await emulator.waitFor(({ tasks }) => tasks.length === 1);
    expect(await staysPending(silent, 50)).toBe(true);
    await emulator.close();
    expect(await silent).toBe('closed');
  });
});
