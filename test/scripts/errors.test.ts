import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatList, readList } from '../../scripts/errors/document.ts';
import { choose, phrasesOf } from '../../scripts/errors/list.ts';
import { indexIn, phrasesIn, textOf } from '../../scripts/errors/phrases.ts';
import { sortPhrases, strangeErrors, tableProblems } from '../../scripts/errors/problems.ts';
import { type Seen, steady } from '../../scripts/errors/seen.ts';

const inSource = (text: string, path = 'src/base/x.ts') => phrasesIn(path, text);
const textsIn = (text: string) => inSource(text).map(textOf);
const saw = (message: string, test = 'test/action/x.test.ts'): Seen => ({
  title: 'Cyberun: the submit failed',
  message,
  test,
});

describe('phrases of a source', () => {
  test.each([
    [
      'a template',
      'throw new RunError(inert`Input ${name} is ${text}, and must be one.`);',
      ['Input … is …, and must be one'],
    ],
    ['a text', "const why = 'which is a file';", ['which is a file']],
    [
      'what a template may hold',
      "inert`Input ${x ? 'that is empty' : ''} is wrong`;",
      ['Input … is wrong', 'that is empty'],
    ],
    ['two words around what differs', 'inert`(task ${id} failed)`;', ['(task … failed)']],
    [
      'without what ends it, as it may go on',
      "x('There is no task: ', `It is gone.`);",
      ['There is no task', 'It is gone'],
    ],
    ['nothing of which all differs', 'inert`${a} (${b}): ${c}.`;', []],
    ['no single word', "inert`${a} failed`; x('two words');", []],
    ['no name', "x('GET /repos/{owner}/{repo}', 'content-type', `.cyberun-${id}.part`);", []],
    [
      'nothing that the log is told',
      'log.info(inert`There is ${a} no task`); notice(inert`Trying it again ${b}`);',
      [],
    ],
    ['no type', "type Way = 'one of two ways';", []],
  ])('are %s', (_, text, expected) => {
    expect(textsIn(text)).toEqual(expected);
  });

  test('have a place: file, line, and the outermost function', () => {
    const text =
      'const a = `one of the file`;\nfunction f() {\n  function g() {\n    return `one of a function`;\n  }\n}';
    expect(inSource(text)).toEqual([
      { path: 'src/base/x.ts', line: 1, home: undefined, parts: ['one of the file'] },
      { path: 'src/base/x.ts', line: 4, home: 'f', parts: ['one of a function'] },
    ]);
  });
});

describe('a phrase', () => {
  test('is in a text that has its parts, in their order', () => {
    const phrase = { parts: ['Input ', ' is ', ', and must be one'] };
    expect(indexIn('(1) Input path is x, and must be one.', phrase)).toBe(4);
    expect(indexIn('Input path, and must be one, is x', phrase)).toBe(-1);
    expect(indexIn('Input path is x', phrase)).toBe(-1);
  });

  test('is in whatever text it makes', () => {
    const parts = fc.array(fc.string({ minLength: 1 }), { minLength: 1 });
    fc.assert(
      fc.property(parts, fc.array(fc.string()), fc.string(), (parts, values, before) => {
        const text = parts.map((part, index) => part + (values[index] ?? '')).join('');
        expect(indexIn(before + text, { parts })).not.toBe(-1);
      }),
    );
  });

  test('that is a part of another one is not there where that is', () => {
    const [short, long] = inSource('`There is no task ${a}`; `There is no task ${a}, nor was there one`;');
    const phrases = [short, long].filter((phrase) => phrase !== undefined);
    expect([...phrasesOf('There is no task 7.', phrases)]).toEqual([short]);
    expect([...phrasesOf('There is no task 7, nor was there one.', phrases)]).toEqual([long]);
  });
});

