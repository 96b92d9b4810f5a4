import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { RecordedRequest } from '../../emulator/requests.ts';
import type { StepResult } from '../../emulator/runner/runner.ts';
import { isTerminal } from '../../emulator/tasks.ts';
import { filesOf, runAction } from '../action/harness.ts';
import { type Blow, createPlan, type Plan } from './plan.ts';

// `CHAOS_SEEDS=300 npx vitest run test/chaos` tries many; `CHAOS_FIRST` says from which on; `CHAOS_SEED=7` tries that one.
const { CHAOS_SEED, CHAOS_FIRST = '1', CHAOS_SEEDS = '24' } = process.env;
const seeds = CHAOS_SEED
  ? [Number(CHAOS_SEED)]
  : Array.from({ length: Number(CHAOS_SEEDS) }, (_, index) => Number(CHAOS_FIRST) + index);

describe.concurrent('whatever the network does, a run ends right', () => {
  test.for(seeds)('seed %i', async (seed, { onTestFailed }) => {
    onTestFailed(() => console.error(`Again: CHAOS_SEED=${seed} npx vitest run test/chaos`));
    const plan = createPlan(seed);
    const { emulator, result, files, aborted, lost } = await play(plan);
    const story = [...result.log, ...(result.post?.log ?? []), JSON.stringify(plan)].join('\n');
    const { exitCode, outputs } = result;

    expect(emulator.tasks.length, story).toBeLessThanOrEqual(1);
    const [task] = emulator.tasks;
    if (!lost) expect(task === undefined || isTerminal(task.status), story).toBe(true);
    expect(
      Object.keys(files).filter((name) => name.includes('.part')),
      story,
    ).toEqual([]);

    if (aborted) {
      expect([0, 1], story).toContain(exitCode);
      if (task?.cancelledBy === 'api') expect(outputs, story).toMatchObject({ status: 'cancelled' });
    } else if (lost) {
      expect({ exitCode, ...outputs }, story).toMatchObject({ exitCode: 1, status: 'failed' });
      expect(outputs.error, story).toContain('A task may be running');
    } else {
      expect(task?.cancelRequests, story).toBe(0);
      expect({ exitCode, ...outputs }, story).toMatchObject({
        exitCode: plan.ending === 'completed' ? 0 : 1,
        status: plan.ending,
        'task-id': task?.id,
      });
    }
    if (exitCode === 0) expect(digests(files), story).toEqual(expected(emulator));
  });
});

interface Played {
  readonly emulator: Emulator;
  readonly result: StepResult;
  readonly files: Readonly<Record<string, Buffer>>;
  readonly aborted: boolean;
  /** The submit's answer was lost. */
  readonly lost: boolean;
}

async function play(plan: Plan): Promise<Played> {
  const seen = new Map<string, number>();
  let onArrival: (request: RecordedRequest) => void = () => undefined;
  await using emulator = await startEmulator({ workflows: [plan.workflow], ...plan.stream });
  let lost = false;
  let aborted = false;
  emulator.fault({
    kind: 'any',
    times: Number.POSITIVE_INFINITY,
    // Not a fault: the place where every request passes.
    when: (request) => {
      seen.set(request.kind, (seen.get(request.kind) ?? 0) + 1);
      onArrival(request);
      return false;
    },
    fault: { type: 'no-length' },
  });
  if (plan.lostSubmit !== undefined) {
    const when = () => {
      lost = true;
      return true;
    };
    emulator.fault({ kind: 'submit', when, fault: plan.lostSubmit });
  }
  for (const rule of plan.rules) emulator.fault(rule);

  await using action = runAction({
    emulator,
    with: { workflow: 'chaos' },
    faster: 20,
  });
  const hits = (blow: Blow | undefined, { kind }: RecordedRequest): boolean =>
    blow?.kind === kind && seen.get(kind) === blow.nth;
  onArrival = (request) => {
    if (hits(plan.expiry, request)) emulator.skipTime(7_200_000);
    if (hits(plan.outage, request)) void emulator.refuseConnections(plan.outage?.ms);
    if (hits(plan.abort, request)) {
      aborted = true;
      action.cancel();
    }
  };
  const result = await action.done;
  const { workspace } = action;
  await emulator.waitFor(({ requests }) => requests.every(({ closedAt }) => closedAt !== undefined));
  return { emulator, result, files: filesOf(join(workspace, 'cyberun-outputs')), aborted, lost };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function digests({ SHA256SUMS = Buffer.of(), 'cyberun-run.json': _, ...files }: Readonly<Record<string, Buffer>>) {
  const found = Object.entries(files).map(([name, bytes]) => [name, sha256(bytes)]);
  const listed = [...SHA256SUMS.toString().matchAll(/^(\w{64}) \*(.*)$/gm)].map(([, digest, name]) => [name, digest]);
  return { found: Object.fromEntries(found), listed: Object.fromEntries(listed) };
}

function expected({ tasks, objects }: Emulator) {
  const all = (tasks[0]?.outputs ?? []).map(({ name, key }) => [name, sha256(objects.get(key)?.bytes ?? Buffer.of())]);
  return { found: Object.fromEntries(all), listed: Object.fromEntries(all) };
}
