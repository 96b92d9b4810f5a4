import type { Random } from '../../simulator/random.ts';

/** What a hostile service hides in its texts: it must appear nowhere. */
export const PLANTED = 'c2VjcmV0LXBsYW50ZWQtaGVyZQ7f3a91';

/** Texts that a service may send where it should send another one. */
export const TEXTS: readonly [string, ...string[]] = [
  '',
  ' ',
  '::error::owned',
  '\n::add-mask::a\r\n::stop-commands::x',
  '##[error]owned ##[add-path]/tmp',
  '%0A::set-output name=a::b',
  '../../../etc/passwd',
  '..\\..\\windows\\system32',
  '/etc/passwd',
  'C:\\autorun.inf',
  'CON.png',
  '.git/config',
  '.github/workflows/ci.yml',
  '-rf',
  'a/../../b',
  'name\u0000.png',
  '\u202egnp.exe',
  '\ud800',
  '\u001b]8;;https://evil.test\u0007click\u001b]8;;\u0007',
  '<script>alert(1)</script>|`|',
  '$(reboot) `reboot` ${{ github.token }}',
  '__proto__',
  'constructor',
  '\r\n'.repeat(3_000),
  '\t'.repeat(3_000),
  ':'.repeat(5_000),
  '#['.repeat(5_000),
  '"\\'.repeat(5_000),
  'a-'.repeat(20_000),
  'é'.repeat(20_000),
  '9'.repeat(4_000),
  `https://storage.test/a.png?X-Amz-Signature=${PLANTED}`,
  `{"url":"https://storage.test/a.png?sig=${PLANTED}&se=2026"}`,
  `refused: Authorization: Bearer ${PLANTED}`,
  `the key sk-${PLANTED} is not known`,
  `X-Amz-Signature=${PLANTED}`,
  'http://169.254.169.254/latest/meta-data',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'completed',
  'failed',
  'CANCELED',
  '2026-01-01T00:00:00',
  '0001-01-01T00:00:00Z',
];

/** Other values, as JSON writes them. */
export const VALUES: readonly [string, ...string[]] = [
  'null',
  'true',
  '0',
  '-1',
  '1e400',
  '-0',
  '9007199254740993',
  '1.10',
  'NaN',
  '[]',
  '{}',
  '[[[[[[[[null]]]]]]]]',
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`,
  `[${'1,'.repeat(20_000)}1]`,
  `{${Array.from({ length: 2_000 }, (_, index) => `"k${index}":"v"`).join(',')}}`,
  '{"__proto__":{"polluted":true},"constructor":1}',
];

/** A JSON text with up to three of its values replaced; or the text cut, doubled or broken. */
export function mutateJson(random: Random, text: string): string {
  const { chance, int, pick } = random;
  if (chance(0.1)) {
    const at = int(0, text.length);
    return pick<() => string>([
      () => text.slice(0, at),
      () => text + text,
      () => `${text.slice(0, at)}\u0000${text.slice(at)}`,
      () => `<html>${text}</html>`,
      () => '',
    ])();
  }
  return Array.from({ length: pick([1, 1, 3]) }).reduce<string>((changed) => replaceValue(random, changed), text);
}

function replaceValue({ chance, int, pick }: Random, text: string): string {
  // Every value of a key, and every entry of a list, that is no list or mapping itself.
  const places = [...text.matchAll(/(?<=[:[,])(?:"(?:[^"\\]|\\.)*"|-?\d[\d.e+-]*|null|true|false)(?=[,\]}])/g)];
  const found = places[int(0, Math.max(0, places.length - 1))];
  if (found === undefined) return pick(VALUES);
  const value = chance(0.7) ? JSON.stringify(pick(TEXTS)) : pick(VALUES);
  return text.slice(0, found.index) + value + text.slice(found.index + found[0].length);
}

/** A few bytes of it changed, doubled or left out: of events or of what a storage says. */
export function mutateText({ chance, int, pick }: Random, text: string): string {
  const at = int(0, text.length);
  const to = Math.min(text.length, at + int(0, 20));
  return text.slice(0, at) + (chance(0.7) ? pick(TEXTS) : '') + text.slice(to);
}

/** Headers that decide how an answer is read. */
export function mutateHeader({ pick }: Random, name: string, value: string | undefined): string | undefined {
  const odd: Record<string, readonly [string | undefined, ...(string | undefined)[]]> = {
    'content-length': ['0', '-1', '99999999999999999999', '1, 2', 'x', undefined],
    'content-range': [
      'bytes */*',
      'bytes 0-0/1',
      'bytes 5-1/2',
      'bytes 0-9/99999999999999999999',
      'items 0-1/2',
      undefined,
    ],
    'content-type': ['text/html', 'application/json; charset=utf-16', 'image/png; a=b', '', undefined],
    'content-encoding': ['gzip', 'br, gzip', 'odd'],
    'retry-after': ['-1', '99999999999', 'Thu, 01 Jan 1970 00:00:00 GMT', 'soon', '0'],
    etag: ['W/"a"', '"a", "b"', '"', undefined],
    location: [
      '',
      '//evil.test/a',
      'http://169.254.169.254/',
      `https://storage.test/?X-Amz-Signature=${PLANTED}`,
      'file:///etc/passwd',
    ],
  };
  const choices = odd[name];
  return choices === undefined ? value : pick(choices);
}
