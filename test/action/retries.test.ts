import { expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { Behaviour, EmulatedWorkflow } from '../../emulator/workflows.ts';
import { annotationsOf, countOf, NO_MEMORY, namesOf, quick, runAction, SMALL } from './harness.ts';

const USUAL: Behaviour = { steps: 2, outputs: [SMALL] };
const CRASH = 'CUDA error: unspecified launch failure';

/** A workflow whose tasks go as their place among those with the same parameters says; the last one for all after it. */
function inTurn(...turns: readonly Behaviour[]): EmulatedWorkflow {
  const behaviour = (_: unknown, before: number) => ({ ...USUAL, ...turns[Math.min(before, turns.length - 1)] });
  return { ...quick(), behaviour };
}

/** Fails, and its record says that it ran for so long. */
function crashes(seconds = 0, error = CRASH): Behaviour {
  return { ending: 'failed', error, ...ranFor(seconds) };
}

function ranFor(seconds: number): Behaviour {
  const completed_at = new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
  return { extra: { task: { started_at: '2026-01-01T00:00:00Z', completed_at } } };
}

const ids = ({ tasks }: Emulator) => tasks.map(({ id }) => id);

test('a task that failed is submitted again, and every try is told', async () => {
  await using emulator = await startEmulator({ workflows: [inTurn(crashes(100), ranFor(92))] });
  await using action = runAction({ emulator, with: { workflow: 'quick', parameters: 'seed: 7', retries: '2' } });
  const result = await action.done;
  const [first, second] = ids(emulator);
  expect(result).toMatchObject({ exitCode: 0, annotations: [] });
  expect(countOf(emulator, 'submit')).toBe(2);
  expect(emulator.tasks.map(({ submission }) => submission.parameters)).toEqual([{ seed: 7 }, { seed: 7 }]);
  expect(countOf(emulator, 'cancel')).toBe(0);
  expect(result.outputs).toMatchObject({ 'task-id': second, status: 'completed', 'gpu-seconds': '192' });
  const error = `${CRASH} (task ${first} failed)`;
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([
    {
      task_id: second,
      status: 'completed',
      error: null,
      run_seconds: 92,
      tries: [{ task_id: first, status: 'failed', error, agent_id: 'gpu-node-01', run_seconds: 100 }],
    },
  ]);
  expect(result.log).toContainEqual(expect.stringMatching(/^CUDA error: .* \(task \S+ failed\)\. Try 2 of 3 in \d s$/));
  expect(result.log.filter((line) => line.endsWith(' submitted'))).toEqual([
    `Task ${first} submitted`,
    `Task ${second} submitted`,
  ]);
  expect(result.log.at(-1)).toBe('GPU time: 3:12');
  expect(result.summary).toContain(' · ran 1:32 · 192 GPU seconds · ');
  expect(result.summary).toContain(`<details><summary>Tried again: 1</summary>\n\n- \`${error}\` (ran 1:40)\n`);
  expect(namesOf(action.workspace)).toContain(`cyberun-outputs/${SMALL.name}`);
  expect(result.state).toEqual({ open_0: '' });
});

test('a task that fails each time fails the step, with the last reason, after as many tries as were allowed', async () => {
  const workflow = inTurn(crashes(10, 'one'), crashes(20, 'two'), crashes(30, 'three'));
  await using emulator = await startEmulator({ workflows: [workflow] });
  await using action = runAction({ emulator, with: { workflow: 'quick', retries: '2' } });
  const result = await action.done;
  const [first, second, third] = ids(emulator);
  expect(countOf(emulator, 'submit')).toBe(3);
  const error = `three (task ${third} failed, the last of 3 tries)`;
  expect(annotationsOf(result, 'error')).toEqual([error]);
  expect(result).toMatchObject({ exitCode: 1, outputs: { 'task-id': third, status: 'failed', error } });
  expect(result.outputs['gpu-seconds']).toBe('60');
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([
    {
      task_id: third,
      tries: [
        { task_id: first, error: `one (task ${first} failed)`, run_seconds: 10 },
        { task_id: second, error: `two (task ${second} failed)`, run_seconds: 20 },
      ],
    },
  ]);
  expect(result.summary).toContain(' · 60 GPU seconds · ');
});

test('without retries, a task that failed is not submitted again', async () => {
  await using emulator = await startEmulator({ workflows: [inTurn(crashes(), {})] });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, outputs: { error: `${CRASH} (task ${ids(emulator)[0]} failed)` } });
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([{ tries: [] }]);
  expect(countOf(emulator, 'submit')).toBe(1);
  expect(result.log.join('\n')).not.toMatch(/again/);
});

