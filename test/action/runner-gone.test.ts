import { expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { StepResult } from '../../emulator/runner/runner.ts';
import { type ActionRun, leftOpenIn, namesOf, preload, quick, runAction, waitForArrival } from './harness.ts';

// A runner that was killed closes its ends of the pipes and sends no signal: what is written next is an EPIPE.

/** Plays node, which warns on stderr now and then, when told to by a signal. */
const WARNING = preload(`process.on('SIGUSR2', () => process.stderr.write('a warning of node itself\\n'));`);

/** A task that goes on for half a minute, and says so every second or two. */
const slow = [quick({ behaviour: { steps: 300, stepMs: 100 } })];
const held = [quick({ behaviour: { holdAt: 'running' } })];

type Pipe = 'stdout' | 'stderr';
const BOTH: readonly Pipe[] = ['stdout', 'stderr'];

/** Closes pipes, and has something written to stderr; to stdout, the action writes by itself. */
function die(action: ActionRun, pipes: readonly Pipe[] = BOTH): void {
  for (const pipe of pipes) action.closePipe(pipe);
  action.kill('SIGUSR2');
}

/** What becomes of a run whose runner is gone, while it had tasks: main does it all, and post finds nothing to do. */
function expectCancelled(result: StepResult, emulator: Emulator): void {
  const error = expect.stringContaining('The runner is gone: its log takes no more (');
  const ids = emulator.tasks.map(({ id }) => id).toSorted();
  const tasks: { task_id: string }[] = JSON.parse(result.outputs.tasks ?? '');
  expect(result).toMatchObject({ exitCode: 1, signal: null, outputs: { status: 'cancelled', files: '[]', error } });
  expect(ids).toContain(result.outputs['task-id']);
  expect(tasks.toSorted((one, other) => (one.task_id < other.task_id ? -1 : 1))).toMatchObject(
    ids.map((task_id) => ({ task_id, status: 'cancelled', error })),
  );
  expect(leftOpenIn(result)).toEqual([]);
  expect(emulator.tasks.map(({ status, cancelRequests }) => `${status} ${cancelRequests}`)).toEqual(
    emulator.tasks.map(() => 'cancelled 1'),
  );
  expect(result.post).toMatchObject({ exitCode: 0, raw: '' });
}

test.each<{ pipes: readonly Pipe[] }>([{ pipes: ['stdout'] }, { pipes: ['stderr'] }, { pipes: BOTH }])(
  'a task that runs is cancelled when nobody reads $pipes any more',
  async ({ pipes }) => {
    await using emulator = await startEmulator({ workflows: slow });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions: WARNING });
    await action.waitForLine('running on');
    die(action, pipes);
    expectCancelled(await action.done, emulator);
  },
);

test.skipIf(process.platform === 'win32')('so it is when the log goes through a real pipe', async () => {
  await using emulator = await startEmulator({ workflows: slow });
  // What this process hands to a child is a pair of sockets; a shell makes pipes, as the runner does.
  const piped = ['-c', 'exec "$0" "$@" > >(sed -u "/running.* on/q")', process.execPath];
  await using action = runAction({
    emulator,
    with: { workflow: 'quick' },
    node: 'bash',
    nodeOptions: piped,
    skipPost: true,
  });
  const { post: _, ...result } = await action.done;
  expect(result.log.at(-1)).toContain('running on');
  expect(result).toMatchObject({ exitCode: 1, signal: null, outputs: { status: 'cancelled' } });
  expect(emulator.tasks).toMatchObject([{ status: 'cancelled', cancelRequests: 1 }]);
});

test('a task without a word to say is cancelled within half a minute', async () => {
  await using emulator = await startEmulator({ workflows: held });
  await using action = runAction({ emulator, with: { workflow: 'quick' }, faster: 20 });
  await action.waitForLine('running on');
  action.closePipe('stdout');
  expectCancelled(await action.done, emulator);
});

test('a submit that is in flight is waited for, and its task cancelled', async () => {
  await using emulator = await startEmulator({ workflows: held });
  emulator.fault({ kind: 'submit', fault: { type: 'delay', ms: 600 } });
  await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions: WARNING });
  await emulator.waitFor(({ tasks }) => tasks.length === 1);
  die(action);
  expectCancelled(await action.done, emulator);
  expect(emulator.requests.filter(({ kind }) => kind === 'events' || kind === 'submit')).toHaveLength(1);
});

test('files that are on their way are left alone, and no part of them stays', async () => {
  const outputs = ['one.bin', 'two.bin'].map((name) => ({ output: name, name, bytes: 1000 }));
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
  const isTwo = ({ path }: { path: string }) => path.endsWith('two.bin');
  emulator.fault({ kind: 'storage-get', when: isTwo, fault: { type: 'stall', afterBytes: 500 } });
  await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions: WARNING });
  await waitForArrival(action.workspace, 'one.bin');
  die(action);
  const result = await action.done;
  const error = expect.stringContaining('The runner is gone');
  expect(result).toMatchObject({ exitCode: 1, signal: null, outputs: { status: 'completed', error } });
  expect(JSON.parse(result.outputs.files ?? '')).toMatchObject([{ name: 'one.bin' }]);
  expect(namesOf(action.workspace)).toEqual([
    'cyberun-outputs/SHA256SUMS',
    'cyberun-outputs/cyberun-run.json',
    'cyberun-outputs/one.bin',
  ]);
  expect(emulator.tasks).toMatchObject([{ status: 'completed', cancelRequests: 0 }]);
});

test('every task of a matrix is cancelled, and no more are submitted', async () => {
  const agents = [1, 2, 3].map((number) => ({ agent_id: `n${number}`, agent_labels: ['gpu', 'comfyui'] }));
  await using emulator = await startEmulator({ workflows: held, agents });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', matrix: 'seed: [1, 2, 3]' },
    nodeOptions: WARNING,
  });
  await emulator.waitFor(({ tasks }) => tasks.filter(({ status }) => status === 'running').length === 3);
  die(action);
  expectCancelled(await action.done, emulator);
});

/** Ends its own process with SIGHUP as soon as it could be heard, when it is post. */
const HANG_UP = preload(`
  const heard = () => process.listenerCount('uncaughtException') > 0;
  const look = () => (heard() ? process.kill(process.pid, 'SIGHUP') : setTimeout(look, 5));
  if (/[\\\\/]post[\\\\/]/.test(process.argv[1])) look();
`);

test('post cancels all that is left, although the runner goes then', async () => {
  const agents = [1, 2, 3].map((number) => ({ agent_id: `n${number}`, agent_labels: ['gpu', 'comfyui'] }));
  await using emulator = await startEmulator({ workflows: held, agents });
  // The first one to be cancelled is the first line that nobody reads; the second one takes a while then.
  emulator.fault({ kind: 'cancel', fault: { type: 'delay', ms: 100 } });
  emulator.fault({ kind: 'cancel', times: 2, fault: { type: 'refuse' } });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', matrix: 'seed: [1, 2, 3]' },
    nodeOptions: HANG_UP,
  });
  for (const seed of [1, 2, 3]) await action.waitForLine(`[${seed}]  running on`);
  action.kill('SIGKILL');
  await emulator.waitFor(({ requests }) => requests.some(({ kind }) => kind === 'cancel'));
  for (const pipe of BOTH) action.closePipe(pipe);
  const { post } = await action.done;
  expect(post).toMatchObject({ exitCode: 0, signal: null });
  expect(emulator.tasks.map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled']);
});
