import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  amount,
  asSentence,
  type Inert,
  inert,
  inertLines,
  joinInert,
  LONGEST_VALUE,
  shorten,
  shown,
  someOf,
  without,
} from '../../src/base/inert.ts';

// Written down anew here, as actions/runner has it: what ends a line, and what .NET's TrimStart takes off.
const ENDS_LINE = /[\n\r\u0085\u2028\u2029]/;
const NET_SPACE = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

function expectInert(text: Inert): void {
  expect(text).not.toMatch(ENDS_LINE);
  expect(text).not.toMatch(/(?!\t)[\p{Cc}\p{Cf}]/u);
  expect(text).not.toContain('##[');
  expect(text.replace(NET_SPACE, '').startsWith('::')).toBe(false);
  expect(text.isWellFormed()).toBe(true);
}

const PIECES = [
  ...['#', '##[', '[', ':', '::', '::error::', '##[command]', ' ', '\t', '\n', '\r', '\r\n', '\u0085', '\u2028'],
  ...['\v', '\f', '\0', '\u001b', '\u001b[31m', '\u001b]8;;x\u0007', '\u009b', '\u202e', '\u2066', '\u200b', '\ufeff'],
  ...['\ud83d', '\ude00', '\u{e0041}', '\u3000', 'a', '…', '⏎', 'é', '\u{1f600}'],
];
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

describe('inert', () => {
  // Before it was linear, 40 of CR LF took longer than anybody waits: the bound is for what hangs, not for speed.
  test.each(['\r\n', '\n', '\r', '\u2028', '\r\n\u0085', '\v\f', ' \n', '\t', '#[', '##', '::', '\u001b', '\u202e'])(
    'takes a long run of %j in the middle of a text, at its ends, and nothing but it',
    (piece) => {
      const run = piece.repeat(20_000);
      for (const text of [run, `a${run}`, `${run}z`, `a${run}z`, `a${piece.repeat(40)}z`]) {
        expectInert(inert`${text}`);
        expect(inertLines(text).length).toBeLessThanOrEqual(51);
      }
    },
  );

  test('makes any text one visible line that the runner takes for nothing else', () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        expectInert(inert`${one}`);
        expectInert(inert`#${one}#${other}[`);
        expectInert(joinInert([inert`${one}`, inert`#`, inert`${other}`], '#'));
        expectInert(joinInert([inert``, inert`${one}`], ':'));
      }),
      { numRuns: 3000 },
    );
  });

  test('changes nothing that is inert already', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const once = inert`${text}`;
        expect(inert`${once}`).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['::error::x', ': :error::x'],
    ['\u0085 \u00a0::set-output name=a::b', ': :set-output name=a::b'],
    ['a ##[error]b ###[x]', 'a # #[error]b ## #[x]'],
    ['one\r\ntwo\rthree\u0085four\u2028\u2029five\n', 'one ⏎ two ⏎ three ⏎ four ⏎ five'],
    ['\u001b[31mred\u001b[0m \u001b]8;;https://h\u0007link\u001b]8;;\u0007', 'red link'],
    ['\u001b]0;a title that never ends, and what failed', '0;a title that never ends, and what failed'],
    ['a\tb', 'a\tb'],
    ['a\u202egnp.exe', 'agnp.exe'],
    ['[::1]:80 and ::', '[::1]:80 and ::'],
    ['é \u{1f600} 日本', 'é \u{1f600} 日本'],
  ])('turns %j into %j', (text, expected) => {
    expect(inert`${text}`.trimStart()).toBe(expected);
  });

  test('breaks a command that only comes about where texts meet', () => {
    expect(inert`${'#'}${'#'}${'[error]'}`).toBe('# #[error]');
    expect(inert`${''}${':'}:x`).toBe(': :x');
    expect(joinInert([inert`:`, inert`x::y`], ':')).toBe(': :x::y');
  });

  test('leaves no secret, whatever is strewn into it', () => {
    const noise = fc.constantFrom('\u200b', '\u001b[0m', '\0', '\u202e', '\ud83d', '');
    fc.assert(
      fc.property(fc.array(noise, { minLength: 6, maxLength: 6 }), ([a, b, c, d, e, f]) => {
        const text = `s${a}k${b}-SECRE${c}TSECRET Bea${d}rer\n${e}SECRETSECRET h${f}ttps:/${a}/u:SECRET${b}@h?SECRET`;
        expect(inert`${text}`).not.toContain('SECRET');
      }),
    );
  });

  test('cuts a long value between two words, and shows nothing of one that is too long', () => {
    const words = `${'a word '.repeat(140)}my_halved${'x'.repeat(100)}`;
    expect(inert`${words}`).toBe(`${'a word '.repeat(140).trim()}…`);
    expect(inert`${`${'a word '.repeat(500)}${'x'.repeat(4000)}`}`.length).toBeLessThanOrEqual(LONGEST_VALUE);
    expect(inert`${'字'.repeat(LONGEST_VALUE + 1)}`).toBe(`${'字'.repeat(LONGEST_VALUE - 1)}…`);
    expect(inert`${`${'a'.repeat(2000)} b`}`).toBe('text of 2,002 characters');
    expect(inert`${'a'.repeat(LONGEST_VALUE)}`).toBe('a'.repeat(LONGEST_VALUE));
    expect(inert`${'\u{1f600}'.repeat(LONGEST_VALUE)}`).toBe('text of 2,000 characters');
    expect(shorten(inert`${'a word '.repeat(100)}`, 30)).toBe('a word a word a word a word a…');
    expect(shorten(inert`${'one  two'}`, 6)).toBe('one…');
  });

  test('shows no part of a word, wherever the cut would go through it', () => {
    const secret = 'correct-horse/battery+staple';
    for (let before = LONGEST_VALUE * 4 - 60; before <= LONGEST_VALUE * 4 + 1; before += 1) {
      // What is removed moves what stood far behind before the exact cut.
      const text = `${'a '.repeat(100)}${'\u200b'.repeat(before - 200)} ${secret} and more`;
      const shownWhole = inert`${text}`.includes(secret);
      expect(shownWhole || !inert`${text}`.includes('corr')).toBe(true);
    }
  });

  test('stays short, and is done once it was done, for a value that grows by being made inert', () => {
    for (const piece of ['##[', 'a\n', '\u{1f600}', 'sk-abcdef ']) {
      const once = inert`${piece.repeat(5000)}`;
      expect(once.length).toBeLessThanOrEqual(LONGEST_VALUE + 1);
      expect(inert`${once}`).toBe(once);
    }
  });

  test('shows no secret that the cut goes through', () => {
    for (let before = LONGEST_VALUE - 60; before <= LONGEST_VALUE; before += 1) {
      expect(inert`${`${'a'.repeat(before - 1)} https://user:SECRET@h/k?sig=SECRET`}`).not.toContain('SECR');
    }
  });

  test('takes no longer than a moment for megabytes of whatever', () => {
    const began = performance.now();
    for (const piece of [...PIECES, 'eyJ-', 'a.', '://', '\u001b[', '\u001b]8;;', '\u001b[1;']) {
      inert`${piece.repeat(1_000_000 / piece.length)}`;
      inertLines(piece.repeat(1_000_000 / piece.length));
    }
    // What is not linear takes hours.
    expect(performance.now() - began).toBeLessThan(60_000);
  });
});

