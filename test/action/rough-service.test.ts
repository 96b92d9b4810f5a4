import { describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { FaultRule } from '../../emulator/faults.ts';
import type { Behaviour, EmulatedWorkflow } from '../../emulator/workflows.ts';
import { annotationsOf, countOf, namesOf, quick, runAction, SMALL } from './harness.ts';

const SECOND = { output: '12.images.0', name: 'mask.png', bytes: 2500, contentType: 'image/png' };
const GONE = { type: 'status', status: 404 } as const;
const FOR_EVER = Number.POSITIVE_INFINITY;

/** A minute in a second. */
const FAST = { faster: 60 };

async function startWith(behaviour: Behaviour, ...faults: FaultRule[]): Promise<Emulator> {
  const emulator = await startEmulator({ workflows: [quick({ behaviour })] });
  for (const rule of faults) emulator.fault(rule);
  return emulator;
}

/** Changes the fields of an answer. */
function edited(change: (fields: Record<string, unknown>) => object): FaultRule['fault'] {
  return { type: 'reshape', change };
}

/** Submits as a step of its own, and returns the task's id once it is over. */
async function submitted(emulator: Emulator): Promise<string> {
  await using step = runAction({ emulator, with: { workflow: 'quick', 'wait-for-completion': 'false' } });
  const { 'task-id': taskId = '' } = (await step.done).outputs;
  await emulator.waitFor(({ tasks }) => tasks[0]?.completedAt !== undefined);
  return taskId;
}

describe('a task that is completed before its URLs exist', () => {
  test.each([
    ['an empty result, and the event knows more', edited(({ id }) => ({ id }))],
    ['no URLs, but what the outputs are called', edited(({ task_output }) => ({ task_output }))],
    [
      'one URL of the two that are counted',
      edited(({ download_url }) => ({ download_url, task_output: { image_count: 2 } })),
    ],
    [
      'a URL that is null',
      edited((result) => ({ ...result, download_urls: { ...(result.download_urls as object), '12.images.0': null } })),
    ],
  ])('is asked again, and both files come: %s', async (_, fault) => {
    const behaviour: Behaviour = { outputs: [SMALL, SECOND], outputStyle: 'both' };
    await using emulator = await startEmulator({ workflows: [quick({ behaviour })], replay: 'all' });
    emulator.fault({ kind: 'result', times: 3, fault });
    // What the last event knows is heard only where the record does not tell the end before it.
    const isStreamOver = () =>
      emulator.requests.some(({ kind, closedAt }) => kind === 'events' && closedAt !== undefined);
    const running = edited((task) => ({ ...task, task_status: 'running', completed_at: undefined }));
    emulator.fault({ kind: 'task', times: FOR_EVER, when: () => !isStreamOver(), fault: running });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, ...FAST });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [], outputs: { status: 'completed' } });
    expect(result.log).toContainEqual(expect.stringMatching(/^No URL yet of .*: asking again for up to 1m$/));
    expect(countOf(emulator, 'result')).toBe(4);
    expect(namesOf(action.workspace)).toHaveLength(4);
  });

  test('fails by name after a minute, and what is there has been fetched', async () => {
    const urls = edited((result) => ({
      ...result,
      download_urls: { ...(result.download_urls as object), '12.images.0': '' },
    }));
    await using emulator = await startWith(
      { outputs: [SMALL, SECOND] },
      { kind: 'result', times: FOR_EVER, fault: urls },
    );
    await using action = runAction({ emulator, with: { workflow: 'quick', 'if-no-files-found': 'ignore' }, ...FAST });
    const result = await action.done;
    expect(annotationsOf(result, 'error')).toEqual([
      `1 of 2 files did not arrive. The service offers no URL of 12.images.0, and was asked for 60 s. The task itself completed: a step with \`task-id: ${result.outputs['task-id']}\` in place of \`workflow\` fetches its files without paying again.`,
    ]);
    expect(result).toMatchObject({
      exitCode: 1,
      outputs: { status: 'completed', file: 'cyberun-outputs/output_00001_.png' },
    });
    expect(namesOf(action.workspace)).toEqual([
      'cyberun-outputs/SHA256SUMS',
      'cyberun-outputs/cyberun-run.json',
      'cyberun-outputs/output_00001_.png',
    ]);
    expect(countOf(emulator, 'result')).toBeGreaterThan(10);
  });
});

