import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { createClient, fieldsOf, type ReplyFields } from './client.ts';

test('a request without a key, with another key or with an agent key is refused', async () => {
  await using emulator = await startEmulator();
  const status = async (authorization?: string) =>
    (await fetch(`${emulator.apiUrl}/r/agents`, { headers: authorization ? { authorization } : {} })).status;
  expect(await status(`Bearer ${emulator.apiKey}`)).toBe(200);
  expect(await status()).toBe(401);
  expect(await status('Bearer sk-other')).toBe(401);
  expect(await status(emulator.apiKey)).toBe(401);
  expect(await status('Bearer ak-agent')).toBe(403);
});

test('a revoked key is refused from the next request on', async () => {
  await using emulator = await startEmulator();
  const { get } = createClient(emulator);
  expect((await get('/r/tasks')).status).toBe(200);
  emulator.revokeKey();
  expect((await get('/r/tasks')).status).toBe(401);
});

test('workflows come in pages, one entry for all the versions of a slug', async () => {
  const more = Array.from({ length: 22 }, (_, index) => ({ workflow_slug: `extra-${index}` }));
  await using emulator = await startEmulator({ workflows: more });
  const { getJson } = createClient(emulator);
  const first = await getJson('/r/workflows');
  expect(first.workflow_list).toHaveLength(20);
  expect(first.page_meta).toEqual({ current_page: 1, per_page: 20, total_count: 26 });
  const last = await getJson('/r/workflows?current_page=3&per_page=10');
  expect(last.workflow_list).toHaveLength(6);
  const all = await getJson('/r/workflows?per_page=1000');
  expect(all.page_meta.per_page).toBe(100);
  const slugs = all.workflow_list.map((workflow) => workflow.workflow_slug);
  expect(slugs.filter((slug) => slug === 'text-to-image')).toHaveLength(1);
});

test('a workflow is found by slug, by slug and version, and by id', async () => {
  await using emulator = await startEmulator();
  const { get, getJson } = createClient(emulator);
  const newest = await getJson('/r/workflows/slug/text-to-image');
  expect(newest).toMatchObject({ version: 3, tool_type: 'comfyui', required_labels: ['gpu', 'comfyui'] });
  expect(newest).not.toHaveProperty('behaviour');
  expect(await getJson('/r/workflows/slug/text-to-image@2')).toMatchObject({ version: 2 });
  expect(await getJson('/r/workflows/slug/text-to-image%402')).toMatchObject({ version: 2 });
  expect(await getJson(`/r/workflows/${newest.id}`)).toEqual(newest);
  expect((await get('/r/workflows/slug/text-to-image@9')).status).toBe(404);
  expect((await get('/r/workflows/text-to-image')).status).toBe(404);
});

test.for([
  [{}, 'parameter "prompt" is required'],
  [{ prompt: 'x', steps: '20' }, 'parameter "steps" must be a number'],
  [{ prompt: 'x', steps: 51 }, 'parameter "steps" must be at most 50'],
  [{ prompt: 'x', tiling: 'yes' }, 'parameter "tiling" must be a boolean'],
  [{ prompt: 'x', sampler: 'magic' }, /must be one of euler/],
] as const)('a submit with the parameters %j is refused', async ([parameters, message]) => {
  await using emulator = await startEmulator();
  const response = await createClient(emulator).post('/r/workflows/slug/text-to-image/run', { parameters });
  expect(response.status).toBe(400);
  expect((await fieldsOf(response)).message).toMatch(message);
  expect(emulator.tasks).toEqual([]);
});

test('tasks come newest first, in pages, and by status', async () => {
  await using emulator = await startEmulator();
  const { getJson, run, reached, post } = createClient(emulator);
  const ids: string[] = [];
  for (const prompt of ['a', 'b', 'c']) ids.push(await run('text-to-image', { prompt, steps: 1 }));
  await Promise.all(ids.map((id) => reached(id, 'completed')));
  const idsOf = (reply: ReplyFields) => reply.task_list.map(({ id }) => id);
  expect(idsOf(await getJson('/r/tasks'))).toEqual(ids.toReversed());
  expect(idsOf(await getJson('/r/tasks?per_page=2&current_page=2'))).toEqual([ids[0]]);
  expect(idsOf(await getJson('/r/tasks?status=running'))).toEqual([]);
  expect((await getJson('/r/tasks?status=completed&per_page=1')).page_meta.total_count).toBe(3);
  expect((await post('/r/tasks/none/cancel')).status).toBe(404);
});

