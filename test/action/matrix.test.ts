import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { EmulatedWorkflow } from '../../emulator/workflows.ts';
import { annotationsOf, countOf, filesOf, leftOpenIn, NO_MEMORY, namesOf, quick, runAction, SMALL } from './harness.ts';

/** A workflow whose tasks go as their seed says. */
function bySeed(
  behaviours: Record<number, EmulatedWorkflow['behaviour'] & object>,
  rest: Partial<EmulatedWorkflow> = {},
) {
  const usual = { steps: 2, outputs: [SMALL] };
  const behaviour = (given: Readonly<Record<string, unknown>>) => ({ ...usual, ...behaviours[Number(given.seed)] });
  return { ...quick(rest), behaviour };
}

function agents(count: number) {
  return Array.from({ length: count }, (_, index) => ({ agent_id: `n${index}`, agent_labels: ['gpu', 'comfyui'] }));
}

const list = (count: number) => `seed: [${Array.from({ length: count }, (_, index) => index + 1)}]`;

/** Parameters of every task, in the order of the submits. */
const submitted = ({ tasks }: Emulator) => tasks.map(({ submission }) => submission.parameters);

/** The most tasks that were submitted and not yet over at one time. */
function mostOpen({ tasks }: Emulator): number {
  const spans = tasks.map(({ history }) => ({ from: history[0]?.at ?? 0, to: history.at(-1)?.at ?? 0 }));
  return Math.max(...spans.map(({ from }) => spans.filter((other) => other.from <= from && from < other.to).length));
}

test("combinations are those of strategy.matrix, in GitHub's order, each with a folder of its own", async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using action = runAction({
    emulator,
    with: {
      workflow: 'quick',
      parameters: 'prompt: a lighthouse\nscale: 2',
      matrix: [
        'seed: [1, 2, 3]',
        'tiling: [true, false]',
        'exclude: [{ seed: 3, tiling: false }]',
        'include: [{ seed: 2, tiling: true, prompt: a tower }, { seed: 9, scale: 1.10 }]',
      ].join('\n'),
      'max-parallel': '1',
      path: 'art',
    },
  });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 0, annotations: [] });
  const usual = { prompt: 'a lighthouse', scale: 2 };
  const parameters = [
    { ...usual, seed: 1, tiling: true },
    { ...usual, seed: 1, tiling: false },
    { ...usual, seed: 2, tiling: true, prompt: 'a tower' },
    { ...usual, seed: 2, tiling: false },
    { ...usual, seed: 3, tiling: true },
    { ...usual, seed: 9, scale: 1.1 },
  ];
  expect(submitted(emulator)).toEqual(parameters);

  const folders = ['1-true', '1-false', '2-true-a-tower', '2-false', '3-true', '9-1.10'];
  expect(namesOf(join(action.workspace, 'art'))).toEqual(
    ['', ...folders.map((folder) => `${folder}/`)]
      .flatMap((folder) => [SMALL.name, 'SHA256SUMS', 'cyberun-run.json'].map((name) => folder + name))
      .filter((name) => name !== SMALL.name)
      .sort(),
  );
  expect(filesOf(join(action.workspace, 'art')).SHA256SUMS?.toString().trim().split('\n')).toHaveLength(6);
  const ids = emulator.tasks.map(({ id }) => id);
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject(
    ids.map((task_id, index) => ({ task_id, status: 'completed', parameters: parameters[index], error: null })),
  );
  expect(JSON.parse(result.outputs.files ?? '')).toMatchObject(
    ids.map((task_id, index) => ({ task_id, path: `art/${folders[index]}/${SMALL.name}` })),
  );
  expect(result.outputs).toMatchObject({ 'task-id': ids[0], status: 'completed', path: join(action.workspace, 'art') });
  expect(JSON.parse(result.outputs.result ?? '')).toHaveLength(6);

  const group = result.log.indexOf('▸ parameters');
  expect(result.log[group - 1]).toMatch(/^Submitting quick \(version 7\) to .*, 6 tasks, 1 at a time$/);
  expect(result.log.slice(group + 1, group + 7).map((line) => line.trim().replace(/^\| /, ''))).toEqual([
    '[1, true]  prompt: a lighthouse, scale: 2, seed: 1, tiling: true',
    '[1, false]  prompt: a lighthouse, scale: 2, seed: 1, tiling: false',
    '[2, true, a tower]  prompt: a tower, scale: 2, seed: 2, tiling: true',
    '[2, false]  prompt: a lighthouse, scale: 2, seed: 2, tiling: false',
    '[3, true]  prompt: a lighthouse, scale: 2, seed: 3, tiling: true',
    '[9, 1.10]  prompt: a lighthouse, scale: 1.10, seed: 9',
  ]);
  const told = result.log.slice(group + 7);
  expect(told.at(-1)).toMatch(/^6 tasks: 6 completed(?:; GPU time 0:\d\d)?$/);
  for (const line of told.slice(0, -1))
    expect(line).toMatch(/^ {2}\d+:\d\d {2}\[(?:\d, (?:true|false)(?:, a tower)?|9, 1\.10)\] {2}\S/);
  const ofOne = told.filter((line) => line.includes('[2, false]')).map((line) => line.replace(/^.*\] {2}/, ''));
  // It may be over before anybody looked.
  expect(ofOne.filter((line) => line !== 'running on gpu-node-01 (NVIDIA GeForce RTX 4090)')).toEqual([
    `Task ${ids[3]} submitted`,
    expect.stringMatching(/^completed in /),
    expect.stringMatching(/^1 file in art\/2-false, 1 kB at /),
  ]);
  expect(result.summary).toContain(': 6 tasks, ');
});

