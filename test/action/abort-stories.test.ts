import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { Fault } from '../../emulator/faults.ts';
import type { StepResult } from '../../emulator/runner/runner.ts';
import { annotationsOf, countOf, namesOf, quick, runAction, SMALL, waitForFile } from './harness.ts';

const ALWAYS = Number.POSITIVE_INFINITY;
const ABORTED = 'The job was cancelled, timed out or is being shut down (SIGINT).';
const FETCH =
  'The task itself completed: a step with `task-id: ID` in place of `workflow` fetches its files without paying again.';
const ASK =
  "Nobody confirmed that task ID is cancelled: this action's post step asks again, and its log says what came of it. Where none follows, as on a runner that shuts down, cancel it in Cyberun.";
const ASKING = 'The job was cancelled or timed out, and nobody confirmed that task ID is cancelled: asking for it now';

/** What main says of its task from the abort on, its error, and what post says, as they follow each other; `ID` for the task. */
function storyOf(result: StepResult, emulator: Emulator): string[] {
  const [task] = emulator.tasks;
  const anonymous = (text: string) => text.replaceAll(task?.id ?? 'none', 'ID');
  const told = result.log.map(anonymous).filter((line) => /^Task ID (?!submitted)/.test(line));
  const { post = expect.fail('no post') } = result;
  return [
    ...told.map((line) => `main: ${line}`),
    ...result.annotations.map(({ level, message }) => `main ${level}: ${anonymous(message)}`),
    ...post.log.slice(1).map((line) => `post: ${anonymous(line)}`),
    ...post.annotations.map(({ level }) => `post ${level}`),
  ];
}