describe('one passing 404', () => {
  test.each(['task', 'result', 'workflow', 'submit', 'events'] as const)(
    'of the %s does not end a run',
    async (kind) => {
      await using emulator = await startWith({}, { kind, times: kind === 'events' ? 1 : 6, fault: GONE });
      await using action = runAction({ emulator, with: { workflow: 'quick' }, ...FAST });
      const result = await action.done;
      expect(result).toMatchObject({ exitCode: 0, annotations: [], outputs: { status: 'completed' } });
      expect(emulator.tasks).toMatchObject([{ cancelRequests: 0 }]);
      expect(namesOf(action.workspace)).toContain('cyberun-outputs/output_00001_.png');
    },
  );

  test('of the result does not end a download whose URLs have expired', async () => {
    await using emulator = await startWith(
      { outputs: [SMALL, SECOND] },
      { kind: 'storage-get', times: 2, fault: { type: 'expired', form: 'aws' } },
      { kind: 'result', skip: 1, times: 2, fault: GONE },
    );
    await using action = runAction({ emulator, with: { workflow: 'quick' }, ...FAST });
    expect(await action.done).toMatchObject({ exitCode: 0, annotations: [] });
    expect(namesOf(action.workspace)).toHaveLength(4);
  });

  test('of a cancel leaves no task behind', async () => {
    await using emulator = await startWith({ holdAt: 'running' }, { kind: 'cancel', fault: GONE });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    await action.waitForLine('running on');
    action.kill('SIGINT');
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'cancelled' }, state: { open_0: '' } });
    expect(result.log).toContain(`Task ${emulator.tasks[0]?.id} cancelled`);
    expect(emulator.tasks).toMatchObject([{ status: 'cancelled', cancelRequests: 1 }]);
  });

  test.each<[string, FaultRule[]]>([
    ['a task that was read before', []],
    ['such a task, and one of its workflow,', [{ kind: 'workflow', fault: GONE }]],
  ])('of %s does not end an attached run', async (_, more) => {
    await using emulator = await startWith({});
    const taskId = await submitted(emulator);
    // The workflow of the task is read by its record.
    emulator.fault({ kind: 'task', skip: 1, times: 2, fault: GONE });
    for (const rule of more) emulator.fault(rule);
    await using action = runAction({ emulator, with: { 'task-id': taskId }, ...FAST });
    expect(await action.done).toMatchObject({ exitCode: 0, annotations: [], outputs: { status: 'completed' } });
  });

  test('that does not pass ends it after a minute, with its reason', async () => {
    await using emulator = await startWith(
      { holdAt: 'running' },
      { kind: 'task', skip: 1, times: FOR_EVER, fault: GONE },
    );
    await using action = runAction({ emulator, with: { workflow: 'quick' }, ...FAST });
    const result = await action.done;
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringMatching(
        /^There is no such thing for this api-key \(404: Not Found\)\..* That was GET \/r\/tasks\//,
      ),
    ]);
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'failed' } });
    expect(emulator.tasks).toMatchObject([{ status: 'cancelled' }]);
    expect(emulator.requests.filter(({ kind, status }) => kind === 'task' && status === 404).length).toBeGreaterThan(4);
  });

  test('of a workflow that the list shows ends it after a minute, too', async () => {
    await using emulator = await startWith({}, { kind: 'workflow', times: FOR_EVER, fault: GONE });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, ...FAST });
    const result = await action.done;
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringMatching(
        /^The key's team sees the workflow quick in the list of workflows, but it cannot be read: .*404/,
      ),
    ]);
    expect(emulator.tasks).toEqual([]);
  });
});

