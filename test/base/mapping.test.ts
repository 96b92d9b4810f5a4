import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { RunError } from '../../src/base/errors.ts';
import { isMapping, readMapping, toSendable, WrittenWord } from '../../src/base/mapping.ts';
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
    ['a: 1e999', '{"a":1e999}'],
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
    const text = '%YAML 1.1\n---\na: 2001-01-01\nd: yes\ne: 0o17\nf: 1_000\ng: 12:30\nh: .inf\ni: -.NaN';
    expect(await sent(text)).toBe('{"a":"2001-01-01","d":"yes","e":15,"f":"1_000","g":"12:30","h":".inf","i":"-.NaN"}');
  });

  test('keeps a word as it was written, beside its meaning', async () => {
    const text = 'a: [TRUE, True, true, FALSE, false]\nb: [~, Null, null]\nc:\nd: { e: }\nf: "TRUE"';
    expect(await read(text)).toEqual({
      a: [new WrittenWord(true, 'TRUE'), new WrittenWord(true, 'True'), true, new WrittenWord(false, 'FALSE'), false],
      b: [new WrittenWord(null, '~'), new WrittenWord(null, 'Null'), new WrittenWord(null, 'null')],
      c: null,
      d: { e: null },
      f: 'TRUE',
    });
    expect(await sent(text)).toBe(
      '{"a":[true,true,true,false,false],"b":[null,null,null],"c":null,"d":{"e":null},"f":"TRUE"}',
    );
  });

  test('knows no words in JSON but those of JSON', async () => {
    expect(await read('{"a": true, "b": null}')).toEqual({ a: true, b: null });
  });

  test('keeps words that are keys', async () => {
    expect(await sent('TRUE: a\n~: b\nNull: c\nnull: {false: d}')).toBe(
      '{"TRUE":"a","~":"b","Null":"c","null":{"false":"d"}}',
    );
  });

  test.each([
    ['at the end of a text', 'a: x\r', '{"a":"x"}'],
    ['at the end of what is no text', 'a: true\r\nb: 7\r', '{"a":true,"b":7}'],
    ['in every line', 'a: |\r\n  x\r\n  y\r\nb: "z"\r\n', '{"a":"x\\ny\\n","b":"z"}'],
    ['twice in every line', 'a: |\r\r\n  x\r\r\n  y\r\r\nb: z\r\r\n', '{"a":"x\\ny\\n","b":"z"}'],
    ['in place of LF', 'a: x\rb: y\r', '{"a":"x","b":"y"}'],
    ['at the end of a quoted text', 'a: "x\\r"', '{"a":"x"}'],
    ['at the end of a text of JSON', '{"a": "x\\r", "b": ["y\\r\\n\\r\\n"]}', '{"a":"x","b":["y\\n\\n"]}'],
    ['around JSON', '{"a": 1}\r\n', '{"a":1}'],
  ])('takes no notice of a CR %s', async (_, text, expected) => {
    expect(await sent(text)).toBe(expected);
  });

  test('keeps a CR inside of a text that asks for it', async () => {
    expect(await sent('a: "x\\ry"\nb: "\\rx"')).toBe('{"a":"x\\ry","b":"\\rx"}');
    expect(await sent('{"a": "x\\r\\ny"}')).toBe('{"a":"x\\r\\ny"}');
  });

  test('looks for a CR at the end in no time, whatever the text', async () => {
    const breaks = '\n\r'.repeat(100_000);
    expect(await read(JSON.stringify({ a: `${breaks}x` }))).toEqual({ a: `${breaks}x` });
    expect(await read(`a: 1${'\r'.repeat(100_000)}`)).toEqual({ a: 1 });
  });

  test.each([
    ['p: !important do it', 'begins with !important, which to YAML is a tag', '`p: "!important do it"`'],
    ['a: 1\np: !important', 'in line 2 that begins with !important', '`p: "!important"`'],
    ['p: ! 12', 'begins with !,', '`p: "! 12"`'],
    ['p: !!binary aGk=', 'begins with !!binary', '`p: "aGk="`'],
    ['p: !!str 007', 'begins with !!str', '`p: "007"`'],
    ['p: !!timestamp 2001-01-01', 'begins with !!timestamp', '`p: "2001-01-01"`'],
    ['p: !!urgent now', 'begins with !!urgent', '`p: "!!urgent now"`'],
    ['s: [a, !b c]', 'begins with !b', '`"!b c"`'],
    ['!x p: 1', 'begins with !x', '`"!x p"`'],
    ['p: !x { a: 1 }', 'begins with !x', 'Leave it out'],
    ['p: &amp; cat', 'begins with &amp;, which to YAML is an anchor', '`p: "&amp; cat"`'],
    ['p: !x &y z', 'begins with !x &y', '`p: "!x &y z"`'],
    [`p: !x ${'y'.repeat(100)}`, 'begins with !x', `\`p: "!x ${'y'.repeat(100)}"\``],
  ])('refuses %j, of which YAML would drop a part, and shows the quotes', async (text, found, shown) => {
    const message = await refusalOf(text);
    expect(message).toContain(found);
    expect(message).toContain(shown);
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
    ['two documents', 'a: 1\n---\nb: 2'],
    ['an anchor nobody set', 'a: *b'],
    ['an anchor that holds itself', 'a: &a {x: *a}'],
    ['a list as a key', '? [a]\n: b'],
    ['a tag without a name', 'a: !!! wow'],
    ['a picture of Markdown', 'a: ![img](url)'],
    ['a mention', 'a: @me'],
    [
      'anchors that multiply',
      `a: &a [1,2,3,4,5,6,7,8,9]\n${[...'bcdefghi'].map((key, at) => `${key}: &${key} [${Array(9).fill(`*${'abcdefgh'[at]}`)}]`).join('\n')}`,
    ],
  ])('refuses %s, and says how an expression is written', async (_, text) => {
    expect(await refusalOf(text)).toContain('toJSON(');
  });

  test('refuses brackets deeper than the stack, which no quotes mend', async () => {
    expect(await refusalOf(`a: ${'['.repeat(20_000)}`)).toMatch(
      /takes: lists or mappings too deep inside one another\./,
    );
  });

  test.each([
    ['a: 1\nb: 2\na: 3', 'has the key a twice, for the second time in line 3, column 1 (`a: 3`)'],
    ['1.0: a\n"1.0": b', 'has the key 1.0 twice, for the second time in line 2, column 1 (`"1.0": b`)'],
    ['a: { b: 1, c: 2, b: 3 }', 'has the key b twice, for the second time in line 1, column 18 ('],
    ['{"a": 1,\n  "a": 2}', 'has the key a twice, for the second time in line 2, column 3 (`"a": 2}`)'],
    ['{"a": [{"b": 1}, {"b": {}, "c": "\\"", "\\u0062" : 2}]}', 'has the key b twice, for the second time in line 1'],
  ])('refuses a key that is given twice: %j', async (text, says) => {
    const message = await refusalOf(text);
    expect(message).toContain(says);
    expect(message).toMatch(/Write each key once, as only one of the values could count\.$/);
  });

  test('keeps a key once a mapping, wherever else it stands', async () => {
    for (const text of ['{"a": {"a": "a"}, "b": [{"a": 1}, {"a": ":"}]}', 'a: {a: a}\nb: [{a: 1}, {a: ":"}]']) {
      expect(JSON.parse(await sent(text))).toEqual({ a: { a: 'a' }, b: [{ a: 1 }, { a: ':' }] });
    }
  });

  test('finds a key that is given twice in any JSON', async () => {
    await fc.assert(
      fc.asyncProperty(json, fc.string(), async (value, key) => {
        const inner = JSON.stringify({ ...(value as object), [key]: 1 });
        const twice = `{"x": [${inner.slice(0, -1)}, ${JSON.stringify(key)}: 2}]}`;
        expect(await refusalOf(twice)).toContain(' twice, for the second time in line 1');
        expect(await read(`{"x": [${inner}]}`)).toBeDefined();
      }),
    );
  });

  test.each([
    [
      'p: a lighthouse #1 at dusk',
      'in line 1, column 4 (`p: a lighthouse #1 at dusk`)',
      '#1 at dusk',
      'p: "a lighthouse #1 at dusk"',
    ],
    ['a: 1\nprompt: #1 fan', 'in line 2, column 9 (`prompt: #1 fan`)', '#1 fan', 'prompt: "#1 fan"'],
    ['p:\n  - red #ff0000\n  - b', 'in line 2, column 5 (`- red #ff0000`)', '#ff0000', '"red #ff0000"'],
    ['p: a\t#b # c', 'in line 1', '#b # c', 'p: "a\\t#b # c"'],
    ['p: issue ##12', 'in line 1', '##12', 'p: "issue ##12"'],
  ])('refuses %j, of which YAML would make a comment', async (text, where, dropped, shown) => {
    const message = await refusalOf(text);
    expect(message).toContain(`has a text ${where}`);
    expect(message).toContain(`would drop \`${dropped}\` as a comment. Put quotes around the text: \`${shown}\`.`);
  });

  test.each([
    ['seed: 7 # a note', '{"seed":7}'],
    ['seed: 7 #a note', '{"seed":7}'],
    ['a: b # c #d\n#e: f\n  #g', '{"a":"b"}'],
    ['a: b ## c', '{"a":"b"}'],
    ['a: b #', '{"a":"b"}'],
    ['a: b#c', '{"a":"b#c"}'],
    ['a: "b #c"', '{"a":"b #c"}'],
    ['a: |\n  b #c\n', '{"a":"b #c\\n"}'],
    ['a: # one\n  b: c', '{"a":{"b":"c"}}'],
    ['a: #one\n  b: c', '{"a":{"b":"c"}}'],
    ['a: # nothing', '{"a":null}'],
  ])('takes what is a comment in %j for one', async (text, expected) => {
    expect(await sent(text)).toBe(expected);
  });

  test.each([
    ['prompt: a: b', 'in line 1, column 9 (`prompt: a: b`)', 'needs quotes around it: `prompt: "a: b"`.'],
    ['a: 1\n b: 2', 'in line 1', 'Keys of one mapping begin in the same column'],
    ['a: 1\np: @me', 'in line 2, column 4 (`p: @me`)', 'needs quotes around it: `p: "@me"`.'],
    ['p: %x', 'in line 1', '`p: "%x"`'],
    ['p: "abc', 'in line 1', 'A quote that opens a text needs one that closes it'],
    [`p: 'it's'`, 'in line 1', "in single quotes, write ' twice"],
    ['p: [draft] cat', 'in line 1', 'put quotes around the whole'],
    ['a: 1\nprompt a cat', 'in line 2, column 1 (`prompt a cat`)', 'Write `key: value`, with a space after the colon.'],
    ['\ta: 1', 'in line 1, column 1', 'Indent with spaces, not with tabs.'],
    ['a: b\n---\nc: d', 'in line 2, column 1 (`---`)', 'begins another document'],
    ['{"a": 1, "b": 2', 'in line 1', 'Each `[` and `{` needs its end'],
    ['{"a" 1}', 'in line 1', 'a comma stands between two entries'],
    ['p: "\\q"', 'in line 1', 'a backslash begins an escape'],
  ])('says of %j where it is wrong, and what fits', async (text, where, advice) => {
    const message = await refusalOf(text);
    expect(message).toContain(where);
    expect(message).toContain(advice);
  });

  test('shows no line that it would have to cut', async () => {
    const message = await refusalOf(`a: 1\np: ${'x'.repeat(200)}: y`);
    expect(message).toContain('in line 2, column 4.');
    expect(message).not.toContain('xxx: y`)');
  });

  test.each([
    ['brackets of JSON deeper than the stack', '{"a":'.repeat(20_000), 'it is nested deeper than 100 levels'],
    ['JSON of many values', `{"a":[${'1,'.repeat(300_000)}1]}`, 'it has more than 250000 values'],
    ['YAML of many values', `a: [${'b,'.repeat(200_000)}b]`, 'YAML with more than 100000 signs'],
    ['YAML without an end', `a: |\n${'  a line\n'.repeat(200_000)}`, 'YAML of more than 1048576 characters'],
  ])('refuses %s', async (_, text, says) => {
    expect(await refusalOf(text)).toContain(`is more than this action takes: ${says}`);
  });

  test('takes time by the length of YAML, not by its square', async () => {
    const keys = (count: number) => Array.from({ length: count }, (_, index) => `k${index}: 1\n`).join('');
    const time = async (text: string) => {
      const before = process.cpuUsage();
      await read(text);
      return process.cpuUsage(before).user;
    };
    await time(keys(2_000));
    expect((await time(keys(24_000))) / (await time(keys(3_000)))).toBeLessThan(30);
  });

  test('names the input it was given', async () => {
    await expect(readMapping('[', 'parameters-file (render.yml)')).rejects.toThrow(
      'Input parameters-file (render.yml) cannot be read',
    );
  });
});

test('a mapping is neither a list, nor nothing, nor a number, nor a word', () => {
  const others = [[], null, 'a', new WrittenNumber(1, '1.0'), new WrittenWord(null, '~')];
  expect([{}, ...others].map(isMapping)).toEqual([true, ...others.map(() => false)]);
});