describe('the list', () => {
  const phrases = inSource('`There is no task ${a}`; `Look for another one ${b}`; `It was never said ${c}`;');
  const [none, look, never] = phrases;
  const both = saw('There is no task 7. Look for another one in the list.');
  const one = saw('There is no task 8.');

  test('has the shortest error of each phrase, and says which are in none', () => {
    const { entries, unseen } = choose(phrases, [both, one], []);
    expect(entries).toEqual([one, both]);
    expect(unseen).toEqual([never]);
    expect([none, look]).not.toContain(never);
  });

  test('needs no error for a phrase that another one has', () => {
    const [first] = phrases;
    expect(choose(first === undefined ? [] : [first], [both, one], []).entries).toEqual([one]);
    expect(choose(phrases.toReversed(), [both, one], []).entries).toEqual([both]);
  });

  test('stays as it is while all of it is seen', () => {
    const shorter = saw('There is no task 9');
    expect(choose(phrases, [shorter, one, both], [one, both]).entries).toEqual([one, both]);
    expect(choose(phrases, [shorter, both], [one, both]).entries).toEqual([both]);
    expect(choose(phrases, [shorter, both], [one]).entries).toEqual([shorter, both]);
  });

  test('stays as it is where another run has other numbers', () => {
    expect(choose(phrases, [saw('There is no task 9.'), both], [one, both]).entries).toEqual([one, both]);
    const [short, long] = [saw('There is no task for 1m.'), saw('There is no task for 1m 2s.')];
    expect(choose(phrases, [long, both], [short, both]).entries).toEqual([short, both]);
  });

  test('is the same of whatever order the tests ran in', () => {
    const elsewhere = saw(one.message, 'test/action/w.test.ts');
    expect(choose(phrases, [elsewhere, one, both], [])).toEqual(choose(phrases, [both, one, elsewhere], []));
    expect(choose(phrases, [one, elsewhere], []).entries).toEqual([elsewhere]);
  });

  test('shows an error as it is, whatever Markdown would make of it', () => {
    expect(formatList([saw('Write `a: *b*`.')])).toContain('\n- ``Write `a: *b*`.`` [x](../test/action/x.test.ts)\n');
  });

  test('is read as it was written, whatever an error says', () => {
    const message = fc.stringMatching(/^[!-~]([ -~]{0,80}[!-~])?$/);
    fc.assert(
      fc.property(fc.uniqueArray(message, { minLength: 1 }), (messages) => {
        const entries = messages.map((text) => saw(text));
        const read = readList(formatList(entries));
        expect(read.toSorted(byMessage)).toEqual(entries.toSorted(byMessage));
      }),
    );
  });
});

function byMessage(a: Seen, b: Seen): number {
  return a.message < b.message ? -1 : 1;
}

describe('the tables', () => {
  const sorted = sortPhrases([
    ...inSource('`There is no task ${a}`;'),
    ...inSource('function announce() { return `Now it is submitted to ${a}`; }', 'src/workflow/announce.ts'),
  ]);

  test('leave what they name out of what is wanted', () => {
    expect(sorted.wanted.map(textOf)).toEqual(['There is no task ']);
    expect(sorted.elsewhere.map(textOf)).toEqual(['Now it is submitted to ']);
  });

  const about = (words: string, seen: Seen[]) =>
    tableProblems(sorted, seen).filter((problem) => problem.includes(words));

  test('are wrong where an error has what they say is in none', () => {
    expect(about('submitted', [saw('There is no task 7.')])).toEqual([]);
    expect(about('submitted', [saw('Now it is submitted to nobody.')])).toEqual([
      '"Now it is submitted to " is in an error, and the tables say that it is in none.',
    ]);
  });

  test('an error without any words of the source is told', () => {
    expect(strangeErrors(sorted, [saw('There is no task 7.'), saw('boom')])).toEqual([
      'No phrase of src is in this error, whatever makes it: "boom".',
    ]);
  });

  test('are wrong where they name what is not there, or lack a section', () => {
    expect(about('src/workflow/announce.ts', [])).toEqual([]);
    expect(about('src/gallery', [])).toEqual(['ELSEWHERE names src/gallery, which has no words of its own any more.']);
    expect(about('SECTIONS', [{ ...saw('x'), title: 'Cyberun: it rains' }])).toEqual(['SECTIONS lacks "it rains".']);
  });
});

test.each([
  ['No connection to 127.0.0.1:43959: x.', 'No connection to 127.0.0.1:8080: x.'],
  ['to localhost:1, and to [::1]:65000: x', 'to localhost:8080, and to [::1]:8080: x'],
  ['http://127.0.0.1:43959/x', 'http://127.0.0.1:8080/x'],
  ['/tmp/action-test-lHonK8/out/a.png is in the way', '/home/runner/work/shop/shop/out/a.png is in the way'],
  ['/tmp/action-test-lHonK8-link is in the way', '/home/runner/work/shop/shop is in the way'],
  ['task d3d3fe43-13f9-4583-9017-799a805b86ae: x', 'task 251ab37b-8114-4540-9306-932c96d94ed8: x'],
  ['it was running for 3s, for 1m 2s, 0:07', 'it was running for 3s, for 1m 2s, 0:07'],
])('what differs each time is steady: %s', (message, expected) => {
  expect(steady(message)).toBe(expected);
  expect(steady(expected)).toBe(expected);
});