describe('numbers on their way back', () => {
  const DIGITS = '{"seed":12345678901234567891,"cfg":1.10,"limit":1e400,"list":[-0,1E2]}';

  test('keep every digit in the output result', async () => {
    const fault = {
      type: 'edit',
      edit: (body: string) => body.replace('"task_output":{', `"task_output":{"used":${DIGITS},`),
    } as const;
    await using emulator = await startWith({}, { kind: 'result', times: FOR_EVER, fault });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [] });
    expect(result.outputs.result).toContain(`{"used":${DIGITS},"9.images.0":{`);
  });

  test('and in the output tasks; exclude of one seed of 64 bits does not take its neighbour', async () => {
    await using emulator = await startWith({});
    const matrix =
      '{"seed": [12345678901234567890, 12345678901234567891], "scale": [1.10], "exclude": [{"seed": 12345678901234567890}]}';
    await using action = runAction({ emulator, with: { workflow: 'quick', matrix } });
    const { outputs, exitCode } = await action.done;
    expect(exitCode).toBe(0);
    expect(countOf(emulator, 'submit')).toBe(1);
    expect(outputs.tasks).toContain('"parameters":{"seed":12345678901234567891,"scale":1.10}');
  });
});

describe('JSON that is broken', () => {
  test('in task_output alone costs no file', async () => {
    const fault = {
      type: 'edit',
      edit: (body: string) => body.replace('"task_output":{', '"task_output":{"psnr":NaN,'),
    } as const;
    await using emulator = await startWith({ outputs: [SMALL, SECOND] }, { kind: 'result', times: FOR_EVER, fault });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 0, outputs: { status: 'completed', result: '' } });
    expect(annotationsOf(result, 'warning')).toEqual([
      expect.stringMatching(
        /^The output result is empty, as the service's task_output is broken\. GET .* broken JSON: Unexpected token 'N' at character \d+, behind `.*"psnr":`/,
      ),
    ]);
    expect(namesOf(action.workspace)).toHaveLength(4);
    expect(countOf(emulator, 'result')).toBe(1);
  });

  test.each([
    ['result', 'The result of the task could not be read. GET /r/tasks/', 'completed'],
    [
      'workflow',
      'GET /r/workflows/slug/quick was answered with broken JSON: it breaks off after 40 characters',
      'failed',
    ],
  ] as const)('and cut off ends a run after three tries, with the place: %s', async (kind, message, status) => {
    const fault = { type: 'edit', edit: (body: string) => body.slice(0, 40) } as const;
    await using emulator = await startWith({}, { kind, times: FOR_EVER, fault });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    const result = await action.done;
    const [error = ''] = annotationsOf(result, 'error');
    expect(error).toContain(message);
    expect(error).toContain('it breaks off after 40 characters, behind `');
    expect(error).not.toContain('login');
    expect(result).toMatchObject({ exitCode: 1, outputs: { status } });
    expect(countOf(emulator, kind)).toBe(3);
  });

  test('and cut off twice costs nothing', async () => {
    const fault = { type: 'edit', edit: (body: string) => body.slice(0, 40) } as const;
    const rules = (['workflow', 'task', 'result'] as const).map((kind): FaultRule => ({ kind, times: 2, fault }));
    await using emulator = await startWith({}, ...rules);
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    expect(await action.done).toMatchObject({ exitCode: 0, annotations: [] });
  });

  test('of a record leaves the task to the event stream', async () => {
    const fault = { type: 'edit', edit: (body: string) => body.replace('{', '{"progress":NaN,') } as const;
    await using emulator = await startWith({ holdAt: 'running' }, { kind: 'task', times: FOR_EVER, fault });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, ...FAST });
    await action.waitForLine('broken JSON');
    emulator.release(emulator.tasks[0]?.id ?? '');
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [], outputs: { status: 'completed' } });
    expect(result.log.filter((line) => line.includes('broken JSON'))).toHaveLength(1);
  });
});

describe('time stamps', () => {
  const timesOf = async (task: Record<string, unknown>) => {
    await using emulator = await startWith({ extra: { task } });
    const taskId = await submitted(emulator);
    await using action = runAction({ emulator, with: { 'task-id': taskId }, env: { TZ: 'America/New_York' } });
    const [told] = JSON.parse((await action.done).outputs.tasks ?? '') as Record<string, unknown>[];
    return [told?.queue_seconds, told?.run_seconds];
  };

  test.each<[string, Record<string, unknown>, (number | null)[]]>([
    [
      'without a zone are UTC',
      {
        created_at: '2025-02-10T15:01:30Z',
        started_at: '2025-02-10 15:01:42',
        completed_at: '2025-02-10T11:02:42-04:00',
      },
      [12, 60],
    ],
    [
      'that are a zero are no time',
      { created_at: '0001-01-01T00:00:00Z', started_at: '2025-02-10T15:01:42', completed_at: '1970-01-01T00:00:00Z' },
      [null, null],
    ],
    [
      'that make a negative or absurd time are left out',
      { created_at: '2015-02-10T15:01:42', started_at: '2025-02-10T15:01:42', completed_at: '2025-02-10T15:01:41' },
      [null, null],
    ],
    ['in seconds are read', { created_at: 1739199690, started_at: 1739199702, completed_at: 1739199762000 }, [12, 60]],
  ])('%s', async (_, task, seconds) => {
    expect(await timesOf(task)).toEqual(seconds);
  });
});

