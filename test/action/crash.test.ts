import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { annotationsOf, quick, runAction } from './harness.ts';

/** Plays a bug: throws outside of everything, as a callback that nobody guards would, when told to by a signal. */
const BUG = `process.on('SIGUSR2', () => { throw new Error('boom for sk-0123456789abcdef\\n::set-output name=x::y'); });`;

test('an error that nobody foresaw fails the step in words that leak nothing, and post cancels the task', async () => {
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick' },
    nodeOptions: ['--import', `data:text/javascript,${encodeURIComponent(BUG)}`],
  });
  await action.waitForLine('running on');
  action.kill('SIGUSR2');
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, signal: null });
  expect(annotationsOf(result, 'error')).toEqual(['boom for sk-*** ⏎ ::set-output name=x::y']);
  expect(result.outputs).toMatchObject({ error: 'boom for sk-*** ⏎ ::set-output name=x::y' });
  expect(result.post).toMatchObject({ exitCode: 0 });
  expect(emulator.tasks.map(({ status }) => status)).toEqual(['cancelled']);
});
