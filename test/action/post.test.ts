import { expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import { annotationsOf, callsOf, countOf, quick, runAction } from './harness.ts';

/** A task that runs until it is cancelled. */
function startEndless(): Promise<Emulator> {
  return startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
}

test('post does nothing after a run that ended', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  let before = 0;
  await using action = runAction({
    emulator,
    with: { workflow: 'quick' },
    onLine: (line) => {
      if (line === 'Post job cleanup.') before = emulator.requests.length;
    },
  });
  const { post } = await action.done;
  expect(post).toMatchObject({ exitCode: 0, raw: '', outputs: {}, summary: '' });
  expect(before).toBeGreaterThan(0);
  expect(emulator.requests).toHaveLength(before);
});

test('post cancels what a killed main left open, and says so', async () => {
  await using emulator = await startEndless();
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  await action.waitForLine('running on');
  action.kill('SIGKILL');
  const { signal, state, outputs, post } = await action.done;
  const [task] = emulator.tasks;
  expect(signal).toBe('SIGKILL');
  expect(JSON.parse(state.open_0 ?? '')).toEqual({
    taskId: task?.id,
    signature: expect.stringMatching(/^[\da-f]{64}$/),
  });
  expect(outputs).toMatchObject({ 'task-id': task?.id });
  expect(post).toMatchObject({ exitCode: 0, annotations: [] });
  expect(post?.log).toEqual([
    'Post job cleanup.',
    `The step was killed, or crashed, while task ${task?.id} was open`,
    `Task ${task?.id} cancelled`,
  ]);
  expect(task).toMatchObject({ status: 'cancelled', cancelledBy: 'api', cancelRequests: 1 });
});

test('post cancels every task of a matrix that was killed', async () => {
  await using emulator = await startEndless();
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', matrix: 'seed: [1, 2, 3]', 'max-parallel': '2' },
  });
  await emulator.waitFor(({ tasks }) => tasks.length === 2 && tasks.every(({ status }) => status === 'running'));
  await action.waitForLine(emulator.tasks[0]?.id ?? '');
  await action.waitForLine(emulator.tasks[1]?.id ?? '');
  action.kill('SIGKILL');
  const { post } = await action.done;
  expect(post).toMatchObject({ exitCode: 0, annotations: [] });
  expect(emulator.tasks).toMatchObject([{ status: 'cancelled' }, { status: 'cancelled' }]);
});

test('post cancels a task that a killed main was attached to', async () => {
  await using emulator = await startEndless();
  await using submitting = runAction({ emulator, with: { workflow: 'quick', 'wait-for-completion': 'false' } });
  const { 'task-id': taskId = '' } = (await submitting.done).outputs;
  expect(emulator.tasks[0]?.cancelRequests).toBe(0);
  await using action = runAction({ emulator, with: { 'task-id': taskId } });
  await action.waitForLine('running on');
  action.kill('SIGKILL');
  expect((await action.done).post?.log).toContain(`Task ${taskId} cancelled`);
  expect(emulator.tasks).toMatchObject([{ status: 'cancelled' }]);
});

test('post cancels a task that a killed main was only about to follow', async () => {
  await using emulator = await startEndless();
  await using submitting = runAction({ emulator, with: { workflow: 'quick', 'wait-for-completion': 'false' } });
  const { 'task-id': taskId = '' } = (await submitting.done).outputs;
  emulator.fault({ kind: 'task', fault: { type: 'stall' } });
  await using action = runAction({ emulator, with: { 'task-id': taskId } });
  await emulator.waitFor(() => countOf(emulator, 'task') === 1);
  action.kill('SIGKILL');
  expect((await action.done).post?.log).toContain(`Task ${taskId} cancelled`);
  expect(emulator.tasks).toMatchObject([{ status: 'cancelled' }]);
});

test('post leaves a task alone when cancel-on-abort is false', async () => {
  await using emulator = await startEndless();
  await using action = runAction({ emulator, with: { workflow: 'quick', 'cancel-on-abort': 'FALSE' } });
  await action.waitForLine('running on');
  action.kill('SIGKILL');
  expect((await action.done).post).toMatchObject({ exitCode: 0, raw: '' });
  expect(countOf(emulator, 'cancel')).toBe(0);
  expect(emulator.tasks).toMatchObject([{ status: 'running' }]);
});

test('a main killed while it submitted: post names the likely task, and cancels nothing', async () => {
  await using emulator = await startEndless();
  emulator.fault({ kind: 'submit', fault: { type: 'stall' } });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  await emulator.waitFor(({ tasks }) => tasks.length === 1);
  action.kill('SIGKILL');
  const { post, state, outputs } = await action.done;
  const [task] = emulator.tasks;
  expect(JSON.parse(state.open_0 ?? '')).toMatchObject({ workflow: 'quick' });
  expect(outputs).not.toHaveProperty('task-id');
  expect(post?.exitCode).toBe(0);
  expect(post?.log[1]).toBe('The step was killed, or crashed, while it submitted quick, without an answer');
  expect(annotationsOf(post ?? expect.fail('no post'), 'warning')).toEqual([
    expect.stringMatching(new RegExp(`^A task may be running\\. The likely ones: ${task?.id} \\(`)),
  ]);
  expect(callsOf(emulator)).toEqual(['workflow 200', 'submit -', 'tasks 200']);
  expect(task).toMatchObject({ status: 'running', cancelRequests: 0 });
});

