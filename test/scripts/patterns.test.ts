import { expect, test } from 'vitest';
import { slowPatterns } from '../../scripts/house/patterns.ts';
import { patternProblemsOf, problemsOf } from '../../scripts/house/problems.ts';

const whyOf = (text: string) => slowPatterns('src/base/x.ts', text).map(({ why }) => why);

test.each([
  // The one that hung: CR LF in two ways.
  [String.raw`/^(?:\r\n|[\n\r])+$/`, ['exponential']],
  ['/(a+)+$/', ['exponential']],
  [String.raw`/\s+$/g`, ['2nd degree polynomial']],
  ['/<title[^>]*>x/', ['2nd degree polynomial']],
  ['/a{1,300}b{0,200}b{1,200}$/', ['3rd degree polynomial']],
  ['/(?<!a)b+$/', ['unsupported']],
  [String.raw`/[\p{L}--a]/v`, ['invalid']],
  ['/^[0-9]{8,}$/', ['what repeats twice or more for ever runs out of stack']],
  ['new RegExp(x)', ['it is put together']],
  ['RegExp("a")', ['it is put together']],
  ['/^a+$/', []],
  ['/<[^<>]*>/g', []],
  ['/^[0-9]{1,300}$/', []],
])('%s is %j', { timeout: 60_000 }, (pattern, why) => {
  expect(whyOf(`const x = ${pattern};`)).toEqual(why);
});

test('a pattern is looked at in src, and told with its place', () => {
  const text = `\nconst x = /a+$/;`;
  const files = new Map([
    ['src/base/x.ts', text],
    ['test/x.test.ts', text],
  ]);
  expect(patternProblemsOf(files)).toEqual([
    expect.stringMatching(/^src\/base\/x\.ts:2 has a regular expression .* \(2nd degree polynomial\)\.$/),
  ]);
});

test.each([
  ['const x = inert`said: ${text.slice(0, 100)}`;', 1],
  ['const x = inert`said: ${text.trim().substring(0, 100)}`;', 1],
  ['const x = inertLines(text.slice(-100));', 1],
  ['const x = shown(text.substr(0, 100));', 1],
  ["const x = inert`said: ${names.slice(0, 5).join(', ')}`;", 0],
  ['const x = other`said: ${text.slice(0, 100)}`;', 0],
])('a text is not cut before it is inert: %s', (text, count) => {
  const problems = problemsOf(new Map([['src/base/x.ts', text]])).filter((problem) => problem.includes('cuts a text'));
  expect(problems).toHaveLength(count);
});