test('a task_output that the output result could not hold is null among the others', async () => {
  const large = { result: { task_output: { note: 'x'.repeat(256 * 1024) } } };
  await using emulator = await startEmulator({ workflows: [bySeed({ 2: { extra: large } })] });
  await using action = runAction({ emulator, with: { workflow: 'quick', matrix: list(3) } });
  const result = await action.done;
  expect(result.exitCode).toBe(0);
  const some = expect.objectContaining({});
  expect(JSON.parse(result.outputs.result ?? '')).toEqual([some, null, some]);
  expect(annotationsOf(result, 'warning')).toEqual([
    expect.stringContaining('[2] The output result is left out for this task'),
  ]);
});

test('what all combinations have in common is shown once', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', parameters: 'prompt: "one\\ntwo\\nthree"', matrix: 'seed: [1, 2]' },
  });
  const { log } = await action.done;
  const group = log.indexOf('▸ parameters');
  expect(log.slice(group + 1, group + 4).map((line) => line.trim().replace(/^\| /, ''))).toEqual([
    'prompt: one (and 2 more lines)',
    '[1]  seed: 1',
    '[2]  seed: 2',
  ]);
});

test('no more than max-parallel tasks are open at a time, and the state has no more entries', async () => {
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { stepMs: 15 } })], agents: agents(9) });
  await using action = runAction({ emulator, with: { workflow: 'quick', matrix: list(20), 'max-parallel': '4' } });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 0, annotations: [] });
  expect(submitted(emulator)).toHaveLength(20);
  expect(mostOpen(emulator)).toBe(4);
  expect(result.state).toEqual({ open_0: '', open_1: '', open_2: '', open_3: '' });
});

test('a task that is over makes room for the next one while its files are still on their way', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  emulator.fault({ kind: 'storage-get', fault: { type: 'stall', afterBytes: 500 } });
  await using action = runAction({ emulator, with: { workflow: 'quick', matrix: list(2), 'max-parallel': '1' } });
  await action.waitForLine('[2]  1 file in cyberun-outputs/2');
  expect(action.log.join('\n')).not.toContain('[1]  1 file');
  expect(mostOpen(emulator)).toBe(1);
});

