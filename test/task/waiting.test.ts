import { describe, expect, test } from 'vitest';
import { createSimulatedClock } from '../../simulator/clock.ts';
import { type Agent, parseAgent, parseTask, type Task } from '../../src/cyberun/schema.ts';
import { createWaitingWatch, explainWaiting } from '../../src/task/waiting.ts';

const agent = (agent_id: string | undefined, agent_status: string, agent_labels: string[], rest: object = {}): Agent =>
  parseAgent({ agent_id, agent_status, agent_labels, ...rest });

describe('explainWaiting', () => {
  test.each<[string, string[] | undefined, Agent[]]>([
    ['the team has no agent at all; start one', ['gpu'], []],
    [
      'nobody has the label comfyui, vram-24 (agents have gpu); the task waits for ever unless an agent gets it',
      ['gpu', 'comfyui', 'vram-24'],
      [agent('a', 'idle', ['gpu'])],
    ],
    [
      'no single agent has all of gpu, comfyui; the task waits for ever unless one gets them',
      ['gpu', 'comfyui'],
      [agent('a', 'idle', ['gpu']), agent('b', 'idle', ['comfyui'])],
    ],
    [
      'b is idle and should take it soon',
      ['gpu'],
      [agent('a', 'busy', ['gpu']), agent('b', 'idle', ['gpu', 'more']), agent('c', 'idle', [])],
    ],
    [
      'no idle agent has gpu (2 busy: a, unnamed; 1 syncing: c 42%; 1 unhealthy: d; 1 with a tunnel open: e)',
      ['gpu'],
      [
        agent('a', 'busy', ['gpu']),
        agent(undefined, 'busy', ['gpu']),
        agent('c', 'syncing', ['gpu'], { sync_percent: 41.7 }),
        agent('d', 'unhealthy', ['gpu']),
        agent('e', 'tunnel', ['gpu']),
        agent('not of them', 'busy', []),
      ],
    ],
    ['no agent is idle (1 busy: a)', [], [agent('a', 'busy', ['gpu'])]],
    ['no idle agent has gpu', ['gpu'], [agent('a', 'of a new kind', ['gpu'])]],
    ['a, b are idle and should take it soon', ['gpu'], [agent('a', 'idle', ['gpu']), agent('b', 'idle', ['gpu'])]],
    ['no agent is idle (7 busy: a, b, c, d, e and 2 more)', [], [...'abcdefg'].map((name) => agent(name, 'busy', []))],
    ['no agent is idle (5 busy: a, b, c, d, e)', [], [...'abcde'].map((name) => agent(name, 'busy', []))],
    ['which agents can run the workflow is not known; 1 busy: a', undefined, [agent('a', 'busy', ['gpu'])]],
  ])('says: %s', (reason, labels, agents) => {
    expect(explainWaiting(labels, agents)).toBe(reason);
  });

  test('prints no command that an agent is called', () => {
    expect(explainWaiting([], [agent('\n##[error]::x', 'idle', [])])).toBe(
      '# #[error]::x is idle and should take it soon',
    );
  });
});

