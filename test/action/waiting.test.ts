import { expect, test } from 'vitest';
import type { EmulatedAgent } from '../../emulator/agents.ts';
import { startEmulator } from '../../emulator/emulator.ts';
import { annotationsOf, countOf, quick, runAction, timeless } from './harness.ts';

const agent = (agent_id: string, rest: Partial<EmulatedAgent> = {}): EmulatedAgent => ({
  agent_id,
  agent_labels: ['gpu', 'comfyui'],
  ...rest,
});

test.each<[string, EmulatedAgent[], string]>([
  [
    'nobody has a label',
    [agent('a', { agent_labels: ['gpu'] })],
    'nobody has the label comfyui (agents have gpu); the task waits for ever unless an agent gets it',
  ],
  [
    'nobody has them all',
    [agent('a', { agent_labels: ['gpu'] }), agent('b', { agent_labels: ['comfyui'] })],
    'no single agent has all of gpu, comfyui; the task waits for ever unless one gets them',
  ],
  ['there is no agent', [], 'the team has no agent at all; start one'],
  [
    'those who could are busy, syncing, unhealthy or have a tunnel open',
    [
      agent('a', { agent_status: 'busy' }),
      agent('b', { agent_status: 'syncing', sync_percent: 45 }),
      agent('c', { agent_status: 'unhealthy' }),
      agent('d', { agent_status: 'tunnel' }),
      agent('e', { agent_labels: ['gpu'] }),
    ],
    'no idle agent has gpu, comfyui (1 busy: a; 1 syncing: b 45%; 1 unhealthy: c; 1 with a tunnel open: d)',
  ],
  [
    'agents have no labels',
    [agent('a', { agent_labels: [] })],
    'nobody has the label gpu, comfyui (agents have none at all); the task waits for ever unless an agent gets it',
  ],
  [
    'those who could are many',
    Array.from({ length: 7 }, (_, index) => agent(`n${index}`, { agent_status: 'busy' })),
    'no idle agent has gpu, comfyui (7 busy: n0, n1, n2, n3, n4 and 2 more)',
  ],
])('a task that waits is explained when %s, and queue-timeout says the same', async (_, agents, reason) => {
  await using emulator = await startEmulator({ workflows: [quick()], agents });
  await using action = runAction({ emulator, with: { workflow: 'quick', 'queue-timeout': '1s' } });
  const result = await action.done;
  expect(timeless(result.log).filter((line) => line.includes('waiting'))).toEqual([`  0:00  waiting: ${reason}`]);
  const error = expect.stringContaining(`The task was not running within the queue-timeout of 1s: ${reason}`);
  expect(annotationsOf(result, 'error')).toEqual([error]);
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'timed-out', error } });
  expect(emulator.tasks).toMatchObject([{ status: 'cancelled', cancelledBy: 'api' }]);
});

test('a long list of agents is cut', async () => {
  const agents = Array.from({ length: 9 }, (_, index) => agent(`n${index}`, { agent_status: 'busy' }));
  await using emulator = await startEmulator({ workflows: [quick()], agents });
  await using action = runAction({ emulator, with: { workflow: 'quick', 'queue-timeout': '1s' } });
  const { log } = await action.done;
  expect(timeless(log)).toContain(
    '  0:00  waiting: no idle agent has gpu, comfyui (9 busy: n0, n1, n2, n3, n4 and 4 more)',
  );
});

test('a key that may not read agents costs the explanation and nothing else', async () => {
  await using emulator = await startEmulator({ workflows: [quick()], agents: [] });
  emulator.fault({ kind: 'agents', times: 99, fault: { type: 'status', status: 403 } });
  await using action = runAction({ emulator, with: { workflow: 'quick', 'queue-timeout': '1s' } });
  const result = await action.done;
  expect(timeless(result.log).filter((line) => line.includes('waiting'))).toEqual([
    '  0:00  waiting',
    expect.stringContaining('Error: '),
  ]);
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringMatching(/queue-timeout of 1s: it was waiting for \ds/),
  ]);
  expect(annotationsOf(result, 'warning')).toEqual([]);
});

