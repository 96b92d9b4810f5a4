import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMapping, toSendable } from '../../src/base/mapping.ts';
import { WrittenNumber } from '../../src/base/numbers.ts';
import type { WorkflowParameter } from '../../src/cyberun/schema.ts';
import { convertParameters } from '../../src/workflow/parameters.ts';

/** A declared parameter as the schema parses it. */
function parameter(key: string, type: string | undefined, rest: Partial<WorkflowParameter> = {}): WorkflowParameter {
  const absent = { label: undefined, description: undefined, required: undefined, min: undefined, max: undefined };
  return { key, type, ...absent, options: undefined, accept: undefined, default: undefined, ...rest };
}

/** What a YAML text becomes on the wire, or what is wrong with it. */
async function convert(declared: readonly WorkflowParameter[], yaml: string) {
  const { values, problems, fileKeys } = convertParameters(declared, await readMapping(yaml, 'parameters'));
  return { wire: JSON.stringify(toSendable(values)), problems, fileKeys };
}

const NUMBER = [parameter('n', 'number')];
const INTEGER = [parameter('n', 'integer')];
const SEED = [parameter('n', 'integer', { min: 0, max: new WrittenNumber(2 ** 64, '18446744073709551615') })];
const STRING = [parameter('s', 'string')];
const BOOLEAN = [parameter('b', 'boolean')];
const SIZES = [parameter('size', 'select', { options: ['512', '768'] })];
const AMOUNTS = [parameter('size', 'select', { options: [512, 1.5] })];

const WORDS = [parameter('o', 'select', { options: ['True', 'False', 'Null'] })];
const MEANINGS = [parameter('o', 'select', { options: [true, false, null] })];