describe.concurrent('main, and post after it, tell one story of a cancel', () => {
  const REFUSED: Fault = { type: 'status', status: 403, body: '{"message":"may only read"}' };

  test.each<[string, { fault?: Fault; inPost?: boolean }, readonly (string | RegExp)[]]>([
    ['that is answered at once', {}, ['main: Task ID cancelled', `main error: ${ABORTED}`]],
    [
      'that is not answered before main has to go',
      { fault: { type: 'stall' } },
      [
        'main: Task ID is not known to be cancelled: the service did not confirm it within 2 s. The post step asks again',
        `main error: ${ABORTED} ${ASK}`,
        `post: ${ASKING}`,
        'post: Task ID cancelled',
      ],
    ],
    [
      'that is refused once',
      { fault: REFUSED },
      [
        /^main: Task ID is not known to be cancelled: .*\(403: may only read\).* The post step asks again$/,
        `main error: ${ABORTED} ${ASK}`,
        `post: ${ASKING}`,
        'post: Task ID cancelled',
      ],
    ],
    [
      'that is refused to post, too, which alone warns of it',
      { fault: REFUSED, inPost: true },
      [
        /^main: Task ID is not known to be cancelled: .*\(403: may only read\).* The post step asks again$/,
        `main error: ${ABORTED} ${ASK}`,
        `post: ${ASKING}`,
        /^post: Warning: Task ID could not be cancelled: .*\(403: may only read\).* It may go on and keep its GPU: cancel it in Cyberun if it does\.$/,
        'post warning',
      ],
    ],
  ])('%s', async (_, { fault, inPost = false }, story) => {
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
    let isPost = false;
    if (fault !== undefined) emulator.fault({ kind: 'cancel', times: ALWAYS, when: () => inPost || !isPost, fault });
    const onLine = (line: string) => {
      isPost ||= line === 'Post job cleanup.';
    };
    await using action = runAction({ emulator, with: { workflow: 'quick' }, onLine });
    await action.waitForLine('running on');
    action.cancel();
    const result = await action.done;
    expect(result).toMatchObject({
      exitCode: 1,
      signal: null,
      outputs: { status: 'cancelled' },
      post: { exitCode: 0 },
    });
    expectStory(storyOf(result, emulator), story);
    expect(emulator.tasks).toMatchObject([{ status: inPost ? 'running' : 'cancelled' }]);
    for (const text of [result.summary, result.outputs.error])
      expect(text?.includes('Nobody confirmed')).toBe(fault !== undefined);
  });

  test.each([
    {
      name: 'of a task that completed before',
      fault: undefined,
      status: 'completed',
      story: ['main: Task ID was over before it could be cancelled: completed', `main error: ${ABORTED} ${FETCH}`],
    },
    {
      name: 'of a task that completed before, as only post gets to know',
      fault: { type: 'stall' } satisfies Fault,
      status: 'cancelled',
      story: [
        'main: Task ID is not known to be cancelled: the service did not confirm it within 2 s. The post step asks again',
        `main error: ${ABORTED} ${ASK}`,
        `post: ${ASKING}`,
        'post: Task ID was over before it could be cancelled: completed',
        `post: ${FETCH}`,
      ],
    },
  ])('$name, and the files are there to be had', async ({ fault, status, story }) => {
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
    // A service so slow that main learns of no end.
    const isEarly = () => countOf(emulator, 'cancel') === 0;
    for (const kind of ['events', 'task'] as const) {
      emulator.fault({ kind, times: ALWAYS, when: isEarly, fault: { type: 'stall' } });
    }
    if (fault !== undefined) emulator.fault({ kind: 'cancel', fault });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    await action.waitForLine(/^Task .* submitted/);
    await emulator.waitFor(({ tasks }) => tasks[0]?.status === 'running');
    emulator.release(emulator.tasks[0]?.id ?? '');
    await emulator.waitFor(({ tasks }) => tasks[0]?.status === 'completed');
    action.cancel();
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, signal: null, outputs: { status } });
    expectStory(storyOf(result, emulator), story);
    await expectFetched(emulator, idIn([...annotationsOf(result, 'error'), ...(result.post?.log ?? [])].join(' ')));
  });

  test('of the tasks of a matrix, of which some are confirmed', async () => {
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
    await using action = runAction({ emulator, with: { workflow: 'quick', matrix: 'seed: [1, 2]' } });
    await action.waitForLine(/\[1\] {2}running/);
    await action.waitForLine(/\[2\] {2}running/);
    const { id = '' } = emulator.tasks.find(({ submission }) => submission.parameters.seed === 2) ?? {};
    emulator.fault({ kind: 'cancel', when: ({ path }) => path.includes(id), fault: { type: 'stall' } });
    action.cancel();
    const result = await action.done;
    const left = `Nobody confirmed that 1 of 2 tasks are cancelled: this action's post step asks again, and its log says what came of it. Where none follows, as on a runner that shuts down, cancel them in Cyberun (${id}).`;
    expect(result).toMatchObject({ annotations: [{ level: 'error', message: `${ABORTED} ${left}` }] });
    expect(result.summary).toContain(`\n\n\`${left}\`\n`);
    expect(result.post?.log.slice(1)).toEqual([ASKING.replace('ID', id), `Task ${id} cancelled`]);
    expect(result.post?.annotations).toEqual([]);
    expect(emulator.tasks.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
  });

  test('that a killed main could not ask for', async () => {
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    await action.waitForLine('running on');
    action.kill('SIGKILL');
    const result = await action.done;
    expectStory(storyOf(result, emulator), [
      'post: The step was killed, or crashed, while task ID was open',
      'post: Task ID cancelled',
    ]);
  });

  test('that has 2.5 s, after SIGTERM alone', async () => {
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
    emulator.fault({ kind: 'cancel', fault: { type: 'stall' } });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    await action.waitForLine('running on');
    action.kill('SIGTERM');
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, signal: null });
    expectStory(storyOf(result, emulator).slice(1), [
      `main error: ${ABORTED.replace('SIGINT', 'SIGTERM')} ${ASK}`,
      `post: ${ASKING}`,
      'post: Task ID cancelled',
    ]);
  });
});

