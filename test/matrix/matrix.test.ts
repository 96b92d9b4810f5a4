import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type EmulatorOptions, startEmulator } from '../../emulator/emulator.ts';
import { systemClock } from '../../src/base/clock.ts';
import { systemDisk } from '../../src/base/disk.ts';
import { RunError, type RunErrorKind } from '../../src/base/errors.ts';
import { type Inert, inert } from '../../src/base/inert.ts';
import { createWire } from '../../src/base/wire.ts';
import { parseWorkflow } from '../../src/cyberun/schema.ts';
import { reportOf } from '../../src/files/home.ts';
import { NOTHING_MISSING } from '../../src/files/promised.ts';
import type { TaskReport } from '../../src/files/report.ts';
import type { RunContext } from '../../src/matrix/context.ts';
import { matrixProblem, runMatrix } from '../../src/matrix/matrix.ts';
import type { LabelledOrder, Many, Order } from '../../src/matrix/plan.ts';
import type { LedgerEntry } from '../../src/task/context.ts';
import { nothingKnown } from '../../src/task/run.ts';
import { type Rest, Unfinished } from '../../src/task/unfinished.ts';
import { clientOf, keptLog } from '../workflow/service.ts';

const WORKFLOW = 'text-to-image';

function orderOf(seed: number, changes: Partial<Order> = {}): LabelledOrder {
  return {
    label: `${seed}`,
    order: {
      target: { workflow: WORKFLOW, submission: { parameters: { prompt: 'a', seed, steps: 1 } } },
      workflow: undefined,
      fingerprint: undefined,
      digests: new Map(),
      earlier: undefined,
      wait: true,
      timeout: undefined,
      queueTimeout: undefined,
      cancelOnAbort: true,
      retries: 0,
      download: false,
      workspace: '/nowhere',
      folder: '/nowhere/out',
      folderName: 'out',
      extract: false,
      pattern: [],
      ifNoFilesFound: 'ignore',
      ...changes,
    },
  };
}

const ordersOf = (count: number, changes: Partial<Order> = {}) =>
  Array.from({ length: count }, (_, index) => orderOf(index + 1, changes));

/** A matrix that runs against the emulator; every line and every entry of the ledger is kept. */
async function start(
  orders: readonly LabelledOrder[],
  options: Partial<Many> = {},
  service: EmulatorOptions = {},
  mostEntries = 1_000,
) {
  const emulator = await startEmulator(service);
  onTestFinished(() => emulator.close());
  const log = keptLog();
  const job = new AbortController();
  let open = 0;
  let mostOpen = 0;
  const entry = (): LedgerEntry => {
    if (open === mostEntries) throw new Error('the disk is full');
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    return { opened: () => undefined, closed: () => (open -= 1) };
  };
  const wire = createWire();
  onTestFinished(wire[Symbol.asyncDispose]);
  const tasks = new Set<string>();
  const context: RunContext = {
    service: clientOf(emulator),
    wire,
    isHome: () => true,
    apiUrl: emulator.apiUrl,
    apiKey: emulator.apiKey,
    disk: systemDisk,
    clock: systemClock,
    log,
    ledger: { open: entry },
    viewOf(_workflow, label) {
      const line = (text: Inert) => log.info(inert`[${label ?? 'no label'}] ${text}`);
      return {
        line,
        shared: line,
        status: (_status, text) => line(text),
        progress: () => undefined,
        told: line,
        hopeless: line,
        end: () => undefined,
      };
    },
    learn: (_place, { taskId }) => taskId !== undefined && tasks.add(taskId),
    signal: job.signal,
  };
  const running = runMatrix(
    {
      kind: 'many',
      shard: undefined,
      total: orders.length,
      orders,
      maxParallel: 10,
      failFast: true,
      folder: '/nowhere/out',
      ...options,
    },
    context,
  );
  return { emulator, running, log: log.lines, job, tasks, ledger: () => ({ open, mostOpen }) };
}

const held = (options: EmulatorOptions = {}): EmulatorOptions => ({
  workflows: [
    { workflow_slug: WORKFLOW, version: 9, required_labels: ['gpu', 'comfyui'], behaviour: { holdAt: 'running' } },
  ],
  ...options,
});

