import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { inert } from '../../src/base/inert.ts';
import { reportOf } from '../../src/files/home.ts';
import { setOutputs } from '../../src/github/outputs.ts';
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

/** What the runner is told of so many tasks, each with such tries. */
function outputsOf(count: number, tries: readonly Try[]) {
  const folder = mkdtempSync(join(tmpdir(), 'outputs-'));
  const path = join(folder, 'output');
  writeFileSync(path, '');
  vi.stubEnv('GITHUB_OUTPUT', path);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  const parameters = { prompt: 'a lighthouse at dusk', seed: 7, steps: 30 };
  const target = { workflow: 'quick', submission: { parameters } };
  const facts = {
    status: 'completed',
    taskId: ID,
    agentId: 'gpu-node-01',
    gpuType: 'NVIDIA GeForce RTX 4090',
  } as const;
  const report = reportOf({
    ...nothingKnown({ target, fingerprint: 'f0'.repeat(32) }),
    ...facts,
    runTime: 1_900,
    queueTime: 100,
    tries,
  });
  const runs = Array.from({ length: count }, (_, index) => ({ label: `${index}`, report }));
  const log = keptLog();
  setOutputs({ kind: 'many', runs, checksumsPath: undefined, recordPath: undefined, problem: undefined }, '/w', log);
  const text = readFileSync(path, 'utf8');
  const outputOf = (name: string) => new RegExp(`^${name}<<(\\S+)\\n(.*)\\n\\1$`, 'm').exec(text)?.[2];
  return { tasks: JSON.parse(outputOf('tasks') ?? ''), seconds: outputOf('gpu-seconds'), lines: log.lines };
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
