import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { flood, HOSTILE } from '../../emulator/hostile.ts';
import { countOf, namesOf, ONLY_RECORD, quick, runAction } from './harness.ts';

/** Kills as soon as the runner would send SIGTERM: whoever needs more than 7.5 s ends by SIGKILL. `bench/aborts.ts` times it. */
const GRACE = { int: 7_500, term: 0 };

describe('a job that is cancelled is over at once, whatever comes meanwhile:', () => {
  test.each(HOSTILE)('$name', async ({ options, kinds, fault, after, status }) => {
    await using emulator = await startEmulator(options);
    for (const kind of kinds) emulator.fault({ kind, times: 1e6, fault });
    await using action = runAction({ emulator, with: { workflow: 'hostile' }, graceMs: GRACE });
    await emulator.waitFor(() => emulator.requests.filter(({ kind }) => kinds.includes(kind)).length >= after);
    action.cancel();
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, signal: null });
    expect(ONLY_RECORD).toEqual(expect.arrayContaining(namesOf(action.workspace)));
    if (status === undefined) return;
    expect(result.outputs.status).toBe(status);
    expect(emulator.tasks.map((task) => task.status)).toEqual([status]);
  });

  test('a failure that no record confirms, and a cancel that is never answered', async () => {
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
    emulator.fault({ kind: 'events', times: 1e6, fault: flood('event: failed\ndata: {"error":"no memory"}\n\n:\n\n') });
    emulator.fault({ kind: 'cancel', times: 1, fault: { type: 'stall' } });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, graceMs: GRACE, faster: 20 });
    await emulator.waitFor(() => countOf(emulator, 'cancel') > 0);
    action.cancel();
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, signal: null, outputs: { status: 'failed' } });
    expect(result.log).toContainEqual(expect.stringContaining('Its record does not say so: cancelling it'));
    // Post had the last word.
    expect(emulator.tasks.map(({ status }) => status)).toEqual(['cancelled']);
  });
});
