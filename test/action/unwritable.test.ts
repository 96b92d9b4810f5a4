import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { annotationsOf, countOf, namesOf, preload, quick, runAction } from './harness.ts';

/** Takes away one of the runner's files, at once or when told to by a signal: the disk is full, somebody removed it. */
const lose = (file: string) => preload(`process.env.${file} = '/nowhere/${file}';`);
const loseLater = (file: string) =>
  preload(`process.on('SIGUSR2', () => { process.env.${file} = '/nowhere/${file}'; });`);

const held = [quick({ behaviour: { holdAt: 'running' } })];

test.each(['GITHUB_OUTPUT', 'GITHUB_STATE'])(
  'where %s cannot be written, nothing is submitted, and the error says why',
  async (file) => {
    await using emulator = await startEmulator({ workflows: held });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions: lose(file) });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, signal: null });
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringMatching(
        new RegExp(`^The runner's file ${file} could not be written: .*/nowhere/${file}\\. Its disk`),
      ),
    ]);
    expect(emulator.tasks).toEqual([]);
  },
);

test.each(['GITHUB_OUTPUT', 'GITHUB_STATE'])(
  'where %s cannot be written any more when a task was submitted, it is cancelled: nobody would know of it',
  async (file) => {
    await using emulator = await startEmulator({ workflows: held });
    emulator.fault({ kind: 'submit', fault: { type: 'delay', ms: 400 } });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions: loseLater(file) });
    await emulator.waitFor(({ tasks }) => tasks.length === 1);
    action.kill('SIGUSR2');
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, signal: null });
    expect(annotationsOf(result, 'error')[0]).toContain(`The runner's file ${file} could not be written`);
    expect(emulator.tasks).toMatchObject([{ status: 'cancelled', cancelRequests: 1 }]);
  },
);

test('where GITHUB_STATE cannot be written any more when a task of a matrix is over, that stops nobody', async () => {
  await using emulator = await startEmulator({ workflows: held });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', matrix: 'seed: [1, 2]' },
    nodeOptions: loseLater('GITHUB_STATE'),
  });
  await emulator.waitFor(({ tasks }) => tasks.length === 2 && tasks.every(({ status }) => status === 'running'));
  for (const seed of [1, 2]) await action.waitForLine(new RegExp(`\\[${seed}\\] {2}running`));
  action.kill('SIGUSR2');
  const [first, second] = emulator.tasks.map(({ id }) => id);
  emulator.release(first ?? '');
  await action.waitForLine(/ {2}completed in/);
  emulator.release(second ?? '');
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 0, signal: null, outputs: { status: 'completed' } });
  expect(emulator.tasks).toMatchObject([{ status: 'completed' }, { status: 'completed' }]);
  expect(JSON.parse(result.outputs.files ?? '')).toHaveLength(2);
});

test('outputs that cannot be set at the end fail the step, with the files where they belong', async () => {
  await using emulator = await startEmulator({ workflows: held });
  await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions: loseLater('GITHUB_OUTPUT') });
  await action.waitForLine('running on');
  action.kill('SIGUSR2');
  emulator.release(emulator.tasks[0]?.id ?? '');
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, signal: null });
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringContaining("The runner's file GITHUB_OUTPUT could not be written"),
  ]);
  expect(namesOf(action.workspace)).toHaveLength(3);
  expect(countOf(emulator, 'cancel')).toBe(0);
});

test('an abort says that it was one, whether outputs can be set or not', async () => {
  await using emulator = await startEmulator({ workflows: held });
  await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions: loseLater('GITHUB_OUTPUT') });
  await action.waitForLine('running on');
  action.kill('SIGUSR2');
  action.kill('SIGINT');
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, signal: null });
  expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('shut down (SIGINT)')]);
  expect(annotationsOf(result, 'warning')).toEqual([expect.stringContaining('GITHUB_OUTPUT could not be written')]);
  expect(emulator.tasks).toMatchObject([{ status: 'cancelled', cancelRequests: 1 }]);
});
