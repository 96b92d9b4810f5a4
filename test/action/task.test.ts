import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { annotationsOf, callsOf, countOf, NO_MEMORY, namesOf, quick, runAction } from './harness.ts';

test('wait-for-completion: false ends after the submit, and nothing cancels the task', async () => {
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
  await using action = runAction({ emulator, with: { workflow: 'quick', 'wait-for-completion': 'false' } });
  const result = await action.done;
  const [task] = emulator.tasks;
  expect(result).toMatchObject({ exitCode: 0, annotations: [], state: { open_0: '' }, post: { exitCode: 0, raw: '' } });
  expect(result.outputs).toMatchObject({ 'task-id': task?.id, status: 'submitted', files: '[]', file: '', result: '' });
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([
    { task_id: task?.id, status: 'submitted', error: null },
  ]);
  expect(result.summary).toContain(': submitted, and not waited for\n');
  expect(callsOf(emulator)).toEqual(['workflow 200', 'submit 202']);
  expect(task).toMatchObject({ cancelRequests: 0 });
  expect(namesOf(action.workspace)).toEqual([]);
});

test('task-id goes on with a task that runs, and downloads its files', async () => {
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
  await using submitting = runAction({ emulator, with: { workflow: 'quick', 'wait-for-completion': 'false' } });
  const { 'task-id': taskId = '' } = (await submitting.done).outputs;
  await using action = runAction({ emulator, with: { 'task-id': taskId } });
  await action.waitForLine('running on gpu-node-01');
  emulator.release(taskId);
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 0, annotations: [], outputs: { 'task-id': taskId, status: 'completed' } });
  expect(result.log[1]).toBe(`Following task ${taskId}`);
  expect(namesOf(action.workspace)).toContain('cyberun-outputs/output_00001_.png');
  expect(countOf(emulator, 'submit')).toBe(1);
  expect(emulator.tasks[0]?.cancelRequests).toBe(0);
});

test('task-id brings home the files of a task that is over', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using submitting = runAction({ emulator, with: { workflow: 'quick', 'wait-for-completion': 'false' } });
  const { 'task-id': taskId = '' } = (await submitting.done).outputs;
  await emulator.waitFor(({ tasks }) => tasks[0]?.status === 'completed');
  await using action = runAction({ emulator, with: { 'task-id': taskId } });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 0, outputs: { 'task-id': taskId, status: 'completed' } });
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([{ agent_id: 'gpu-node-01', queue_seconds: 0 }]);
  expect(namesOf(action.workspace)).toContain('cyberun-outputs/output_00001_.png');
  expect(countOf(emulator, 'submit')).toBe(1);
});

test('task-id of a task that is not there fails once, and asks nobody to cancel what is not there', async () => {
  await using emulator = await startEmulator();
  await using action = runAction({ emulator, with: { 'task-id': '019abc12-9012-7890-abcd-ef1234567896' } });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'failed' } });
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringContaining('There is no task 019abc12-9012-7890-abcd-ef1234567896 for this key'),
  ]);
  expect(annotationsOf(result, 'warning')).toEqual([]);
  expect(result.post?.log).toEqual(['Post job cleanup.']);
});

test('a failed task fails the step with its last words, the whole of them in a group', async () => {
  const error =
    'Traceback (most recent call last):\n  File "nodes.py", line 7\n\ntorch.OutOfMemoryError: CUDA out of memory';
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { ending: 'failed', error } })] });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  const result = await action.done;
  const [task] = emulator.tasks;
  const message = `Traceback (most recent call last): […] torch.OutOfMemoryError: CUDA out of memory (task ${task?.id} failed). ${NO_MEMORY}`;
  expect(result).toMatchObject({ exitCode: 1, annotations: [{ level: 'error', message }] });
  const { outputs, log, summary } = result;
  expect(outputs).toMatchObject({ 'task-id': task?.id, status: 'failed', error: message, files: '[]', file: '' });
  expect(JSON.parse(outputs.tasks ?? '')).toMatchObject([
    { status: 'failed', error: message, agent_id: 'gpu-node-01' },
  ]);
  const group = log.indexOf('▸ What the service says of the failure');
  expect(log.slice(group + 1, group + 4)).toEqual([
    '  | Traceback (most recent call last):',
    '  |   File "nodes.py", line 7',
    '  | torch.OutOfMemoryError: CUDA out of memory',
  ]);
  expect(summary).toContain('### ❌ `Quick` (`quick@7`): failed\n');
  expect(summary).toContain('CUDA out of memory');
  expect(task?.cancelRequests).toBe(0);
  expect(countOf(emulator, 'storage-get')).toBe(0);
  expect(namesOf(action.workspace)).toEqual([]);
});

test('a failed task whose record and events give no reason says where to look', async () => {
  const silent = { task: { task_error: undefined }, event: { error: undefined }, result: { task_error: '' } };
  await using emulator = await startEmulator({
    workflows: [quick({ behaviour: { ending: 'failed', extra: silent } })],
  });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  expect(annotationsOf(await action.done, 'error')).toEqual([
    `Task ${emulator.tasks[0]?.id} failed, and the service does not say why: its page in Cyberun may.`,
  ]);
});

test('a task that somebody else cancels fails the step as cancelled', async () => {
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  await action.waitForLine('running on');
  const [task] = emulator.tasks;
  emulator.cancel(task?.id ?? '');
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, outputs: { 'task-id': task?.id, status: 'cancelled' } });
  expect(annotationsOf(result, 'error')).toEqual([
    `Task ${task?.id} was cancelled, and not by this job: see in Cyberun who did it.`,
  ]);
  expect(task).toMatchObject({ cancelledBy: 'operator', cancelRequests: 0 });
  expect(result.summary).toContain('### 🚫 `Quick` (`quick@7`): ');
});

test('a submit that is refused fails with the words of the service, and is sent once', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  emulator.fault({
    kind: 'submit',
    fault: { type: 'status', status: 403, body: '{"error":{"message":"licence lacks cloud_dispatch"}}' },
  });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'failed' } });
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringMatching(
      /^The run was not accepted\. The api-key may not do that \(403: licence lacks cloud_dispatch\)\./,
    ),
  ]);
  expect(annotationsOf(result, 'warning')).toEqual([]);
  expect(countOf(emulator, 'submit')).toBe(1);
  expect(emulator.tasks).toEqual([]);
});

test('a submit whose answer is lost is not sent again, and the likely task is named but not touched', async () => {
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
  emulator.fault({ kind: 'submit', fault: { type: 'reset-after' } });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  const result = await action.done;
  const [task] = emulator.tasks;
  expect(result.exitCode).toBe(1);
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringContaining('A task may be running, so it was not sent again.'),
  ]);
  expect(annotationsOf(result, 'warning')).toEqual([expect.stringContaining(`The likely ones: ${task?.id} (`)]);
  expect(countOf(emulator, 'submit')).toBe(1);
  expect(emulator.tasks).toHaveLength(1);
  expect(countOf(emulator, 'cancel')).toBe(0);
});

test('a submit that was certainly not accepted is sent again', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  emulator.fault({ kind: 'submit', times: 2, fault: { type: 'status', status: 503 } });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 0, annotations: [] });
  expect(result.log).toContainEqual(expect.stringContaining(' (503'));
  expect(countOf(emulator, 'submit')).toBe(3);
  expect(emulator.tasks).toHaveLength(1);
});