test.each<[string, Behaviour]>([
  ['in its record', crashes(0, 'CUDA out of memory. Tried to allocate 9 GiB')],
  [
    'in its result alone',
    {
      ending: 'failed',
      extra: {
        task: { task_error: undefined },
        event: { error: undefined },
        result: { task_error: 'CUDA out of memory. Tried to allocate 9 GiB' },
      },
    },
  ],
])('what cannot help is not tried again, and the error says why: %s', async (_, behaviour) => {
  await using emulator = await startEmulator({ workflows: [inTurn(behaviour, {})] });
  await using action = runAction({ emulator, with: { workflow: 'quick', retries: '3' } });
  const result = await action.done;
  expect(countOf(emulator, 'submit')).toBe(1);
  const failure = `CUDA out of memory. Tried to allocate 9 GiB (task ${ids(emulator)[0]} failed)`;
  const error = `${failure}. Not tried again, because ${NO_MEMORY.replace(/.*because /, '')}`;
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'failed', error } });
  expect(annotationsOf(result, 'error')).toEqual([error]);
  expect(result.log.filter((line) => /failed:|tried again/.test(line))).toEqual([`Error: ${error}`]);
  // The reason is asked for once.
  expect(countOf(emulator, 'result')).toBeLessThan(2);
});

test.each([
  [
    'Prompt outputs failed validation: Value not in list',
    'ComfyUI does not take this workflow with these parameters: a value, an input or a model in it is wrong or missing. Correct it.',
  ],
  [
    'Cannot execute because node Foo does not exist.',
    "a node of the workflow is not installed there. Install it, or choose agents that have it by the workflow's labels.",
  ],
  [
    "ModuleNotFoundError: No module named 'xformers'",
    "a model or a module is missing there, or is of an unknown kind. Install it, or choose agents that have it by the workflow's labels.",
  ],
  ['mat1 and mat2 shapes cannot be multiplied', 'its models do not fit each other. Choose ones that do.'],
  ['Could not find ffmpeg. Please install it.', 'a program that it needs is not installed there. Install it.'],
  [
    'timed_out',
    "the service's own time for it was over, and another try has no more. Raise the workflow's task_timeout, or ask for less.",
  ],
])('what an agent lacks is lacking again: %s', async (said, why) => {
  await using emulator = await startEmulator({ workflows: [inTurn(crashes(0, said), {})] });
  await using action = runAction({ emulator, with: { workflow: 'quick', retries: '1' } });
  const result = await action.done;
  expect(countOf(emulator, 'submit')).toBe(1);
  expect(annotationsOf(result, 'error')).toEqual([
    `${said} (task ${ids(emulator)[0]} failed). Not tried again, because ${why}`,
  ]);
});

test.each<[string, Behaviour, Record<string, string>, string]>([
  ['that somebody cancelled', { ending: 'cancelled' }, {}, 'cancelled'],
  ['whose time was over', { holdAt: 'running' }, { timeout: '1s' }, 'timed-out'],
  ['whose end nobody knows', { ...crashes(), words: { failed: 'archived' } }, {}, 'failed'],
])('a task is not tried again %s', async (_, behaviour, inputs, status) => {
  await using emulator = await startEmulator({ workflows: [inTurn(behaviour, {})] });
  await using action = runAction({ emulator, faster: 10, with: { workflow: 'quick', retries: '3', ...inputs } });
  expect(await action.done).toMatchObject({ exitCode: 1, outputs: { status } });
  expect(emulator.tasks).toHaveLength(1);
});

test('a failure that the record does not confirm is not tried again', async () => {
  await using emulator = await startEmulator({ workflows: [inTurn(crashes(), {})] });
  const running = { type: 'reshape', change: (task: object) => ({ ...task, task_status: 'running' }) } as const;
  emulator.fault({ kind: 'task', times: Number.POSITIVE_INFINITY, fault: running });
  await using action = runAction({ emulator, faster: 10, with: { workflow: 'quick', retries: '3' } });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'failed' } });
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringMatching(
      /^.* \(task \S+ failed\)\. Not tried again, because its record does not say that it failed, /,
    ),
  ]);
  expect(emulator.tasks).toHaveLength(1);
});

