import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { isTerminal } from '../../emulator/tasks.ts';
import { type ActionRun, quick, runAction, SMALL } from './harness.ts';

/** What there is to abort at: every request that arrives, every line of the log. A whole run has some twenty-five. */
const EVERY_MOMENT = Array.from({ length: 20 }, (_, index) => ({ moment: index + 1 }));

/**
 * Starts a run and does something to it at its n-th request or line. The task cannot end by itself before the log says that
 * it runs, and takes half a second afterwards: whatever ends sooner was ended.
 */
async function strike(moment: number, blow: (action: ActionRun) => void) {
  const outputs = [1, 2, 3].map((number) => ({ ...SMALL, output: `${number}`, name: `${number}.png` }));
  const behaviour = { holdAt: 'running', steps: 5, stepMs: 100, outputs };
  const emulator = await startEmulator({ workflows: [quick({ behaviour })] });
  const over = new AbortController();
  let statusThen: string | undefined;
  let lines = 0;
  let struck = false;
  const look = (line = '') => {
    if (struck) return;
    if (lines + emulator.requests.length >= moment) {
      struck = true;
      statusThen = emulator.tasks[0]?.status;
      blow(action);
    } else if (line.includes('running on')) emulator.release(emulator.tasks[0]?.id ?? '');
  };
  const onLine = (line: string) => {
    lines += 1;
    look(line);
  };
  const action = runAction({ emulator, with: { workflow: 'quick', parameters: 'prompt: a' }, onLine });
  const watching = emulator.waitFor(() => look(), over.signal).catch(() => undefined);
  const result = await action.done;
  over.abort();
  await watching;
  expect(struck).toBe(true);
  return { emulator, action, result, statusThen };
}

describe.concurrent('twenty aborts spread over a run leave no task running', () => {
  test.each(EVERY_MOMENT)('at its request or line number $moment', async ({ moment }) => {
    const { emulator, action, result, statusThen } = await strike(moment, (running) => running.kill('SIGINT'));
    await using _emulator = emulator;
    await using _action = action;
    expect(emulator.tasks.length).toBeLessThanOrEqual(1);
    for (const task of emulator.tasks) {
      expect(isTerminal(task.status)).toBe(true);
      if (!isTerminal(statusThen ?? '')) expect(task).toMatchObject({ status: 'cancelled', cancelledBy: 'api' });
      expect(result.outputs['task-id']).toBe(task.id);
    }
    // The last lines come with the end of the process: then the signal may be too late.
    expect(result).toMatchObject({ exitCode: statusThen === 'completed' ? expect.any(Number) : 1, signal: null });
    expect(result.post).toMatchObject({ exitCode: 0, raw: '' });
  });
});

describe.concurrent('twelve kills spread over a run leave no task running, but one that nobody knows of', () => {
  test.each(EVERY_MOMENT.slice(0, 12))('at its request or line number $moment', async ({ moment }) => {
    const { emulator, action, result } = await strike(moment, (running) => running.kill('SIGKILL'));
    await using _emulator = emulator;
    await using _action = action;
    expect(emulator.tasks.length).toBeLessThanOrEqual(1);
    const [task] = emulator.tasks;
    const left: { workflow?: string } = JSON.parse(result.state.open_0 || '{}');
    if (left.workflow !== undefined) expect(result.post?.annotations).toMatchObject([{ level: 'warning' }]);
    else if (task !== undefined) expect(isTerminal(task.status)).toBe(true);
    expect(result.post?.exitCode).toBe(0);
  });
});
