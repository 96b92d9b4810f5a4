import { expect, onTestFinished, test } from 'vitest';
import { isLasting } from '../../src/base/network.ts';
import { createWire, type WireRequest } from '../../src/base/wire.ts';

test.each<[string, string, Record<string, string>, boolean]>([
  ['an address that is no URL', 'nowhere', {}, true],
  ['a header of two lines', 'http://127.0.0.1:1/', { a: 'b\nc: d' }, true],
  ['a header that belongs to the connection', 'http://127.0.0.1:1/', { 'transfer-encoding': 'chunked' }, true],
  ['a header that asks for another protocol', 'http://127.0.0.1:1/', { expect: '100-continue' }, true],
  ['a port where nobody listens', 'http://127.0.0.1:1/', {}, false],
])('a request to, or with, %s fails for good: %s %j %s', async (_, url, headers, lasting) => {
  const wire = createWire();
  onTestFinished(wire[Symbol.asyncDispose]);
  const { signal } = new AbortController();
  const limits = { headersTimeout: 1000, bodyTimeout: 1000 };
  const request: WireRequest = { method: 'GET', headers, connection: 'shared', ...limits, signal };
  const error: unknown = await wire(url, request).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(Error);
  expect(isLasting(error)).toBe(lasting);
});
