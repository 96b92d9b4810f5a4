import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { annotationsOf, countOf, quick, runAction, timeless } from './harness.ts';

test('timeout cancels the task and says what it was doing', async () => {
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
  await using action = runAction({ emulator, with: { workflow: 'quick', timeout: '2s' } });
  const result = await action.done;
  const [task] = emulator.tasks;
  const error = expect.stringMatching(
    /^The task was not over within the timeout of 2\s?s: it was running for .*\. Raise timeout, or look in Cyberun at what holds it up\.$/,
  );
  expect(result).toMatchObject({ exitCode: 1, state: { open_0: '' } });
  expect(result.outputs).toMatchObject({ 'task-id': task?.id, status: 'timed-out', error });
  expect(annotationsOf(result, 'error')).toEqual([error]);
  expect(task).toMatchObject({ status: 'cancelled', cancelledBy: 'api', cancelRequests: 1 });
  expect(result.summary).toContain('### ⏰ `Quick` (`quick@7`): not over within ');
  expect(result.post).toMatchObject({ exitCode: 0, raw: '' });
});

test('timeout cancels the task even when cancel-on-abort is false', async () => {
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
  await using action = runAction({ emulator, with: { workflow: 'quick', timeout: '2s', 'cancel-on-abort': 'false' } });
  expect(await action.done).toMatchObject({ exitCode: 1, outputs: { status: 'timed-out' } });
  expect(emulator.tasks).toMatchObject([{ status: 'cancelled' }]);
});

test('a task whose time is over keeps where it ran, and how long it waited and ran', async () => {
  const task = { created_at: '2026-01-01T00:00:00Z', started_at: '2026-01-01T00:00:30Z', completed_at: null };
  const behaviour = { holdAt: 'running', extra: { task } };
  await using emulator = await startEmulator({ workflows: [quick({ behaviour })] });
  await using action = runAction({ emulator, faster: 20, with: { workflow: 'quick', timeout: '2m' } });
  const result = await action.done;
  const [told] = JSON.parse(result.outputs.tasks ?? '');
  expect(told).toMatchObject({
    task_id: emulator.tasks[0]?.id,
    status: 'timed-out',
    error: result.outputs.error,
    agent_id: 'gpu-node-01',
    gpu_type: 'NVIDIA GeForce RTX 4090',
    queue_seconds: 30,
  });
  // As it was seen, since the record has no end yet.
  expect(told.run_seconds).toBeGreaterThan(30);
  expect(result.outputs['gpu-seconds']).toBe(`${told.run_seconds}`);
  expect(result.summary).toMatch(/^Queued 0:30 · ran \d+:\d\d · .* · on `gpu-node-01` /m);
});

test('a task that was never taken has no agent, and no times', async () => {
  await using emulator = await startEmulator({ workflows: [quick({ required_labels: ['gpu', 'h200'] })] });
  await using action = runAction({ emulator, with: { workflow: 'quick', 'queue-timeout': '1s' } });
  const result = await action.done;
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([
    { status: 'timed-out', agent_id: null, gpu_type: null, queue_seconds: null, run_seconds: null },
  ]);
  expect(result.outputs['gpu-seconds']).toBe('0');
});

test('queue-timeout says why nobody took the task', async () => {
  await using emulator = await startEmulator({ workflows: [quick({ required_labels: ['gpu', 'h200'] })] });
  await using action = runAction({ emulator, with: { workflow: 'quick', 'queue-timeout': '1s' } });
  const result = await action.done;
  expect(timeless(result.log)).toContain(
    '  0:00  waiting: nobody has the label h200 (agents have comfyui, gpu, nerfstudio); the task waits for ever unless an agent gets it',
  );
  expect(result.outputs).toMatchObject({
    status: 'timed-out',
    error: expect.stringMatching(
      /^The task was not running within the queue-timeout of 1\s?s: nobody has the label h200 \(agents have .*\); .*\. Give an agent/,
    ),
  });
  expect(emulator.tasks).toMatchObject([{ status: 'cancelled', cancelledBy: 'api' }]);
});

test('queue-timeout is over as soon as the task runs', async () => {
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { steps: 4, stepMs: 700 } })] });
  await using action = runAction({ emulator, with: { workflow: 'quick', 'queue-timeout': '2s' } });
  expect(await action.done).toMatchObject({ exitCode: 0, outputs: { status: 'completed' } });
});

test('a key that is revoked while the task runs ends the run with the reason', async () => {
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  await action.waitForLine('running on');
  // The stream that is open does not ask again: what comes after a break does.
  const reopen = await emulator.refuseConnections();
  emulator.revokeKey();
  await reopen();
  const result = await action.done;
  const [task] = emulator.tasks;
  expect(result).toMatchObject({ exitCode: 1, outputs: { 'task-id': task?.id, status: 'failed' } });
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringMatching(
      /The api-key was refused \(401: invalid or revoked key\)\. It is wrong, expired or revoked.* Nobody confirmed that task /,
    ),
  ]);
  expect(annotationsOf(result, 'warning')).toEqual([]);
  expect(annotationsOf(result.post ?? expect.fail('no post'), 'warning')).toEqual([
    expect.stringContaining(`Task ${task?.id} could not be cancelled`),
  ]);
  expect(countOf(emulator, 'submit')).toBe(1);
});