describe('inertLines', () => {
  test('makes a line of each, and leaves blank ones out', () => {
    expect(inertLines('one\r\n\n  \n##[two]\u2028::three\n')).toEqual(['one', '# #[two]', ': :three']);
    expect(inertLines('')).toEqual([]);
  });

  test('looks for secrets before it takes the lines apart', () => {
    expect(inertLines('GET https://h/k?X-Amz-Expires=1\n  &X-Amz-Signature=0123456789abcdef\nforbidden')).toEqual([
      'GET https://h/k?***',
      '  ***',
      'forbidden',
    ]);
  });

  test('says how many lines are left out', () => {
    const text = Array.from({ length: 60 }, (_, index) => `line ${index}`).join('\n');
    const lines = inertLines(text, 10);
    expect(lines).toHaveLength(11);
    expect(lines.slice(8)).toEqual(['line 8', '… 50 more lines', 'line 59']);
    expect(inertLines(text, 60)).toHaveLength(60);
  });
});

describe('shown', () => {
  test.each([
    'a cat, 7',
    'correct-horse/battery+staple',
    'a\tb',
    'one\ntwo',
    '  spaces around  ',
    '`a|b` <i> &amp; \\ ${{ x }}',
    'x'.repeat(LONGEST_VALUE),
  ])('shows %j as it is, line by line', (text) => {
    expect(shown(text)).toBe(text.replaceAll('\n', ' ⏎ '));
  });

  test.each([
    ['too long', 'x'.repeat(LONGEST_VALUE + 204)],
    ['an invisible character', 'hf_ab\u200bcd'],
    ['an escape sequence', 'hf_\u001b[1mabcd'],
    ['a command', '::add-mask::hf_abcd'],
    ['a command of the other kind', 'hf_##[abcd'],
    ['something that is removed', 'https://user:pass@h/hf_abcd?sig=1'],
    ['half a character', 'hf_abcd\ud83d'],
  ])('shows nothing of a text that would have to be changed: %s', (_, text) => {
    expect(shown(text)).toBe(`text of ${text.length.toLocaleString('en-US')} characters`);
  });

  test('shows nothing of a text that is longer than may be', () => {
    expect(shown('a cat, 7', 8)).toBe('a cat, 7');
    expect(shown('a cat, 7', 7)).toBe('text of 8 characters');
  });

  test('shows a text whole or not at all', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 30 }), (text, most) => {
        const said = shown(text, most);
        expectInert(said);
        const lines = text.split(/[\n\r\v\f\u0085\u2028\u2029]+/).filter((line) => line !== '');
        if (said !== `text of ${text.length} characters`) expect(said).toBe(lines.join(' ⏎ '));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('texts made of inert ones', () => {
  test.each([
    ['no GPU', 'no GPU.'],
    ['no GPU.', 'no GPU.'],
    ['no GPU!', 'no GPU!'],
    ['cut here…', 'cut here…'],
    ['nodes.py failed', 'nodes.py failed.'],
  ])('%j is the sentence %j', (text, sentence) => expect(asSentence(inert`${text}`)).toBe(sentence));

  test('one thing is one, all others are several', () => {
    expect([0, 1, 2].map((count) => amount(count, 'task'))).toEqual(['0 tasks', '1 task', '2 tasks']);
  });

  test('some of several names are followed by how many are left, if any are', () => {
    expect(someOf(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
    expect(someOf(['a', 'b'], 2)).toBe('a, b');
    expect(someOf(['a\n::b'], 2)).toBe('a ⏎ ::b');
  });

  test('a part goes wherever it was, and no command comes about where it goes', () => {
    expect(without(inert`${'Task 7 of 7'}`, '7')).toBe('Task … of …');
    expect(without(inert`${'Task 7'}`, '')).toBe('Task 7');
    expect(joinInert([inert`a`, inert`b`])).toBe('a, b');
  });
});