test('a second submit whose answer is lost is not sent again, and the first try is told', async () => {
  await using emulator = await startEmulator({ workflows: [inTurn(crashes(5), { holdAt: 'running' })] });
  emulator.fault({ kind: 'submit', skip: 1, fault: { type: 'reset-after' } });
  await using action = runAction({ emulator, with: { workflow: 'quick', retries: '3' } });
  const result = await action.done;
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringContaining('Nobody knows whether the run was accepted'),
  ]);
  expect(countOf(emulator, 'submit')).toBe(2);
  const [first] = ids(emulator);
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([{ task_id: null, tries: [{ task_id: first }] }]);
  expect(result.outputs['gpu-seconds']).toBe('5');
});

test('SIGINT in the second try cancels it, and there is no third', async () => {
  await using emulator = await startEmulator({ workflows: [inTurn(crashes(7), { holdAt: 'running' })] });
  await using action = runAction({ emulator, with: { workflow: 'quick', retries: '3' } });
  await emulator.waitFor(({ tasks }) => tasks[1]?.status === 'running');
  action.kill('SIGINT');
  const result = await action.done;
  const [first, second] = ids(emulator);
  expect(emulator.tasks.map(({ status, cancelRequests }) => `${status} ${cancelRequests}`)).toEqual([
    'failed 0',
    'cancelled 1',
  ]);
  expect(countOf(emulator, 'submit')).toBe(2);
  expect(result).toMatchObject({ exitCode: 1, outputs: { 'task-id': second, status: 'cancelled' } });
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([
    { task_id: second, status: 'cancelled', tries: [{ task_id: first, run_seconds: 7 }] },
  ]);
  expect(result.post).toMatchObject({ raw: '' });
});

test('SIGINT between two tries ends the pause', async () => {
  const crash = crashes(7);
  await using emulator = await startEmulator({ workflows: [inTurn(crash, crash, crash, { holdAt: 'running' })] });
  await using action = runAction({ emulator, with: { workflow: 'quick', retries: '10' } });
  // The pauses grow; should this one be over all the same, the next try is cancelled.
  await action.waitForLine('Try 4 of 11');
  action.kill('SIGINT');
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'cancelled' } });
  expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('SIGINT')]);
  const [task] = JSON.parse(result.outputs.tasks ?? '');
  expect(task.tries.map((one: { run_seconds: number }) => one.run_seconds)).toEqual([7, 7, 7]);
  expect(countOf(emulator, 'submit')).toBe(task.task_id === null ? 3 : 4);
  expect(emulator.tasks.slice(3).every(({ status }) => status === 'cancelled')).toBe(true);
});

test('a step that is killed in the second try leaves that one to post', async () => {
  await using emulator = await startEmulator({ workflows: [inTurn(crashes(), { holdAt: 'running' })] });
  await using action = runAction({ emulator, with: { workflow: 'quick', retries: '1' } });
  await emulator.waitFor(({ tasks }) => tasks[1]?.status === 'running');
  // The output is set before it is followed.
  await emulator.waitFor(({ tasks, requests }) =>
    requests.some(({ kind, path }) => kind === 'events' && path.includes(tasks[1]?.id ?? '-')),
  );
  action.kill('SIGKILL');
  const result = await action.done;
  expect(result.outputs['task-id']).toBe(ids(emulator)[1]);
  expect(emulator.tasks.map(({ status, cancelRequests }) => `${status} ${cancelRequests}`)).toEqual([
    'failed 0',
    'cancelled 1',
  ]);
});

/** As {@link inTurn}, for each seed. */
function bySeed(turns: Record<number, readonly Behaviour[]>): EmulatedWorkflow {
  const behaviour = ({ seed }: Readonly<Record<string, unknown>>, before: number) => ({
    ...USUAL,
    ...turns[Number(seed)]?.[before],
  });
  return { ...quick(), behaviour };
}

test('in a matrix, a failure that is tried again cancels nobody, and keeps its place', async () => {
  const workflows = [bySeed({ 1: [crashes(40), ranFor(50)], 2: [ranFor(30)], 3: [ranFor(20)] })];
  await using emulator = await startEmulator({ workflows });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', matrix: 'seed: [1, 2, 3]', 'max-parallel': '1', retries: '1' },
  });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 0, annotations: [] });
  expect(emulator.tasks.map(({ submission }) => submission.parameters.seed)).toEqual([1, 1, 2, 3]);
  const [first] = ids(emulator);
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([
    { tries: [{ task_id: first }] },
    { tries: [] },
    { tries: [] },
  ]);
  expect(result.outputs).toMatchObject({ 'task-id': ids(emulator)[1], 'gpu-seconds': '140' });
  expect(result.log).toContainEqual(expect.stringMatching(/\[1\] {2}.* \(task \S+ failed\)\. Try 2 of 2 in \d s$/));
  expect(result.log.at(-1)).toBe('3 tasks: 3 completed; GPU time 2:20');
  expect(result.summary).toContain(' · 140 GPU seconds · ');
  expect(result.summary).toContain(`- \`1\`: \`${CRASH} (task ${first} failed)\` (ran 0:40)`);
});

