import { expect, onTestFinished, test, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import { systemClock } from '../../src/base/clock.ts';
import { parseAgent } from '../../src/cyberun/schema.ts';
import { createWaitingWatch, explainWaiting } from '../../src/task/waiting.ts';
import { createFastClock } from '../base/fast-clock.ts';
import { clientOf } from '../workflow/service.ts';

/** Three tasks that wait for one agent, which a fourth one has. */
async function startQueue(): Promise<{ emulator: Emulator; taskIds: string[] }> {
  const emulator = await startEmulator({
    workflows: [{ workflow_slug: 'quick', required_labels: ['gpu'], behaviour: { holdAt: 'running' } }],
    agents: [{ agent_id: 'a', agent_labels: ['gpu'] }],
  });
  onTestFinished(() => emulator.close());
  const service = clientOf(emulator);
  const taskIds: string[] = [];
  for (let count = 1; count <= 4; count += 1) {
    taskIds.push(await service.submit('quick', { parameters: {} }, new AbortController().signal));
    await emulator.waitFor(({ tasks }) => tasks.at(-1)?.status === (count === 1 ? 'running' : 'waiting'));
  }
  return { emulator, taskIds };
}

async function reasonFor(emulator: Emulator, taskId: string | undefined): Promise<string> {
  const signal = new AbortController().signal;
  const said: (string | undefined)[] = [];
  const context = { service: clientOf(emulator), clock: systemClock, signal, taskId };
  const watch = createWaitingWatch(['gpu'], context, (reason) => said.push(reason?.text));
  watch.begin();
  await vi.waitFor(() => expect(said).toHaveLength(1), 5000);
  expect(watch.reason()?.text).toBe(said[0]);
  watch.end();
  return said[0] ?? '';
}

const BUSY = 'no idle agent has gpu (1 busy: a)';

test('tasks of the team that have waited longer are counted', async () => {
  const { emulator, taskIds } = await startQueue();
  expect(await reasonFor(emulator, taskIds[1])).toBe(BUSY);
  expect(await reasonFor(emulator, taskIds[2])).toBe(`${BUSY}; 1 task has waited longer`);
  expect(await reasonFor(emulator, taskIds[3])).toBe(`${BUSY}; 2 tasks have waited longer`);
});

test('where tasks may not be listed, or the task is not among them, none are counted', async () => {
  const { emulator, taskIds } = await startQueue();
  emulator.fault({ kind: 'tasks', fault: { type: 'status', status: 403 } });
  expect(await reasonFor(emulator, taskIds[3])).toBe(BUSY);
  expect(await reasonFor(emulator, 'another')).toBe(BUSY);
});

test('a question that nobody needs the answer to any more has its bound all the same', async () => {
  const asked: AbortSignal[] = [];
  const service = {
    agents: () => Promise.reject(new Error('not now')),
    tasks(signal: AbortSignal) {
      asked.push(signal);
      return new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
  };
  const { signal } = new AbortController();
  const said: unknown[] = [];
  const context = { service, clock: createFastClock(100), signal, taskId: 'own' };
  const watch = createWaitingWatch(['gpu'], context, (reason) => said.push(reason));
  watch.begin();
  await vi.waitFor(() => expect(said).toEqual([undefined]), 5000);
  watch.end();
  expect(asked.map(({ aborted }) => aborted)).toEqual([true]);
});

test('nobody asks for tasks who does not say which one waits', async () => {
  const { emulator } = await startQueue();
  expect(await reasonFor(emulator, undefined)).toBe(BUSY);
  expect(emulator.requests.some(({ kind }) => kind === 'tasks')).toBe(false);
});

test('no agent is said to be right when the workflow could not be read', () => {
  const agents = [
    parseAgent({ agent_id: 'a', agent_status: 'idle' }),
    parseAgent({ agent_id: 'b', agent_status: 'busy' }),
  ];
  expect(explainWaiting(undefined, agents)).toBe('which agents can run the workflow is not known; 1 busy: b');
});
