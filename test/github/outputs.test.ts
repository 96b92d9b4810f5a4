import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { RunError } from '../../src/base/errors.ts';
import { inert } from '../../src/base/inert.ts';
import { WrittenNumber } from '../../src/base/numbers.ts';
import type { Arrived } from '../../src/files/arrived.ts';
import { reportOf } from '../../src/files/home.ts';
import { LARGEST_RESULT, type TaskReport } from '../../src/files/report.ts';
import { setEarlyOutput, setOutputs, setOutputsOfNothing } from '../../src/github/outputs.ts';
import type { Outcome } from '../../src/matrix/outcome.ts';
import type { Attached } from '../../src/release/attach.ts';
import type { Try } from '../../src/task/followed.ts';
import { nothingKnown } from '../../src/task/run.ts';
import { keptLog } from '../workflow/service.ts';

const ID = '0196f1c2-7d3e-7a4b-8c5d-000000000001';
const TRY: Try = {
  taskId: ID,
  status: 'failed',
  error: inert`${'a word '.repeat(200)} (task ${ID} failed)`,
  agentId: 'gpu-node-01',
  runTime: 61_500,
};

/** The runner's file for outputs, read back: what was set, by name. */
function outputFile() {
  const folder = mkdtempSync(join(tmpdir(), 'outputs-'));
  const path = join(folder, 'output');
  writeFileSync(path, '');
  vi.stubEnv('GITHUB_OUTPUT', path);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  return (): Partial<Record<string, string>> =>
    Object.fromEntries(
      [...readFileSync(path, 'utf8').matchAll(/^([a-z-]+)<<(\S+)\n([\s\S]*?)\n\2$/gm)].map(([, name, , value]) => [
        name,
        value,
      ]),
    );
}

const PARAMETERS = { prompt: 'a lighthouse at dusk', seed: 7, steps: 30 };

/** The report of a task that completed, but for the changes. */
function reportWith(changes: Partial<TaskReport> = {}): TaskReport {
  const target = { workflow: 'quick', submission: { parameters: PARAMETERS } };
  return {
    ...reportOf(nothingKnown({ target, fingerprint: 'f0'.repeat(32) })),
    status: 'completed',
    taskId: ID,
    agentId: 'gpu-node-01',
    gpuType: 'NVIDIA GeForce RTX 4090',
    runTime: 1_900,
    queueTime: 100,
    ...changes,
  };
}

/** What the runner is told of so many tasks, each with such tries. */
function outputsOf(count: number, tries: readonly Try[]) {
  const outputs = outputFile();
  const report = reportWith({ tries });
  const runs = Array.from({ length: count }, (_, index) => ({ label: `${index}`, report }));
  const log = keptLog();
  setOutputs({ kind: 'many', runs, checksumsPath: undefined, recordPath: undefined, problem: undefined }, '/w', log);
  const { tasks = '', 'gpu-seconds': seconds } = outputs();
  return { tasks: JSON.parse(tasks), seconds, lines: log.lines };
}

test('a thousand tasks have room, each with what became of it', () => {
  const { tasks, seconds, lines } = outputsOf(1_000, []);
  expect(tasks).toHaveLength(1_000);
  expect(tasks[999]).toMatchObject({ task_id: ID, run_seconds: 1, tries: [] });
  expect(seconds).toBe('1000');
  expect(lines).toEqual([]);
});

test('a try has the beginning of its error, and counts by its whole seconds', () => {
  const { tasks, seconds, lines } = outputsOf(100, [TRY, TRY]);
  expect(tasks[0].tries).toHaveLength(2);
  expect(tasks[0].tries[1]).toMatchObject({ task_id: ID, status: 'failed', agent_id: 'gpu-node-01', run_seconds: 61 });
  expect(tasks[0].tries[1].error).toMatch(/^a word .*…$/);
  expect(tasks[0].tries[1].error.length).toBeLessThanOrEqual(200);
  expect(seconds).toBe('12300');
  expect(lines).toEqual([]);
});

