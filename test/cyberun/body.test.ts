import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAnswer, readResult, Unreadable } from '../../src/cyberun/body.ts';
import { ApiError } from '../../src/cyberun/errors.ts';

const refusalOf = (text: string, read = readAnswer): string => {
  try {
    return `read: ${JSON.stringify(read('GET /x', text))}`;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return `${error.type}: ${error.message}`;
  }
};
const URLS = '"download_urls":{"a":"https://s3.example/a"}';

describe('an answer that is no JSON', () => {
  test.each([
    ['{"a":NaN}', `Unexpected token 'N' at character 6, behind \`{"a":\`.`],
    [`{"${'long'.repeat(50)}":1,"psnr":NaN}`, 'at character 214, behind `":1,"psnr":`.'],
    ['[1,]', "Unexpected token ']' at character 4, behind `[1,`."],
    ['{"a":tru}', "Unexpected token '}' at character 9"],
    ['{"a":1,}', 'Expected double-quoted property name at character 8, behind `{"a":1,`.'],
    ['{"a":1}x', 'Unexpected non-whitespace character after JSON at character 8'],
    ["{'a':1}", 'at character 2, behind `{`.'],
    ['{"a":"x\ny"}', 'Bad control character in string literal at character 8'],
    ['{"a":1', 'it breaks off after 6 characters, behind `{"a":1`.'],
    ['{"a":', 'it breaks off after 5 characters'],
    ['{"a":"x', 'it breaks off after 7 characters'],
    ['nothing of the kind', 'it begins with nothing of the kind.'],
  ])('%s is told with the place where it breaks', (text, place) => {
    const said = refusalOf(text);
    expect(said).toMatch(/^malformed: GET \/x was answered with broken JSON: /);
    expect(said).toContain(place);
  });

  test('gives no secret away that stands before the break, not even in part', () => {
    const url = 'https://cdn.example.com/k.png?ticket=0pen5e5ame';
    for (const text of [`["${url}",NaN]`, `["${url}"x]`]) {
      expect(refusalOf(text)).toContain('https://cdn.example.com/k.png?***');
      expect(refusalOf(text)).not.toContain('0pen');
    }
    // Of a text that is not there whole, nothing is shown: a runner masks no half of a secret.
    expect(refusalOf(`{"u":"${url.slice(0, -3)}`)).toContain('behind `{"u":"`.');
    expect(refusalOf(`["hunter2-correct-horse-battery-staple-and-more",NaN]`)).toContain('behind `",`.');
    expect(refusalOf(`["a ${'hunter2'.repeat(9)}\n"]`)).toContain('behind `["`.');
  });

  test.each(['<html>sign in</html>', ' <!doctype html>', '\n<?xml version="1.0"?>'])('is a page: %s', (text) => {
    expect(refusalOf(text)).toMatch(/^shape: .* A proxy or a login page may stand before the service/);
  });

  test('may be as deep and as long as it likes', () => {
    for (const text of ['['.repeat(50_000), `${'['.repeat(50_000)}${']'.repeat(50_000)}`, '{"a":'.repeat(50_000)]) {
      expect(refusalOf(text)).toMatch(/^malformed/);
      expect(refusalOf(text, readResult)).toMatch(/^malformed/);
    }
    expect(refusalOf(`["${'\\n'.repeat(1_000_000)}",NaN]`)).toContain('at character 2000005');
  });
});

test('an empty answer says nothing, and a good one what it says', () => {
  expect(['', ' \n', 'null', '{"a":[1]}'].map((text) => readAnswer('GET /x', text))).toEqual([
    undefined,
    undefined,
    null,
    { a: [1] },
  ]);
});

describe('a result of which only task_output is broken', () => {
  test.each([
    ['NaN, as Python writes it', `{"task_output":{"psnr":NaN,"a":[1]},${URLS}}`],
    ['behind the URLs', `{${URLS},"task_output":{"psnr":-Infinity}}`],
    ['without a value', `{${URLS},"task_output":}`],
    ['undefined', `{"task_output": undefined ,${URLS}}`],
    ['quotes of Python', `{"task_output":{'a':[True,None]},${URLS}}`],
    ['a line break in a text', `{"task_output":{"log":"one\ntwo, } and ]"},${URLS}}`],
    ['a comma too many', `{"task_output":{"a":[1,],},${URLS}}`],
    ['with its name elsewhere, too', `{"id":"task_output","x":{"task_output":1},"task_output":nan,${URLS}}`],
  ])('is read without it: %s', (_, text) => {
    const result = readResult('GET /x', text);
    expect(result).toMatchObject({ download_urls: { a: 'https://s3.example/a' } });
    const { task_output } = result as { task_output: unknown };
    expect(task_output).toBeInstanceOf(Unreadable);
    expect((task_output as Unreadable).why).toMatch(/^GET \/x was answered with broken JSON: /);
  });

  test.each([
    ['it has no end', `{${URLS},"task_output":{"a":NaN`],
    ['the answer has no end', `{${URLS},"task_output":{"a":NaN}`],
    ['the rest is broken, too', `{"task_output":{"a":NaN},"download_urls":{"a":NaN}}`],
    ['it has none', `{"download_urls":{"task_output":NaN}}`],
    ['a bracket is missing in it', `{"task_output":{"a":[NaN},${URLS}}`],
    ['a quote is missing in it', `{"task_output":{"a":"x},${URLS}}`],
    ['it is in a list', `[{"task_output":NaN}]`],
  ])('but not where %s', (_, text) => {
    expect(refusalOf(text, readResult)).toMatch(/^malformed/);
  });

  test('a good one is read as any answer', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(readResult('GET /x', text)).toEqual(readAnswer('GET /x', text));
      }),
    );
  });

  test('wherever a word is that is none of JSON, the rest is whole or refused', () => {
    const good = `{"id":"x","task_output":{"a":"b","c":[1,{"d":"\\"}"}]},${URLS},"task_error":""}`;
    const rest = { id: 'x', download_urls: { a: 'https://s3.example/a' }, task_error: '' };
    const readWith = (at: number): { task_output: unknown } | undefined => {
      try {
        return readResult('GET /x', `${good.slice(0, at)}NaN${good.slice(at)}`) as { task_output: unknown };
      } catch {
        return undefined;
      }
    };
    const results = Array.from({ length: good.length + 1 }, (_, at) => readWith(at));
    const mended = results.filter((result) => result?.task_output instanceof Unreadable);
    expect(mended.length).toBeGreaterThan(10);
    for (const result of mended) expect(result).toMatchObject(rest);
  });
});
