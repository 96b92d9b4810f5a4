import { expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { Fault } from '../../emulator/faults.ts';
import type { StepResult } from '../../emulator/runner/runner.ts';
import {
  annotationsOf,
  callsOf,
  countOf,
  leftOpenIn,
  namesOf,
  ONLY_RECORD,
  quick,
  runAction,
  waitForArrival,
  waitForFile,
} from './harness.ts';

/** A task that stays in a status until it is cancelled. */
function startHeld(holdAt: string): Promise<Emulator> {
  return startEmulator({ workflows: [quick({ behaviour: { holdAt } })] });
}

/** What every abort comes to when main has the time for it. */
function expectCancelled(result: StepResult, emulator: Emulator, signal: string, unless = ''): void {
  const [task] = emulator.tasks;
  const error = `The job was cancelled, timed out or is being shut down (${signal}).`;
  expect(result).toMatchObject({ exitCode: 1, signal: null, state: { open_0: '' } });
  expect(annotationsOf(result, 'error')).toEqual([error]);
  expect(annotationsOf(result, 'warning')).toEqual([]);
  expect(result.outputs).toMatchObject({ 'task-id': task?.id, status: 'cancelled', error });
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([{ task_id: task?.id, status: 'cancelled', error }]);
  expect(result.log).toContain(`Task ${task?.id} cancelled${unless}`);
  expect(result.summary).toContain('### 🚫 `Quick` (`quick@7`): cancelled\n');
  expect(result.post).toMatchObject({ exitCode: 0, raw: '' });
  expect(emulator.tasks).toMatchObject([{ status: 'cancelled', cancelledBy: 'api', cancelRequests: 1 }]);
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s while the workflow is read ends the run, and nothing is submitted',
  async (signal) => {
    await using emulator = await startHeld('running');
    emulator.fault({ kind: 'workflow', fault: { type: 'stall' } });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    await emulator.waitFor(({ requests }) => requests.some(({ kind }) => kind === 'workflow'));
    action.kill(signal);
    const result = await action.done;
    expect(result).toMatchObject({
      exitCode: 1,
      signal: null,
      state: {},
      outputs: { status: 'cancelled', tasks: '[]' },
    });
    expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining(`shut down (${signal}).`)]);
    expect(callsOf(emulator)).toEqual(['workflow -']);
    expect(result.post).toMatchObject({ exitCode: 0, raw: '' });
  },
);

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s while a submit is in flight waits for its answer, and cancels that task',
  async (signal) => {
    await using emulator = await startHeld('running');
    emulator.fault({ kind: 'submit', fault: { type: 'delay', ms: 400 } });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    await emulator.waitFor(({ tasks }) => tasks.length === 1);
    action.kill(signal);
    expectCancelled(await action.done, emulator, signal);
    expect(countOf(emulator, 'submit')).toBe(1);
    expect(countOf(emulator, 'events')).toBeLessThanOrEqual(1);
  },
);

test('SIGINT while a submit waits for its next try ends it, and no task comes of it', async () => {
  await using emulator = await startHeld('running');
  const headers = { 'retry-after': '30' };
  emulator.fault({ kind: 'submit', times: 9, fault: { type: 'status', status: 503, headers } });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  await action.waitForLine('Trying again');
  action.kill('SIGINT');
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, signal: null, state: { open_0: '' }, outputs: { status: 'cancelled' } });
  expect(result.outputs).not.toHaveProperty('task-id');
  expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('SIGINT')]);
  expect(callsOf(emulator)).toEqual(['workflow 200', 'submit 503']);
  expect(emulator.tasks).toEqual([]);
});

test.each([
  ['SIGINT', 'waiting'],
  ['SIGTERM', 'waiting'],
  ['SIGINT', 'running'],
  ['SIGTERM', 'running'],
  ['SIGHUP', 'running'],
] as const)('%s while the task is %s cancels it', async (signal, status) => {
  await using emulator = await startHeld(status);
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  await action.waitForLine(new RegExp(`^  \\d+:\\d\\d  ${status}`));
  action.kill(signal);
  expectCancelled(await action.done, emulator, signal);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s while a file comes leaves no part of it, and the task is what it is: completed',
  async (signal) => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    emulator.fault({ kind: 'storage-get', fault: { type: 'stall', afterBytes: 500 } });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    await emulator.waitFor(({ requests }) =>
      requests.some(({ kind, status }) => kind === 'storage-get' && status === 206),
    );
    await waitForFile(action.workspace, /\.part$/);
    action.kill(signal);
    const result = await action.done;
    const [task] = emulator.tasks;
    expect(result).toMatchObject({ exitCode: 1, signal: null, state: { open_0: '' }, post: { exitCode: 0, raw: '' } });
    expect(result.outputs).toMatchObject({ 'task-id': task?.id, status: 'completed', files: '[]', file: '' });
    expect(result.outputs.error).toContain(signal);
    expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining(signal)]);
    expect(namesOf(action.workspace)).toEqual(ONLY_RECORD);
    expect(emulator.tasks).toMatchObject([{ status: 'completed', cancelRequests: 0 }]);
  },
);

