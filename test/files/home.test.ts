import { describe, expect, test } from 'vitest';
import { createSimulatedClock } from '../../simulator/clock.ts';
import { systemDisk } from '../../src/base/disk.ts';
import { RunError } from '../../src/base/errors.ts';
import { inert } from '../../src/base/inert.ts';
import { Unreadable } from '../../src/cyberun/body.ts';
import { ApiError } from '../../src/cyberun/errors.ts';
import { parseResult, type TaskResult } from '../../src/cyberun/schema.ts';
import { bringHome } from '../../src/files/home.ts';
import { LARGEST_RESULT } from '../../src/files/report.ts';
import type { Ended } from '../../src/task/ending.ts';
import { nothingKnown } from '../../src/task/run.ts';
import { keptLog } from '../workflow/service.ts';
import { COMPLETED } from './brought.ts';

const KEY = { '9.images.0': { s3_key: 'tasks/1/a.png' } };

type Answer = TaskResult | ApiError;
const refused = (status: number): Answer => new ApiError('status', inert`answered ${status}.`, { status });

/** Brings home what a service says of a task at each time, to where no file can be put. */
function start(answer: (now: number) => Answer, ended: Partial<Ended> = {}, download = true) {
  const clock = createSimulatedClock();
  const log = keptLog();
  const job = new AbortController();
  const asked: number[] = [];
  const service = {
    async result() {
      asked.push(clock.now());
      const said = answer(clock.now());
      if (said instanceof ApiError) throw said;
      return said;
    },
  };
  const target = { taskId: 'task-1', wasRead: true };
  const options = {
    target,
    workflow: undefined,
    fingerprint: undefined,
    digests: new Map<string, string>(),
    download,
    workspace: '/w',
    folder: '/w/out',
    folderName: 'out',
    extract: false,
    pattern: [],
    ifNoFilesFound: 'error',
  } as const;
  const wire = () => Promise.reject(new Error('no network here'));
  const disk = { ...systemDisk, mkdir: () => Promise.reject(new Error('no disk here')) };
  const learn = () => undefined;
  const context = {
    service,
    apiUrl: 'https://cyberun.test/api/v1',
    apiKey: 'sk-test',
    clock,
    log,
    wire,
    disk,
    detail: 'full',
    learn,
    isHome: () => true,
    signal: job.signal,
  } as const;
  const followed = {
    ...nothingKnown({ ...options, target: { taskId: 'task-1', wasRead: true } }),
    status: ended.status ?? COMPLETED.status,
    ended: { ...COMPLETED, ...ended },
  };
  const done = bringHome(followed, options, context);
  return {
    asked,
    clock,
    log,
    job,
    /** Lets the time pass until all is over. */
    async report() {
      let over = false;
      void done.finally(() => {
        over = true;
      });
      await turn();
      while (!over && clock.step()) await turn();
      return done;
    },
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const AGAIN =
  'The task itself completed: a step with `task-id: task-1` in place of `workflow` fetches its files without paying again.';

const empty = parseResult({});

describe('a result that is late', () => {
  test.each([404, 409, 425])('is asked for again for a minute: %i', async (status) => {
    const { report, asked } = start((now) => (now < 55_000 ? refused(status) : empty));
    expect((await report()).problem?.message).toMatch(/^The task completed, but it has no files to download\./);
    expect(asked.length).toBeLessThan(100);
  });

  test.each([404, 409, 425])('for a minute, and no longer: %i', async (status) => {
    const { report, asked, clock } = start(() => refused(status));
    const { problem } = await report();
    expect(problem).toMatchObject({ kind: 'files', message: expect.stringContaining(`answered ${status}.`) });
    expect(clock.now()).toBe(60_000);
    expect(asked.at(-1)).toBe(60_000);
  });

  test('is not waited for where it is refused', async () => {
    const { report, asked } = start(() => refused(403));
    expect((await report()).problem?.message).toBe(`The result of the task could not be read. answered 403. ${AGAIN}`);
    expect(asked).toEqual([0]);
  });
});

describe('URLs that are late', () => {
  test.each<[string, object, Partial<Ended>]>([
    ['image_count', { task_output: { image_count: 1 } }, {}],
    ['task_output', { task_output: KEY }, {}],
    ['the event', {}, { output: KEY }],
    ['an entry without one', { download_urls: { '9.images.0': null } }, {}],
  ])('are waited for where %s promises them', async (_, result, ended) => {
    const late = parseResult({ ...result, download_urls: { '9.images.0': 'http://127.0.0.1/a.png' } });
    const { report, log, asked } = start((now) => (now < 50_000 ? parseResult(result) : late), ended);
    expect((await report()).problem?.message).toBe(`no disk here. ${AGAIN}`);
    expect(asked.length).toBeGreaterThan(5);
    expect(log.lines[0]).toMatch(/^No URL yet of (9\.images\.0|1 file that the task has): asking again for up to 1m$/);
    expect(log.lines.filter((line) => line.startsWith('No URL yet'))).toHaveLength(1);
  });

  test('are missing after a minute, by their names', async () => {
    const { report, clock } = start(() => parseResult({ task_output: { ...KEY, image_count: 3 } }));
    const { problem, output } = await report();
    expect(problem).toMatchObject({
      kind: 'files',
      message: `3 of 3 files did not arrive. The service offers no URL of 9.images.0 and 2 more, and was asked for 60 s. ${AGAIN}`,
    });
    expect(output).toEqual({ ...KEY, image_count: 3 });
    expect(clock.now()).toBe(60_000);
  });

  test('are not waited for where nothing promises them', async () => {
    const { report, asked } = start(() => parseResult({ task_output: { note: 'done', image_count: 0 } }));
    expect((await report()).problem?.message).toContain('it has no files to download');
    expect(asked).toEqual([0]);
  });

  test('are not waited for where no file is wanted', async () => {
    const { report, asked } = start(() => parseResult({ task_output: KEY }), {}, false);
    expect(await report()).toMatchObject({ output: KEY, problem: undefined });
    expect(asked).toEqual([0]);
  });

  test('are not waited for when the job is aborted', async () => {
    const { report, job, clock } = start(() => parseResult({ task_output: KEY }));
    const reason = new RunError('aborted', inert`The job was cancelled.`);
    clock.after(20_000, () => job.abort(reason));
    expect((await report()).problem).toMatchObject({ kind: 'aborted', message: `The job was cancelled. ${AGAIN}` });
    expect(clock.now()).toBe(20_000);
  });
});

test('a task_output that is broken costs a warning, and the output result', async () => {
  const { report, log } = start(() => parseResult({ task_output: new Unreadable(inert`It breaks.`) }), {}, false);
  expect(await report()).toMatchObject({ output: undefined, problem: undefined });
  expect(log.lines).toEqual([
    "warning: The output result is empty, as the service's task_output is broken. It breaks.",
  ]);
});

test('a task_output that no output could hold is not kept', async () => {
  const outputOf = (size: number) => ({ note: 'é'.repeat((size - '{"note":""}'.length) / 2) });
  const { report, log } = start(() => parseResult({ task_output: outputOf(LARGEST_RESULT + 1) }), {}, false);
  expect(await report()).toMatchObject({ output: undefined, problem: undefined });
  expect(log.lines).toEqual([
    'warning: The output result is left out for this task: its task_output has 262 kB as JSON, and 262 kB is the most.',
  ]);
  const largest = start(() => parseResult({ task_output: outputOf(LARGEST_RESULT - 1) }), {}, false);
  expect(await largest.report()).toMatchObject({ output: outputOf(LARGEST_RESULT - 1) });
  expect(largest.log.lines).toEqual([]);
});

describe('an end that the service calls otherwise', () => {
  test.each<[Partial<Ended>, string]>([
    [
      // Whatever is cut, a signature is removed first: of this one, the last thousand characters would be the half.
      {
        status: 'failed',
        word: 'failed',
        error: `Traceback\nGET https://h/k?X-Amz-Signature=${'0123456789abcdef'.repeat(4)}${'a'.repeat(980)}`,
      },
      'Traceback ⏎ GET https://h/k?*** (task task-1 failed)',
    ],
    [
      { status: 'failed', word: 'failed', error: 'out of memory' },
      'out of memory (task task-1 failed). Another try would not help, because it needs more memory than there is. Ask for less (size, batch, frames), or for a larger GPU.',
    ],
    [
      { status: 'failed', word: 'timed_out', error: 'after 1 h' },
      "after 1 h (task task-1 ended as timed_out). Another try would not help, because the service's own time for it was over, and another try has no more. Raise the workflow's task_timeout, or ask for less.",
    ],
    [
      { status: 'failed', word: 'archived' },
      'Task task-1 ended as archived, and the service does not say why: its page in Cyberun may.',
    ],
    [
      { status: 'cancelled', word: 'canceled' },
      'Task task-1 was cancelled, and not by this job: see in Cyberun who did it.',
    ],
  ])('%j', async (ended, message) => {
    const { report } = start(() => empty, ended);
    expect((await report()).problem?.message).toBe(message);
  });
});
