import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { annotationsOf, countOf, quick, runAction } from './harness.ts';

/** The first words of an error are all that a list of checks shows; they are to be enough to act on. */
const FIRST = 140;

test.each<[string, Record<string, string>, string]>([
  [
    'a wrong key',
    { 'api-key': 'sk-wrong-0123456789' },
    'The api-key was refused (401: invalid or revoked key). It is wrong, expired or revoked',
  ],
  [
    'no secret',
    { 'api-key': '' },
    'Input api-key is empty: the secret may not exist, or is not passed on, as in runs for a fork.',
  ],
  [
    'a key of something else',
    { 'api-key': 'ghp_0123456789' },
    'Input api-key does not begin with sk-: it is no key of Cyberun',
  ],
  ['a misspelt workflow', { workflow: 'qiuck' }, 'There is no workflow qiuck. Did you mean quick?'],
  [
    'a misspelt parameter',
    { parameters: 'promt: a' },
    'The values in the input parameters do not fit the workflow quick: promt: no such parameter, did you mean prompt?',
  ],
  [
    'a wrong type',
    { parameters: 'seed: many' },
    'The values in the input parameters do not fit the workflow quick: seed: given "many", accepted: a number.',
  ],
  [
    'a colon',
    { parameters: 'prompt: a cat: in space' },
    'Input parameters cannot be read as YAML or JSON in line 1, column 9 (`prompt: a cat: in space`). A text that holds `: ` needs quotes',
  ],
  [
    'a tab',
    { parameters: 'prompt: a\n\tseed: 1' },
    'Input parameters cannot be read as YAML or JSON in line 2, column 1 (`seed: 1`). Indent with spaces, not with tabs.',
  ],
  [
    'a number sign',
    { parameters: 'prompt: a #1 cat' },
    'Input parameters has a text in line 1, column 9 (`prompt: a #1 cat`) of which YAML would drop `#1 cat` as a comment.',
  ],
  [
    'a file that is not there',
    { 'parameters-file': 'nope.yml' },
    'Input parameters-file is nope.yml, and there is no such file. Is the repository checked out before this step?',
  ],
  [
    'a time without a unit',
    { timeout: '30' },
    'Input timeout: "30" has no unit: write "30m" for minutes or "30s" for seconds.',
  ],
  [
    'two targets',
    { 'task-id': 'abc' },
    'Exactly one of the inputs workflow and task-id is needed, and both are given.',
  ],
])('%s is told in the first words, and nothing is submitted', async (_, given, said) => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using run = runAction({ emulator, with: { workflow: 'quick', ...given } });
  const result = await run.done;
  expect(result.exitCode).toBe(1);
  const [error = '', ...others] = annotationsOf(result, 'error');
  expect(others).toEqual([]);
  expect(error.slice(0, said.length)).toBe(said);
  expect(said.length).toBeLessThanOrEqual(FIRST);
  expect(countOf(emulator, 'submit')).toBe(0);
});

test('labels that nobody has are told in the first words of a warning, and of the error that comes of them', async () => {
  await using emulator = await startEmulator({ workflows: [quick({ required_labels: ['h100'] })] });
  await using run = runAction({ emulator, with: { workflow: 'quick', 'queue-timeout': '1s' } });
  const result = await run.done;
  const agents = /nobody has the label h100 \(agents have [\w, -]+\); the task waits for ever unless an agent gets it/;
  expect(annotationsOf(result, 'warning')).toEqual([
    expect.stringMatching(new RegExp(`^No agent will take the task: ${agents.source}\\.$`)),
  ]);
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringMatching(
      new RegExp(
        `^The task was not running within the queue-timeout of 1s: ${agents.source}\\. Give an agent the workflow's labels, or take another workflow\\.$`,
      ),
    ),
  ]);
});