test('a task that stops waiting runs to its end, and nobody asks for agents any more', async () => {
  await using emulator = await startEmulator({
    workflows: [quick({ behaviour: { holdAt: 'running' } })],
    agents: [agent('a')],
  });
  await using first = runAction({ emulator, with: { workflow: 'quick' } });
  await first.waitForLine('running on a');
  await using second = runAction({ emulator, with: { workflow: 'quick' } });
  await second.waitForLine('waiting: no idle agent has gpu, comfyui (1 busy: a)');
  const [one, two] = emulator.tasks;
  emulator.release(one?.id ?? '');
  emulator.release(two?.id ?? '');
  const result = await second.done;
  expect(result).toMatchObject({ exitCode: 0, annotations: [], outputs: { status: 'completed' } });
  expect(result.log.join('\n')).toMatch(/waiting: .*\n(.*queued\n)?.*running on a \(NVIDIA/);
  expect(countOf(emulator, 'agents')).toBe(1);
  expect((await first.done).exitCode).toBe(0);
});

test('the reason is said again when it changes, and not when a number merely ticks on', async () => {
  const agents = [agent('a', { agent_status: 'syncing', sync_percent: 10 })];
  await using emulator = await startEmulator({ workflows: [quick()], agents });
  // Every look sees the agent a little further: 10, 20, 30 and then busy.
  const only = emulator.agents[0] as { agent_status: string; sync_percent: number } | undefined;
  const looked = (count: number) => emulator.waitFor(() => countOf(emulator, 'agents') === count);
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', timeout: '10m' },
    faster: 50,
  });
  for (const count of [1, 2, 3]) {
    await looked(count);
    if (only !== undefined) only.sync_percent += 10;
  }
  if (only !== undefined) only.agent_status = 'busy';
  await action.waitForLine('busy: a');
  await looked(5);
  action.kill('SIGINT');
  const lines = (await action.done).log.filter((line) => line.includes('waiting'));
  expect(lines.map((line) => line.replace(/^.*waiting: /, ''))).toEqual([
    expect.stringMatching(/^no idle agent has gpu, comfyui \(1 syncing: a [12]0%\)$/),
    'no idle agent has gpu, comfyui (1 busy: a)',
  ]);
});

test.each<[string, readonly string[] | undefined, string]>([
  ['any agent could', [], 'no agent is idle (1 busy: a)'],
  ['nobody knows who could', undefined, 'which agents can run the workflow is not known; 1 busy: a'],
])('a task that waits is explained when %s', async (_, required_labels, reason) => {
  const { required_labels: _labels, ...workflow } = quick();
  const workflows = [{ ...workflow, ...(required_labels !== undefined && { required_labels: [...required_labels] }) }];
  await using emulator = await startEmulator({ workflows, agents: [agent('a', { agent_status: 'busy' })] });
  if (required_labels === undefined) {
    const change = (said: Record<string, unknown>) => ({ ...said, required_labels: 7 });
    emulator.fault({ kind: 'workflow', fault: { type: 'reshape', change } });
  }
  await using action = runAction({ emulator, with: { workflow: 'quick', 'queue-timeout': '1s' } });
  expect(annotationsOf(await action.done, 'error')).toEqual([
    `The task was not running within the queue-timeout of 1s: ${reason}. Raise queue-timeout, or see in Cyberun that an agent with the workflow's labels is idle.`,
  ]);
});

test('a task that others wait before says so where its time is over', async () => {
  await using emulator = await startEmulator({
    workflows: [quick()],
    agents: [agent('a', { agent_status: 'busy' })],
  });
  await using first = runAction({ emulator, with: { workflow: 'quick', 'wait-for-completion': 'false' } });
  await first.done;
  await emulator.waitFor(({ tasks }) => tasks[0]?.status === 'waiting');
  await using second = runAction({ emulator, with: { workflow: 'quick', 'queue-timeout': '1s' } });
  expect(annotationsOf(await second.done, 'error')).toEqual([
    "The task was not running within the queue-timeout of 1s: no idle agent has gpu, comfyui (1 busy: a); 1 task has waited longer. Raise queue-timeout, or see in Cyberun that an agent with the workflow's labels is idle.",
  ]);
});

test('a task that is not taken although an agent is idle says which', async () => {
  const workflows = [quick({ behaviour: { holdAt: 'waiting' } })];
  await using emulator = await startEmulator({ workflows, agents: [agent('a')] });
  await using action = runAction({ emulator, with: { workflow: 'quick', 'queue-timeout': '1s' } });
  expect(annotationsOf(await action.done, 'error')).toEqual([
    "The task was not running within the queue-timeout of 1s: a is idle and should take it soon. Raise queue-timeout, or see in Cyberun that an agent with the workflow's labels is idle.",
  ]);
});
