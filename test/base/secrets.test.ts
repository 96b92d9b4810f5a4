import { expect, test } from 'vitest';
import { inert } from '../../src/base/inert.ts';
import { redact, redactJson } from '../../src/base/redact.ts';
import { rememberKey, rememberSecret, rememberUrl, rememberUrlsIn } from '../../src/base/secrets.ts';
import { createClient } from '../../src/cyberun/client.ts';
import type { Http } from '../../src/cyberun/http.ts';
import { loadCredentials } from '../../src/inputs/credentials.ts';

test('the key is known wherever it stands, and so are its parts', () => {
  rememberKey('sk-live-7f3k2m9q-Zz81xY42pQ');
  for (const text of [
    'sk-live-7f3k2m9q-Zz81xY42pQ',
    'x7f3k2m9qx',
    '(Zz81xY42pQ)',
    'a=Zz81xY42pQ',
    'sk_live_7f3k2m9q',
  ]) {
    expect(redact(text)).not.toMatch(/7f3k2m9q|Zz81xY42pQ/);
  }
  expect(redact('sk live production')).toBe('sk live production');
});

test('what signs a URL is known alone: as it is written, as it is meant, and the beginning of it', () => {
  rememberUrl('https://h/k?ticket=0pen%2F5e5ame0123456789&n=12#hash=fragment-0123456789');
  for (const secret of [
    '0pen%2F5e5ame0123456789',
    '0pen/5e5ame0123456789',
    '0pen/5e5ame012345',
    'fragment-0123456789',
  ]) {
    expect(inert`told: ${`it was ${secret}, and`}`).not.toContain(secret.slice(0, 8));
    expect(JSON.stringify(redactJson({ a: [`x${secret}`] }))).not.toContain(secret);
  }
  expect(redact('12 of hash')).toBe('12 of hash');
});

test('ids are told everywhere, and no secret', () => {
  const id = '019abc12-9012-7890-abcd-ef1234567896';
  rememberUrl(`https://h/k?task_id=${id}&versionId=${id}`);
  expect(redact(`Task ${id}`)).toBe(`Task ${id}`);
  rememberUrl(`https://h/k?ticket=${id}`);
  expect(redact(`Task ${id}`)).toBe('Task ***');
});

test('URLs are found however deep they lie, and other texts are none', () => {
  let json: unknown = { url: 'https://h/k?t=deep-0123456789abc', text: 'salt & pepper=ordinary-words-that-are-long' };
  for (let depth = 0; depth < 50_000; depth += 1) json = [json];
  rememberUrlsIn(json);
  expect(redact('deep-0123456789abc')).toBe('***');
  expect(redact('ordinary-words-that-are-long')).toBe('ordinary-words-that-are-long');
});

test('ten thousand are remembered, the oldest go, and the key stays', () => {
  rememberKey('sk-stays-0123456789');
  const name = (index: number) => `${String(index).padStart(5, '0')}-of-many-values`;
  for (let index = 0; index <= 10_000; index += 1) rememberSecret(name(index));
  expect(redact(name(0))).toBe(name(0));
  expect(redact(name(1))).toBe('***');
  expect(redact(name(10_000))).toBe('***');
  expect(redact('x sk_stays_0123456789')).not.toContain('0123456789');
  // Of texts as large as any, and whatever is known.
  const began = performance.now();
  redact(`${'0'.repeat(1_000_000)} ${name(3).repeat(50_000)}`);
  expect(performance.now() - began).toBeLessThan(60_000);
});

test('so are the URLs of a result, and the key of the inputs', async () => {
  const http = { send: async () => ({ download_urls: { a: 'https://h/k?ticket=result-0123456789abc' } }) };
  await createClient(http as unknown as Http).result('task-1', new AbortController().signal);
  const inputs: Record<string, string> = { 'api-key': 'sk-inputs-9z8y7x6w5v' };
  loadCredentials({ getInput: (name) => inputs[name] ?? '', env: {}, mask: () => undefined });
  expect(inert`${'result-0123456789abc of inputs_9z8y7x6w5v'}`).toBe('*** of inputs_***');
});
