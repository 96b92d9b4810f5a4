import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import type { Fault } from '../../emulator/faults.ts';
import { createSimulatedClock } from '../../simulator/clock.ts';
import { RunError } from '../../src/base/errors.ts';
import { inert } from '../../src/base/inert.ts';
import { ApiError } from '../../src/cyberun/errors.ts';
import { parseTask } from '../../src/cyberun/schema.ts';
import { submit } from '../../src/task/submit.ts';
import { createWire } from '../cyberun/wire.ts';
import { createKept, QUICK, serviceOf } from './kept.ts';

/** Submits over the wire, while the service does that to submits. */
async function submitOverTheWire(faults: readonly Fault[], workflowId?: string) {
  await using emulator = await startEmulator({ workflows: [{ workflow_slug: 'quick', behaviour: { steps: 1 } }] });
  await using wire = createWire(emulator, 1);
  for (const fault of faults) emulator.fault({ kind: 'submit', fault });
  const { context, story } = createKept(wire.client, wire.clock);
  const outcome = await submit(QUICK, workflowId, context).catch((error: unknown) => error);
  const calls = emulator.requests.map(({ kind }) => kind);
  return { outcome, story, calls, ids: emulator.tasks.map(({ id }) => id) };
}

const NOT_THERE: Fault = { type: 'status', status: 404 };

describe('a submit', () => {
  test('returns the id of the one task it made', async () => {
    const { outcome, story, calls, ids } = await submitOverTheWire([]);
    expect([outcome]).toEqual(ids);
    expect(calls).toEqual(['submit']);
    expect(story).toEqual([]);
  });

  test('of a workflow that was read is sent again after a 404', async () => {
    const { outcome, calls, ids } = await submitOverTheWire([NOT_THERE, NOT_THERE], 'some-id');
    expect([outcome]).toEqual(ids);
    expect(calls).toEqual(['submit', 'submit', 'submit']);
  });

  test('of a workflow that nobody read ends with its first 404', async () => {
    const { outcome, calls, ids } = await submitOverTheWire([NOT_THERE]);
    expect(outcome).toMatchObject({
      kind: 'submit',
      message: expect.stringMatching(/^The run was not accepted\. .*404/),
    });
    expect(calls).toEqual(['submit']);
    expect(ids).toEqual([]);
  });

  test('that is refused says so, and nobody looks for a task', async () => {
    const { outcome, story, calls } = await submitOverTheWire([{ type: 'status', status: 422, body: 'no seed' }]);
    expect(outcome).toBeInstanceOf(RunError);
    expect(outcome).toMatchObject({
      kind: 'submit',
      message: expect.stringMatching(/^The run was not accepted\. .*\(422: no seed\)/),
      cause: { status: 422 },
    });
    expect(calls).toEqual(['submit']);
    expect(story).toEqual([]);
  });

  test('whose answer is lost is not sent again; the task that may have come is named', async () => {
    const { outcome, story, calls, ids } = await submitOverTheWire([{ type: 'reset-after' }]);
    expect(outcome).toMatchObject({
      kind: 'submit',
      message: expect.stringMatching(/^Nobody knows whether the run was accepted: .* so it was not sent again\./),
      cause: { type: 'lost' },
    });
    expect(calls).toEqual(['submit', 'tasks']);
    expect(ids).toHaveLength(1);
    expect(story).toEqual([expect.stringMatching(`^warning: A task may be running. The likely ones: ${ids[0]} `)]);
  });

  test('that was refused for a while and whose answer is lost then is not sent again either', async () => {
    const busy: Fault = { type: 'status', status: 503 };
    const { outcome, calls, ids } = await submitOverTheWire([busy, busy, { type: 'reset-after' }]);
    expect(outcome).toMatchObject({ message: expect.stringMatching(/^Nobody knows/) });
    expect(calls).toEqual(['submit', 'submit', 'submit', 'tasks']);
    expect(ids).toHaveLength(1);
  });
});

describe('of a submit whose answer was lost', () => {
  const lost = new ApiError('lost', inert`POST got no whole answer.`);

  /** What is said of it, where the team's list has these tasks. */
  async function tell(workflowId: string | undefined, tasks: readonly Record<string, unknown>[] | undefined) {
    const clock = createSimulatedClock();
    const service = serviceOf({
      async submit() {
        clock.advance(45_000);
        throw lost;
      },
      async tasks() {
        if (tasks === undefined) throw new ApiError('status', inert`may not be read.`, { status: 403 });
        return tasks.map((task) => parseTask(task));
      },
    });
    const { context, story } = createKept(service, clock);
    await expect(submit(QUICK, workflowId, context)).rejects.toMatchObject({ kind: 'submit', cause: lost });
    return story;
  }
  /** So many seconds after the submit, which the service's clock may take for earlier ones. */
  const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();

  test('the tasks are named that are new since it was sent, and of its workflow or of an unknown one', async () => {
    const story = await tell('ours', [
      { id: 'ours-new', workflow_id: 'ours', created_at: at(2) },
      { id: 'ours-by-a-slow-clock', workflow_id: 'ours', created_at: at(-50) },
      { id: 'ours-old', workflow_id: 'ours', created_at: at(-70) },
      { id: 'of-others', workflow_id: 'theirs', created_at: at(2) },
      { id: 'of-whom', created_at: at(2) },
    ]);
    expect(story).toHaveLength(1);
    expect(story[0]?.match(/\S+(?= \()/g)).toEqual(['ours-new', 'ours-by-a-slow-clock', 'of-whom']);
  });

  test('those of any workflow are named where its own is not known', async () => {
    const story = await tell(undefined, [{ id: 'of-others', workflow_id: 'theirs', created_at: at(2) }]);
    expect(story).toEqual([expect.stringContaining('of-others')]);
  });

  test('it is said that the list shows none', async () => {
    expect(await tell('ours', [])).toEqual([expect.stringContaining("the team's list shows no new one")]);
  });

  test('it is said that the list could not be read, and the error stays what it was', async () => {
    expect(await tell('ours', undefined)).toEqual([expect.stringContaining("the team's tasks could not be listed")]);
  });
});

test('a submit that an abort ended before it was sent ends with the abort, and with no word of a task', async () => {
  const aborted = new RunError('aborted', inert`The job was cancelled.`);
  const service = serviceOf({ submit: () => Promise.reject(aborted) });
  const { context, story } = createKept(service, createSimulatedClock());
  await expect(submit(QUICK, undefined, context)).rejects.toBe(aborted);
  expect(story).toEqual([]);
});
