import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { RunError } from '../../src/base/errors.ts';
import { isMapping, readMapping, toSendable } from '../../src/base/mapping.ts';
import { WrittenNumber } from '../../src/base/numbers.ts';

const read = (text: string) => readMapping(text, 'parameters');
const sent = async (text: string) => JSON.stringify(toSendable(await read(text)));

async function refusalOf(text: string): Promise<string> {
  const error: unknown = await read(text).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RunError)) throw new Error(`${JSON.stringify(text)} was not refused: ${String(error)}`);
  expect(error.kind).toBe('input');
  expect(error.message).toMatch(/^Input parameters /);
  return error.message;
}

const json = fc
  .dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 })
  .map((value): unknown => JSON.parse(JSON.stringify(value)));

describe('readMapping', () => {
  test('reads back every JSON mapping', async () => {
    await fc.assert(
      fc.asyncProperty(json, async (value) => {
        expect(JSON.parse(await sent(JSON.stringify(value, null, 1)))).toEqual(value);
      }),
    );
  });

  test('reads back every YAML mapping', async () => {
    await fc.assert(
      fc.asyncProperty(json, async (value) => {
        expect(JSON.parse(await sent(stringify(value)))).toEqual(value);
      }),
      { numRuns: 60 },
    );
  });

  test('answers any text with a mapping that can be sent, or with an error that names the input', async () => {
    const piece = fc.constantFrom(
      ...'{}[]:,-?&*!|>%@`"\'#~ \n\t',
      'a',
      '1.0',
      '<<',
      '- ',
      ': ',
      '!!',
      '&a ',
      '*a',
      '---\n',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 15 }), async (pieces) => {
        const text = pieces.join('');
        try {
          JSON.stringify(toSendable(await read(text)));
        } catch (error) {
          expect(error).toBeInstanceOf(RunError);
        }
      }),
      { numRuns: 500 },
    );
  });

  test.each(['', ' \n', '# prompt: a cat\n', '{}'])('takes %j for an empty mapping', async (text) => {
    expect(await read(text)).toEqual({});
  });

  test.each([
    ['a: 1.10', '{"a":1.10}'],
    ['{"a": 1.10, "b": [1e3, 1E-7]}', '{"a":1.10,"b":[1e3,1E-7]}'],
    ['a: 12345678901234567890', '{"a":12345678901234567890}'],
    ['{"a": 12345678901234567890}', '{"a":12345678901234567890}'],
    ['a: 0x1F', '{"a":31}'],
    ['a: +7\nb: 007\nc: .5', '{"a":7,"b":7,"c":0.5}'],
    ['{"a": 1e999}', '{"a":1e999}'],
    ['{"a": -0}', '{"a":-0}'],
    ['a: "1.10"\nb: v1.10', '{"a":"1.10","b":"v1.10"}'],
  ])('sends the digits of %j', async (text, expected) => {
    expect(await sent(text)).toBe(expected);
  });

  test('keeps a number as it was written, beside its value', async () => {
    expect(await read('a: 0x1F\nb: 1.10\nc: 7')).toEqual({
      a: new WrittenNumber(31, '0x1F'),
      b: new WrittenNumber(1.1, '1.10'),
      c: 7,
    });
  });

  test('keeps keys as they were written', async () => {
    expect(await sent('1.10: a\n0x1F: b\n007: {1.0: c}\ntrue: d')).toBe(
      '{"1.10":"a","0x1F":"b","007":{"1.0":"c"},"true":"d"}',
    );
  });

  test('reads what JSON has, whatever a document asks for', async () => {
    const text = '%YAML 1.1\n---\na: 2001-01-01\nb: !!timestamp 2001-01-01\nc: !!binary aGk=\nd: yes\ne: 0o17';
    expect(await sent(text)).toBe('{"a":"2001-01-01","b":"2001-01-01","c":"aGk=","d":"yes","e":15}');
  });

  test('takes an anchor by its value, and a key named __proto__ for a key', async () => {
    expect(await sent('a: &x {n: 1.10}\nb: *x')).toBe('{"a":{"n":1.10},"b":{"n":1.10}}');
    for (const text of ['{"__proto__": {"p": 1}}', '__proto__: {p: 1}']) {
      expect(await sent(text)).toBe('{"__proto__":{"p":1}}');
      expect(Object.getPrototypeOf(await read(text))).toBe(Object.prototype);
    }
  });

  test.each([
    ['- a\n- b', 'is a list'],
    ['[1]', 'is a list'],
    ['a cat in space', 'is only "a cat in space"'],
    ['1.10', 'is only 1.10'],
    ['null', 'is only null'],
  ])('refuses %j, which is no mapping', async (text, found) => {
    const message = await refusalOf(text);
    expect(message).toContain(found);
    expect(message).toContain('prompt: a cat in space');
  });

  test.each([
    ['a broken line', 'title: The "new" one\nbody: "Hello" she said'],
    ['a text with a colon', 'title: One: two'],
    ['an open bracket', '{"a": 1'],
    ['a key twice', 'a: 1\na: 2'],
    ['two documents', 'a: 1\n---\nb: 2'],
    ['an anchor nobody set', 'a: *b'],
    ['an anchor that holds itself', 'a: &a {x: *a}'],
    ['a list as a key', '? [a]\n: b'],
    ['a number without an end', 'a: .inf'],
    ['brackets deeper than the stack', `a: ${'['.repeat(20_000)}`],
    ['brackets of JSON deeper than the stack', '{"a":'.repeat(20_000)],
    [
      'anchors that multiply',
      `a: &a [1,2,3,4,5,6,7,8,9]\n${[...'bcdefghi'].map((key, at) => `${key}: &${key} [${Array(9).fill(`*${'abcdefgh'[at]}`)}]`).join('\n')}`,
    ],
  ])('refuses %s, and says how an expression is written', async (_, text) => {
    expect(await refusalOf(text)).toContain('toJSON(');
  });

  test('names the input it was given', async () => {
    await expect(readMapping('[', 'parameters-file (render.yml)')).rejects.toThrow(
      'Input parameters-file (render.yml) cannot be read',
    );
  });
});

test('a mapping is neither a list, nor nothing, nor a number', () => {
  expect([{}, [], null, 'a', new WrittenNumber(1, '1.0')].map(isMapping)).toEqual([true, false, false, false, false]);
});