describe('what is given becomes the declared type', () => {
  test.each([
    ['a number', NUMBER, 'n: 30', '{"n":30}'],
    ['a text of digits', NUMBER, 'n: "30"', '{"n":30}'],
    ['spaces around digits', NUMBER, 'n: " 30 "', '{"n":30}'],
    ['a negative number with an exponent', NUMBER, 'n: "-1.5e3"', '{"n":-1.5e3}'],
    ['a plus sign, which JSON has not', NUMBER, 'n: "+5"', '{"n":5}'],
    ['leading zeros, which JSON has not', NUMBER, 'n: "007"', '{"n":7}'],
    ['a number that begins with a dot', NUMBER, 'n: .5', '{"n":0.5}'],
    ['a hexadecimal number of YAML', NUMBER, 'n: 0x1F', '{"n":31}'],
    ['more digits than a double holds', NUMBER, 'n: 12345678901234567890', '{"n":12345678901234567890}'],
    ['as many in a text', NUMBER, 'n: "12345678901234567890"', '{"n":12345678901234567890}'],
    ['as many in JSON', NUMBER, '{"n": 12345678901234567890}', '{"n":12345678901234567890}'],
    ['a trailing zero', NUMBER, 'n: 1.10', '{"n":1.10}'],
    ['a whole number', INTEGER, 'n: 3', '{"n":3}'],
    ['a whole number with a point', INTEGER, 'n: 3.0', '{"n":3}'],
    ['a whole number with an exponent', INTEGER, 'n: "1e3"', '{"n":1000}'],
    ['a whole number in a text', INTEGER, 'n: " -7 "', '{"n":-7}'],
    ['a whole number of 64 bits', INTEGER, 'n: 12345678901234567891', '{"n":12345678901234567891}'],
    ['one with a point', INTEGER, 'n: 12345678901234567891.00', '{"n":12345678901234567891}'],
    ['the largest of 64 bits', SEED, 'n: 18446744073709551615', '{"n":18446744073709551615}'],
    ['a hexadecimal whole number', INTEGER, 'n: 0x1F', '{"n":31}'],
    ['a number for a text', STRING, 's: 2024', '{"s":"2024"}'],
    ['a version for a text', STRING, 's: 1.10', '{"s":"1.10"}'],
    ['a large number for a text', STRING, 's: 12345678901234567890', '{"s":"12345678901234567890"}'],
    ['a hexadecimal number for a text', STRING, 's: 0x1F', '{"s":"0x1F"}'],
    ['a date for a text', STRING, 's: 2024-01-02', '{"s":"2024-01-02"}'],
    ['true for a text', STRING, 's: true', '{"s":"true"}'],
    ['yes for a text', STRING, 's: yes', '{"s":"yes"}'],
    ['TRUE for a text', STRING, 's: TRUE', '{"s":"TRUE"}'],
    ['Null for a text', STRING, 's: Null', '{"s":"Null"}'],
    ['null for a text', STRING, 's: null', '{"s":"null"}'],
    ['a tilde for a text', STRING, 's: ~', '{"s":"~"}'],
    ['digits in groups for a text', STRING, 's: 1_000', '{"s":"1_000"}'],
    ['an octal number for a text', STRING, 's: 0o17', '{"s":"0o17"}'],
    ['a time for a text', STRING, 's: 12:30', '{"s":"12:30"}'],
    ['an exponent for a text', STRING, 's: 1e3', '{"s":"1e3"}'],
    ['a number that begins with a dot for a text', STRING, 's: .5', '{"s":".5"}'],
    ['no number for a text', STRING, 's: .NaN', '{"s":".NaN"}'],
    ['a number beyond all for a text', STRING, 's: 1e999', '{"s":"1e999"}'],
    ['null of JSON for a text', STRING, '{"s": null}', '{}'],
    ['TRUE', BOOLEAN, 'b: TRUE', '{"b":true}'],
    ['a tilde for a boolean', BOOLEAN, 'b: ~', '{}'],
    ['Null for a number', NUMBER, 'n: Null', '{}'],
    ['a tilde for a file', [parameter('f', 'file')], 'f: ~', '{}'],
    ['words for a type that is new', [parameter('s', 'colour')], 's: [TRUE, ~]', '{"s":[true,null]}'],
    ['one word for a type that is new', [parameter('s', 'colour')], 's: True', '{"s":true}'],
    ['a tilde for a type that is new', [parameter('s', 'colour')], 's: ~', '{}'],
    ['an empty text', STRING, 's: ""', '{"s":""}'],
    ['true', BOOLEAN, 'b: true', '{"b":true}'],
    ['a text "true"', BOOLEAN, 'b: "true"', '{"b":true}'],
    ['a text "TRUE "', BOOLEAN, 'b: "TRUE "', '{"b":true}'],
    ['the least that is accepted', [parameter('n', 'number', { min: 1, max: 9 })], 'n: 1', '{"n":1}'],
    ['the most that is accepted', [parameter('n', 'number', { min: 1, max: 9 })], 'n: 9.0', '{"n":9.0}'],
    ['a text "FALSE"', BOOLEAN, 'b: "FALSE"', '{"b":false}'],
    ['an option', SIZES, 'size: "512"', '{"size":"512"}'],
    ['a number for an option that is a text', SIZES, 'size: 512', '{"size":"512"}'],
    ['a text for an option that is a number', AMOUNTS, 'size: "512"', '{"size":512}'],
    ['a word for an option that is its text', WORDS, 'o: True', '{"o":"True"}'],
    ['another word', WORDS, 'o: Null', '{"o":"Null"}'],
    ['a word for an option that is its value', MEANINGS, 'o: TRUE', '{"o":true}'],
    ['a text for an option that is its value', MEANINGS, 'o: "false"', '{"o":false}'],
    ['a word for an option that is null', MEANINGS, 'o: ~', '{"o":null}'],
    ['a word where it is no option', WORDS, 'o: ~', '{}'],
    ['a word where no options are declared', [parameter('o', 'select')], 'o: TRUE', '{"o":true}'],
    ['a line break behind an option', WORDS, 'o: |\n  True\n', '{"o":"True"}'],
    ['a CR behind an option', WORDS, '{"o": "True\\r\\n"}', '{"o":"True"}'],
    ['a hexadecimal number for an option', AMOUNTS, 'size: 0x200', '{"size":512}'],
    ['a number written otherwise than the option', AMOUNTS, 'size: 1.50', '{"size":1.5}'],
    [
      'the value of an option with a label',
      [parameter('s', 'select', { options: [{ value: 'a', label: 'A' }] })],
      's: a',
      '{"s":"a"}',
    ],
    ['anything where no options are declared', [parameter('s', 'select')], 's: a', '{"s":"a"}'],
    ['anything for a type that is new', [parameter('s', 'colour')], 's: [1.10, a]', '{"s":[1.10,"a"]}'],
    ['anything without a type', [parameter('s', undefined)], 's: { a: 1 }', '{"s":{"a":1}}'],
    ['a path with a line break behind it', [parameter('f', 'file')], 'f: |\n  a.png\n', '{"f":"a.png"}'],
    ['nothing', NUMBER, 'n:', '{}'],
    ['an empty text for a number', NUMBER, 'n: ""', '{}'],
    ['an empty text for a boolean', BOOLEAN, 'b: ""', '{}'],
    ['an empty text for an option', SIZES, 'size: ""', '{}'],
    ['an empty text for a file', [parameter('f', 'file')], 'f: ""', '{}'],
    [
      'keys that objects have by themselves',
      [parameter('__proto__', 'number'), parameter('constructor', 'string')],
      '{"__proto__": "1", "constructor": 2}',
      '{"__proto__":1,"constructor":"2"}',
    ],
  ])('%s', async (_, declared, yaml, wire) => {
    expect(await convert(declared, yaml)).toMatchObject({ wire, problems: [] });
  });

  test('whole numbers of any length keep every digit, as numbers and as texts', async () => {
    const digits = fc.stringMatching(/^-?[1-9][0-9]{0,40}$/);
    await fc.assert(
      fc.asyncProperty(digits, fc.boolean(), async (text, quoted) => {
        const written = quoted ? JSON.stringify(text) : text;
        const both = await convert([...NUMBER, ...STRING], `n: ${written}\ns: ${written}`);
        expect(both).toMatchObject({ wire: `{"n":${text},"s":"${text}"}`, problems: [] });
      }),
    );
  });

  test('every text reaches a text parameter unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(convertParameters(STRING, { s: text })).toMatchObject({ values: { s: text }, problems: [] });
      }),
    );
  });

  test('whatever is given, a value comes out right or with a problem that names its key', () => {
    const declared = [
      parameter('n', 'number', { min: -5, max: 5 }),
      parameter('b', 'boolean'),
      parameter('s', 'string'),
      parameter('o', 'select', { options: ['a', 'b'] }),
    ];
    const fits: Record<string, (value: unknown) => boolean> = {
      n: (value) => Math.abs(Number(JSON.stringify(toSendable(value)))) <= 5,
      b: (value) => typeof value === 'boolean',
      s: (value) => typeof value === 'string',
      o: (value) => value === 'a' || value === 'b',
    };
    const anything = fc.oneof(fc.jsonValue(), fc.integer().map(String), fc.constantFrom('a', 'true', '1e0', ' 3'));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('n', 'b', 's', 'o', 'x'), anything), (given) => {
        const { values, problems } = convertParameters(declared, given);
        for (const [key, value] of Object.entries(given)) {
          const isKept = Object.hasOwn(values, key);
          const isEmpty = key !== 'x' && (value === null || (value === '' && key !== 's'));
          if (isKept) expect(fits[key]?.(values[key])).toBe(true);
          const named = problems.filter((problem) => problem.startsWith(`${key}: `)).length;
          expect(named).toBe(isKept || isEmpty ? 0 : 1);
        }
      }),
    );
  });
});

