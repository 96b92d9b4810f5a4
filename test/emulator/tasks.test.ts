import { describe, expect, test } from 'vitest';
import { textToImage } from '../../emulator/catalogue.ts';
import { startEmulator } from '../../emulator/emulator.ts';
import type { Behaviour } from '../../emulator/workflows.ts';
import { createClient, eventNames } from './client.ts';

const statuses = (task: { history: readonly { status: string }[] } | undefined) =>
  task?.history.map(({ status }) => status);
const withBehaviour = (behaviour: Behaviour) => ({ workflows: [{ ...textToImage, behaviour }] });

test('a task goes from pending to completed, and its result has fresh URLs at every call', async () => {
  await using emulator = await startEmulator();
  const { run, get, getJson, reached } = createClient(emulator);
  const id = await run('text-to-image', { prompt: 'x', steps: 2, width: 64, height: 64 });
  const text = await (await get(`/r/tasks/${id}/events`)).text();
  const task = await reached(id, 'completed');
  expect(statuses(task)).toEqual(['pending', 'queued', 'running', 'completed']);
  expect(eventNames(text).at(-1)).toBe('completed');
  expect(await getJson(`/r/tasks/${id}`)).toMatchObject({
    id,
    task_status: 'completed',
    agent_id: 'gpu-node-01',
    gpu_type: 'NVIDIA GeForce RTX 4090',
    created_at: expect.stringMatching(/^\d{4}-/),
    started_at: expect.stringMatching(/^\d{4}-/),
    completed_at: expect.stringMatching(/^\d{4}-/),
  });
  const [one, two] = [await getJson(`/r/tasks/${id}/result`), await getJson(`/r/tasks/${id}/result`)];
  expect(one.task_output['9.images.0']?.s3_key).toMatch(/output_00001_\.png$/);
  expect(one.download_urls['9.images.0']).not.toBe(two.download_urls['9.images.0']);
  const picture = await fetch(String(one.download_urls['9.images.0']));
  expect(picture.headers.get('content-type')).toBe('image/png');
  expect(
    Buffer.from(await picture.arrayBuffer())
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
});

test('progress counts the steps of a node and falls back when the next node starts', async () => {
  await using emulator = await startEmulator();
  const { run, reached } = createClient(emulator);
  const task = await reached(await run('text-to-image', { prompt: 'x', steps: 2 }), 'completed');
  const progress = task.events
    .filter(({ event }) => event === 'progress')
    .map(({ data }) => [data.current_node, data.progress]);
  expect(progress).toEqual([
    ['3', 0.5],
    ['3', 1],
    ['8', 0.5],
    ['8', 1],
  ]);
});

test('a splat names its stages and is one file of an agent', async () => {
  await using emulator = await startEmulator();
  const { run, reached, getJson } = createClient(emulator);
  const id = await run('nerfstudio-splat', { steps: 2 });
  const task = await reached(id, 'completed');
  const stages = task.events.flatMap(({ data }) => (data.stage === undefined ? [] : [data.stage]));
  expect([...new Set(stages)]).toEqual(['download', 'process_data', 'train', 'export', 'upload']);
  const result = await getJson(`/r/tasks/${id}/result`);
  expect(result).not.toHaveProperty('download_urls');
  expect(result.task_output.storage_key).toMatch(/splat\.ply$/);
  const bytes = Buffer.from(await (await fetch(String(result.download_url))).arrayBuffer());
  expect(bytes.subarray(0, 4).toString()).toBe('ply\n');
});

describe('the end of a task', () => {
  test('a task that fails says why, after half of its steps', async () => {
    await using emulator = await startEmulator(withBehaviour({ ending: 'failed', error: 'out of memory' }));
    const { run, get, getJson } = createClient(emulator);
    const id = await run('text-to-image', { prompt: 'x', steps: 4 });
    const text = await (await get(`/r/tasks/${id}/events`)).text();
    expect(text).toMatch(/event: failed\ndata: .*"error":"out of memory"/);
    expect(await getJson(`/r/tasks/${id}`)).toMatchObject({ task_status: 'failed', task_error: 'out of memory' });
    expect(await getJson(`/r/tasks/${id}/result`)).toMatchObject({ task_output: {}, task_error: 'out of memory' });
    expect(emulator.tasks[0]?.events.filter(({ event }) => event === 'progress')).toHaveLength(3);
  });

  test('there is no result before the end', async () => {
    await using emulator = await startEmulator(withBehaviour({ holdAt: 'running' }));
    const { run, get, reached } = createClient(emulator);
    const id = await run('text-to-image', { prompt: 'x' });
    await reached(id, 'running');
    expect((await get(`/r/tasks/${id}/result`)).status).toBe(409);
  });

  test('a cancel ends a running task, and does nothing to one that is over', async () => {
    await using emulator = await startEmulator(withBehaviour({ holdAt: 'running' }));
    const { run, reached, post } = createClient(emulator);
    const id = await run('text-to-image', { prompt: 'x' });
    await reached(id, 'running');
    expect(await (await post(`/r/tasks/${id}/cancel`)).json()).toEqual({ success: true });
    expect((await post(`/r/tasks/${id}/cancel`)).status).toBe(200);
    const task = await reached(id, 'cancelled');
    expect(statuses(task)).toEqual(['pending', 'queued', 'running', 'cancelled']);
    expect(task).toMatchObject({ cancelRequests: 2, cancelledBy: 'api' });
  });

  test('somebody at the service may cancel a task or make it fail', async () => {
    await using emulator = await startEmulator(withBehaviour({ holdAt: 'running' }));
    const { run, reached } = createClient(emulator);
    const [one, two] = [await run('text-to-image', { prompt: 'x' }), await run('text-to-image', { prompt: 'y' })];
    await Promise.all([reached(one, 'running'), reached(two, 'running')]);
    emulator.cancel(one);
    emulator.fail(two, 'agent disconnected');
    expect(emulator.tasks).toMatchObject([
      { status: 'cancelled', cancelledBy: 'operator', cancelRequests: 0 },
      { status: 'failed', error: 'agent disconnected' },
    ]);
  });
});

describe('agents', () => {
  test('a task waits while the agents with its labels are busy, and gets the one that a cancel frees', async () => {
    await using emulator = await startEmulator({
      ...withBehaviour({ holdAt: 'running' }),
      agents: [
        { agent_id: 'other', agent_labels: ['gpu', 'nerfstudio'] },
        { agent_id: 'right', agent_labels: ['gpu', 'comfyui', 'big'] },
      ],
    });
    const { run, reached, post, getJson } = createClient(emulator);
    const first = await run('text-to-image', { prompt: 'x' });
    await reached(first, 'running');
    const second = await run('text-to-image', { prompt: 'y' });
    await reached(second, 'waiting');
    expect((await getJson('/r/agents')).agent_list).toMatchObject([
      { agent_status: 'idle', running_count: 0 },
      { agent_status: 'busy', running_count: 1 },
    ]);
    await post(`/r/tasks/${first}/cancel`);
    const task = await reached(second, 'running');
    expect(statuses(task)).toEqual(['pending', 'waiting', 'queued', 'running']);
    expect(task.agent?.agent_id).toBe('right');
  });

  test('a task whose labels nobody has waits until it is cancelled', async () => {
    await using emulator = await startEmulator({ agents: [{ agent_id: 'cpu', agent_labels: ['cpu'] }] });
    const { run, reached, post } = createClient(emulator);
    const id = await run('text-to-image', { prompt: 'x' });
    await reached(id, 'waiting');
    await post(`/r/tasks/${id}/cancel`);
    expect(statuses(emulator.tasks[0])).toEqual(['pending', 'waiting', 'cancelled']);
  });

  test('an agent with room for two runs two', async () => {
    await using emulator = await startEmulator({
      ...withBehaviour({ holdAt: 'running' }),
      agents: [{ agent_id: 'wide', agent_labels: ['gpu', 'comfyui'], gpu_capacity: 2 }],
    });
    const { run, reached } = createClient(emulator);
    const ids = [];
    for (const prompt of ['a', 'b', 'c']) ids.push(await run('text-to-image', { prompt }));
    await reached(String(ids[2]), 'waiting');
    emulator.release(String(ids[0]));
    expect((await reached(String(ids[2]), 'running')).agent?.running_count).toBe(2);
  });
});

describe('what a test can ask of a workflow', () => {
  test.for(['pending', 'waiting', 'provisioning', 'queued', 'running'])(
    'a task is held at %s until released',
    async (holdAt) => {
      await using emulator = await startEmulator(withBehaviour({ holdAt, steps: 1 }));
      const { run, reached } = createClient(emulator);
      const id = await run('text-to-image', { prompt: 'x' });
      await reached(id, holdAt);
      emulator.release(id);
      expect(statuses(await reached(id, 'completed'))).toContain(holdAt);
    },
  );

  test('the stages are those asked for, unknown ones too', async () => {
    await using emulator = await startEmulator(withBehaviour({ stages: ['warming', 'running'], steps: 1 }));
    const { run, reached } = createClient(emulator);
    const task = await reached(await run('text-to-image', { prompt: 'x' }), 'completed');
    expect(statuses(task)).toEqual(['warming', 'running', 'completed']);
  });

  test.for([
    ['both', ['download_url', 'download_urls']],
    ['neither', []],
    ['agent', ['download_url']],
    ['cloud', ['download_urls']],
  ] as const)('a result of style %s has these URLs: %j', async ([outputStyle, expected]) => {
    const outputs = [{ output: 'a', name: 'a.bin', bytes: 3 }];
    await using emulator = await startEmulator(withBehaviour({ outputStyle, outputs, steps: 1 }));
    const { run, reached, getJson } = createClient(emulator);
    const id = await run('text-to-image', { prompt: 'x' });
    await reached(id, 'completed');
    const result = await getJson(`/r/tasks/${id}/result`);
    expect(Object.keys(result).filter((key) => key.startsWith('download'))).toEqual(expected);
    if (outputStyle !== 'both') return;
    expect(new URL(String(result.download_url)).pathname).toBe(new URL(String(result.download_urls.a)).pathname);
    expect(result.download_url).not.toBe(result.download_urls.a);
  });

  test('raw fields are laid over every reply, and undefined removes one', async () => {
    const extra = {
      workflow: { version: 'three' },
      submit: { task_id: undefined, id: 'odd' },
      task: { task_status: undefined, status: 'odd' },
      event: { note: '::error::x' },
      result: { task_output: null },
    };
    await using emulator = await startEmulator(withBehaviour({ extra, steps: 1 }));
    const { post, reached, get, getJson } = createClient(emulator);
    expect(await getJson('/r/workflows/slug/text-to-image')).toMatchObject({ version: 'three' });
    const submitted = await post('/r/workflows/slug/text-to-image/run', { parameters: { prompt: 'x' } });
    expect(await submitted.json()).toEqual({ id: 'odd' });
    const id = String(emulator.tasks[0]?.id);
    await reached(id, 'completed');
    const task = await getJson(`/r/tasks/${id}`);
    expect(task).not.toHaveProperty('task_status');
    expect(task.status).toBe('odd');
    expect(await (await get(`/r/tasks/${id}/events`)).text()).toContain('"note":"::error::x"');
    expect((await getJson(`/r/tasks/${id}/result`)).task_output).toBeNull();
  });

  test('each task may behave by its parameters', async () => {
    const behaviour = ({ prompt }: Readonly<Record<string, unknown>>): Behaviour => ({
      steps: 1,
      ending: prompt === 'bad' ? 'failed' : 'completed',
    });
    await using emulator = await startEmulator({ workflows: [{ ...textToImage, behaviour }] });
    const { run, reached } = createClient(emulator);
    await reached(await run('text-to-image', { prompt: 'good' }), 'completed');
    await reached(await run('text-to-image', { prompt: 'bad' }), 'failed');
  });
});
