import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readMapping, WrittenWord } from '../../src/base/mapping.ts';
import { WrittenNumber } from '../../src/base/numbers.ts';
import { LONGEST_FOLDER, nameCombinations } from '../../src/workflow/combination-names.ts';
import { type Combination, expandMatrix, MOST_COMBINATIONS } from '../../src/workflow/combinations.ts';

const expand = (yaml: string) => expandMatrix(parse(yaml));

// The examples of https://docs.github.com/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations
describe("expandMatrix on the examples of GitHub's documentation", () => {
  test('one variable', () => {
    expect(expand('version: [10, 12, 14]')).toEqual([{ version: 10 }, { version: 12 }, { version: 14 }]);
  });

  test('two variables, in the documented order', () => {
    expect(expand('{ version: [10, 12, 14], os: [ubuntu-latest, windows-latest] }')).toEqual([
      { version: 10, os: 'ubuntu-latest' },
      { version: 10, os: 'windows-latest' },
      { version: 12, os: 'ubuntu-latest' },
      { version: 12, os: 'windows-latest' },
      { version: 14, os: 'ubuntu-latest' },
      { version: 14, os: 'windows-latest' },
    ]);
  });

  test('two variables of the multi-dimension example', () => {
    expect(expand('{ os: [ubuntu-22.04, ubuntu-20.04], version: [10, 12, 14] }')).toEqual([
      { os: 'ubuntu-22.04', version: 10 },
      { os: 'ubuntu-22.04', version: 12 },
      { os: 'ubuntu-22.04', version: 14 },
      { os: 'ubuntu-20.04', version: 10 },
      { os: 'ubuntu-20.04', version: 12 },
      { os: 'ubuntu-20.04', version: 14 },
    ]);
  });

  test('a list of objects', () => {
    const env = 'NODE_OPTIONS=--openssl-legacy-provider';
    const node = `[{ version: 14 }, { version: 20, env: ${env} }]`;
    expect(expand(`{ os: [ubuntu-latest, macos-latest], node: ${node} }`)).toEqual([
      { os: 'ubuntu-latest', node: { version: 14 } },
      { os: 'ubuntu-latest', node: { version: 20, env } },
      { os: 'macos-latest', node: { version: 14 } },
      { os: 'macos-latest', node: { version: 20, env } },
    ]);
  });

  test('lists from a context, as JSON', () => {
    expect(expand('{"version": [12, 14, 16]}')).toEqual([{ version: 12 }, { version: 14 }, { version: 16 }]);
    expect(expand('{"color": ["red", "green", "blue"]}')).toEqual([
      { color: 'red' },
      { color: 'green' },
      { color: 'blue' },
    ]);
  });

  test('include: fruit and animal', () => {
    const include = `[
      { color: green },
      { color: pink, animal: cat },
      { fruit: apple, shape: circle },
      { fruit: banana },
      { fruit: banana, animal: cat },
    ]`;
    expect(expand(`{ fruit: [apple, pear], animal: [cat, dog], include: ${include} }`)).toEqual([
      { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
      { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
      { fruit: 'pear', animal: 'cat', color: 'pink' },
      { fruit: 'pear', animal: 'dog', color: 'green' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ]);
  });

  test('include: five versions of perl, and two more elsewhere', () => {
    const include = `[{ os: macos-latest, perl: '5.26' }, { os: macos-latest, perl: latest }]`;
    expect(
      expand(`{ os: [ubuntu-latest], perl: ['5.16', '5.20', '5.26', '5.30', latest], include: ${include} }`),
    ).toEqual([
      { os: 'ubuntu-latest', perl: '5.16' },
      { os: 'ubuntu-latest', perl: '5.20' },
      { os: 'ubuntu-latest', perl: '5.26' },
      { os: 'ubuntu-latest', perl: '5.30' },
      { os: 'ubuntu-latest', perl: 'latest' },
      { os: 'macos-latest', perl: '5.26' },
      { os: 'macos-latest', perl: 'latest' },
    ]);
  });

  test('include: expanding one configuration', () => {
    const include = '[{ os: windows-latest, node: 16, npm: 6 }]';
    expect(expand(`{ os: [windows-latest, ubuntu-latest], node: [12, 14, 16], include: ${include} }`)).toEqual([
      { os: 'windows-latest', node: 12 },
      { os: 'windows-latest', node: 14 },
      { os: 'windows-latest', node: 16, npm: 6 },
      { os: 'ubuntu-latest', node: 12 },
      { os: 'ubuntu-latest', node: 14 },
      { os: 'ubuntu-latest', node: 16 },
    ]);
  });

  test('include: adding one configuration, ten in all', () => {
    const os = '[macos-latest, windows-latest, ubuntu-latest]';
    const combinations = expand(`{ os: ${os}, version: [12, 14, 16], include: [{ os: windows-latest, version: 17 }] }`);
    expect(combinations).toHaveLength(10);
    expect(combinations.at(-1)).toEqual({ os: 'windows-latest', version: 17 });
  });

  test('include alone', () => {
    const include = '[{ site: production, datacenter: site-a }, { site: staging, datacenter: site-b }]';
    expect(expand(`include: ${include}`)).toEqual([
      { site: 'production', datacenter: 'site-a' },
      { site: 'staging', datacenter: 'site-b' },
    ]);
  });

  test('exclude: nine of twelve are left', () => {
    const exclude = `[
      { os: macos-latest, version: 12, environment: production },
      { os: windows-latest, version: 16 },
    ]`;
    const lists = 'os: [macos-latest, windows-latest], version: [12, 14, 16], environment: [staging, production]';
    expect(expand(`{ ${lists}, exclude: ${exclude} }`)).toEqual([
      { os: 'macos-latest', version: 12, environment: 'staging' },
      { os: 'macos-latest', version: 14, environment: 'staging' },
      { os: 'macos-latest', version: 14, environment: 'production' },
      { os: 'macos-latest', version: 16, environment: 'staging' },
      { os: 'macos-latest', version: 16, environment: 'production' },
      { os: 'windows-latest', version: 12, environment: 'staging' },
      { os: 'windows-latest', version: 12, environment: 'production' },
      { os: 'windows-latest', version: 14, environment: 'staging' },
      { os: 'windows-latest', version: 14, environment: 'production' },
    ]);
  });
});

describe('expandMatrix', () => {
  test('applies exclude before include, so that include can bring back what exclude removed', () => {
    expect(expand('{ a: [1, 2], exclude: [{ a: 1 }], include: [{ a: 1, b: 3 }] }')).toEqual([{ a: 2 }, { a: 1, b: 3 }]);
  });

  test('makes a combination of every include when exclude removed all others', () => {
    expect(expand('{ a: [1], exclude: [{ a: 1 }], include: [{ b: 2 }, { c: 3 }] }')).toEqual([{ b: 2 }, { c: 3 }]);
  });

  test('keeps duplicates, as GitHub does', () => {
    expect(expand('a: [7, 7]')).toEqual([{ a: 7 }, { a: 7 }]);
  });

  test('compares objects and lists leaf by leaf, so that a part of an object is enough', () => {
    const node = '[{ version: 14 }, { version: 20, env: x }]';
    expect(expand(`{ node: ${node}, exclude: [{ node: { version: 20 } }] }`)).toEqual([{ node: { version: 14 } }]);
    expect(expand(`{ node: ${node}, exclude: [{ node: { version: 14, env: x } }] }`)).toHaveLength(2);
    expect(expand('{ size: [[1, 2], [1, 3]], exclude: [{ size: [1, 3] }] }')).toEqual([{ size: [1, 2] }]);
    expect(expand('{ size: [[1, 2], 1], exclude: [{ size: [1] }] }')).toEqual([{ size: 1 }]);
  });

  test("compares values with the == of GitHub's expressions", () => {
    const left = (value: string, filter: string) => expand(`{ a: [${value}, other], exclude: [{ a: ${filter} }] }`);
    for (const [value, filter] of [
      ['Cat', 'cAT'],
      ['7', "'7'"],
      ["'0x10'", '16'],
      ['true', '1'],
      ['null', '0'],
      ["''", 'false'],
      ['null', 'null'],
    ] as const) {
      expect(left(value, filter)).toEqual([{ a: 'other' }]);
    }
    for (const [value, filter] of [
      ['true', "'true'"],
      ['cat', 'cats'],
      ['.nan', '.nan'],
      ['{ b: 1 }', '1'],
      ['[1]', '1'],
      ['1', '[1]'],
      ["'1'", "'1.0'"],
    ] as const) {
      expect(left(value, filter)).toHaveLength(2);
    }
  });

  test('tells two seeds of 64 bits apart that share a double, and takes one number for itself however it is written', async () => {
    const [one, other] = ['12345678901234567890', '12345678901234567891'];
    const read = async (text: string) =>
      expandMatrix(await readMapping(text, 'matrix')).map(({ seed }) => digits(seed));
    const digits = (seed: unknown) => (seed instanceof WrittenNumber ? seed.text : String(seed));
    for (const written of [one, `'${one}'`, `${one}.0`, `+${one}`]) {
      expect(await read(`{ seed: [${one}, ${other}], exclude: [{ seed: ${written} }] }`)).toEqual([other]);
    }
    expect(await read(`{ seed: [${one}, ${other}], exclude: [{ seed: 12345678901234567892 }] }`)).toEqual([one, other]);
    expect(await read('{"seed": [1e400, 2e400, 1.10], "exclude": [{"seed": 2e400}, {"seed": 1.1}]}')).toEqual([
      '1e400',
    ]);
    expect(await read(`{"seed": [${one}], "include": [{"seed": ${other}}]}`)).toEqual([one, other]);
  });

  test('compares words and numbers of YAML by what they mean, and keeps them as they were written', async () => {
    const matrix = await readMapping(
      'a: [TRUE, False, ~, 0x10, other]\nexclude: [{ a: true }, { a: 16 }]\ninclude: [{ a: false, b: Null }]',
      'matrix',
    );
    expect(expandMatrix(matrix).slice(0, 2)).toEqual([
      { a: new WrittenWord(false, 'False'), b: new WrittenWord(null, 'Null') },
      { a: new WrittenWord(null, '~'), b: new WrittenWord(null, 'Null') },
    ]);
    expect(expandMatrix(matrix).map(({ a }) => a)).not.toContainEqual(new WrittenWord(true, 'TRUE'));
    expect(nameCombinations(expandMatrix(matrix)).map(({ label }) => label)).toEqual([
      'False, Null',
      '~, Null',
      'other',
    ]);
  });

  test("keeps the matrix's own value where include writes an equal one differently", () => {
    expect(expand("{ seed: [7, 8], include: [{ seed: '7', steps: 4 }] }")).toEqual([
      { seed: 7, steps: 4 },
      { seed: 8 },
    ]);
  });

  test('tells keys apart by case, unlike GitHub, and never takes a key for more than a key', () => {
    expect(expand('{ a: [1], A: [2] }')).toEqual([{ a: 1, A: 2 }]);
    const [combination = {}] = expand('{ "__proto__": [{ polluted: 1 }], a: [1], include: [{ constructor: 2 }] }');
    expect(Object.keys(combination)).toEqual(['__proto__', 'a', 'constructor']);
    expect(Object.getPrototypeOf(combination)).toBe(Object.prototype);
    expect('polluted' in combination).toBe(false);
    expect(expand('{ a: [{ v: 1 }], exclude: [{ a: { toString: null } }], include: [{ b: 1 }] }')).toEqual([{ b: 1 }]);
  });

  test('freezes combinations and leaves the matrix as it was', () => {
    const matrix = parse('{ a: [1, 2], exclude: [{ a: 2 }], include: [{ b: 1 }, { a: 3 }] }');
    const before = structuredClone(matrix);
    for (const combination of expandMatrix(matrix)) expect(Object.isFrozen(combination)).toBe(true);
    expect(matrix).toEqual(before);
  });

  test.each([
    ['an empty mapping', '{}', 'it makes no combination: it has neither a list nor an "include"'],
    ['empty include', 'include: []', 'it makes no combination: it has neither a list nor an "include"'],
    ['an empty list', 'seed: []', 'the list of "seed" is empty'],
    ['one value', 'seed: 7', '"seed" must be a list; one value is a list too: [value]'],
    ['a mapping for a list', 'seed: { a: [1] }', '"seed" must be a list'],
    ['include as a mapping', '{ a: [1], include: { a: 1 } }', '"include" must be a list of mappings'],
    ['include without a value', '{ a: [1], include: }', '"include" must be a list of mappings'],
    ['an include that is a value', '{ a: [1], include: [{ a: 1 }, 2] }', 'entry 2 of "include" must be a mapping'],
    [
      'an empty include entry',
      '{ a: [1], include: [{}] }',
      'entry 1 of "include" must be a mapping with at least one key',
    ],
    ['exclude as a text', '{ a: [1], exclude: a }', '"exclude" must be a list of mappings'],
    ['an exclude that is a list', '{ a: [1], exclude: [[1]] }', 'entry 1 of "exclude" must be a mapping'],
    ['an empty exclude entry', '{ a: [1], exclude: [{}] }', 'entry 1 of "exclude" must be a mapping'],
    [
      'an exclude for a key that is close',
      '{ seed: [1], exclude: [{ sede: 1 }] }',
      '"exclude" names "sede", which is not a key of the matrix; did you mean "seed"?',
    ],
    [
      'an exclude for a key that only include has',
      '{ seed: [1], include: [{ prompt: x }], exclude: [{ prompt: x }] }',
      /"exclude" names "prompt", which is not a key of the matrix$/,
    ],
    [
      'exclude of everything',
      '{ a: [1, 2], exclude: [{ a: 1 }, { a: 2 }] }',
      'no combination: "exclude" removes them all',
    ],
  ])('refuses %s', (_, yaml, message) => {
    expect(() => expand(yaml)).toThrow(message);
  });

  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

  test('makes up to 100,000 combinations, and says how many there are when there are more', () => {
    expect(expandMatrix({ a: numbers(MOST_COMBINATIONS) })).toHaveLength(100_000);
    const message = 'it makes 100001 combinations, more than the 100000 that are possible';
    expect(() => expandMatrix({ a: numbers(100_001) })).toThrow(message);
    expect(() => expandMatrix({ a: numbers(100_000), include: [{ a: -1 }] })).toThrow(message);
  });

  test('makes no more pairs of key and value than there is room for', () => {
    const fixed = Object.fromEntries(numbers(9).map((key) => [`k${key}`, [1]]));
    expect(expandMatrix({ a: numbers(50_000), ...fixed })).toHaveLength(50_000);
    expect(() => expandMatrix({ a: numbers(100_000), ...fixed, b: [1] })).toThrow(
      'it has 11 keys for 100000 combinations, more than can be built in a moment; what is always the same belongs in',
    );
    const include = [Object.fromEntries(numbers(200).map((key) => [`extra${key}`, 1]))];
    expect(() => expandMatrix({ a: numbers(10_000), include })).toThrow('it has 201 keys for 10000 combinations');
  });

  test('does not begin to build what no exclude can bring down', () => {
    const lists = Object.fromEntries(numbers(10).map((key) => [`key${key}`, numbers(100)]));
    expect(() => expandMatrix(lists)).toThrow('it makes 100000000000000000000 combinations');
  });

  test('agrees with an independent statement of the documented rules', () => {
    // No two of these are equal in part or by coercion, so that plain equality can stand in for GitHub's.
    const value = fc.constantFrom<unknown>(2, 3, 'x', 'y', { v: 4 }, { v: 5 }, [6]);
    const keys = ['a', 'b', 'c'];
    const lists = fc.dictionary(fc.constantFrom(...keys), fc.array(value, { minLength: 1, maxLength: 3 }));
    const pairs = fc.dictionary(fc.constantFrom(...keys, 'd', 'e'), value, { minKeys: 1 });
    const matrices = fc.record({
      lists,
      include: fc.array(pairs, { maxLength: 5 }),
      exclude: fc.array(pairs, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(matrices, ({ lists, include, exclude }) => {
        const allowed = exclude.filter((entry) => Object.keys(entry).every((key) => key in lists));
        const expected = documented(lists, include, allowed);
        fc.pre(expected.length > 0);
        expect(expandMatrix({ include, ...lists, exclude: allowed })).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});

/** The rules as the documentation words them, combination by combination and key by key. */
function documented(lists: Record<string, unknown[]>, include: Combination[], exclude: Combination[]): Combination[] {
  const keys = Object.keys(lists);
  const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  const size = keys.length === 0 ? 0 : keys.reduce((count, key) => count * (lists[key]?.length ?? 0), 1);

  // The digits of a number whose first digit varies slowest.
  const original = (number: number): Combination => {
    let rest = number;
    const digits: [string, unknown][] = [];
    for (const key of keys.toReversed()) {
      const list = lists[key] ?? [];
      digits.unshift([key, list[rest % list.length]]);
      rest = Math.floor(rest / list.length);
    }
    return Object.fromEntries(digits);
  };
  const isExcluded = (combination: Combination) =>
    exclude.some((entry) => Object.keys(entry).every((key) => same(entry[key], combination[key])));
  const overwritesNone = (entry: Combination, combination: Combination) =>
    keys.every((key) => !(key in entry) || same(entry[key], combination[key]));

  const kept = Array.from({ length: size }, (_, number) => original(number)).filter((one) => !isExcluded(one));
  const grown = kept.map((one) => {
    const result: Record<string, unknown> = { ...one };
    for (const entry of include) if (overwritesNone(entry, one)) Object.assign(result, entry);
    return result;
  });
  return [...grown, ...include.filter((entry) => !kept.some((one) => overwritesNone(entry, one)))];
}

describe('nameCombinations', () => {
  const names = (yaml: string) => nameCombinations(expand(yaml));
  const folders = (...texts: unknown[]) =>
    nameCombinations(texts.map((text) => ({ text }))).map(({ folder }) => folder);

  test('names combinations by their values', () => {
    expect(names('{ prompt: [a cat, a dog], seed: [7, 8] }')).toEqual([
      { label: 'a cat, 7', folder: 'a-cat-7' },
      { label: 'a cat, 8', folder: 'a-cat-8' },
      { label: 'a dog, 7', folder: 'a-dog-7' },
      { label: 'a dog, 8', folder: 'a-dog-8' },
    ]);
  });

  test('passes over empty texts', () => {
    expect(names("{ prompt: ['', ' ', a cat], seed: [7] }").map(({ label }) => label)).toEqual([
      'combination 1',
      'combination 2',
      'a cat',
    ]);
    expect(names("{ prompt: ['', a cat], seed: [7, 8] }").map(({ label }) => label)).toEqual([
      '7',
      '8',
      'a cat, 7',
      'a cat, 8',
    ]);
  });

  test('leaves out what all have in common', () => {
    expect(names('{ model: [sdxl], seed: [7, 8] }').map(({ label }) => label)).toEqual(['7', '8']);
    expect(names('{ seed: [7, 8], include: [{ steps: 4 }] }').map(({ label }) => label)).toEqual(['7', '8']);
  });

  test('shows what only some have', () => {
    expect(names('{ seed: [7, 8], include: [{ seed: 8, turbo: yes }] }').map(({ label }) => label)).toEqual([
      '7',
      '8, yes',
    ]);
  });

  test('uses every value when nothing differs', () => {
    expect(names('{ model: [sdxl], seed: [7] }')).toEqual([{ label: 'sdxl, 7', folder: 'sdxl-7' }]);
    expect(names('{ seed: [7, 7] }')).toEqual([
      { label: '7', folder: '7' },
      { label: '7 (2)', folder: '7-2' },
    ]);
    expect(nameCombinations([])).toEqual([]);
  });

  test('names objects and lists by their leaves, and says nothing of null', () => {
    expect(names('size: [{ width: 512, height: 768 }, [1024, true, null], null]')).toEqual([
      { label: '512, 768', folder: '512-768' },
      { label: '1024, true', folder: '1024-true' },
      { label: 'combination 3', folder: 'combination' },
    ]);
  });

  test('keeps a label on one line, and has in place of a value that is too long what tells it from others', () => {
    const prompt = `first line\r\n\tsecond ${'very '.repeat(1000)}long`;
    const [name, other] = nameCombinations([
      { prompt, seed: 7 },
      { prompt: 'one\n  two', seed: 8 },
    ]);
    expect(name).toEqual({ label: 'prompt 5acd0c (5,024 characters), 7', folder: 'prompt-5acd0c-7' });
    expect(other).toEqual({ label: 'one two, 8', folder: 'one-two-8' });
  });

  test('shows a value as it is, or not at all, as the runner masks what is whole', () => {
    const [token, tab, many, aws, words] = nameCombinations([
      { token: `hf/${'aB3+'.repeat(30)}`, seed: 7 },
      { token: 'hf_ab\tcd', seed: 7 },
      { token: ['a'.repeat(60), 'b'.repeat(40), 'c'], seed: 8 },
      { token: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', seed: 7 },
      { token: Array(6).fill('correct horse battery staple').join('\n'), seed: 7 },
    ]);
    expect(token).toEqual({ label: 'token 0e70a2 (123 characters), 7', folder: 'token-0e70a2-7' });
    expect(tab?.label).toMatch(/^token [\da-f]{6} \(8 characters\), 7$/);
    expect(many?.label).toBe(`token 11ee39 (60 characters), ${'b'.repeat(40)}, c, 8`);
    expect(many?.folder).toBe(`token-11ee39-${'b'.repeat(40)}-c-8`);
    expect(aws?.folder).toMatch(/^token-[\da-f]{6}-7$/);
    expect(words?.folder).toMatch(/^token-[\da-f]{6}-7$/);
  });

  test('finds the folder of a combination again, whatever others there are', () => {
    const ours = { prompt: 'very '.repeat(50), mood: '🐱', seed: 7, list: Array.from({ length: 90 }, (_, at) => at) };
    const others = [
      { prompt: 'a dog', mood: '🐶', seed: 8, list: [1] },
      { prompt: 'very '.repeat(51), mood: '', seed: 9, list: [] },
    ];
    const folderIn = (...all: Combination[]) => nameCombinations(all)[all.indexOf(ours)]?.folder;
    const folder = folderIn(ours, ...others);
    expect(folder).toMatch(/^prompt-[\da-f]{6}-mood-[\da-f]{6}-7-0-1-2(-\d+)+-more-[\da-f]{6}$/);
    expect(folderIn(...others, ours)).toBe(folder);
    expect(folderIn(others[0] ?? {}, ours)).toBe(folder);
    const [one, other] = folders('very '.repeat(50), 'very '.repeat(51));
    expect(one).not.toBe(`${other}-2`);
    expect(other).not.toBe(`${one}-2`);
  });

  test('leaves out of a name of many values what it has no room for', () => {
    const list = Array.from({ length: 100_000 }, () => 'a'.repeat(30));
    const [name, other] = nameCombinations([{ list }, { list: [...list, 'b'] }]);
    expect(name?.label).toBe(`${'list 3a54fc (30 characters), '.repeat(3)}…`);
    expect(name?.folder).toMatch(/^(list-[\da-f]{6}-){5}more-[\da-f]{6}$/);
    expect(other?.folder.slice(0, -6)).toBe(name?.folder.slice(0, -6));
    expect(other?.folder).not.toBe(name?.folder);
  });

  test.each([
    ['..', 'text-5ec1f7'],
    ['.', 'text-cdb4ee'],
    ['../../etc/passwd', 'etc-passwd'],
    ['a..b', 'a-b'],
    ['-rf', 'rf'],
    ['.git', 'git'],
    ['$(rm -rf ~)', 'rm-rf'],
    ['trailing. ', 'trailing'],
    ['1.5', '1.5'],
    ['C:\\temp', 'C-temp'],
    ['con', 'con-'],
    ['NUL.txt', 'NUL-.txt'],
    ['e\u0301te\u0301', '\u00e9t\u00e9'],
    ['猫 と 犬', '猫-と-犬'],
    ['🐱', 'text-46eeaf'],
    ['a\u202egpj\u200b', 'a-gpj'],
    ['a\u3164b', 'a-b'],
    ['\u0958'.repeat(12), '\u0915\u093c'.repeat(12)],
    ['\u0958'.repeat(13), 'text-b6e04b'],
    ['', 'combination'],
  ])('makes a folder name of %j: %s', (text, folder) => {
    expect(folders(text)).toEqual([folder]);
  });

  test('counts on when names collide, also where a file system folds case', () => {
    expect(folders('a cat', 'a-cat', 'A Cat', 'a-cat-2', 'a!cat')).toEqual([
      'a-cat',
      'a-cat-2',
      'A-Cat-3',
      'a-cat-2-2',
      'a-cat-4',
    ]);
    expect(folders('SHA256SUMS', 'sha256sums-2-of-5', 'cyberun-run.json', 'SHA256SUMS')).toEqual([
      'SHA256SUMS-2',
      'sha256sums-2-of-5-2',
      'cyberun-run.json-2',
      'SHA256SUMS-3',
    ]);
    expect(folders('straße', 'STRASSE')).toEqual(['straße', 'STRASSE-2']);
    expect(folders('combination', '', ' ')).toEqual(['combination', 'combination-2', 'combination-3']);
  });

  test('names as many equal combinations as there may be', () => {
    const all = folders(...Array.from({ length: MOST_COMBINATIONS }, () => '猫'.repeat(100)));
    expect(new Set(all).size).toBe(100_000);
    expect(Math.max(...all.map((folder) => Buffer.byteLength(folder)))).toBeLessThanOrEqual(LONGEST_FOLDER);
  });

  test('makes folder names that are unique, short and safe, whatever the values are', () => {
    const reserved = fc.constantFrom('con', 'NUL', 'com1.txt', 'lpt¹', 'aux ', '..', '.', '', '-', '~', 'İ', 'ß', 'SS');
    const text = fc.oneof(
      reserved,
      fc.string({ unit: 'binary', maxLength: 120 }),
      fc.string({ unit: 'grapheme', maxLength: 120 }),
      fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
    );
    const combinations = fc.array(fc.dictionary(fc.string({ maxLength: 3 }), fc.oneof(text, fc.jsonValue())));
    fc.assert(
      fc.property(combinations, (list) => {
        const all = nameCombinations(list);
        expect(all).toHaveLength(list.length);
        expect(new Set(all.map(({ folder }) => folder.normalize('NFD').toLowerCase())).size).toBe(list.length);
        for (const { label, folder } of all) {
          expect(Buffer.byteLength(folder)).toBeLessThanOrEqual(LONGEST_FOLDER);
          expect(folder.isWellFormed()).toBe(true);
          expect(folder).toMatch(/^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*$/u);
          expect(folder).not.toMatch(/\.$|\.\.|^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])(\.|$)/i);
          expect(label).toMatch(/\S/);
          expect(label).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
          expect(Array.from(label).length).toBeLessThanOrEqual(100);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('shows every word of a value in a name, or none', () => {
    const word = fc.stringMatching(/^[G-Z]{6,45}$/);
    const value = fc.array(word, { minLength: 1, maxLength: 20 }).map((words) => words.join(' '));
    const combination = fc.dictionary(fc.stringMatching(/^[a-z]{1,40}$/), fc.oneof(value, fc.array(value)));
    fc.assert(
      fc.property(fc.array(combination), (list) => {
        for (const [index, { label, folder }] of nameCombinations(list).entries()) {
          for (const text of Object.values(list[index] ?? {}).flat()) {
            const words = text.split(' ');
            if (words.some((one) => label.includes(one))) expect(label).toContain(text);
            if (words.some((one) => folder.includes(one))) expect(folder).toContain(words.join('-'));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a matrix that somebody wrote to keep the process busy', () => {
  const large = Array.from({ length: 300 }, (_, index) => index);

  test('is refused where every entry would have to be compared with too many combinations', () => {
    const exclude = large.map((a) => ({ a }));
    expect(() => expandMatrix({ a: large, b: large, exclude })).toThrow(
      '"exclude" has 300 entries for 90000 combinations, more than can be compared in a moment',
    );
    const include = Array.from({ length: 1001 }, (_, extra) => ({ extra }));
    expect(() => expandMatrix({ a: large.slice(0, 10), b: large.slice(0, 100), include })).toThrow(
      '"include" has 1001 entries for 1000 combinations',
    );
    const lists = Object.fromEntries(Array.from({ length: 101 }, (_, key) => [`k${key}`, [1]]));
    expect(() => expandMatrix(lists)).toThrow('it has 101 keys, more than the 100 that are possible');
  });

  test('takes seconds where it is not', { timeout: 120_000 }, () => {
    const words = large.map((index) => `${'long words '.repeat(20)}${index}`);
    const began = performance.now();
    const exclude = words.slice(0, 222).map((a) => ({ a, b: words }));
    const left = expandMatrix({ a: words, b: [...words], exclude });
    expect(left).toHaveLength(90_000);
    expect(nameCombinations(left)).toHaveLength(90_000);
    // Looked at anew for each combination, these would take minutes; counted up from 2 for each, these equal ones too.
    const long = ['x', 'y'].map((end) => `${'long words '.repeat(3_000)}${end}`);
    expect(nameCombinations(expandMatrix({ a: long, b: large, c: large.slice(0, 100) }))).toHaveLength(60_000);
    const same = Array.from({ length: MOST_COMBINATIONS }, () => ({ a: 'x', b: 'y'.repeat(200) }));
    expect(nameCombinations(same).at(-1)?.label).toMatch(/\(100000\)$/);
    expect(performance.now() - began).toBeLessThan(60_000);
  });
});