test('the first failure cancels the others, submits no more, and leaves what is done', async () => {
  const held = { holdAt: 'running' };
  const workflow = bySeed({ 2: held, 3: { ...held, ending: 'failed', error: 'CUDA out of memory' }, 4: held });
  await using emulator = await startEmulator({ workflows: [workflow], agents: agents(4) });
  await using action = runAction({ emulator, with: { workflow: 'quick', matrix: list(6), 'max-parallel': '3' } });
  await action.waitForLine('[1]  1 file in cyberun-outputs/1');
  await emulator.waitFor(
    ({ tasks }) => tasks.length === 4 && tasks.slice(1).every(({ status }) => status === 'running'),
  );
  const failing = emulator.tasks.find(({ submission }) => submission.parameters.seed === 3)?.id ?? '';
  emulator.release(failing);
  const result = await action.done;

  expect(emulator.tasks.map(({ status }) => status).toSorted()).toEqual([
    'cancelled',
    'cancelled',
    'completed',
    'failed',
  ]);
  expect(countOf(emulator, 'submit')).toBe(4);
  expect(countOf(emulator, 'cancel')).toBe(2);
  const failure = `CUDA out of memory (task ${failing} failed). ${NO_MEMORY}`;
  const error = `1 of 6 tasks went wrong. [3] ${failure} Cancelled or not submitted because of that: 4.`;
  expect(annotationsOf(result, 'error')).toEqual([error]);
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'failed', error } });
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([
    { status: 'completed', error: null },
    { status: 'cancelled', error: 'Cancelled, because [3] failed and fail-fast is on.' },
    { status: 'failed', task_id: failing, error: failure },
    { status: 'cancelled' },
    { status: 'cancelled', task_id: null, error: 'It was not submitted any more.' },
    { status: 'cancelled', task_id: null },
  ]);
  expect(namesOf(action.workspace)).toContain(`cyberun-outputs/1/${SMALL.name}`);
  const lines = result.log.join('\n');
  expect(lines).toContain(`[3]  ${failure}\n`);
  expect(lines).toContain('[3]  fail-fast is on: the others are cancelled, and no more are submitted\n');
  // On a machine that is slow enough, they ran for a second.
  expect(lines).toMatch(/\n6 tasks: 1 completed, 1 failed, 2 cancelled, 2 not submitted(?:; GPU time 0:\d\d)?\n/);
  expect(result.summary).toContain(': 1 of 6 failed, 4 cancelled\n');
  expect(result.summary).toContain('| 🚫 not submitted | `5` |');
  expect(result.summary).toContain('- `It was not submitted any more.`<br>');
  expect(result.state).toEqual({ open_0: '', open_1: '', open_2: '' });
  expect(result.post).toMatchObject({ raw: '' });
});

test.each([
  ['1', '1', undefined],
  ['1, 2', '1', 'no more are submitted'],
  ['1, 2', '2', 'the others are cancelled'],
])('fail-fast says no more than it does: %s, %s at a time', async (seeds, parallel, said) => {
  const workflow = bySeed({ 1: { holdAt: 'running', ending: 'failed' }, 2: { holdAt: 'running' } });
  await using emulator = await startEmulator({ workflows: [workflow], agents: agents(2) });
  const given = { workflow: 'quick', matrix: `seed: [${seeds}]`, 'max-parallel': parallel };
  await using action = runAction({ emulator, with: given });
  await emulator.waitFor(({ tasks }) => {
    return tasks.length === Number(parallel) && tasks.every(({ status }) => status === 'running');
  });
  emulator.release(emulator.tasks.find(({ submission }) => submission.parameters.seed === 1)?.id ?? '');
  const { exitCode, log } = await action.done;
  expect(exitCode).toBe(1);
  const lines = log.filter((line) => line.includes('fail-fast is on:'));
  expect(lines).toEqual(said === undefined ? [] : [expect.stringMatching(new RegExp(`  fail-fast is on: ${said}$`))]);
});