describe.concurrent('an abort while files come says how they are had without another task:', () => {
  test('of one task', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    emulator.fault({ kind: 'storage-get', fault: { type: 'stall', afterBytes: 500 } });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    await emulator.waitFor(() => countOf(emulator, 'storage-get') > 0);
    await waitForFile(action.workspace, /\.part$/);
    action.cancel();
    const result = await action.done;
    expectStory(storyOf(result, emulator), [`main error: ${ABORTED} ${FETCH}`]);
    const [error = ''] = annotationsOf(result, 'error');
    expect(result.outputs).toMatchObject({ status: 'completed', error });
    expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([{ status: 'completed', error }]);
    expect(result.summary).toContain(`: cancelled while its files came\n\n\`\`${error}\`\`\n`);
    await expectFetched(emulator, idIn(error));
  });

  test('and where they were fetched so, into the same folder, the step itself finds them with reuse', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    const given = { workflow: 'quick', parameters: 'seed: 18446744073709551615' };
    emulator.fault({ kind: 'storage-get', fault: { type: 'stall', afterBytes: 500 } });
    await using aborted = runAction({ emulator, with: given });
    await emulator.waitFor(() => countOf(emulator, 'storage-get') > 0);
    await waitForFile(aborted.workspace, /\.part$/);
    aborted.cancel();
    const [error = ''] = annotationsOf(await aborted.done, 'error');
    const prepare = (from: string) => (to: string) => cpSync(from, to, { recursive: true });
    const fetching = { 'task-id': idIn(error) };
    await using fetched = runAction({ emulator, with: fetching, prepare: prepare(aborted.workspace) });
    expect(await fetched.done).toMatchObject({ exitCode: 0 });
    await using again = runAction({
      emulator,
      with: { ...given, reuse: 'true' },
      prepare: prepare(fetched.workspace),
    });
    const result = await again.done;
    expect(result).toMatchObject({ exitCode: 0, outputs: { 'task-id': fetching['task-id'] } });
    expect(result.log).toContainEqual(expect.stringMatching(/Reused from task/));
    expect(countOf(emulator, 'submit')).toBe(1);
    // It is that of the task alone.
    const other = { 'task-id': await submittedElsewhere(emulator) };
    await using attached = runAction({ emulator, with: other, prepare: prepare(fetched.workspace) });
    expect(await attached.done).toMatchObject({ exitCode: 0 });
    expect(recordIn(attached.workspace)).toMatchObject({ externalParameters: { taskId: other['task-id'] } });
  });

  test('of those of a matrix that completed, beside others that were cancelled', async () => {
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
    emulator.fault({ kind: 'storage-get', fault: { type: 'stall', afterBytes: 500 } });
    await using action = runAction({ emulator, with: { workflow: 'quick', matrix: 'seed: [1, 2, 3]' } });
    await action.waitForLine(/\[1\] {2}running/);
    await action.waitForLine(/\[2\] {2}running/);
    const { id = '' } = emulator.tasks.find(({ submission }) => submission.parameters.seed === 2) ?? {};
    emulator.release(id);
    await emulator.waitFor(() => countOf(emulator, 'storage-get') > 0);
    await waitForFile(action.workspace, /\.part$/);
    action.cancel();
    const result = await action.done;
    const left = `1 of 3 tasks completed, and not all of their files came: for each, a step with its \`task-id\` in place of \`workflow\` and \`matrix\`, and a \`path\` of its own, fetches them without paying again (${id}).`;
    expect(annotationsOf(result, 'error')).toEqual([`${ABORTED} ${left}`]);
    expect(annotationsOf(result, 'warning')).toEqual([]);
    expect(result.outputs).toMatchObject({ status: 'cancelled', error: `${ABORTED} ${left}` });
    const ofOne = `${ABORTED} ${FETCH.replace('ID', id)}`;
    expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([
      { status: 'cancelled', error: ABORTED },
      { status: 'completed', error: ofOne },
      { status: 'cancelled', error: ABORTED },
    ]);
    expect(result.summary).toContain(`\n\n\`\`${left}\`\`\n`);
    expect(result.post).toMatchObject({ exitCode: 0, raw: '' });
    await expectFetched(emulator, id);
  });
});

/** Each line, in its order. */
function expectStory(lines: readonly string[], story: readonly (string | RegExp)[]): void {
  expect(lines).toEqual(story.map((line) => (typeof line === 'string' ? line : expect.stringMatching(line))));
}

/** The id of a task that completed, and that another job submitted. */
async function submittedElsewhere(emulator: Emulator): Promise<string> {
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  const { outputs } = await action.done;
  return outputs['task-id'] ?? expect.fail('no task');
}

/** What the record of a workspace says was ordered. */
function recordIn(workspace: string): unknown {
  return JSON.parse(readFileSync(join(workspace, 'cyberun-outputs/cyberun-run.json'), 'utf8')).buildDefinition;
}

/** The id that an error says to fetch by. */
function idIn(text: string): string {
  return /`task-id: ([\w-]+)`/.exec(text)?.[1] ?? expect.fail(text);
}

/** A step with that id brings the files, and submits nothing. */
async function expectFetched(emulator: Emulator, taskId: string): Promise<void> {
  const submits = countOf(emulator, 'submit');
  await using action = runAction({ emulator, with: { 'task-id': taskId } });
  expect(await action.done).toMatchObject({ exitCode: 0, outputs: { status: 'completed' } });
  expect(namesOf(action.workspace)).toContain(`cyberun-outputs/${SMALL.name}`);
  expect(countOf(emulator, 'submit')).toBe(submits);
}