test('more tries than there is room for are left out, and the tasks are not', () => {
  const { tasks, seconds, lines } = outputsOf(1_000, [TRY, TRY]);
  expect(tasks).toHaveLength(1_000);
  expect(tasks[0].tries).toEqual([]);
  expect(seconds).toBe('123000');
  expect(lines).toEqual(['warning: The output tasks tells of no tries, as there are more than it has room for.']);
});

/** What the runner is told of one task, and the log, besides. */
function outputsOfOne(
  changes: Partial<TaskReport>,
  { checksumsPath, recordPath, problem }: Partial<Outcome> = {},
  attached?: readonly Attached[],
) {
  const outputs = outputFile();
  const log = keptLog();
  const report = reportWith(changes);
  setOutputs({ kind: 'one', report, checksumsPath, recordPath, problem }, '/w', log, attached);
  return { outputs: outputs(), lines: log.lines };
}

const FILE: Arrived = {
  name: 'a.png',
  path: '/w/out/sub/a.png',
  place: 'sub/a.png',
  output: '9.images.0',
  bytes: 1_000,
  sha256: 'ab'.repeat(32),
  mediaType: 'image/png',
  encoding: undefined,
};

describe('of one task', () => {
  test('everything that is known is told', () => {
    const { outputs, lines } = outputsOfOne(
      { files: [FILE], output: { seed: 7 }, queueTime: 61_900, runTime: 2_000 },
      { checksumsPath: '/w/out/SHA256SUMS', recordPath: '/w/out/cyberun-run.json' },
      [{ name: 'a.png', url: 'https://example.com/a.png', bytes: 1_000, sha256: 'ab' }],
    );
    const { tasks = '', files = '', 'release-assets': assets = '', ...plain } = outputs;
    expect(plain).toEqual({
      'task-id': ID,
      status: 'completed',
      'gpu-seconds': '2',
      file: 'out/sub/a.png',
      'checksums-path': '/w/out/SHA256SUMS',
      'provenance-path': '/w/out/cyberun-run.json',
      result: '{"seed":7}',
    });
    expect(JSON.parse(tasks)).toEqual([
      {
        task_id: ID,
        status: 'completed',
        parameters: PARAMETERS,
        error: null,
        agent_id: 'gpu-node-01',
        gpu_type: 'NVIDIA GeForce RTX 4090',
        queue_seconds: 61,
        run_seconds: 2,
        fingerprint: 'f0'.repeat(32),
        reused: false,
        tries: [],
      },
    ]);
    expect(JSON.parse(files)).toEqual([
      {
        path: 'out/sub/a.png',
        name: 'a.png',
        output: '9.images.0',
        task_id: ID,
        bytes: 1_000,
        sha256: 'ab'.repeat(32),
        media_type: 'image/png',
      },
    ]);
    expect(JSON.parse(assets)).toEqual([
      { name: 'a.png', url: 'https://example.com/a.png', bytes: 1_000, sha256: 'ab' },
    ]);
    expect(lines).toEqual([]);
  });

  test('what is not known is null, or empty, and not left out', () => {
    const problem = new RunError('submit', inert`The run was not accepted.`);
    const unknown = { agentId: undefined, gpuType: undefined, queueTime: undefined, runTime: undefined };
    const { outputs } = outputsOfOne(
      { ...unknown, taskId: undefined, fingerprint: undefined, status: 'failed', problem },
      { problem },
    );
    const { tasks = '', ...plain } = outputs;
    expect(plain).toEqual({
      status: 'failed',
      'gpu-seconds': '0',
      file: '',
      'checksums-path': '',
      'provenance-path': '',
      error: problem.message,
      files: '[]',
      'release-assets': '[]',
      result: '',
    });
    const nothing = { task_id: null, agent_id: null, gpu_type: null, queue_seconds: null, run_seconds: null };
    expect(JSON.parse(tasks)).toMatchObject([{ ...nothing, fingerprint: null, error: problem.message }]);
  });

  test('a file of a task whose id is not known, or of an unknown type, says so; one from an archive names it', () => {
    const unpacked = { ...FILE, mediaType: undefined, archive: '/w/out/all.zip' };
    const { outputs } = outputsOfOne({ taskId: undefined, files: [unpacked] });
    expect(JSON.parse(outputs.files ?? '')).toMatchObject([
      { task_id: null, media_type: null, archive: 'out/all.zip', path: 'out/sub/a.png' },
    ]);
  });

  test('one that was reused says so, and a try of which nothing is known has nulls', () => {
    const tries = [{ ...TRY, agentId: undefined, runTime: undefined }];
    const { outputs } = outputsOfOne({ reused: { finishedOn: undefined }, tries });
    expect(JSON.parse(outputs.tasks ?? '')).toMatchObject([
      { reused: true, tries: [{ agent_id: null, run_seconds: null }] },
    ]);
    expect(outputs['gpu-seconds']).toBe('0');
  });

  test('a secret in what the service says is in no output', () => {
    const url = 'https://s3.example/a?X-Amz-Signature=0123456789abcdef0123456789abcdef';
    const { outputs } = outputsOfOne(
      {
        agentId: url,
        gpuType: url,
        parameters: { a: url },
        output: { a: url },
        files: [{ ...FILE, output: url }],
        tries: [{ ...TRY, agentId: url }],
      },
      {},
      [{ name: url, url, bytes: 1, sha256: '' }],
    );
    expect(JSON.stringify(outputs)).not.toContain('0123456789abcdef');
    expect(outputs.tasks).toContain('https://s3.example/a');
  });

  test('a result that has no JSON is empty, and numbers keep every digit', () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 20_000; depth += 1) deep = [deep];
    expect(outputsOfOne({ output: deep }).outputs.result).toBe('');
    expect(outputsOfOne({ output: null }).outputs.result).toBe('null');
    expect(
      outputsOfOne({ output: new WrittenNumber(Number('12345678901234567890'), '12345678901234567890') }).outputs
        .result,
    ).toBe('12345678901234567890');
  });
});

