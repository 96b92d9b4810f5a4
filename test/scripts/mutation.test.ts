import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatVerdict, judge, type Mutant, pairOf, readExplained } from '../../scripts/mutation/survivors.ts';

const ROOT = join(import.meta.dirname, '../..');
const TEXT = `function first(list: string[]) {
  if (list.length > 0) {
    return list[0];
  }
  return '';
}
`;

/** The stretch of TEXT that is `found`, replaced. */
function mutant(found: string, replacement: string, status = 'Survived', file = 'src/a.ts'): Mutant {
  const at = TEXT.indexOf(found);
  const position = (index: number) => {
    const before = TEXT.slice(0, index).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  };
  return { file, status, replacement, location: { start: position(at), end: position(at + found.length) } };
}

const CONDITION = '- if (list.length > 0) {\n+ if (true) {';
const judged = (mutants: readonly Mutant[], explained: string) => judge(mutants, () => TEXT, readExplained(explained));

test('a mutant is told by its line, before and after, and one of several lines is drawn together', () => {
  expect(pairOf(mutant('list.length > 0', 'list.length >= 0'), TEXT)).toEqual({
    file: 'src/a.ts',
    from: 'if (list.length > 0) {',
    to: 'if (list.length >= 0) {',
  });
  expect(pairOf(mutant('{\n    return list[0];\n  }', '{}'), TEXT).to).toBe('if (list.length > 0) {}');
  expect(pairOf(mutant("return '';", 'a(\n    b,\n  );'), TEXT).to).toBe('a( b, );');
});

test('explanations are read by file, one or more pairs to a reason', () => {
  expect(
    readExplained(`# Words.\n\n@@ src/a.ts\n\n- a\n+ b\n- c\n+\nBecause.\n\n@@ src/b.ts\n- \`d\`\n+ e\nSo.\n`),
  ).toEqual([
    { file: 'src/a.ts', from: 'a', to: 'b', reason: 'Because.' },
    { file: 'src/a.ts', from: 'c', to: '', reason: 'Because.' },
    { file: 'src/b.ts', from: '`d`', to: 'e', reason: 'So.' },
  ]);
});

test.each([
  ['no reason', '@@ a\n- a\n+ b\n\n@@ b', 'explained.diff:4 No reason'],
  ['no reason at its end', '@@ a\n- a\n+ b', 'ends without a reason'],
  ['no file', '- a\n+ b\nBecause.', 'explained.diff:1 No file'],
  ['half a pair', '@@ a\n- a\nBecause.', 'explained.diff:3 No pair'],
  ['the other half', '@@ a\n+ a\nBecause.', 'explained.diff:2 No -'],
  ['two of one half', '@@ a\n- a\n- a\n', 'explained.diff:3 No +'],
  ['a reason alone', '@@ a\nBecause.', 'explained.diff:2 No pair'],
])('explanations with %s are refused', (_, text, problem) => {
  expect(() => readExplained(text)).toThrow(problem);
});

test('what survives is explained or not, and tells where it is', () => {
  const mutants = [
    mutant('list.length > 0', 'true'),
    mutant('list[0]', 'list[1]', 'NoCoverage'),
    mutant('list.length > 0', 'false', 'Killed'),
    mutant('list.length > 0', 'list', 'RuntimeError'),
  ];
  const { rows, unexplained, stale } = judged(mutants, `@@ src/a.ts\n${CONDITION}\nBecause.`);
  expect(rows).toEqual([{ file: 'src/a.ts', mutants: 3, killed: 1, explained: 1, unexplained: 1 }]);
  expect(unexplained).toEqual([{ file: 'src/a.ts', line: 3, from: 'return list[0];', to: 'return list[1];' }]);
  expect(stale).toEqual([]);
});

test('an explanation holds for its file alone', () => {
  const mutants = [mutant('list.length > 0', 'true'), mutant('list.length > 0', 'true', 'Survived', 'src/b.ts')];
  expect(judged(mutants, `@@ src/b.ts\n${CONDITION}\nBecause.`).unexplained.map(({ file }) => file)).toEqual([
    'src/a.ts',
  ]);
});

test('an explanation of what survives no more, or is not there, is stale, but not where its file was left out', () => {
  const explained = `@@ src/a.ts\n${CONDITION}\n- gone\n+ for long\nBecause.\n\n@@ src/b.ts\n${CONDITION}\nBecause.`;
  const stale = judged([mutant('list.length > 0', 'true', 'Killed')], explained).stale;
  expect(stale.map(({ file, from }) => `${file} ${from}`)).toEqual([
    'src/a.ts if (list.length > 0) {',
    'src/a.ts gone',
  ]);
});

test('what took too long counts as killed, and may be explained, as a faster machine has it survive', () => {
  const { rows, stale } = judged([mutant('list.length > 0', 'true', 'Timeout')], `@@ src/a.ts\n${CONDITION}\nSlow.`);
  expect(rows).toEqual([{ file: 'src/a.ts', mutants: 1, killed: 1, explained: 0, unexplained: 0 }]);
  expect(stale).toEqual([]);
});

test('a verdict shows a table, the score, and what to copy into the list', () => {
  const mutants = [
    mutant('list[0]', 'list[1]'),
    mutant('list.length > 0', 'true'),
    mutant('list.length > 0', 'false', 'Killed'),
    mutant("''", '"x"', 'Killed', 'src/b.ts'),
  ];
  const text = formatVerdict(judged(mutants, `@@ src/a.ts\n${CONDITION}\n- gone\n+ for long\nBecause.`));
  expect(text.replace(/ {2,}/g, '  ')).toBe(
    [
      'file  mutants  killed  explained  unexplained',
      'src/a.ts  3  1  1  1',
      'src/b.ts  1  1  0  0',
      'all  4  2  1  1',
      '50.0 % killed, 75.0 % killed or explained.',
      '\nsrc/a.ts:3 survives:\n- return list[0];\n+ return list[1];',
      '\nsrc/a.ts is explained, but survives not:\n- gone\n+ for long',
    ].join('\n'),
  );
});

test('explained.diff is read, and explains lines that are there', () => {
  const explained = readExplained(readFileSync(join(ROOT, 'scripts/mutation/explained.diff'), 'utf8'));
  for (const { file, from } of explained) {
    const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
    expect(lines.map((line) => line.trim())).toContain(from);
  }
});