describe('an end that the service calls otherwise', () => {
  test.each([
    ['completed', 'succeeded', 'completed', undefined],
    ['completed', 'COMPLETED', 'completed', undefined],
    ['cancelled', 'canceled', 'cancelled', 'was cancelled, and not by this job'],
    ['failed', 'timed_out', 'failed', 'too slow (task'],
    ['failed', 'expired', 'failed', 'too slow (task'],
    ['failed', 'error', 'failed', 'too slow (task'],
  ] as const)('%s is known by the name of %s', async (ending, word, status, error) => {
    const words = { [ending]: word, running: 'Running' };
    await using emulator = await startWith({ ending, error: 'too slow', words, holdAt: 'running' });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    await action.waitForLine('running on gpu-node-01');
    emulator.release(emulator.tasks[0]?.id ?? '');
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: status === 'completed' ? 0 : 1, outputs: { status } });
    expect(annotationsOf(result, 'error')).toEqual(error === undefined ? [] : [expect.stringContaining(error)]);
    expect(result.log).toContainEqual(expect.stringMatching(new RegExp(`^ {2}\\d+:\\d\\d {2}${word} in \\d+:\\d\\d`)));
  });

  test('a word that nobody knows, with a time of completion and a closed stream, fails the step by that word', async () => {
    await using emulator = await startWith({ ending: 'failed', error: 'moved away', words: { failed: 'archived' } });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, ...FAST });
    const result = await action.done;
    const error = `moved away (task ${emulator.tasks[0]?.id} ended as archived)`;
    expect(annotationsOf(result, 'error')).toEqual([error]);
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'failed', error } });
    expect(result.log).toContainEqual(expect.stringMatching(/archived in \d+:\d\d/));
    expect(emulator.tasks[0]?.cancelRequests).toBe(0);
  });
});

describe('an error that is no text', () => {
  const refused = {
    error: { type: 'prompt_outputs_failed_validation', message: 'Prompt outputs failed validation', extra_info: {} },
    node_errors: {
      4: { class_type: 'CheckpointLoaderSimple', errors: [{ message: 'Value not in list', details: 'ckpt_name' }] },
    },
  };
  const refusal = 'Prompt outputs failed validation; CheckpointLoaderSimple (node 4): Value not in list: ckpt_name';

  test.each<[string, Record<string, unknown>, string]>([
    ['an object', { task_error: { message: 'said in an object', code: 2 } }, 'said in an object'],
    ['a list', { task_error: [{ message: 'one' }, 'two'] }, 'one; two'],
    ['an object of no known shape', { task_error: { code: 137, signal: 'KILL' } }, 'code: 137, signal: KILL'],
    ['an error in place of a task_error', { task_error: null, error: { detail: 'said elsewhere' } }, 'said elsewhere'],
    [
      'an exception of ComfyUI',
      { task_error: '', exception_message: 'CUDA out of memory', node_id: '3', node_type: 'KSampler' },
      'KSampler (node 3): CUDA out of memory',
    ],
    ["ComfyUI's errors by node", { task_error: undefined, ...refused }, refusal],
  ])('gives its text: %s', async (_, task, text) => {
    const extra = { task, event: { error: undefined } };
    await using emulator = await startWith({ ending: 'failed', extra });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    const [error = '', ...more] = annotationsOf(await action.done, 'error');
    expect(more).toEqual([]);
    // What to do is told behind it, where that is known.
    expect(error.replace(/\. Another try would not help, because .*/, '')).toBe(
      `${text} (task ${emulator.tasks[0]?.id} failed)`,
    );
  });

  test('of the event and of the result, too', async () => {
    const silent = { task: { task_error: undefined } };
    const extras = [
      { ...silent, event: { error: { message: 'said by the event' } } },
      { ...silent, event: { error: undefined }, result: { task_error: ['said by', 'the result'] } },
    ];
    const texts: string[] = [];
    for (const extra of extras) {
      await using emulator = await startWith({ ending: 'failed', extra, holdAt: 'running' });
      await using action = runAction({ emulator, with: { workflow: 'quick' } });
      await action.waitForLine('running on');
      emulator.release(emulator.tasks[0]?.id ?? '');
      texts.push(...annotationsOf(await action.done, 'error'));
    }
    expect(texts).toEqual([
      expect.stringMatching(/^said by the event \(task \S+ failed\)$/),
      expect.stringMatching(/^said by; the result \(task \S+ failed\)$/),
    ]);
  });

  test('of a submit that is refused', async () => {
    const fault = { type: 'status', status: 400, body: JSON.stringify(refused) } as const;
    await using emulator = await startWith({}, { kind: 'submit', fault });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    expect(annotationsOf(await action.done, 'error')).toEqual([expect.stringContaining(` (400: ${refusal}).`)]);
  });
});