test('agents show what they are and what they do', async () => {
  await using emulator = await startEmulator({ agents: [{ agent_id: 'one', agent_labels: ['gpu'], gpu_capacity: 2 }] });
  expect(await createClient(emulator).getJson('/r/agents')).toMatchObject({
    agent_list: [{ agent_id: 'one', agent_status: 'idle', agent_labels: ['gpu'], running_count: 0, gpu_capacity: 2 }],
    page_meta: { total_count: 1 },
  });
});

test('an input file is presigned, uploaded and passed by its key', async () => {
  await using emulator = await startEmulator();
  const { post, run } = createClient(emulator);
  const asked = { file_name: 'my photo.png', file_size: 5, content_type: 'image/png' };
  const { file_key, upload_url, upload_headers } = await fieldsOf(await post('/r/files/presign', asked));
  expect(file_key).toMatch(/^inputs\/.*\/my_photo\.png$/);
  await expect(run('image-to-image', { image: file_key })).rejects.toThrow(/no such file_key/);
  expect((await fetch(upload_url, { method: 'PUT', headers: upload_headers, body: 'hello' })).status).toBe(200);
  expect(Buffer.from(emulator.objects.get(file_key)?.bytes ?? []).toString()).toBe('hello');
  await run('image-to-image', { image: file_key });
  expect((await post('/r/files/presign', { ...asked, file_size: 500_000_001 })).status).toBe(400);
});

test('every request is recorded with what it asked and how it was answered', async () => {
  await using emulator = await startEmulator();
  const { run, get } = createClient(emulator);
  const id = await run('text-to-image', { prompt: 'x' });
  await get(`/r/tasks/${id}?a=b`);
  await emulator.waitFor(({ requests }) => requests.length === 2 && requests.every(({ closedAt }) => closedAt));
  expect(emulator.requests).toMatchObject([
    { kind: 'submit', origin: 'api', method: 'POST', path: '/r/workflows/slug/text-to-image/run', status: 202 },
    { kind: 'task', method: 'GET', path: `/r/tasks/${id}`, query: { a: 'b' }, taskId: id, status: 200 },
  ]);
  expect(emulator.requests[0]?.body).toEqual({ parameters: { prompt: 'x' } });
});

test('a port that refuses connections accepts them again afterwards, at the same address', async () => {
  await using emulator = await startEmulator();
  const { get } = createClient(emulator);
  const reopen = await emulator.refuseConnections();
  await expect(get('/r/tasks')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  await reopen();
  expect((await get('/r/tasks')).status).toBe(200);
});

test('a port that is taken is an error, and nothing is left open', async () => {
  await using emulator = await startEmulator();
  const port = Number(new URL(emulator.apiUrl).port);
  const storage = await startEmulator();
  const storagePort = Number(new URL(storage.storageUrl).port);
  await storage.close();
  await expect(startEmulator({ port, storagePort })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await expect(fetch(`http://127.0.0.1:${storagePort}`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
});

test('a port that refuses connections for some time accepts them again by itself', async () => {
  await using emulator = await startEmulator();
  const { get } = createClient(emulator);
  const isBack = async () => (await get('/r/tasks')).status === 200;
  await emulator.refuseConnections(50);
  await expect(isBack()).rejects.toThrow();
  await expect.poll(() => isBack().catch(() => false), { timeout: 5000 }).toBe(true);
});

test('a mistake in a test workflow is answered with 500 and told', async () => {
  const behaviour = () => {
    throw new Error('oops');
  };
  await using emulator = await startEmulator({ workflows: [{ workflow_slug: 'broken', behaviour }] });
  const response = await createClient(emulator).post('/r/workflows/slug/broken/run');
  expect([response.status, (await fieldsOf(response)).message]).toEqual([500, 'emulator: Error: oops']);
});