test('SIGINT while some files have come and others not tells of those that have', async () => {
  const outputs = ['one.bin', 'two.bin'].map((name) => ({ output: name, name, bytes: 1000 }));
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
  const isTwo = ({ path }: { path: string }) => path.endsWith('two.bin');
  emulator.fault({ kind: 'storage-get', when: isTwo, fault: { type: 'stall', afterBytes: 500 } });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  await waitForArrival(action.workspace, 'one.bin');
  action.kill('SIGINT');
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, signal: null, outputs: { status: 'completed' } });
  expect(result.outputs.error).toContain('SIGINT');
  expect(JSON.parse(result.outputs.files ?? '')).toMatchObject([{ name: 'one.bin', bytes: 1000 }]);
  expect(namesOf(action.workspace)).toEqual([
    'cyberun-outputs/SHA256SUMS',
    'cyberun-outputs/cyberun-run.json',
    'cyberun-outputs/one.bin',
  ]);
});

test.each([
  { 'cancel-on-abort': 'true', status: 'cancelled', headline: 'cancelled' },
  { 'cancel-on-abort': 'false', status: 'submitted', headline: 'no longer followed, the task goes on' },
])(
  'after SIGINT a task keeps where it ran, and how long it waited and ran: $status',
  async ({ status, headline, ...inputs }) => {
    const stamps = { created_at: '2026-01-01T00:00:00Z', started_at: '2026-01-01T00:00:30Z', completed_at: null };
    const behaviour = { holdAt: 'running', extra: { task: stamps } };
    await using emulator = await startEmulator({ workflows: [quick({ behaviour })] });
    await using action = runAction({ emulator, faster: 20, with: { workflow: 'quick', ...inputs } });
    await action.waitForLine(/^ {2}1:\d\d {2}still running/);
    action.kill('SIGINT');
    const result = await action.done;
    const [told] = JSON.parse(result.outputs.tasks ?? '');
    const facts = { agent_id: 'gpu-node-01', gpu_type: 'NVIDIA GeForce RTX 4090', queue_seconds: 30 };
    expect(told).toMatchObject({ task_id: emulator.tasks[0]?.id, status, error: result.outputs.error, ...facts });
    expect(told.run_seconds).toBeGreaterThan(50);
    expect(result.outputs['gpu-seconds']).toBe(`${told.run_seconds}`);
    expect(result.summary).toContain(`: ${headline}\n`);
    expect(result.summary).toMatch(/^Queued 0:30 · ran \d+:\d\d · .* · on `gpu-node-01` /m);
  },
);

test('of two tasks, the one that somebody else cancelled is told apart from the one that the abort did', async () => {
  await using emulator = await startHeld('running');
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', matrix: 'seed: [1, 2]', 'fail-fast': 'false' },
  });
  await action.waitForLine(/^ *\d+:\d\d {2}\[1\] {2}running/);
  await action.waitForLine(/^ *\d+:\d\d {2}\[2\] {2}running/);
  const taskOf = (seed: number) => emulator.tasks.find(({ submission }) => submission.parameters.seed === seed);
  emulator.cancel(taskOf(1)?.id ?? '');
  await action.waitForLine(/\[1\] {2}cancelled/);
  action.kill('SIGINT');
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'cancelled' }, post: { exitCode: 0, raw: '' } });
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([
    {
      task_id: taskOf(1)?.id,
      status: 'cancelled',
      error: expect.stringContaining('was cancelled, and not by this job'),
    },
    { task_id: taskOf(2)?.id, status: 'cancelled', error: expect.stringContaining('SIGINT') },
  ]);
  expect(taskOf(1)).toMatchObject({ status: 'cancelled', cancelledBy: 'operator', cancelRequests: 0 });
  expect(taskOf(2)).toMatchObject({ status: 'cancelled', cancelledBy: 'api', cancelRequests: 1 });
  expect(leftOpenIn(result)).toEqual([]);
});

test('a cancel whose first answer is lost is sent again, and what is over by then is cancelled', async () => {
  await using emulator = await startHeld('running');
  emulator.fault({ kind: 'cancel', fault: { type: 'reset-after' } });
  await using action = runAction({ emulator, with: { workflow: 'quick', timeout: '3s' } });
  const result = await action.done;
  const [task] = emulator.tasks;
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'timed-out' }, post: { exitCode: 0, raw: '' } });
  expect(result.log).toContain(`Task ${task?.id} cancelled`);
  expect(annotationsOf(result, 'warning')).toEqual([]);
  expect(leftOpenIn(result)).toEqual([]);
  expect(task).toMatchObject({ status: 'cancelled', cancelledBy: 'api', cancelRequests: 2 });
});

test("the runner's own ladder never comes to its second step", async () => {
  await using emulator = await startHeld('running');
  await using action = runAction({ emulator, with: { workflow: 'quick' }, graceMs: { int: 7500, term: 0 } });
  await action.waitForLine('running on');
  action.cancel();
  expectCancelled(await action.done, emulator, 'SIGINT');
});

