import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { annotationsOf, preload, quick, runAction, SMALL, waitForArrival } from './harness.ts';

/** Plays a bug: throws outside of everything, as a callback that nobody guards would, when told to by a signal. */
const BUG = preload(
  `process.on('SIGUSR2', () => { throw new Error('boom for sk-0123456789abcdef\\n::set-output name=x::y'); });`,
);
/** The same in a promise that nobody awaits, and once what came before the signal is dealt with. */
const LOST_BUG = preload(`process.on('SIGUSR2', () => setImmediate(() => Promise.reject(new Error('boom'))));`);

const UNFORESEEN =
  'The action did not foresee that, which is a fault of its own: please report it. If a task was submitted, run this job again with its task-id.';

const held = [quick({ behaviour: { holdAt: 'running' } })];

test('an error that nobody foresaw fails the step in words that leak nothing, and post cancels the task', async () => {
  await using emulator = await startEmulator({ workflows: held });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', parameters: 'seed: 3' },
    nodeOptions: BUG,
  });
  await action.waitForLine('running on');
  action.kill('SIGUSR2');
  const result = await action.done;
  const [task] = emulator.tasks;
  const error = `boom for sk-*** ⏎ ::set-output name=x::y. ${UNFORESEEN}`;
  expect(result).toMatchObject({ exitCode: 1, signal: null });
  expect(annotationsOf(result, 'error')).toEqual([error]);
  expect(result.outputs).toMatchObject({
    'task-id': task?.id,
    status: 'failed',
    path: join(action.workspace, 'cyberun-outputs'),
    files: '[]',
    file: '',
    'checksums-path': '',
    'provenance-path': '',
    error,
  });
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([
    { task_id: task?.id, status: 'failed', parameters: { seed: 3 }, error, agent_id: 'gpu-node-01' },
  ]);
  expect(result.post).toMatchObject({ exitCode: 0 });
  expect(emulator.tasks.map(({ status }) => status)).toEqual(['cancelled']);
});

test('a rejection that nobody handles does the same', async () => {
  await using emulator = await startEmulator({ workflows: held });
  await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions: LOST_BUG });
  await action.waitForLine('running on');
  action.kill('SIGUSR2');
  const result = await action.done;
  const [task] = emulator.tasks;
  expect(result).toMatchObject({
    exitCode: 1,
    outputs: { 'task-id': task?.id, status: 'failed', error: `boom. ${UNFORESEEN}` },
  });
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([
    { task_id: task?.id, status: 'failed', error: `boom. ${UNFORESEEN}` },
  ]);
  expect(emulator.tasks.map(({ status }) => status)).toEqual(['cancelled']);
});

/** Plays a promise that is lost: the file never gets its name, and nothing is left to wait for. */
const LOST_PROMISE = preload(`
  import fs from 'node:fs/promises';
  import { syncBuiltinESMExports } from 'node:module';
  fs.rename = () => new Promise(() => undefined);
  syncBuiltinESMExports();
`);

test('a step that came to a halt is a failed one, and says so', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions: LOST_PROMISE });
  const result = await action.done;
  const error = expect.stringContaining('The action came to a halt before it was done');
  expect(annotationsOf(result, 'error')).toEqual([error]);
  expect(result).toMatchObject({
    exitCode: 1,
    outputs: { 'task-id': emulator.tasks[0]?.id, status: 'completed', error },
  });
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([{ status: 'completed', error }]);
});

test('before anything is submitted, there are no tasks to tell of', async () => {
  await using emulator = await startEmulator({ workflows: held });
  emulator.fault({ kind: 'workflow', fault: { type: 'stall' } });
  await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions: LOST_BUG });
  await emulator.waitFor(({ requests }) => requests.length > 0);
  action.kill('SIGUSR2');
  expect(await action.done).toMatchObject({
    exitCode: 1,
    outputs: { status: 'failed', tasks: '[]', files: '[]', error: `boom. ${UNFORESEEN}` },
    post: { exitCode: 0, raw: '' },
  });
});

test('while files come, those that arrived are told of, and that the task completed', async () => {
  const outputs = ['one.bin', 'two.bin'].map((name) => ({ output: name, name, bytes: 1000 }));
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
  const isTwo = ({ path }: { path: string }) => path.endsWith('two.bin');
  emulator.fault({ kind: 'storage-get', when: isTwo, fault: { type: 'stall', afterBytes: 500 } });
  await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions: LOST_BUG });
  await waitForArrival(action.workspace, 'one.bin');
  action.kill('SIGUSR2');
  const result = await action.done;
  const [task] = emulator.tasks;
  const file = 'cyberun-outputs/one.bin';
  const error = `boom. ${UNFORESEEN} The task itself completed: a step with \`task-id: ${task?.id}\` in place of \`workflow\` fetches its files without paying again.`;
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'completed', file, error } });
  expect(annotationsOf(result, 'error')).toEqual([error]);
  expect(JSON.parse(result.outputs.files ?? '')).toMatchObject([{ path: file, task_id: task?.id, bytes: 1000 }]);
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([
    { task_id: task?.id, status: 'completed', error, agent_id: 'gpu-node-01' },
  ]);
  expect(JSON.parse(result.outputs.result ?? '')).toBeTypeOf('object');
  expect(emulator.tasks).toMatchObject([{ status: 'completed', cancelRequests: 0 }]);
});

test('of a matrix, the tasks that are done stay so, and each of the others has the error', async () => {
  const behaviour = ({ seed }: Readonly<Record<string, unknown>>) => ({
    steps: 2,
    outputs: [SMALL],
    ...(seed !== 1 && { holdAt: 'running' }),
  });
  await using emulator = await startEmulator({ workflows: [{ ...quick(), behaviour }] });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', matrix: 'seed: [1, 2, 3]', 'max-parallel': '1' },
    nodeOptions: LOST_BUG,
  });
  await action.waitForLine('[1]  1 file in cyberun-outputs/1');
  await action.waitForLine('[2]  running on');
  action.kill('SIGUSR2');
  const result = await action.done;
  const [one, two] = emulator.tasks;
  expect(result).toMatchObject({
    exitCode: 1,
    outputs: { 'task-id': one?.id, status: 'failed', error: `boom. ${UNFORESEEN}` },
  });
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([
    { task_id: one?.id, status: 'completed', error: null },
    { task_id: two?.id, status: 'failed', error: `boom. ${UNFORESEEN}` },
    { task_id: null, status: 'failed', parameters: { seed: 3 }, error: `boom. ${UNFORESEEN}` },
  ]);
  expect(JSON.parse(result.outputs.files ?? '')).toMatchObject([{ path: `cyberun-outputs/1/${SMALL.name}` }]);
  expect(emulator.tasks).toMatchObject([
    { status: 'completed', cancelRequests: 0 },
    { status: 'cancelled', cancelRequests: 1 },
  ]);
});