test('a task whose files do not come before the abort makes no green summary', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  emulator.fault({ kind: 'storage-get', fault: { type: 'trickle', bytesPerSecond: 10 } });
  await using action = runAction({ emulator, with: { workflow: 'quick', matrix: 'seed: [7]' } });
  await emulator.waitFor(({ requests }) => requests.some(({ kind }) => kind === 'storage-get'));
  action.kill('SIGINT');
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, signal: null });
  expect(result.summary).toMatch(/^### 🚫 .*: 1 of 1 cancelled\n/);
  expect(result.summary).toContain('| 🚫 completed without all files | `7` |');
});

test('of equal combinations it is said that each is paid for', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  const matrix = 'seed: [1, 2, 2, 3, 3, 3]';
  await using action = runAction({ emulator, with: { workflow: 'quick', matrix } });
  const result = await action.done;
  expect(result.exitCode).toBe(0);
  expect(annotationsOf(result, 'warning')).toEqual([
    '2 combinations are equal: [2] and [2 (2)]; so are those of 1 other group. Each is a task of its own, and paid for.',
  ]);
  expect(countOf(emulator, 'submit')).toBe(6);
});

test('a failure leaves alone the files of another one that are on their way', async () => {
  const workflow = bySeed({ 2: { holdAt: 'running', ending: 'failed' } });
  await using emulator = await startEmulator({ workflows: [workflow] });
  emulator.fault({ kind: 'storage-get', fault: { type: 'trickle', bytesPerSecond: 1000 } });
  await using action = runAction({ emulator, with: { workflow: 'quick', matrix: list(2) } });
  await emulator.waitFor(({ requests }) => requests.some(({ kind }) => kind === 'storage-get'));
  const failing = await emulator.waitFor(({ tasks }) => tasks.find(({ status }) => status === 'running'));
  emulator.release(failing.id);
  const result = await action.done;
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([
    { status: 'completed', error: null },
    { status: 'failed' },
  ]);
  expect(filesOf(join(action.workspace, 'cyberun-outputs/1'))[SMALL.name]).toHaveLength(1000);
});

test('with fail-fast: false the others go on, and every failure is in the error', async () => {
  const workflow = bySeed({ 2: { ending: 'failed', error: 'no memory' }, 3: { ending: 'cancelled' } });
  await using emulator = await startEmulator({ workflows: [workflow] });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', matrix: list(4), 'max-parallel': '1', 'fail-fast': 'false' },
  });
  const result = await action.done;
  const [, two, three] = emulator.tasks;
  expect(annotationsOf(result, 'error')).toEqual([
    `2 of 4 tasks went wrong. [2] no memory (task ${two?.id} failed). [3] Task ${three?.id} was cancelled, and not by this job: see in Cyberun who did it.`,
  ]);
  expect(emulator.tasks.map(({ status }) => status)).toEqual(['completed', 'failed', 'cancelled', 'completed']);
  expect(emulator.tasks.every(({ cancelRequests }) => cancelRequests === 0)).toBe(true);
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'failed' } });
  expect(JSON.parse(result.outputs.files ?? '')).toHaveLength(2);
});

test('a combination that the service does not take fails alone', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  const when = ({ body }: { body: unknown }) => JSON.stringify(body).includes('"seed":2');
  emulator.fault({ kind: 'submit', when, fault: { type: 'status', status: 400, body: 'no such sampler' } });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', matrix: list(3), 'max-parallel': '1', 'fail-fast': 'false' },
  });
  const result = await action.done;
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringMatching(
      /^1 of 3 tasks went wrong\. \[2\] The run was not accepted\. .* \(400: no such sampler\)\. That was POST \S+\.$/,
    ),
  ]);
  expect(submitted(emulator)).toEqual([{ seed: 1 }, { seed: 3 }]);
});