test('a second signal changes nothing', async () => {
  await using emulator = await startHeld('running');
  emulator.fault({ kind: 'cancel', fault: { type: 'delay', ms: 300 } });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  await action.waitForLine('running on');
  action.kill('SIGINT');
  await emulator.waitFor(({ requests }) => requests.some(({ kind }) => kind === 'cancel'));
  action.kill('SIGTERM');
  action.kill('SIGINT');
  expectCancelled(await action.done, emulator, 'SIGINT');
});

test("the step's timeout-minutes cancels like a cancelled job", async () => {
  await using emulator = await startHeld('running');
  await using action = runAction({ emulator, with: { workflow: 'quick' }, timeoutMs: 1500 });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'cancelled' } });
  expect(emulator.tasks).toMatchObject([{ status: 'cancelled', cancelledBy: 'api' }]);
});

test.each<[string, Fault]>([
  ['never comes', { type: 'stall' }],
  ['is refused for a minute', { type: 'status', status: 503, headers: { 'retry-after': '60' } }],
])('SIGINT cancels the task although its record %s', async (_, fault) => {
  await using emulator = await startHeld('running');
  emulator.fault({ kind: 'task', times: Number.POSITIVE_INFINITY, fault });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  // The record would have named the agent.
  await action.waitForLine(/ {2}running$/);
  action.kill('SIGINT');
  expectCancelled(await action.done, emulator, 'SIGINT', ', unless it was over by then');
});

test('a task that was attached to is cancelled, too', async () => {
  await using emulator = await startHeld('running');
  await using submitting = runAction({ emulator, with: { workflow: 'quick', 'wait-for-completion': 'false' } });
  const { 'task-id': taskId = '' } = (await submitting.done).outputs;
  await using action = runAction({ emulator, with: { 'task-id': taskId } });
  await action.waitForLine('running on');
  action.kill('SIGINT');
  expectCancelled(await action.done, emulator, 'SIGINT');
});

test('a task that is about to be attached to is cancelled, too', async () => {
  await using emulator = await startHeld('running');
  await using submitting = runAction({ emulator, with: { workflow: 'quick', 'wait-for-completion': 'false' } });
  const { 'task-id': taskId = '' } = (await submitting.done).outputs;
  emulator.fault({ kind: 'task', fault: { type: 'stall' } });
  await using action = runAction({ emulator, with: { 'task-id': taskId } });
  await emulator.waitFor(({ requests }) => requests.some(({ kind }) => kind === 'task'));
  action.kill('SIGINT');
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, outputs: { 'task-id': taskId, status: 'cancelled' } });
  expect(emulator.tasks).toMatchObject([{ status: 'cancelled', cancelledBy: 'api' }]);
});

test('SIGINT while a file is uploaded ends the run, and nothing is submitted', async () => {
  await using emulator = await startEmulator();
  emulator.fault({ kind: 'storage-put', fault: { type: 'stall' } });
  await using action = runAction({
    emulator,
    files: { 'photo.png': Buffer.alloc(1000) },
    with: { workflow: 'image-to-image', parameters: 'image: photo.png' },
  });
  await emulator.waitFor(({ requests }) => requests.some(({ kind }) => kind === 'storage-put'));
  action.kill('SIGINT');
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, signal: null, state: {}, outputs: { status: 'cancelled', tasks: '[]' } });
  expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('SIGINT')]);
  expect(result.summary).toMatch(/^### 🚫 `image-to-image`: cancelled before anything was submitted\n/);
  expect(emulator.tasks).toEqual([]);
  expect(countOf(emulator, 'submit')).toBe(0);
});

test('cancel-on-abort: false leaves the task alone, and so does post', async () => {
  await using emulator = await startHeld('running');
  await using action = runAction({ emulator, with: { workflow: 'quick', 'cancel-on-abort': 'false' } });
  await action.waitForLine('running on');
  action.kill('SIGINT');
  const result = await action.done;
  const [task] = emulator.tasks;
  expect(result).toMatchObject({ exitCode: 1, state: { open_0: '' } });
  expect(result.outputs).toMatchObject({
    'task-id': task?.id,
    status: 'submitted',
    error: expect.stringContaining('SIGINT'),
  });
  expect(result.log).toContain(`Task ${task?.id} goes on, as cancel-on-abort is false`);
  expect(result.post).toMatchObject({ exitCode: 0, raw: '' });
  expect(countOf(emulator, 'cancel')).toBe(0);
  expect(task?.status).toBe('running');
});

test('a matrix that is aborted leaves no task running, and submits no more', async () => {
  await using emulator = await startHeld('running');
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', matrix: 'seed: [1, 2, 3, 4, 5]', 'max-parallel': '2' },
  });
  await emulator.waitFor(({ tasks }) => tasks.length === 2 && tasks.every(({ status }) => status === 'running'));
  action.kill('SIGINT');
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'cancelled' } });
  expect(leftOpenIn(result)).toEqual([]);
  expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('SIGINT')]);
  expect(emulator.tasks).toMatchObject([
    { status: 'cancelled', cancelRequests: 1 },
    { status: 'cancelled', cancelRequests: 1 },
  ]);
});
