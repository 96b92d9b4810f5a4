import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { parseJson } from '../../src/base/json.ts';
import { toSendable } from '../../src/base/mapping.ts';

/** The same value, its keys the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, reversed(member)]);
  return Object.fromEntries(entries.reverse());
}

test('the text says the value, and is the same whatever the order of keys', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(reversed(value))).toBe(text);
      expect(canonicalJson(toSendable(parseJson(text)))).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

// RFC 8785, section 3.2.3, and its appendix B.
test('keys are in the order of their UTF-16 code units, numbers and texts are as JavaScript writes them', () => {
  const keys = ['\u20ac', '\r', '\ufb33', '1', '\u{1f600}', '\u0080', '\u00f6'];
  expect(canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])))).toBe(
    '{"\\r":0,"1":0,"\u0080":0,"\u00f6":0,"\u20ac":0,"\u{1f600}":0,"\ufb33":0}',
  );
  expect(canonicalJson([333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, -0])).toBe(
    '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
  );
  expect(canonicalJson('\u20ac$\u000F\nA\'B"\\\\"/')).toBe('"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"');
});

test('a number with digits of its own keeps them, and what is undefined is left out', () => {
  const text = '{"a":[18446744073709551615,1.10],"b":null}';
  expect(canonicalJson(toSendable(parseJson(text)))).toBe(text);
  expect(canonicalJson({ a: undefined, b: [null] })).toBe('{"b":[null]}');
});
