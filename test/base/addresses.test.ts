import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createHome, rangeOf, rangeOfHost } from '../../src/base/addresses.ts';

/** By what is written in the registries, as numbers: first address, last address, range. */
const IPV4: readonly (readonly [string, string, string])[] = [
  ['127.0.0.0', '127.255.255.255', 'loopback'],
  ['169.254.0.0', '169.254.255.255', 'metadata'],
  ['100.100.100.200', '100.100.100.200', 'metadata'],
  ['192.0.0.192', '192.0.0.192', 'metadata'],
  ['168.63.129.16', '168.63.129.16', 'metadata'],
  ['0.0.0.0', '0.255.255.255', 'unspecified'],
  ['255.255.255.255', '255.255.255.255', 'unspecified'],
];

const numberOf = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const quadOf = (number: number) => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
const hexOf = (number: number) => `${(number >>> 16).toString(16)}:${(number & 0xffff).toString(16)}`;
const meantBy = (number: number) =>
  IPV4.find(([first, last]) => numberOf(first) <= number && number <= numberOf(last))?.[2];

/** As likely in a range, or beside it, as anywhere. */
const edges = IPV4.flatMap(([first, last]) => [
  numberOf(first) - 1,
  numberOf(first),
  numberOf(last),
  numberOf(last) + 1,
]);
const ipv4 = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.constantFrom(...edges.filter((edge) => edge >= 0 && edge <= 0xffffffff)),
  ...IPV4.map(([first, last]) => fc.integer({ min: numberOf(first), max: numberOf(last) })),
);

test('an IPv4 address has the range that the registry gives it, in each form that a URL takes', () => {
  fc.assert(
    fc.property(ipv4, (number) => {
      const meant = meantBy(number);
      expect(rangeOf(quadOf(number))).toBe(meant);
      for (const form of [quadOf(number), `${number}`, `0x${number.toString(16)}`, `0${number.toString(8)}`]) {
        expect(rangeOfHost(new URL(`https://${form}/`)), form).toBe(meant);
      }
    }),
  );
});

test('so it has inside of an IPv6 address', () => {
  fc.assert(
    fc.property(ipv4, fc.constantFrom('::ffff:', '::ffff:0:', '64:ff9b::'), (number, prefix) => {
      const meant = meantBy(number);
      for (const form of [
        `${prefix}${quadOf(number)}`,
        `${prefix}${hexOf(number)}`,
        `${prefix}${hexOf(number).toUpperCase()}`,
      ]) {
        expect(rangeOf(form), form).toBe(meant);
        expect(rangeOfHost(new URL(`https://[${form}]/`)), form).toBe(meant);
      }
    }),
  );
});

test('an IPv6 address has the range that the registry gives its beginning', () => {
  const beginnings: readonly (readonly [number, number, string | undefined])[] = [
    [0xfc00, 0xfdff, 'unique-local'],
    [0xfe80, 0xfebf, 'link-local'],
    [0xfec0, 0xfeff, 'unique-local'],
    [0x2002, 0x2002, 'transition'],
    [0x2003, 0x3fff, undefined],
    [0xff00, 0xffff, undefined],
  ];
  for (const [first, last, meant] of beginnings) {
    fc.assert(
      fc.property(
        fc.integer({ min: first, max: last }),
        fc.array(fc.nat(0xffff), { minLength: 7, maxLength: 7 }),
        (begin, rest) => {
          const address = [begin, ...rest].map((group) => group.toString(16)).join(':');
          expect(rangeOf(address), address).toBe(meant);
          expect(rangeOfHost(new URL(`https://[${address}]/`)), address).toBe(meant);
        },
      ),
    );
  }
});

test.each([
  ['::1', 'loopback'],
  ['0:0:0:0:0:0:0:1', 'loopback'],
  ['::', 'unspecified'],
  ['fd00:ec2::254', 'metadata'],
  ['fd00:0ec2:0:0:0:0:0:0254', 'metadata'],
  ['fd20:ce::254', 'metadata'],
  ['fe80::1%eth0', 'link-local'],
  ['64:ff9b:1::1.1.1.1', 'transition'],
  ['2001:0:1::1', 'transition'],
  ['2001:db8::1', undefined],
  ['10.1.2.3', undefined],
  ['172.16.0.1', undefined],
  ['192.168.0.1', undefined],
  ['100.64.0.1', undefined],
  ['localhost', undefined],
  ['', undefined],
])('%s is %s', (address, range) => {
  expect(rangeOf(address)).toBe(range);
});

describe('home', () => {
  const home = (url: string, ...learnt: string[][]) => {
    const made = createHome(new URL(url));
    for (const addresses of learnt) made.learn(addresses);
    const all = ['loopback', 'metadata', 'link-local', 'unique-local', 'unspecified', 'transition'] as const;
    return all.filter(made.has);
  };

  test('is where the URL says, or every address of its host', () => {
    expect(home('http://127.0.0.1:1/api')).toEqual(['loopback']);
    expect(home('http://localhost/api', ['::1', '127.0.0.1'])).toEqual(['loopback']);
    expect(home('https://[fd12::1]/')).toEqual(['unique-local']);
    expect(home('https://core.example/', ['fd12::1'], ['fd12::2', 'fd12::1'])).toEqual(['unique-local']);
  });

  test('is nowhere special as long as nothing is known, or where one address is elsewhere', () => {
    expect(home('https://core.example/')).toEqual([]);
    expect(home('https://core.example/', ['1.1.1.1'])).toEqual([]);
    expect(home('https://core.example/', ['10.0.0.1'])).toEqual([]);
    expect(home('https://core.example/', ['1.1.1.1', '127.0.0.1'])).toEqual([]);
    expect(home('https://core.example/', ['1.1.1.1'], ['127.0.0.1'])).toEqual([]);
    expect(home('https://core.example/', ['127.0.0.1'], ['1.1.1.1'])).toEqual([]);
    expect(home('https://core.example/', ['fd12::1', '169.254.169.254'])).toEqual([]);
  });
});
