import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEEPEST, JsonBoundsError, MOST_VALUES, parseJson, parseOwnJson } from '../../src/base/json.ts';
import { asWritten } from '../../src/base/numbers.ts';

/** With a callback for every value, whatever the text has. */
function parseSlowly(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' ? asWritten(value, context?.source) : value,
  );
}

/** What a number may be written as, and texts that look like one. */
const number = fc.oneof(
  fc.constantFrom('0', '-0', '1.0', '1e5', '1E+5', '1e21', '1e-7', '0.1', '12345678901234567890', '9007199254740993'),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc
    .tuple(fc.constantFrom('', '-'), fc.bigInt({ min: 0n, max: 10n ** 25n }), fc.constantFrom('', '.0', '.25', 'e3'))
    .map((parts) => parts.join('')),
);
const space = fc.constantFrom('', ' ', '\n\t');
const string = fc
  .oneof(fc.string(), fc.constantFrom('__proto__', '1.0', '"', '\\', '\\"-0', 'é'))
  .map((text) => JSON.stringify(text));
const { value: json } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(number, number, string, fc.constantFrom('true', 'false', 'null')),
    fc.tuple(space, fc.array(tie('value'), { maxLength: 4 })).map(([gap, list]) => `[${gap}${list.join(`${gap},`)}]`),
    fc
      .tuple(space, fc.array(fc.tuple(string, tie('value')), { maxLength: 4 }))
      .map(([gap, entries]) => `{${entries.map(([key, value]) => `${gap}${key}${gap}:${value}${gap}`).join(',')}}`),
  ),
}));

describe('parseJson', () => {
  test('says of every text what the slow way says', () => {
    fc.assert(
      fc.property(json, (text) => {
        expect(parseJson(text)).toStrictEqual(parseSlowly(text));
        expect(parseOwnJson(text)).toStrictEqual(parseSlowly(text));
      }),
      { numRuns: 2_000 },
    );
  });

  test('says of what is no JSON what the slow way says', () => {
    fc.assert(
      fc.property(json, fc.nat(), fc.constantFrom('', '-', '1', '.', 'e', '"', ',', ']'), (text, place, put) => {
        const at = place % text.length;
        const broken = text.slice(0, at) + put + text.slice(at + 1);
        const said = (parse: (text: string) => unknown): unknown => {
          try {
            return parse(broken);
          } catch (error) {
            return String(error);
          }
        };
        expect(said(parseJson)).toStrictEqual(said(parseSlowly));
      }),
      { numRuns: 1_000 },
    );
  });

  test('has each text replaced, and no key', () => {
    const text = '{"a":["a",1.0,true],"b":"b"}';
    expect(parseJson(text, (value) => value.toUpperCase())).toEqual({ a: ['A', asWritten(1, '1.0'), true], b: 'B' });
    // One that nothing is left of, too.
    expect(parseJson('["a"]', () => '')).toEqual(['']);
  });

  test('takes as many values and brackets as it says, and no more', () => {
    const list = (values: number) => `[${'1,'.repeat(values - 2)}1]`;
    expect(parseJson(list(MOST_VALUES))).toHaveLength(MOST_VALUES - 1);
    expect(() => parseJson(list(MOST_VALUES + 1))).toThrow(JsonBoundsError);
    expect(parseOwnJson(list(MOST_VALUES + 1))).toHaveLength(MOST_VALUES);
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(() => parseJson(nested(DEEPEST))).not.toThrow();
    expect(() => parseJson(nested(DEEPEST + 1))).toThrow(JsonBoundsError);
    expect(() => parseOwnJson(nested(DEEPEST + 1))).not.toThrow();
  });
});
