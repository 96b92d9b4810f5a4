import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rangeOf } from '../../src/base/addresses.ts';
import { inert } from '../../src/base/inert.ts';
import { reachable, storageUrl } from '../../src/transfer/address.ts';

const nowhere = () => false;
const everywhere = () => true;

test.each([
  'https://s3.example/a?sig=1',
  'HTTPS://s3.example:9000/a',
  'https://10.0.0.1/a',
  'https://192.168.1.2:9000/a',
])('%s may be fetched from, wherever the API is', (address) => {
  expect(storageUrl(address, nowhere).href).toBe(new URL(address).href);
  expect(storageUrl(address, everywhere).href).toBe(new URL(address).href);
});

test.each(['http://127.0.0.1:9000/a', 'http://localhost/a', 'http://[::1]:9000/a', 'http://127.1.2.3/a'])(
  '%s may be where the API is on this machine, too',
  (address) => {
    expect(storageUrl(address, everywhere).href).toBe(new URL(address).href);
    expect(() => storageUrl(address, nowhere)).toThrow('and only https is spoken there');
    expect(() => storageUrl(address, (range) => range !== 'loopback')).toThrow('and only https is spoken there');
    expect(() => storageUrl(address, everywhere, false)).toThrow('and only https is spoken there');
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
  expect(() => storageUrl(address, everywhere)).toThrow(error);
  expect(() => storageUrl(address, everywhere)).not.toThrow('secret');
});

const THIS_MACHINE = 'this machine (loopback)';
const METADATA = "the cloud's service for this machine's own data (metadata)";
test.each([
  ['127.0.0.1', THIS_MACHINE],
  ['2130706433', THIS_MACHINE],
  ['0x7f.1', THIS_MACHINE],
  ['[::1]', THIS_MACHINE],
  ['[::ffff:127.0.0.1]', THIS_MACHINE],
  ['localhost', THIS_MACHINE],
  ['LOCALHOST.', THIS_MACHINE],
  ['api.localhost', THIS_MACHINE],
  ['localhost.localdomain', THIS_MACHINE],
  ['ip6-localhost', THIS_MACHINE],
  ['169.254.169.254', METADATA],
  ['169.254.170.2', METADATA],
  ['0xa9fea9fe', METADATA],
  ['100.100.100.200', METADATA],
  ['168.63.129.16', METADATA],
  ['[fd00:ec2::254]', METADATA],
  ['[64:ff9b::169.254.169.254]', METADATA],
  ['metadata.google.internal', METADATA],
  ['Metadata.Google.Internal.', METADATA],
  ['instance-data', METADATA],
  ['[fe80::1]', 'a machine on the same wire (link-local)'],
  ['[fd12:3456::1]', 'a private network (unique-local)'],
  ['0.0.0.0', 'no machine at all (unspecified)'],
  ['0', 'no machine at all (unspecified)'],
  ['[::]', 'no machine at all (unspecified)'],
  ['[2002:7f00:1::]', 'an address that hides another (transition)'],
])('https://%s may not where the API is not there, and may where it is', (host, where) => {
  const address = `https://user:secret@${host}:9/secret?secret`;
  expect(() => storageUrl(address, nowhere)).toThrow(
    expect.objectContaining({
      type: 'final',
      message: expect.stringContaining(`which is ${where}, and the API is not`),
    }),
  );
  expect(() => storageUrl(address, nowhere)).not.toThrow('secret');
  expect(storageUrl(address, everywhere).href).toBe(new URL(address).href);
  const range = /\((.*)\)$/.exec(where)?.[1];
  expect(() => storageUrl(address, (one) => one !== range)).toThrow();
  expect(storageUrl(address, (one) => one === range).href).toBe(new URL(address).href);
});

test.each([
  'localhost.example',
  'notlocalhost',
  'metadata.example',
  '127.0.0.1.example',
  'a.metadata.google.internal.example',
])('https://%s is a name like any other', (host) => {
  expect(storageUrl(`https://${host}/`, nowhere).hostname).toBe(host);
});

test('of a name’s addresses, those that are for everybody are used', () => {
  const found = ['127.0.0.1', '10.0.0.1', '169.254.169.254', '2001:db8::1', '::1'];
  expect(reachable('h', found, nowhere)).toEqual(['10.0.0.1', '2001:db8::1']);
  expect(reachable('h', found, (range) => range === 'loopback')).toEqual([
    '127.0.0.1',
    '10.0.0.1',
    '2001:db8::1',
    '::1',
  ]);
  expect(() => reachable('evil.example', ['fe80::1%eth0', '::1'], nowhere)).toThrow(
    expect.objectContaining({
      type: 'final',
      message: expect.stringMatching(
        /^The file's address at the storage leads to evil\.example, which is .* Nothing was sent\./,
      ),
    }),
  );
});

test('whatever a name leads to, no address is used in a range where the API is not', () => {
  const address = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.constantFrom('127.0.0.1', '::1', 'fd00::1', '169.254.1.1', '::ffff:127.9.9.9', '64:ff9b::a9fe:a9fe', '1.1.1.1'),
  );
  const home = fc.subarray(['loopback', 'unique-local', 'metadata', 'link-local']);
  fc.assert(
    fc.property(fc.array(address, { minLength: 1 }), home, (addresses, at) => {
      const isHome = (range: string) => (at as string[]).includes(range);
      const isOpen = (one: string) => rangeOf(one) === undefined || isHome(rangeOf(one) ?? '');
      if (!addresses.some(isOpen)) expect(() => reachable('h', addresses, isHome)).toThrow('which is');
      else expect(reachable('h', addresses, isHome)).toEqual(addresses.filter(isOpen));
    }),
  );
});

test('what signs an address is known for a secret from then on, whether it may be asked or not', () => {
  storageUrl('https://s3.example/a?ticket=first-0123456789abc', nowhere);
  expect(() => storageUrl('ftp://s3.example/a?ticket=other-0123456789abc', nowhere)).toThrow();
  expect(inert`${'first-0123456789abc and other-0123456789abc'}`).toBe('*** and ***');
});
