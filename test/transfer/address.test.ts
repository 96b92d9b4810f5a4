import { expect, test } from 'vitest';
import { inert } from '../../src/base/inert.ts';
import { storageUrl } from '../../src/transfer/address.ts';

test.each(['https://s3.example/a?sig=1', 'HTTPS://s3.example:9000/a', 'https://127.0.0.1/a'])(
  '%s may be fetched from, wherever the API is',
  (address) => {
    expect(storageUrl(address, false).href).toBe(new URL(address).href);
    expect(storageUrl(address, true).href).toBe(new URL(address).href);
  },
);

test.each(['http://127.0.0.1:9000/a', 'http://localhost/a', 'http://[::1]:9000/a', 'http://127.1.2.3/a'])(
  '%s may be where the API is on this machine, too',
  (address) => {
    expect(storageUrl(address, true).href).toBe(new URL(address).href);
    expect(() => storageUrl(address, false)).toThrow('and only https is spoken there');
  },
);

test.each([
  ['http://s3.example/a?X-Amz-Signature=secret', 'begins with http://s3.example, and'],
  ['http://user:secret@127.0.0.1.example/a', 'begins with http://127.0.0.1.example, and'],
  ['http://10.0.0.1/a#secret', 'begins with http://10.0.0.1, and'],
  ['ftp://127.0.0.1/secret', 'begins with ftp://127.0.0.1, and'],
  ['ws://127.0.0.1/secret', 'begins with ws://127.0.0.1, and'],
  ['file:///etc/secret', 'begins with file:, and'],
  ['data:text/plain,secret', 'begins with data:, and'],
  ['javascript:secret', 'begins with javascript:, and'],
  ['s3/secret', 'is no URL'],
  ['https://[secret', 'is no URL'],
  ['', 'is no URL'],
])('%j may not, and the error says no more of it than its beginning', (address, reason) => {
  const error = expect.objectContaining({ type: 'final', message: expect.stringContaining(reason) });
  expect(() => storageUrl(address, true)).toThrow(error);
  expect(() => storageUrl(address, true)).not.toThrow('secret');
});

test('what signs an address is known for a secret from then on, whether it may be asked or not', () => {
  storageUrl('https://s3.example/a?ticket=first-0123456789abc', false);
  expect(() => storageUrl('ftp://s3.example/a?ticket=other-0123456789abc', false)).toThrow();
  expect(inert`${'first-0123456789abc and other-0123456789abc'}`).toBe('*** and ***');
});