test('files that do not arrive count as a failure, though the task completed', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  emulator.fault({ kind: 'storage-get', fault: { type: 'status', status: 404 } });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', matrix: list(2), 'max-parallel': '1', 'fail-fast': 'false' },
  });
  const result = await action.done;
  expect(result.exitCode).toBe(1);
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringMatching(/^1 of 2 tasks went wrong\. \[[12]\] 1 of 1 file did not arrive\./),
  ]);
  expect(result.log).toContain('2 tasks: 1 completed without all files, 1 completed');
  expect(result.summary).toMatch(/^### ❌ /);
  expect(result.summary).toMatch(/\| ❌ completed without all files \| `[12]` \|/);
});

test.each([429, 503])(
  'where only some event streams are allowed (%i), the rest poll, and it is said once',
  async (status) => {
    await using emulator = await startEmulator({
      workflows: [quick({ behaviour: { stepMs: 20 } })],
      agents: agents(6),
    });
    emulator.fault({ kind: 'events', skip: 2, times: 99, fault: { type: 'status', status } });
    await using action = runAction({ emulator, with: { workflow: 'quick', matrix: list(6) } });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [], outputs: { status: 'completed' } });
    expect(JSON.parse(result.outputs.files ?? '')).toHaveLength(6);
    expect(result.log.filter((line) => line.includes('asking for the status'))).toHaveLength(1);
  },
);

test('that the service tries a task again is said of each one, and what is wrong with the service once', async () => {
  const again = { extra: { task: { retry_count: 1 } } };
  await using emulator = await startEmulator({
    workflows: [bySeed({ 1: again, 2: again, 4: again })],
    agents: agents(4),
  });
  emulator.fault({ kind: 'events', times: 99, fault: { type: 'status', status: 400 } });
  await using action = runAction({ emulator, with: { workflow: 'quick', matrix: list(4) } });
  const { log } = await action.done;
  const retries = log.filter((line) => line.endsWith('The service tries the task again (retry 1)'));
  expect(retries.map((line) => /\[(\d)\]/.exec(line)?.[1]).toSorted()).toEqual(['1', '2', '4']);
  expect(log.filter((line) => line.includes('No event stream'))).toHaveLength(1);
});

test('a reason that many tasks wait for is asked for and said once', async () => {
  await using emulator = await startEmulator({
    workflows: [quick({ behaviour: { holdAt: 'running' } })],
    agents: agents(2),
  });
  await using action = runAction({ emulator, with: { workflow: 'quick', matrix: list(9) } });
  await action.waitForLine('waiting: no idle agent has gpu, comfyui (2 busy: n0, n1)');
  await emulator.waitFor(({ tasks }) => tasks.filter(({ status }) => status === 'waiting').length === 7);
  for (const { id } of emulator.tasks) emulator.release(id);
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 0, annotations: [] });
  expect(result.log.filter((line) => line.includes('waiting'))).toHaveLength(1);
  expect(countOf(emulator, 'agents')).toBe(1);
});

test.each([
  ['running', 50],
  ['waiting for an agent', 1],
])('fifty tasks, %s, are all cancelled within 5 s of SIGINT', async (_, idle) => {
  const workflows = [quick({ behaviour: { holdAt: 'running' } })];
  await using emulator = await startEmulator({ workflows, agents: agents(idle) });
  await using action = runAction({ emulator, with: { workflow: 'quick', matrix: list(50), 'max-parallel': '50' } });
  await emulator.waitFor(({ tasks }) => {
    const running = tasks.filter(({ status }) => status === 'running').length;
    return running === idle && tasks.filter(({ status }) => status === 'waiting').length === 50 - idle;
  });
  const interrupted = performance.now();
  action.kill('SIGINT');
  const result = await action.done;
  const cancels = emulator.requests.filter(({ kind }) => kind === 'cancel');
  expect(Math.max(...cancels.map(({ closedAt = Number.NaN }) => closedAt)) - interrupted).toBeLessThan(5000);
  expect(emulator.tasks.map(({ status, cancelRequests }) => `${status} ${cancelRequests}`)).toEqual(
    Array(50).fill('cancelled 1'),
  );
  // It ended by itself: nobody had to send SIGTERM, and post had nothing left to do.
  expect(result).toMatchObject({ exitCode: 1, signal: null, outputs: { status: 'cancelled' } });
  expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('SIGINT')]);
  expect(leftOpenIn(result)).toEqual([]);
  expect(result.log).toContain('50 tasks: 50 cancelled');
  expect(result.post).toMatchObject({ raw: '' });
});