describe('an output that is too large', () => {
  test('is left out with a warning, and the others are not', () => {
    const files = Array.from({ length: 4_000 }, () => FILE);
    const lists = { checksumsPath: '/w/out/SHA256SUMS-2-of-5', recordPath: '/w/out/cyberun-run-2-of-5.json' };
    const { outputs, lines } = outputsOfOne({ files, output: 7 }, lists);
    expect(outputs.files).toBeUndefined();
    expect(outputs).toMatchObject({
      tasks: expect.any(String),
      'release-assets': '[]',
      result: '7',
      file: 'out/sub/a.png',
    });
    expect(lines).toEqual([
      expect.stringMatching(
        /^warning: The output files is left out: it has \d\.\d+ MB, more than a job's outputs have room for\. All of them are in out\/cyberun-run-2-of-5\.json \(output provenance-path\), and their digests in out\/SHA256SUMS-2-of-5 \(output checksums-path\)\.$/,
      ),
    ]);
  });

  test('is no more than left out, where the files could not be listed', () => {
    const files = Array.from({ length: 4_000 }, () => FILE);
    expect(outputsOfOne({ files }).lines).toEqual([expect.stringMatching(/outputs have room for\.$/)]);
  });

  test('is the one for which the others left no room', () => {
    const files = Array.from({ length: 2_000 }, () => FILE);
    const alone = outputsOfOne({ output: 'x'.repeat(200_000) });
    expect(alone.outputs.result).toHaveLength(200_002);
    const { outputs, lines } = outputsOfOne({ files, output: 'x'.repeat(200_000) });
    expect(outputs.files).toBeDefined();
    expect(outputs.result).toBeUndefined();
    expect(lines).toEqual([expect.stringContaining('The output result is left out: it has 400 kB')]);
  });

  test('is counted as the runner counts: two bytes a character, whatever they are', () => {
    // 250,000 characters are 500,000 bytes to the runner; as UTF-8 these have three bytes each.
    expect(outputsOfOne({ output: 'x'.repeat(LARGEST_RESULT - 2) }).lines).toEqual([]);
    expect(outputsOfOne({ output: 'x'.repeat(LARGEST_RESULT - 1) }).lines).toEqual([
      expect.stringContaining('The output result is left out'),
    ]);
    expect(outputsOfOne({ output: '\u20ac'.repeat(LARGEST_RESULT / 3) }).lines).toEqual([
      expect.stringContaining('The output result is left out'),
    ]);
  });

  test('tells of no tries only where they are what is too large', () => {
    const parameters = { prompt: 'x'.repeat(600_000) };
    expect(outputsOfOne({ parameters }).lines).toEqual([expect.stringContaining('The output tasks is left out')]);
    expect(outputsOfOne({ parameters, tries: [TRY] }).lines).toEqual([
      expect.stringContaining('tells of no tries'),
      expect.stringContaining('The output tasks is left out'),
    ]);
  });
});