test('in a matrix, fail-fast stops the others when no try is left', async () => {
  const held = { holdAt: 'running' };
  const workflows = [bySeed({ 1: [crashes(), crashes()], 2: [held] })];
  await using emulator = await startEmulator({ workflows });
  await using action = runAction({ emulator, with: { workflow: 'quick', matrix: 'seed: [1, 2]', retries: '1' } });
  const result = await action.done;
  const seeds = emulator.tasks.map(({ submission, status }) => `${submission.parameters.seed} ${status}`);
  expect(seeds.toSorted()).toEqual(['1 failed', '1 failed', '2 cancelled']);
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringMatching(/^1 of 2 tasks went wrong\. \[1\] .* \(task \S+ failed, the last of 2 tries\)\. Cancelled/),
  ]);
});

test('in a matrix, a failure is said once, and why it is not tried again behind it', async () => {
  await using emulator = await startEmulator({ workflows: [bySeed({ 1: [crashes(0, 'CUDA out of memory')] })] });
  await using action = runAction({ emulator, with: { workflow: 'quick', matrix: 'seed: [1]', retries: '1' } });
  const { log } = await action.done;
  const said = `CUDA out of memory (task ${ids(emulator)[0]} failed). Not tried again, because it needs more memory`;
  expect(log.filter((line) => /out of memory|tried again/.test(line))).toEqual([
    expect.stringContaining(`[1]  ${said}`),
    expect.stringContaining(`Error: 1 of 1 task went wrong. [1] ${said}`),
  ]);
});

test('in a matrix, the failure of another ends the pause before a try', async () => {
  const held = { holdAt: 'running' };
  const workflows = [bySeed({ 1: [crashes(), held], 2: [{ ...held, ...crashes(0, 'CUDA out of memory') }] })];
  await using emulator = await startEmulator({ workflows });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', matrix: 'seed: [1, 2]', retries: '10' },
  });
  await action.waitForLine('[1]  Task');
  await action.waitForLine('Try 2 of 11');
  const other = await emulator.waitFor(({ tasks }) => {
    return tasks.find(({ submission, status }) => submission.parameters.seed === 2 && status === 'running');
  });
  emulator.release(other.id);
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'failed' } });
  const [one] = JSON.parse(result.outputs.tasks ?? '');
  expect(one).toMatchObject({ status: 'cancelled', error: 'Cancelled, because [2] failed and fail-fast is on.' });
  expect(one.tries).toHaveLength(1);
  expect(emulator.tasks.every(({ status }) => status === 'failed' || status === 'cancelled')).toBe(true);
});

test('where nothing is submitted, or waited for, retries is not used, and that is said', async () => {
  await using emulator = await startEmulator({ workflows: [inTurn(crashes(), {})] });
  await using submitting = runAction({
    emulator,
    with: { workflow: 'quick', 'wait-for-completion': 'false', retries: '2' },
  });
  const submitted = await submitting.done;
  expect(annotationsOf(submitted, 'warning')).toEqual([
    'Input retries is not used: with wait-for-completion: false nothing is waited for.',
  ]);
  expect(submitted.outputs['gpu-seconds']).toBe('0');
  const { 'task-id': taskId = '' } = submitted.outputs;
  await using action = runAction({ emulator, with: { 'task-id': taskId, retries: '2' } });
  const result = await action.done;
  expect(annotationsOf(result, 'warning')).toEqual(['Input retries is not used: with task-id nothing is submitted.']);
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'failed' } });
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([{ task_id: taskId, tries: [] }]);
  expect(countOf(emulator, 'submit')).toBe(1);
});

test.each(['-1', '1.5', 'often'])(
  'retries: %s is an error before any request, and GPU seconds are 0',
  async (retries) => {
    await using emulator = await startEmulator();
    await using action = runAction({ emulator, with: { workflow: 'quick', retries } });
    const result = await action.done;
    expect(annotationsOf(result, 'error')).toEqual([
      `Input retries is ${retries}, and must be a whole number from 0 to 10. Write e.g. \`retries: 2\`.`,
    ]);
    expect(result).toMatchObject({ exitCode: 1, outputs: { 'gpu-seconds': '0' } });
    expect(emulator.requests).toEqual([]);
  },
);
