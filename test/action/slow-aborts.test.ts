import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { annotationsOf, countOf, preload, quick, runAction, waitForArrival } from './harness.ts';

/** Kills as soon as the runner would send SIGTERM: whoever needs more than 7.5 s ends by SIGKILL. */
const GRACE = { int: 7_500, term: 0 };

const workflows = [quick({ behaviour: { holdAt: 'running' } })];

/** Plays a disk that hangs, as a network's does: a file of that name never gets it. */
const HANGING_DISK = preload(`
  import fs from 'node:fs/promises';
  import { syncBuiltinESMExports } from 'node:module';
  const { link } = fs;
  fs.link = (from, to) => {
    if (!to.endsWith('two.bin')) return link(from, to);
    console.error('the disk hangs');
    return new Promise(() => setInterval(() => undefined, 1000));
  };
  syncBuiltinESMExports();
`);

describe.concurrent('an abort is over within the 7.5 s that the runner gives, whatever the service does', () => {
  test('a submit that is never answered: the likely task is named, and the error says that it may run', async () => {
    await using emulator = await startEmulator({ workflows });
    emulator.fault({ kind: 'submit', fault: { type: 'stall' } });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, graceMs: GRACE });
    await emulator.waitFor(({ tasks }) => tasks.length === 1);
    action.cancel();
    const result = await action.done;
    const [task] = emulator.tasks;
    expect(result).toMatchObject({ exitCode: 1, signal: null });
    expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('A task may be running')]);
    expect(annotationsOf(result, 'warning')).toEqual([expect.stringContaining(`The likely ones: ${task?.id} (`)]);
    expect(result.outputs).toMatchObject({ error: expect.stringContaining('A task may be running') });
    expect(countOf(emulator, 'submit')).toBe(1);
    expect(task?.cancelRequests).toBe(0);
  });

  test('neither the submit nor the list of tasks is answered', async () => {
    await using emulator = await startEmulator({ workflows });
    emulator.fault({ kind: 'submit', fault: { type: 'stall' } });
    emulator.fault({ kind: 'tasks', fault: { type: 'stall' } });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, graceMs: GRACE });
    await emulator.waitFor(({ tasks }) => tasks.length === 1);
    action.cancel();
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, signal: null });
    expect(annotationsOf(result, 'warning')).toEqual([expect.stringContaining('could not be listed')]);
  });

  test('the submit is answered late, and the cancel not at all: post cancels', async () => {
    await using emulator = await startEmulator({ workflows });
    emulator.fault({ kind: 'submit', fault: { type: 'delay', ms: 2_500 } });
    emulator.fault({ kind: 'cancel', fault: { type: 'refuse' }, times: 1 });
    emulator.fault({ kind: 'cancel', fault: { type: 'status', status: 503, headers: { 'retry-after': '9' } } });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, graceMs: GRACE });
    await emulator.waitFor(({ tasks }) => tasks.length === 1);
    action.cancel();
    const result = await action.done;
    const [task] = emulator.tasks;
    expect(result).toMatchObject({ exitCode: 1, signal: null, outputs: { 'task-id': task?.id, status: 'cancelled' } });
    expect(annotationsOf(result, 'warning')).toEqual([]);
    expect(result.post?.log).toContain(`Task ${task?.id} cancelled`);
    expect(task).toMatchObject({ status: 'cancelled', cancelRequests: 1 });
  });

  test('a file that stalls and a service that answers nothing more', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    emulator.fault({ kind: 'storage-get', fault: { type: 'stall' } });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, graceMs: GRACE });
    await emulator.waitFor(({ requests }) => requests.some(({ kind }) => kind === 'storage-get'));
    await emulator.refuseConnections();
    action.cancel();
    expect(await action.done).toMatchObject({ exitCode: 1, signal: null, outputs: { status: 'completed' } });
  });

  test('the service is gone while the task runs: the error says that nobody confirmed the cancel, should no post follow', async () => {
    await using emulator = await startEmulator({ workflows });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, graceMs: GRACE, skipPost: true });
    await action.waitForLine('running on');
    await emulator.refuseConnections();
    action.cancel();
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, signal: null, outputs: { status: 'cancelled' } });
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringMatching(
        /Nobody confirmed that task \S+ is cancelled: .* as on a runner that shuts down, cancel it in/,
      ),
    ]);
    expect(result.summary).toContain('Nobody confirmed that task ');
    expect(annotationsOf(result, 'warning')).toEqual([]);
    expect(JSON.parse(result.state.open_0 ?? '')).toHaveProperty('taskId');
  });

  test('a disk that hangs: at the last moment, what is known is told', async () => {
    const outputs = ['one.bin', 'two.bin'].map((name) => ({ output: name, name, bytes: 1000 }));
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
    await using action = runAction({
      emulator,
      with: { workflow: 'quick' },
      nodeOptions: HANGING_DISK,
      graceMs: GRACE,
    });
    await waitForArrival(action.workspace, 'one.bin');
    await action.waitForLine('the disk hangs');
    const began = performance.now();
    action.cancel();
    const result = await action.done;
    const [task] = emulator.tasks;
    const error = `The job was cancelled, timed out or is being shut down (SIGINT). The task itself completed: a step with \`task-id: ${task?.id}\` in place of \`workflow\` fetches its files without paying again.`;
    expect(performance.now() - began).toBeGreaterThan(6_900);
    expect(result).toMatchObject({ exitCode: 1, signal: null });
    expect(annotationsOf(result, 'error')).toEqual([error]);
    expect(result.outputs).toMatchObject({ 'task-id': task?.id, status: 'completed', error });
    expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([{ task_id: task?.id, status: 'completed', error }]);
    expect(JSON.parse(result.outputs.files ?? '')).toMatchObject([{ name: 'one.bin', bytes: 1000 }]);
  });
});