describe('runMatrix', () => {
  test('returns reports in the order of the combinations, whichever ends first', async () => {
    const behaviour = ({ seed }: Readonly<Record<string, unknown>>) => ({ steps: 1, stepMs: 90 - 30 * Number(seed) });
    const agents = Array.from({ length: 3 }, (_, index) => ({ agent_id: `n${index}`, agent_labels: [] }));
    const service = { workflows: [{ workflow_slug: WORKFLOW, version: 9, behaviour }], agents };
    const { running, emulator, tasks, ledger } = await start(ordersOf(3), {}, service);
    const reports = await running;
    expect(reports.map(({ parameters, status }) => [parameters.seed, status])).toEqual(
      [1, 2, 3].map((seed) => [seed, 'completed']),
    );
    expect([...tasks].sort()).toEqual(emulator.tasks.map(({ id }) => id).toSorted());
    expect(ledger()).toEqual({ open: 0, mostOpen: 3 });
  });

  test('holds no more entries of the ledger open than tasks may be open', async () => {
    const { running, ledger } = await start(ordersOf(12), { maxParallel: 3 });
    expect((await running).every(({ status }) => status === 'completed')).toBe(true);
    expect(ledger()).toEqual({ open: 0, mostOpen: 3 });
  });

  test('submits nothing that could not be written down, and cancels the others because of it', async () => {
    const { running, emulator, ledger } = await start(ordersOf(3), {}, held(), 2);
    const reports = await running;
    expect(reports.map(({ status, problem }) => [status, problem?.kind])).toEqual([
      ['cancelled', 'sibling'],
      ['cancelled', 'sibling'],
      ['failed', 'submit'],
    ]);
    expect(reports[2]?.problem?.message).toContain('the disk is full');
    expect(emulator.tasks.every(({ status }) => status === 'cancelled')).toBe(true);
    expect(ledger()).toEqual({ open: 0, mostOpen: 2 });
  });

  test('submits nothing more once the job is aborted', async () => {
    const { running, emulator, job } = await start(ordersOf(5), { maxParallel: 2 }, held());
    await emulator.waitFor(({ tasks }) => tasks.filter(({ status }) => status === 'running').length === 2);
    job.abort(new RunError('aborted', inert`The job was cancelled`));
    const reports = await running;
    expect(reports.map(({ status, problem }) => [status, problem?.kind])).toEqual(
      Array(5).fill(['cancelled', 'aborted']),
    );
    expect(reports.map(({ taskId }) => taskId !== undefined)).toEqual([true, true, false, false, false]);
    expect(reports[4]?.problem?.message).toBe('It was not submitted any more.');
    expect(emulator.tasks.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
  });

  test.each([
    ['its error is known', 'no memory'],
    ['its error is still to be read', ''],
  ])('a failure makes no room for a task that it is to cancel, when %s', async (_, error) => {
    const behaviour = { ending: 'failed', steps: 1, error } as const;
    const workflows = [{ workflow_slug: WORKFLOW, version: 9, behaviour }];
    const { running, emulator } = await start(ordersOf(9), { maxParallel: 1 }, { workflows });
    emulator.fault({ kind: 'result', fault: { type: 'delay', ms: 200 } });
    await running;
    expect(emulator.tasks).toHaveLength(1);
  });

  test('fail-fast is not said where all that is left is here already', async () => {
    const [one, two] = [orderOf(1), orderOf(2)];
    const report = reportOf({ ...nothingKnown(two.order), status: 'completed' });
    const here = {
      ...two,
      order: {
        ...two.order,
        earlier: {
          report,
          offer: { outputs: [], unpacked: [], leftOut: [], missing: NOTHING_MISSING, output: undefined },
        },
      },
    };
    const workflows = [{ workflow_slug: WORKFLOW, version: 9, behaviour: { ending: 'failed', steps: 1 } as const }];
    const { running, log } = await start([one, here], {}, { workflows });
    expect((await running).map(({ status }) => status)).toEqual(['failed', 'completed']);
    expect(log.join('\n')).toContain('failed');
    expect(log.join('\n')).not.toContain('fail-fast');
  });

  // The first one to ask may stop waiting before the answer is there.
  test('tells why the others wait although the one who asked for it waits no more', async () => {
    const agents = [{ agent_id: 'only', agent_labels: ['gpu', 'comfyui'] }];
    const workflow = parseWorkflow({ required_labels: ['gpu', 'comfyui'] });
    const { running, emulator, log } = await start(ordersOf(3, { workflow }), {}, held({ agents }));
    emulator.fault({ kind: 'agents', fault: { type: 'delay', ms: 700 } });
    const first = await emulator.waitFor(({ tasks, requests }) => {
      const asked = requests.some(({ kind }) => kind === 'agents');
      const waiting = tasks.filter(({ status }) => status === 'waiting').length === 2;
      return asked && waiting && tasks.find(({ status }) => status === 'running');
    });
    emulator.release(first.id);
    await vi.waitFor(
      () => expect(log.join('\n')).toContain('waiting: no idle agent has gpu, comfyui (1 busy: only)'),
      5000,
    );
    for (const { id } of emulator.tasks) emulator.release(id);
    await running;
  });
});

describe('matrixProblem', () => {
  const orders = ordersOf(9);
  const report = (kind?: RunErrorKind, text = 'why'): TaskReport => ({
    ...reportOf(nothingKnown((orders[0] as LabelledOrder).order)),
    problem: kind === undefined ? undefined : new RunError(kind, inert`${text}`),
  });

  const problemOf = (reports: TaskReport[]) =>
    matrixProblem(reports.map((report, index) => ({ label: `${index + 1}`, report })));

  test('is none when all went well', () => {
    expect(problemOf([report(), report()])).toBeUndefined();
  });

  test('names what failed, and counts what was cancelled for it', () => {
    const problem = problemOf([
      report('sibling'),
      report('task', 'no memory'),
      report(),
      report('files', 'gone.'),
      report('sibling'),
    ]);
    expect(problem?.kind).toBe('task');
    expect(problem?.message).toBe(
      '2 of 5 tasks went wrong. [2] no memory. [4] gone. Cancelled or not submitted because of that: 2.',
    );
  });

  test('is the abort alone when nothing else happened', () => {
    const aborted = report('aborted', 'The job was cancelled.');
    expect(problemOf([report(), aborted, aborted])).toBe(aborted.problem);
  });

  const unfinished = (at: number, rest: Rest, [kind, text]: [RunErrorKind, string]): TaskReport => {
    const taskId = `0196f1c2-7d3e-7a4b-8c5d-00000000000${at}`;
    return { ...report(), taskId, problem: new Unfinished(new RunError(kind, inert`${text}`), rest, taskId) };
  };

  test('says once what an abort left to be done, and about which tasks', () => {
    const aborted: [RunErrorKind, string] = ['aborted', 'The job was cancelled.'];
    const fetched = Array.from({ length: 6 }, (_, at) => unfinished(at, 'fetch', aborted));
    const problem = problemOf([report(...aborted), ...fetched, report(), unfinished(9, 'cancel', aborted)]);
    expect(problem?.kind).toBe('aborted');
    const id = (at: number) => `0196f1c2-7d3e-7a4b-8c5d-00000000000${at}`;
    expect(problem?.message).toBe(
      `The job was cancelled. 6 of 9 tasks completed, and not all of their files came: for each, a step with its \`task-id\` in place of \`workflow\` and \`matrix\`, and a \`path\` of its own, fetches them without paying again (${[0, 1, 2, 3, 4].map(id).join(', ')} and 1 more). Nobody confirmed that 1 of 9 tasks are cancelled: this action's post step asks again, and its log says what came of it. Where none follows, as on a runner that shuts down, cancel them in Cyberun (${id(9)}).`,
    );
  });

  test('says so of files that did not come for other reasons, each of them once', () => {
    const gone = Array.from({ length: 2 }, (_, at) => unfinished(at, 'fetch', ['files', 'gone.']));
    expect(problemOf([...gone, report()])?.message).toMatch(
      /^2 of 3 tasks went wrong\. \[1\], \[2\]: gone\. 2 of 3 tasks completed, and not all of their files came: [^.]*\(\S+0, \S+1\)\.$/,
    );
  });

  test('is that of one task, where there is no other', () => {
    expect(problemOf([report('task', 'no memory')])?.message).toBe('1 of 1 task went wrong. [1] no memory.');
  });

  test('tells of a failure although the job was cancelled later', () => {
    const problem = problemOf([report('aborted'), report('task', 'no memory')]);
    expect(problem?.message).toMatch(/^1 of 2 tasks went wrong\. \[2\] no memory\./);
  });

  test('says the same reason once, with the first of its combinations', () => {
    const failed = Array.from({ length: 5 }, (_, at) => ({
      ...report('task', `Task task-${at} failed: no memory`),
      taskId: `task-${at}`,
    }));
    const late = ['1m 5s', '59s'].map((time) => report('timed-out', `not over within 2m: it was running for ${time}.`));
    expect(problemOf([...failed, report('files', 'gone'), ...late])?.message).toBe(
      '8 of 8 tasks went wrong. [1], [2], [3] and 2 more: Task … failed: no memory. [6] gone. [7], [8]: not over within 2m: it was running for 1m 5s.',
    );
  });

  test('fits into an annotation, however much went wrong', () => {
    const text = (at: number): [RunErrorKind, string] => ['task', `${at} ${'x '.repeat(2000)}`];
    const reports = [
      ...Array.from({ length: 9 }, (_, at) => report(...text(at))),
      ...Array.from({ length: 6 }, (_, at) => unfinished(at, 'fetch', ['aborted', 'cut'])),
      ...Array.from({ length: 6 }, (_, at) => unfinished(at, 'cancel', ['aborted', 'cut'])),
    ];
    const problem = problemOf(reports);
    expect(problem?.message.length).toBeLessThan(4096);
    expect(problem?.message).toMatch(
      /^9 of 21 tasks went wrong\. \[1\] 0 (?:x ){298}x… \[2\] 1 x.* 4 more went wrong, too\. .* Nobody confirmed .* and 1 more\)\.$/,
    );
  });
});