describe('a workflow', () => {
  const startTyped = (workflow: Partial<EmulatedWorkflow>) => startEmulator({ workflows: [quick(workflow)] });

  test('with a parameter of type integer wants a whole number, with all its digits', async () => {
    await using emulator = await startTyped({
      parameters: [
        { key: 'seed', type: 'integer', min: 0 },
        { key: 'steps', type: 'integer' },
      ],
    });
    await using refused = runAction({ emulator, with: { workflow: 'quick', parameters: 'seed: 3.5\nsteps: many' } });
    expect(annotationsOf(await refused.done, 'error')).toEqual([
      expect.stringContaining(
        'seed: given 3.5, accepted: a whole number of at least 0. steps: given "many", accepted: a whole number.',
      ),
    ]);
    await using action = runAction({
      emulator,
      with: { workflow: 'quick', parameters: 'seed: 12345678901234567891.0\nsteps: 3.0' },
    });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [] });
    expect(result.outputs.tasks).toContain('"parameters":{"seed":12345678901234567891,"steps":3}');
  });

  test('that is described otherwise than documented is read as well as it can be, with a warning', async () => {
    const odd = {
      required_labels: 'gpu, comfyui',
      parameters: {
        steps: { type: 'integer' },
        sampler: { type: 'select', options: { Euler: 'euler', Fast: 'ddim' } },
      },
    };
    await using emulator = await startTyped({ behaviour: { extra: { workflow: odd } } });
    const warning =
      'The workflow describes itself otherwise than documented: parameters (a mapping), options of sampler (a mapping), required_labels (a text).';
    await using refused = runAction({ emulator, with: { workflow: 'quick', parameters: 'steps: x\nsampler: eulr' } });
    const refusal = await refused.done;
    expect(annotationsOf(refusal, 'error')).toEqual([
      expect.stringContaining(
        'steps: given "x", accepted: a whole number. sampler: given "eulr", accepted: one of "euler", "ddim" (did you mean euler?)',
      ),
    ]);
    expect(annotationsOf(refusal, 'warning')).toEqual([expect.stringContaining(warning)]);
    await using action = runAction({ emulator, with: { workflow: 'quick', parameters: 'steps: 7\nsampler: ddim' } });
    expect(await action.done).toMatchObject({ exitCode: 0, annotations: [{ level: 'warning' }] });
    expect(emulator.tasks).toMatchObject([{ submission: { parameters: { steps: 7, sampler: 'ddim' } } }]);
  });

  test('with parameters that nobody can read takes what is given', async () => {
    const odd = { parameters: [{ name: 'steps', type: 'integer' }, { type: 'string' }] };
    await using emulator = await startTyped({ behaviour: { extra: { workflow: odd } } });
    await using action = runAction({ emulator, with: { workflow: 'quick', parameters: 'steps: "7"\ncolour: red' } });
    const result = await action.done;
    expect(result.exitCode).toBe(0);
    expect(annotationsOf(result, 'warning')).toEqual([
      expect.stringContaining('parameters (a list of other things than'),
    ]);
    expect(emulator.tasks).toMatchObject([{ submission: { parameters: { steps: 7, colour: 'red' } } }]);
  });
});