describe('createWaitingWatch', () => {
  /** A watch whose time passes by `tick`, and which sees what `answers` says at each look. */
  function createWatch(answers: (Agent[] | 'fault')[], { taskId, tasks }: { taskId?: string; tasks?: Task[] } = {}) {
    const said: (string | undefined)[] = [];
    const job = new AbortController();
    const clock = createSimulatedClock();
    let looks = 0;
    const service = {
      async agents(): Promise<Agent[]> {
        const answer = answers[looks++];
        if (answer === undefined || answer === 'fault') throw new Error('403');
        return answer;
      },
      async tasks(): Promise<Task[]> {
        if (tasks === undefined) throw new Error('403');
        return tasks;
      },
    };
    const watch = createWaitingWatch(['gpu'], { service, clock, signal: job.signal, taskId }, (reason) =>
      said.push(reason?.text),
    );
    const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
    return {
      watch,
      said,
      job,
      settle,
      looks: () => looks,
      async tick() {
        clock.advance(15_000);
        await settle();
      },
    };
  }
  const BUSY = [agent('a', 'busy', ['gpu'])];
  const busy = 'no idle agent has gpu (1 busy: a)';
  const none = 'the team has no agent at all; start one';

  test('says the reason at once, and again only when it changes', async () => {
    const { watch, said, settle, tick } = createWatch([BUSY, BUSY, 'fault', BUSY, []]);
    watch.begin();
    watch.begin();
    await settle();
    expect(said).toEqual([busy]);
    await tick();
    await tick();
    expect(watch.reason()?.text).toBe(busy);
    await tick();
    expect(said).toEqual([busy]);
    expect(watch.reason()?.text).toBe(busy);
    await tick();
    expect(said).toEqual([busy, none]);
    watch.end();
  });

  test('does not call it another reason that an agent goes on syncing', async () => {
    const syncing = (percent: number) => [agent('a', 'syncing', ['gpu'], { sync_percent: percent })];
    const { watch, said, settle, tick } = createWatch([syncing(10), syncing(20), BUSY]);
    watch.begin();
    await settle();
    await tick();
    expect(said).toEqual(['no idle agent has gpu (1 syncing: a 10%)']);
    expect(watch.reason()?.text).toContain('a 20%');
    await tick();
    expect(said).toHaveLength(2);
    watch.end();
  });

  test('counts the tasks that have waited longer, where it may read them', async () => {
    const made = (id: string, second: number, task_status = 'waiting') =>
      parseTask({ id, task_status, created_at: `2026-01-01T00:00:0${second}Z` });
    const tasks = [made('later', 5), made('own', 4), made('first', 1), made('second', 2), made('runs', 3, 'running')];
    const counted = createWatch([BUSY], { taskId: 'own', tasks });
    const refused = createWatch([BUSY], { taskId: 'own' });
    const alone = createWatch([BUSY], { taskId: 'first', tasks });
    for (const { watch, settle } of [counted, refused, alone]) {
      watch.begin();
      await settle();
      watch.end();
    }
    expect(counted.said).toEqual([`${busy}; 2 tasks have waited longer`]);
    expect(refused.said).toEqual([busy]);
    expect(alone.said).toEqual([busy]);
  });

  test('says once that it cannot know, and the reason when it can', async () => {
    const { watch, said, settle, tick } = createWatch(['fault', 'fault', BUSY]);
    watch.begin();
    await settle();
    await tick();
    expect(said).toEqual([undefined]);
    await tick();
    expect(said).toEqual([undefined, busy]);
    watch.end();
  });

  test('looks no more once the task does not wait, and begins anew when it does again', async () => {
    const { watch, said, settle, tick, looks } = createWatch([BUSY, BUSY, BUSY]);
    watch.begin();
    await settle();
    watch.end();
    await tick();
    expect([looks(), watch.reason()?.text]).toEqual([1, undefined]);
    watch.begin();
    await settle();
    expect(said).toEqual([busy, busy]);
    watch.end();
  });

  test('says nothing of a look that the end overtook', async () => {
    const { watch, said, settle } = createWatch([BUSY]);
    watch.begin();
    watch.end();
    await settle();
    expect(said).toEqual([]);
  });

  test('ends with the job', async () => {
    const { watch, job, settle, tick, looks } = createWatch([BUSY, BUSY]);
    watch.begin();
    await settle();
    job.abort(new Error('cancelled'));
    await tick();
    expect(looks()).toBe(1);
  });
});

test('thousands of labels against hundreds of agents with as many take a moment', () => {
  const labels = Array.from({ length: 5000 }, (_, index) => `label-${index}`);
  const agents = Array.from({ length: 200 }, (_, index) => agent(`n${index}`, 'busy', labels.toReversed()));
  const before = process.cpuUsage();
  expect(explainWaiting(labels, agents)).toContain('200 busy');
  // Each of them is looked for in each agent.
  const others = labels.map((label) => `other-${label}`);
  expect(explainWaiting(others, agents)).toContain('nobody has the label other-label-0, other-label-1,');
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(15_000);
});