describe('of many tasks', () => {
  test('no tries are told, where those of some are more than there is room for', () => {
    const outputs = outputFile();
    const reports = [reportWith(), ...Array.from({ length: 1_000 }, () => reportWith({ tries: [TRY, TRY] }))];
    const runs = reports.map((report, index) => ({ label: `${index}`, report }));
    const log = keptLog();
    setOutputs({ kind: 'many', runs, checksumsPath: undefined, recordPath: undefined, problem: undefined }, '/w', log);
    expect(JSON.parse(outputs().tasks ?? '')).toHaveLength(1_001);
    expect(log.lines).toEqual([expect.stringContaining('tells of no tries')]);
  });

  test('of which there are none, as in a share that has none, nothing is wrong', () => {
    const outputs = outputFile();
    const none = { checksumsPath: undefined, recordPath: undefined, problem: undefined };
    setOutputs({ kind: 'many', runs: [], ...none }, '/w', keptLog());
    expect(outputs()).toMatchObject({ status: 'completed', tasks: '[]', files: '[]', result: '[]', file: '' });
  });

  /** Of tasks with these statuses, of which the first has no id. */
  function outputsOfMany(status?: 'failed') {
    const outputs = outputFile();
    const reports = [
      reportWith({ taskId: undefined, status: 'cancelled', output: undefined }),
      reportWith({ status: 'timed-out', output: 1, files: [FILE] }),
      reportWith({ status: 'completed', output: { a: 2 } }),
    ];
    const runs = reports.map((report, index) => ({ label: `${index}`, report }));
    setOutputs(
      { kind: 'many', runs, checksumsPath: undefined, recordPath: undefined, problem: undefined },
      '/w',
      keptLog(),
      [],
      ...(status === undefined ? [] : [status]),
    );
    return outputs();
  }

  test('the status is the worst, the result a list, the file the first that came, and no other task is the first', () => {
    expect(outputsOfMany()).toMatchObject({
      status: 'timed-out',
      result: '[null,1,{"a":2}]',
      file: 'out/sub/a.png',
      'gpu-seconds': '3',
    });
    expect(outputsOfMany()).not.toHaveProperty('task-id');
  });

  test('the status is that of the whole, where there is one', () => {
    expect(outputsOfMany('failed').status).toBe('failed');
  });
});

test.each([
  ['aborted', 'cancelled'],
  ['input', 'failed'],
] as const)('of a step that ended before anything was to be run (%s), there is %s', (kind, status) => {
  const outputs = outputFile();
  setOutputsOfNothing(new RunError(kind, inert`why`));
  expect(outputs()).toEqual({
    status,
    tasks: '[]',
    files: '[]',
    'release-assets': '[]',
    'gpu-seconds': '0',
    error: 'why',
  });
});

test('what is known before the end is set at once', () => {
  const outputs = outputFile();
  setEarlyOutput('task-id', ID);
  expect(outputs()).toEqual({ 'task-id': ID });
});
