import { expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { Behaviour } from '../../emulator/workflows.ts';
import { annotationsOf, countOf, NO_MEMORY, namesOf, quick, runAction } from './harness.ts';

function startWith(behaviour: Behaviour): Promise<Emulator> {
  return startEmulator({
    workflows: [quick({ behaviour, workflow_json: { 3: { class_type: 'KSampler', inputs: {} } } })],
  });
}

/** Submits as a step of its own, and returns the task's id. */
async function submit(emulator: Emulator): Promise<string> {
  const with_ = { workflow: 'quick', parameters: 'seed: 7', 'wait-for-completion': 'false' };
  await using step = runAction({ emulator, with: with_ });
  return (await step.done).outputs['task-id'] ?? '';
}

test('two steps are one run: submit now, collect later', async () => {
  await using emulator = await startWith({ holdAt: 'running' });
  const taskId = await submit(emulator);
  await emulator.waitFor(({ tasks }) => tasks[0]?.status === 'running');
  expect(emulator.tasks[0]?.cancelRequests).toBe(0);
  await using action = runAction({ emulator, with: { 'task-id': taskId, timeout: '1m' } });
  await action.waitForLine('running on gpu-node-01');
  emulator.release(taskId);
  const result = await action.done;
  expect(result).toMatchObject({
    exitCode: 0,
    outputs: { 'task-id': taskId, status: 'completed' },
    state: { open_0: '' },
  });
  expect(result.log[1]).toBe(`Following task ${taskId}`);
  expect(result.log.join('\n')).toMatch(/step \d\/3 {2}KSampler \(node 3\)/);
  expect(namesOf(action.workspace)).toEqual([
    'cyberun-outputs/SHA256SUMS',
    'cyberun-outputs/cyberun-run.json',
    'cyberun-outputs/output_00001_.png',
  ]);
  expect(countOf(emulator, 'submit')).toBe(1);
});

test('a task that failed long ago fails the step at once, with its error', async () => {
  await using emulator = await startWith({ ending: 'failed', error: 'CUDA out of memory' });
  const taskId = await submit(emulator);
  await emulator.waitFor(({ tasks }) => tasks[0]?.status === 'failed');
  await using action = runAction({ emulator, with: { 'task-id': taskId } });
  const result = await action.done;
  expect(annotationsOf(result, 'error')).toEqual([`CUDA out of memory (task ${taskId} failed). ${NO_MEMORY}`]);
  expect(result).toMatchObject({ exitCode: 1, outputs: { 'task-id': taskId, status: 'failed' } });
  expect(emulator.tasks[0]?.cancelRequests).toBe(0);
  expect(namesOf(action.workspace)).toEqual([]);
});

test('a task that somebody cancelled fails the step, too', async () => {
  await using emulator = await startWith({ holdAt: 'running' });
  const taskId = await submit(emulator);
  emulator.cancel(taskId);
  await using action = runAction({ emulator, with: { 'task-id': taskId } });
  const result = await action.done;
  expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('was cancelled, and not by this job')]);
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'cancelled' } });
  expect(emulator.tasks[0]?.cancelRequests).toBe(0);
});

test('a task whose workflow cannot be read is followed all the same', async () => {
  await using emulator = await startWith({});
  const taskId = await submit(emulator);
  emulator.fault({ kind: 'workflow', times: 9, fault: { type: 'status', status: 403 } });
  await using action = runAction({ emulator, with: { 'task-id': taskId } });
  expect(await action.done).toMatchObject({ exitCode: 0, annotations: [], outputs: { status: 'completed' } });
});

test('when the step is killed, post cancels the task that it was attached to', async () => {
  await using emulator = await startWith({ holdAt: 'running' });
  const taskId = await submit(emulator);
  await using action = runAction({ emulator, with: { 'task-id': taskId } });
  await action.waitForLine('running on');
  action.kill('SIGKILL');
  const { post } = await action.done;
  expect(post).toMatchObject({ exitCode: 0 });
  expect(post?.log).toContain(`Task ${taskId} cancelled`);
  expect(emulator.tasks).toMatchObject([{ status: 'cancelled', cancelledBy: 'api', cancelRequests: 1 }]);
});

test('with cancel-on-abort: false an attached task outlives the job', async () => {
  await using emulator = await startWith({ holdAt: 'running' });
  const taskId = await submit(emulator);
  await using action = runAction({ emulator, with: { 'task-id': taskId, 'cancel-on-abort': 'false' } });
  await action.waitForLine('running on');
  action.cancel();
  expect(await action.done).toMatchObject({ exitCode: 1, outputs: { status: 'submitted' }, state: { open_0: '' } });
  expect(emulator.tasks).toMatchObject([{ status: 'running', cancelRequests: 0 }]);
});
