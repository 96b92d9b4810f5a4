import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkSignature, presign } from '../../emulator/signature.ts';

const now = new Date('2026-03-01T12:00:00Z');
const origin = 'http://127.0.0.1:9000';

async function signed(headers: Record<string, string> = {}, method: 'GET' | 'PUT' = 'GET') {
  const url = new URL(await presign({ method, origin, path: '/cyberun/a%20b.png', headers, expiresIn: 60, now }));
  const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    method: method as string,
    path: url.pathname,
    search: url.searchParams,
    headers: { host: url.host, ...Object.fromEntries(lowerCase) },
    now,
  };
}

test('a request as it was signed is accepted, up to its last second', async () => {
  const request = await signed();
  expect(await checkSignature(request)).toBeUndefined();
  expect(await checkSignature({ ...request, now: new Date(now.getTime() + 60_000) })).toBeUndefined();
});

test('a request is refused once it has expired', async () => {
  expect(await checkSignature({ ...(await signed()), now: new Date(now.getTime() + 60_001) })).toBe('expired');
});

test.for(['HEAD', 'PUT', 'DELETE'])('a URL signed for GET is refused for %s', async (method) => {
  expect(await checkSignature({ ...(await signed()), method })).toBe('mismatch');
});

test('another path is refused, even when it names the same object', async () => {
  const request = await signed();
  expect(await checkSignature({ ...request, path: '/cyberun/other.png' })).toBe('mismatch');
  expect(await checkSignature({ ...request, path: '/cyberun/a%20%62.png' })).toBe('mismatch');
});

test('a request to another host is refused', async () => {
  expect(await checkSignature({ ...(await signed()), headers: { host: 'localhost:9000' } })).toBe('mismatch');
});

test('every signed header must come as it was signed', async () => {
  const request = await signed({ 'Content-Type': 'image/png', 'Content-Length': '5', 'If-None-Match': '*' }, 'PUT');
  expect(await checkSignature(request)).toBeUndefined();
  for (const name of ['content-type', 'content-length', 'if-none-match']) {
    const { [name]: _, ...without } = request.headers;
    expect(await checkSignature({ ...request, headers: without }), `without ${name}`).toBe('mismatch');
    expect(await checkSignature({ ...request, headers: { ...request.headers, [name]: 'x' } }), name).toBe('mismatch');
  }
});

test('a changed, added, doubled or missing query parameter is refused', async () => {
  const request = await signed();
  const names = [...request.search.keys()];
  expect(names).toContain('X-Amz-Algorithm');
  for (const name of names) {
    const changed = new URLSearchParams(request.search);
    changed.set(name, name === 'X-Amz-Date' ? '20260301T115959Z' : name === 'X-Amz-Expires' ? '61' : 'x');
    expect(await checkSignature({ ...request, search: changed }), `changed ${name}`).toBe('mismatch');
    const doubled = new URLSearchParams(request.search);
    doubled.append(name, String(doubled.get(name)));
    expect(await checkSignature({ ...request, search: doubled }), `doubled ${name}`).toBe('mismatch');
    const missing = new URLSearchParams(request.search);
    missing.delete(name);
    expect(await checkSignature({ ...request, search: missing }), `missing ${name}`).toBeDefined();
  }
  const added = new URLSearchParams(request.search);
  added.set('response-content-type', 'text/html');
  expect(await checkSignature({ ...request, search: added })).toBe('mismatch');
});

test('a request without a signature has none', async () => {
  expect(await checkSignature({ ...(await signed()), search: new URLSearchParams() })).toBe('missing');
});

test('two URLs for one object made at the same time differ', async () => {
  expect((await signed()).search.toString()).not.toBe((await signed()).search.toString());
});

test('any path and query survives the way through a URL', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.string({ unit: 'grapheme' }),
      async (name, value) => {
        const path = `/cyberun/x${encodeURIComponent(name)}`;
        const query = { 'response-content-disposition': value };
        const url = new URL(await presign({ method: 'GET', origin, path, query, expiresIn: 60, now }));
        const request = {
          method: 'GET',
          path: url.pathname,
          search: url.searchParams,
          headers: { host: url.host },
          now,
        };
        expect(await checkSignature(request)).toBeUndefined();
      },
    ),
    { numRuns: 50 },
  );
});