test('a cancel that fails is left to post, which tries again', async () => {
  await using emulator = await startEndless();
  let inPost = false;
  emulator.fault({
    kind: 'cancel',
    times: Number.POSITIVE_INFINITY,
    when: () => !inPost,
    fault: { type: 'status', status: 500 },
  });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick' },
    onLine: (line) => {
      inPost ||= line === 'Post job cleanup.';
    },
  });
  await action.waitForLine('running on');
  action.cancel();
  const result = await action.done;
  const [task] = emulator.tasks;
  expect(result).toMatchObject({ exitCode: 1, signal: null, outputs: { 'task-id': task?.id, status: 'cancelled' } });
  expect(annotationsOf(result, 'warning')).toEqual([]);
  expect(JSON.parse(result.state.open_0 ?? '')).toMatchObject({ taskId: task?.id });
  expect(result.post?.log.slice(1)).toEqual([
    `The job was cancelled or timed out, and nobody confirmed that task ${task?.id} is cancelled: asking for it now`,
    `Task ${task?.id} cancelled`,
  ]);
  expect(task?.status).toBe('cancelled');
});

test('what a step that went on to its end could not cancel is left to post, which says so', async () => {
  await using emulator = await startEndless();
  emulator.fault({ kind: 'cancel', fault: { type: 'status', status: 403 } });
  await using action = runAction({ emulator, with: { workflow: 'quick', timeout: '1s' } });
  const { outputs, post } = await action.done;
  const [task] = emulator.tasks;
  expect(outputs).toMatchObject({ status: 'timed-out' });
  expect(post?.log.slice(1)).toEqual([
    `The step ended, and nobody confirmed that task ${task?.id} is cancelled: asking for it now`,
    `Task ${task?.id} cancelled`,
  ]);
  expect(countOf(emulator, 'cancel')).toBe(2);
  expect(task?.status).toBe('cancelled');
});

test('post that cannot cancel warns, and never fails the job', async () => {
  await using emulator = await startEndless();
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  await action.waitForLine('running on');
  emulator.revokeKey();
  action.kill('SIGKILL');
  const { post } = await action.done;
  expect(post?.exitCode).toBe(0);
  expect(annotationsOf(post ?? expect.fail('no post'), 'warning')).toEqual([
    expect.stringMatching(/could not be cancelled: The api-key was refused \(401: invalid or revoked key\)/),
  ]);
});

test('a runner that is preempted skips post, and main has cancelled by then', async () => {
  await using emulator = await startEndless();
  await using action = runAction({ emulator, with: { workflow: 'quick' }, skipPost: true });
  await action.waitForLine('running on');
  action.cancel();
  const result = await action.done;
  expect(result).not.toHaveProperty('post');
  expect(result).toMatchObject({ exitCode: 1, signal: null, outputs: { status: 'cancelled' } });
  expect(emulator.tasks).toMatchObject([{ status: 'cancelled', cancelledBy: 'api' }]);
});

test('post touches no task that another step says is open, and says so', async () => {
  await using emulator = await startEndless();
  await using first = runAction({ emulator, with: { workflow: 'quick', 'wait-for-completion': 'false' } });
  const { 'task-id': taskId = '' } = (await first.done).outputs;
  const planted = JSON.stringify({ taskId, signature: '0'.repeat(64) });
  const env = { STATE_open_7: planted, STATE_open_8: JSON.stringify({ workflow: 'quick', since: 1 }) };
  await using action = runAction({ emulator, with: { workflow: 'quick' }, env });
  await action.waitForLine('running on');
  action.kill('SIGKILL');
  const { post } = await action.done;
  expect(post?.exitCode).toBe(0);
  expect(annotationsOf(post ?? expect.fail('no post'), 'warning')).toEqual([
    expect.stringMatching(/^Of what is saved as open, 2 of 3 are ignored, as nothing shows that this step wrote it/),
  ]);
  // Its own is cancelled all the same.
  expect(emulator.tasks).toMatchObject([
    { id: taskId, status: 'running', cancelRequests: 0 },
    { status: 'cancelled', cancelledBy: 'api' },
  ]);
});

test('post keeps the key from an address that a later step put into the environment', async () => {
  await using emulator = await startEndless();
  await using evil = await startEmulator({ apiKey: emulator.apiKey });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', 'api-url': '' },
    env: { CYBERUN_API_URL: emulator.apiUrl },
    postEnv: { CYBERUN_API_URL: evil.apiUrl },
  });
  await action.waitForLine('running on');
  action.kill('SIGKILL');
  const { post } = await action.done;
  expect(annotationsOf(post ?? expect.fail('no post'), 'warning')).toEqual([
    expect.stringContaining('1 of 1 is ignored'),
  ]);
  expect(evil.requests).toEqual([]);
});
