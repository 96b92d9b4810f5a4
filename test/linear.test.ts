import { describe, expect, test } from 'vitest';
import { parseDuration } from '../src/base/durations.ts';
import { inert, inertLines, shown } from '../src/base/inert.ts';
import { compareNumbers, WrittenNumber } from '../src/base/numbers.ts';
import { redact } from '../src/base/redact.ts';
import { rememberKey, rememberUrl } from '../src/base/secrets.ts';
import { readAnswer } from '../src/cyberun/body.ts';
import { failureText } from '../src/cyberun/error-text.ts';
import { messageOf } from '../src/cyberun/errors.ts';
import { timeOf } from '../src/cyberun/times.ts';
import { findShellWord } from '../src/files/folder.ts';
import { safeFolders, safeName, uniqueNames } from '../src/files/names.ts';
import { subfoldersOf } from '../src/files/subfolders.ts';
import { refusal } from '../src/transfer/request.ts';
import { nameCombinations } from '../src/workflow/combination-names.ts';
import { nearest } from '../src/workflow/nearest.ts';

/** UTF-16 code units. What looks at a run from each of its characters takes seconds for that, and 2^n for ever. */
const LENGTH = 150_000;
/** Of the processor, in milliseconds: what takes longer must not take more than ten times what a quarter takes. */
const MOMENT = 500;

function cpuOf(act: () => unknown): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const PIECES = [
  ...[
    '\r\n',
    '\n',
    '\r',
    '\u0085',
    '\u2028',
    '\t',
    ' ',
    '\u00a0',
    '\v\f',
    ' \n',
    '\0',
    '\u001b',
    '\u001b[',
    '\u001b[1;',
  ],
  ...[
    '\u001b]8;;',
    '\u009b',
    '\u202e',
    '\u200b',
    '\ud83d',
    '\u{1f600}',
    '#',
    '##[',
    ':',
    '::',
    '[',
    '{',
    '"',
    "'",
    '\\',
  ],
  ...[
    '.',
    '-',
    '_',
    '/',
    '~',
    '*',
    '$',
    '%',
    '&',
    '?',
    '=',
    ',',
    ';',
    '|',
    '`',
    '@',
    '://',
    'a://',
    'http://a@',
    '?a=',
  ],
  ...[
    '<',
    '>',
    '<a',
    '<title',
    '<title>',
    '<Code>',
    '<Message>',
    '<!--',
    '&amp;',
    'eyJ',
    'eyJ.',
    'a.',
    'sk-',
    'sk-aaaaaa ',
  ],
  ...['bearer', 'bearer ', 'basic ', 'hf_', 'gh', 'sig', 'sig=', 'sig=\n', 'token', 'token: ', 'policy="', 'signature'],
  ...[
    'x-amz-signature',
    'x-amz-',
    '%3D',
    '%25',
    '%',
    '\\u003d',
    '\\u',
    '\\n',
    '***\n',
    '0',
    '9',
    '1 ',
    '1s',
    '+',
    'e',
    'a',
    '字',
  ],
];

type Texts = readonly string[];

/** The run alone, within something, and within what makes a reader look closer. */
const shapesOf = (run: string): Texts => [run, `a${run}z`, `<html>${run}`, `https://h/k?${run}`];

const NO_BODY = { destroy: () => undefined, async *[Symbol.asyncIterator]() {} };
const ANSWER = { status: 404, header: () => undefined, body: NO_BODY };
const CLOCK = { now: () => 0, date: () => 0, after: () => () => undefined, random: () => 0 };
const ID = '019abc12-9012-7890-abcd-ef1234567896';

const READERS: Record<string, (text: string) => unknown> = {
  inert: (text) => inert`${text}`,
  inertLines: (text) => inertLines(text),
  shown: (text) => shown(text),
  redact,
  'the error of a call': (text) => messageOf(text),
  'the error in JSON': (text) => messageOf(JSON.stringify({ error: { message: text } })),
  'an error of any shape': (text) => failureText({ [text]: text, node_errors: { [text]: [text] } }),
  'the error of a storage': (text) => refusal(ANSWER, text, CLOCK),
  'an answer that is no JSON': (text) => {
    expect(() => readAnswer('GET /r', `!${text}`)).toThrow();
  },
  'a time stamp': (text) => timeOf(text),
  'a number': (text) => compareNumbers(new WrittenNumber(1, text), new WrittenNumber(2, `${text}1`)),
  'a duration': (text) => {
    expect(() => parseDuration(`${text}!`)).toThrow();
  },
  'a path': (text) => findShellWord(text),
  'a name': (text) => uniqueNames([safeName(text), safeName(text)]),
  folders: (text) => safeFolders(text),
  subfolders: (text) =>
    subfoldersOf(ID, [{ output: text, key: `${ID}/${text}/${'a/'.repeat(LENGTH / 2)}`, subfolder: undefined }]),
  'a combination': (text) => nameCombinations([{ [text]: text }, { [text]: [text] }]),
  'did you mean': (text) => nearest(text, [text, `${text}a`, 'a']),
};

describe('the time for a text grows with its length, whatever it is made of', () => {
  test.each(Object.keys(READERS))('%s', { timeout: 600_000 }, (name) => {
    rememberKey('sk-aaaaaaaa-00000000');
    rememberUrl('https://h/k?t=aaaaaaaaaaaaaaaa0');
    const read = READERS[name] ?? (() => undefined);
    for (const piece of PIECES) {
      const [whole, quarter] = [1, 4].map((part) => shapesOf(piece.repeat(LENGTH / part / piece.length))) as [
        Texts,
        Texts,
      ];
      for (const [index, text] of whole.entries()) {
        const spent = cpuOf(() => read(text));
        if (spent < MOMENT) continue;
        expect(spent, JSON.stringify(piece)).toBeLessThan(10 * cpuOf(() => read(quarter[index] ?? '')));
      }
    }
  });
});

test('a word of many million characters is redacted, and does not run out of stack', () => {
  rememberUrl('https://s3.example/a?ticket=0123456789abcdef-and-more');
  const word = 'x'.repeat(8 * 1024 * 1024);
  expect(redact(word)).toBe(word);
  expect(redact(`token: ${word}`)).toBe('token: ***');
  expect(redact(`sk-${word}`)).toBe('sk-***');
});
