import { expect, test } from 'vitest';
import { RunError } from '../../src/base/errors.ts';
import { createFindings, problemsIn } from '../../src/base/findings.ts';
import { inert, joinInert } from '../../src/base/inert.ts';

const wrong = (text: string) => new RunError('input', inert`${text} is wrong.`);
const refuse = (text: string) => () => Promise.reject(wrong(text));

function create({ isPatient }: { readonly isPatient: boolean }) {
  const groups: { readonly title: string; readonly lines: readonly string[] }[] = [];
  return { groups, ...createFindings(isPatient, { group: (title, lines) => groups.push({ title, lines }) }) };
}

test('one who is not patient hears of the first problem at once', async () => {
  await expect(create({ isPatient: false }).of(refuse('seed'), 1)).rejects.toThrow('seed is wrong.');
  expect(() => create({ isPatient: false }).add(wrong('seed'))).toThrow('seed is wrong.');
});

test('one who is hears of all at the end', async () => {
  const findings = create({ isPatient: true });
  expect(await findings.of(() => 7, 1)).toBe(7);
  expect(await findings.of(() => Promise.resolve(7), 1)).toBe(7);
  expect(() => findings.end()).not.toThrow();
  expect(await findings.of(refuse('seed'), 1)).toBe(1);
  expect(() => findings.end()).toThrow(/^seed is wrong\.$/);
  findings.add(wrong('path'));
  expect(() => findings.end()).toThrow('There are 2 problems. (1) seed is wrong. (2) path is wrong.');
  expect(findings.groups).toEqual([]);
});

test('what is thrown as a problem is one, too, where a check returns no promise', async () => {
  const findings = create({ isPatient: true });
  const check = (): number => {
    throw wrong('matrix');
  };
  expect(await findings.of(check, 1)).toBe(1);
  expect(() => findings.end()).toThrow(/^matrix is wrong\.$/);
});

test('what is no problem of the inputs ends it in any case', async () => {
  const aborted = new RunError('aborted', inert`The job was cancelled.`);
  const of = (error: Error) => create({ isPatient: true }).of(() => Promise.reject(error), 1);
  await expect(of(aborted)).rejects.toBe(aborted);
  await expect(of(new Error('no network'))).rejects.toThrow('no network');
});

const long = (word: string, count: number) =>
  new RunError(
    'input',
    joinInert(
      Array.from({ length: count }, (_, at) => inert`${word}${at}`),
      ' ',
    ),
  );

test('a problem is said whole, as long as an annotation has room', () => {
  const findings = create({ isPatient: true });
  findings.add(long('key', 400));
  findings.add(wrong('path'));
  expect(() => findings.end()).toThrow(/ key399 \(2\) path is wrong\.$/);
  expect(findings.groups).toEqual([]);
});

test('what has no room in an annotation is in the log', () => {
  const findings = create({ isPatient: true });
  findings.add(long('key', 400));
  findings.add(long('word', 400));
  let error: unknown;
  try {
    findings.end();
  } catch (thrown) {
    error = thrown;
  }
  const message = error instanceof RunError ? error.message : '';
  expect(message.length).toBeLessThan(4096);
  expect(message.length).toBeGreaterThan(3900);
  expect(message).toMatch(/^There are 2 problems\. \(1\) key0 .* key399 \(2\) word0 .* word\d+… All are in the log\.$/);
  expect(findings.groups).toEqual([
    {
      title: 'all 2 problems',
      lines: [expect.stringMatching(/^\(1\) key0 .* key399$/), expect.stringMatching(/ word399$/)],
    },
  ]);
  expect(problemsIn(error)).toEqual([long('key', 400).message, long('word', 400).message]);
});

test('an error of one problem tells of it alone, whatever caused it', () => {
  expect(problemsIn(wrong('seed'))).toEqual(['seed is wrong.']);
  expect(problemsIn(new RunError('submit', inert`No network.`, new AggregateError([new Error('::1')])))).toEqual([
    'No network.',
  ]);
  expect(problemsIn('seed')).toEqual(['seed']);
});
