import { expect, test } from 'vitest';
import { RunError } from '../../src/base/errors.ts';
import { inert } from '../../src/base/inert.ts';
import { createFindings } from '../../src/workflow/findings.ts';

const wrong = (text: string) => new RunError('input', inert`${text} is wrong.`);

test('one who is not patient hears of the first problem at once', async () => {
  await expect(createFindings(false).of(Promise.reject(wrong('seed')))).rejects.toThrow('seed is wrong.');
});

test('one who is hears of all at the end', async () => {
  const findings = createFindings(true);
  expect(await findings.of(Promise.resolve(7))).toBe(7);
  expect(() => findings.end()).not.toThrow();
  expect(await findings.of(Promise.reject(wrong('seed')))).toBeUndefined();
  expect(() => findings.end()).toThrow(/^seed is wrong\.$/);
  await findings.of(Promise.reject(wrong('path')));
  expect(() => findings.end()).toThrow('There are 2 problems. (1) seed is wrong. (2) path is wrong.');
});

test('what is no problem of the inputs ends it in any case', async () => {
  const aborted = new RunError('aborted', inert`The job was cancelled.`);
  await expect(createFindings(true).of(Promise.reject(aborted))).rejects.toBe(aborted);
  await expect(createFindings(true).of(Promise.reject(new Error('no network')))).rejects.toThrow('no network');
});