test('a key that is not declared is passed on where not all that is declared could be read', () => {
  const given = { s: 'a', colour: 'red' };
  expect(convertParameters(STRING, given, true)).toMatchObject({ values: given, problems: [] });
  expect(convertParameters(STRING, given).problems).toEqual(['colour: no such parameter; there are s']);
});

describe('what does not fit is said with what was given and what is accepted', () => {
  test.each([
    ['a word for a number', NUMBER, 'n: many', 'n: given "many", accepted: a number'],
    ['a unit behind a number', NUMBER, 'n: 30px', 'n: given "30px", accepted: a number'],
    ['true for a number', NUMBER, 'n: true', 'n: given true, accepted: a number'],
    ['a number beyond all', NUMBER, 'n: "1e999"', 'n: given "1e999", accepted: a number'],
    ['a part of a whole number', INTEGER, 'n: 3.5', 'n: given 3.5, accepted: a whole number'],
    ['a word for a whole number', INTEGER, 'n: many', 'n: given "many", accepted: a whole number'],
    [
      'too little of a whole number',
      [parameter('n', 'integer', { min: 1 })],
      'n: 0',
      'n: given 0, accepted: a whole number of at least 1',
    ],
    [
      'one more than 64 bits hold, which is the same double',
      SEED,
      'n: 18446744073709551616',
      'n: given 18446744073709551616, accepted: a whole number from 0 to 18446744073709551615',
    ],
    ['too little', [parameter('n', 'number', { min: 1 })], 'n: 0', 'n: given 0, accepted: a number of at least 1'],
    ['too much', [parameter('n', 'number', { max: 1 })], 'n: 1.10', 'n: given 1.10, accepted: a number of at most 1'],
    [
      'out of range',
      [parameter('n', 'number', { min: 1, max: 9 })],
      'n: "10"',
      'n: given "10", accepted: a number from 1 to 9',
    ],
    ['1 for a boolean', BOOLEAN, 'b: 1', 'b: given 1, accepted: true or false'],
    ['TRUE for a number', NUMBER, 'n: TRUE', 'n: given TRUE, accepted: a number'],
    ['no end for a number', NUMBER, 'n: .inf', 'n: given ".inf", accepted: a number'],
    [
      'a word of another case for an option',
      WORDS,
      'o: TRUE',
      'o: given TRUE, accepted: one of "True", "False", "Null" (did you mean True?)',
    ],
    ['yes for a boolean', BOOLEAN, 'b: yes', 'b: given "yes", accepted: true or false'],
    ['a list for a text', STRING, 's: [1.10, a]', 's: given [1.10,"a"], accepted: a text'],
    ['a mapping for a text', STRING, 's: { a: b }', 's: given {"a":"b"}, accepted: a text'],
    ['another option', SIZES, 'size: 1024', 'size: given 1024, accepted: one of "512", "768"'],
    [
      'a misspelt option',
      [parameter('o', 'select', { options: ['euler', 'ddim'] })],
      'o: eulr',
      'o: given "eulr", accepted: one of "euler", "ddim" (did you mean euler?)',
    ],
    [
      'a list for a file',
      [parameter('f', 'file', { accept: ['image/png'] })],
      'f: [a]',
      'f: given ["a"], accepted: the path of a file in the workspace (image/png), or {file_key: ...}',
    ],
    ['a misspelt key', [parameter('steps', 'number')], 'setps: 3', 'setps: no such parameter, did you mean steps?'],
    [
      'a strange key',
      [parameter('steps', 'number'), ...STRING],
      'guidance: 3',
      'guidance: no such parameter; there are steps, s',
    ],
    ['a strange key without a value', STRING, 'guidance:', 'guidance: no such parameter; there are s'],
  ])('%s', async (_, declared, yaml, problem) => {
    expect((await convert(declared, yaml)).problems).toEqual([problem]);
  });

  test('a long text is not shown, as it may be a secret, a text of several lines stays one', async () => {
    const { problems } = await convert(NUMBER, `n: "${'x'.repeat(1204)}"`);
    expect(problems).toEqual(['n: given text of 1,206 characters, accepted: a number']);
    expect((await convert(NUMBER, 'n: "a\\n::error::b"')).problems).toEqual([
      'n: given "a\\n::error::b", accepted: a number',
    ]);
  });

  test('many options and many parameters are counted where they are not listed', async () => {
    const options = Array.from({ length: 23 }, (_, index) => `option ${index}`);
    const { problems } = await convert([parameter('o', 'select', { options })], 'o: zzz\nqqq: 1');
    expect(problems[0]).toMatch(/^o: .*"option 19" and 3 more$/);
    const declared = options.map((key) => parameter(key, 'number'));
    expect((await convert(declared, 'zzz: 1')).problems[0]).toMatch(/there are option 0, .*, option 19 and 3 more$/);
  });

  test('everything is said at once, in the order of the given keys, what is missing last', async () => {
    const declared = [
      parameter('prompt', 'string', { required: true }),
      parameter('steps', 'number', { min: 1, max: 50 }),
      parameter('tiling', 'boolean'),
    ];
    expect((await convert(declared, 'tiling: maybe\nsteps: 99\nsetps: 3')).problems).toEqual([
      'tiling: given "maybe", accepted: true or false',
      'steps: given 99, accepted: a number from 1 to 50',
      'setps: no such parameter, did you mean steps?',
      'prompt: required, and not given; accepted: a text',
    ]);
  });
});

