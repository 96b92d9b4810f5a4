import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Whether a URL leads to this machine, as its host says. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/**
 * What addresses mean that lead to no public place (IANA's registries of special-purpose addresses). `transition`: which
 * address is meant is for somebody on the way to say (6to4, Teredo, a NAT64 prefix of one's own).
 *
 * RFC 1918's are not among them: a deployment of one's own has its storage there, and its API may be anywhere.
 */
export type SpecialRange = 'loopback' | 'metadata' | 'link-local' | 'unique-local' | 'unspecified' | 'transition';

/** What says whether the API is in such a range, so that its storage may be, too. */
export type IsHome = (range: SpecialRange) => boolean;

/** By range, the first that fits counts. */
const RANGES: Readonly<Record<SpecialRange, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  metadata: [
    '169.254.0.0/16',
    // Alibaba; Oracle Classic; Azure's WireServer.
    ...['100.100.100.200/32', '192.0.0.192/32', '168.63.129.16/32'],
    // AWS; Google.
    ...['fd00:ec2::254/128', 'fd20:ce::254/128'],
  ],
  'link-local': ['fe80::/10'],
  // With site-local, which it took the place of (RFC 3879).
  'unique-local': ['fc00::/7', 'fec0::/10'],
  unspecified: ['0.0.0.0/8', '255.255.255.255/32', '::/128'],
  transition: ['2002::/16', '2001::/32', '64:ff9b:1::/48'],
};

/** Before an IPv4 address: IPv4-compatible, IPv4-translated, NAT64 (RFC 4291, 2765, 6052). IPv4-mapped ones BlockList knows. */
const HOLD_IPV4 = ['::', '::ffff:0:', '64:ff9b::'];

const LISTS = Object.entries(RANGES).map(([range, networks]) => ({
  range: range as SpecialRange,
  list: listOf(networks),
}));

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', length] = network.split('/');
    const bits = Number(length);
    const family = address.includes(':') ? 'ipv6' : 'ipv4';
    list.addSubnet(address, bits, family);
    if (family === 'ipv6') continue;
    for (const prefix of HOLD_IPV4) list.addSubnet(`${prefix}${address}`, 96 + bits, 'ipv6');
  }
  return list;
}

/** The range of an IP address, in whatever form it holds one of IPv4; `undefined` for any other, and for what is none. */
export function rangeOf(address: string): SpecialRange | undefined {
  // What follows is the interface by which a link-local address is reached.
  const [bare = ''] = address.split('%');
  const family = familyOf(bare);
  return family && LISTS.find(({ list }) => list.check(bare, family))?.range;
}

/** Without a colon it is no IPv6 address: Node takes some milliseconds for the first text that it looks at for one. */
function familyOf(text: string): 'ipv4' | 'ipv6' | undefined {
  if (!text.includes(':')) return isIPv4(text) ? 'ipv4' : undefined;
  return isIPv6(text) ? 'ipv6' : undefined;
}

/** The range of a URL's host, if that is an address or a name which stands for one everywhere. */
export function rangeOfHost({ hostname }: URL): SpecialRange | undefined {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  if (familyOf(host) !== undefined) return rangeOf(host);
  if (/^(?:.+\.)?localhost$|^localhost\.localdomain$|^ip6-(?:localhost|loopback)$/.test(host)) return 'loopback';
  return METADATA_NAMES.includes(host) ? 'metadata' : undefined;
}

/** Of Google and AWS. */
const METADATA_NAMES = [
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
];

/** Where the API is. */
export interface Home {
  /** Told the addresses of the API's host whenever it is looked up. */
  learn(addresses: readonly string[]): void;
  readonly has: IsHome;
}

/**
 * What is known of where the API is: at first what its URL says.
 *
 * It is in a range only if every address that its host ever had is: whoever owns the name could open each range by one
 * more address otherwise.
 */
export function createHome(apiUrl: URL): Home {
  const ranges = new Set<SpecialRange | undefined>();
  const said = rangeOfHost(apiUrl);
  if (said !== undefined) ranges.add(said);
  return {
    learn(addresses) {
      for (const address of addresses) ranges.add(rangeOf(address));
    },
    has: (range) => ranges.size === 1 && ranges.has(range),
  };
}