test('each task has its own timeout', async () => {
  const workflow = bySeed({ 1: { holdAt: 'running' } });
  await using emulator = await startEmulator({ workflows: [workflow] });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', matrix: list(2), timeout: '2s', 'fail-fast': 'false' },
  });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'timed-out' } });
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringMatching(
      /^1 of 2 tasks went wrong\. \[1\] The task was not over within the timeout of 2s: it was running for/,
    ),
  ]);
  expect(emulator.tasks.map(({ status }) => status).toSorted()).toEqual(['cancelled', 'completed']);
});

test('wait-for-completion: false submits every combination and leaves them all', async () => {
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', matrix: list(3), 'max-parallel': '1', 'wait-for-completion': 'false' },
  });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 0, outputs: { status: 'submitted', 'task-id': emulator.tasks[0]?.id } });
  expect(JSON.parse(result.outputs.tasks ?? '').map((task: { task_id: string }) => task.task_id)).toEqual(
    emulator.tasks.map(({ id }) => id),
  );
  expect(emulator.tasks.every(({ cancelRequests }) => cancelRequests === 0)).toBe(true);
  expect(result.log.at(-1)).toBe('3 tasks: 3 submitted');
  expect(result.summary).toContain(': 3 tasks submitted, and not waited for\n');
  expect(result.post).toMatchObject({ raw: '' });
});

test('one combination is a matrix as well', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using action = runAction({ emulator, with: { workflow: 'quick', matrix: 'seed: [7]' } });
  const result = await action.done;
  expect(result.exitCode).toBe(0);
  expect(namesOf(action.workspace)).toContain(`cyberun-outputs/7/${SMALL.name}`);
  expect(JSON.parse(result.outputs.result ?? '')).toHaveLength(1);
  expect(result.log).toContainEqual(expect.stringMatching(/^Submitting quick \(version 7\) to [^,]+, 1 task$/));
  expect(result.log.at(-1)).toBe('1 task: 1 completed');
  expect(result.summary).toContain(': 1 task, ');
});

test('folders have names that fit every file system, whatever the values are', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  const values = ['../../etc', 'CON', 'a/b\\c:d', '', 'é'.repeat(200), '::error::x\n##[error]y'];
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', matrix: JSON.stringify({ prompt: values }), path: 'out' },
  });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 0, annotations: [] });
  const folders = namesOf(join(action.workspace, 'out')).filter((name) => name.endsWith('.png'));
  expect(folders).toHaveLength(6);
  for (const path of folders) expect(path).toMatch(/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,79}\/output_00001_\.png$/u);
  expect(namesOf(action.workspace).every((name) => name.startsWith('out/'))).toBe(true);
});

test('of many reasons the first are told, and how many others there are', async () => {
  const behaviour = ({ seed }: Readonly<Record<string, unknown>>) => ({
    steps: 1,
    ending: 'failed' as const,
    error: `reason ${seed}`,
  });
  await using emulator = await startEmulator({ workflows: [{ ...quick(), behaviour }] });
  const given = { workflow: 'quick', matrix: 'seed: [1, 2, 3, 4, 5, 6, 7]', 'fail-fast': 'false' };
  await using action = runAction({ emulator, with: given });
  expect(annotationsOf(await action.done, 'error')).toEqual([
    expect.stringMatching(
      /^7 of 7 tasks went wrong\. \[1\] reason 1 \(task \S+ failed\)\. .* \[5\] reason 5 .* 2 more went wrong, too\.$/,
    ),
  ]);
});