describe('a required parameter', () => {
  const required = (rest: Partial<WorkflowParameter> = {}) => [parameter('p', 'number', { required: true, ...rest })];

  test.each([
    ['is missed', required(), '{}', ['p: required, and not given; accepted: a number']],
    ['is missed when nothing follows the key', required(), 'p:', ['p: required, and empty; accepted: a number']],
    ['is missed when it is empty', required(), 'p: ""', ['p: required, and empty; accepted: a number']],
    ['is not missed when it has a default', required({ default: 0 }), 'p:', []],
    [
      'is missed when its default is empty',
      required({ default: '' }),
      '{}',
      ['p: required, and not given; accepted: a number'],
    ],
    ['that is wrong is not also missed', required(), 'p: x', ['p: given "x", accepted: a number']],
    ['is missed when it is a word for nothing', required(), 'p: ~', ['p: required, and empty; accepted: a number']],
    ['that is a text is there when it is a tilde', [parameter('p', 'string', { required: true })], 'p: ~', []],
    ['that is false is there', [parameter('p', 'boolean', { required: true })], 'p: false', []],
    ['that is 0 is there', required(), 'p: 0', []],
  ])('%s', async (_, declared, yaml, problems) => {
    expect((await convert(declared, yaml)).problems).toEqual(problems);
  });

  test('is missed although another key begins alike and is wrong', async () => {
    const declared = [...required(), parameter('p:q', 'number')];
    expect((await convert(declared, '"p:q": x')).problems).toHaveLength(2);
  });
});

test('the keys of files are told, the wrong ones left out', async () => {
  const declared = ['a', 'b', 'c'].map((key) => parameter(key, 'file')).concat(STRING);
  expect((await convert(declared, 'a: x.png\nb: [1]\nc: ""\ns: text')).fileKeys).toEqual(['a']);
});

test('thousands of unknown keys against thousands of parameters take a moment, and only the first get a hint', () => {
  const declared = Array.from({ length: 2000 }, (_, index) =>
    parameter(`${'k'.repeat(90)}${index + 10_000}`, 'string'),
  );
  const given = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, index) => [`${'k'.repeat(60)}${'z'.repeat(30)}${index + 10_000}`, 1]),
  );
  const before = process.cpuUsage();
  const { problems } = convertParameters(declared, given);
  expect(problems).toHaveLength(20_000);
  expect(convertParameters([parameter('prompt', 'string')], { promt: 1 }).problems[0]).toContain(
    'did you mean prompt?',
  );
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(60_000);
});
