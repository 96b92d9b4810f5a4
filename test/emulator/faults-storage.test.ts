import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { createClient, raw } from './client.ts';
import { bytes, downloadWith, faulty } from './faulty.ts';

test('a redirect leads to a fresh URL for the same object, which is good under its own name of the host', async () => {
  const redirected = await downloadWith({ type: 'redirect', status: 307, host: 'localhost' });
  await using _ = redirected.emulator;
  const { location = '' } = redirected.headers;
  expect([redirected.status, new URL(location).hostname]).toEqual([307, 'localhost']);
  expect(new URL(location).pathname).toBe(new URL(redirected.url).pathname);
  expect(await raw(location)).toMatchObject({ status: 200, body: bytes });
  const { search } = new URL(redirected.url);
  expect(await raw(location.replace(/\?.*/, search))).toMatchObject({ status: 403 });
});

test('an upload that is redirected needs the same headers where it is sent on to, and nothing is stored before', async () => {
  const { emulator, post } = await faulty({ kind: 'storage-put', fault: { type: 'redirect', status: 308 } });
  await using _ = emulator;
  const presigned = await post('/r/files/presign', { file_name: 'a', file_size: 3, content_type: 'text/plain' });
  const { file_key, upload_url, upload_headers } = (await presigned.json()) as Record<string, string> & {
    upload_headers: Record<string, string>;
  };
  const put = (url: string, headers: Record<string, string>) => raw(url, { method: 'PUT', headers, body: 'abc' });
  const { location = '' } = (await put(upload_url ?? '', upload_headers)).headers;
  expect(emulator.objects.has(file_key ?? '')).toBe(false);
  expect((await put(location, { 'content-length': '3' })).status).toBe(403);
  expect((await put(location, upload_headers)).status).toBe(200);
  expect(Buffer.from(emulator.objects.get(file_key ?? '')?.bytes ?? []).toString()).toBe('abc');
});

test.each([
  ['ftp://h/a', 'ftp://h/a'],
  ['', undefined],
])('a redirect may lead to %j, as it is written', async (location, expected) => {
  const { emulator, headers } = await downloadWith({ type: 'redirect', status: 302, location });
  await using _ = emulator;
  expect(headers.location).toBe(expected);
});

test('headers of an answer are changed, added and left out', async () => {
  const { emulator, headers, body } = await downloadWith(
    { type: 'headers', headers: { 'content-range': undefined, etag: '"other"', 'content-encoding': 'br' } },
    { range: 'bytes=0-9' },
  );
  await using _ = emulator;
  expect(headers).not.toHaveProperty('content-range');
  expect(headers).toMatchObject({ etag: '"other"', 'content-encoding': 'br', 'content-length': '10' });
  expect(body).toEqual(bytes.subarray(0, 10));
});

test('the JSON of an answer is changed', async () => {
  const change = (json: Record<string, unknown>) => ({ ...json, more: 1 });
  const { emulator, getJson } = await faulty({ kind: 'workflows', fault: { type: 'reshape', change } });
  await using _ = emulator;
  expect(await getJson('/r/workflows')).toMatchObject({ more: 1, page_meta: { current_page: 1 } });
});

test('an output may be stored packed, under a key of its own, with more metadata', async () => {
  const outputs = [{ output: 'a', name: 'a.bin', bytes, encoding: 'gzip', key: 'x/a.bin', about: { subfolder: 'x' } }];
  await using emulator = await startEmulator({
    workflows: [{ workflow_slug: 'packed', behaviour: { steps: 1, outputs } }],
  });
  const { download, getJson } = createClient(emulator);
  const { headers } = await raw(await download('packed'));
  expect(headers['content-encoding']).toBe('gzip');
  const [task] = emulator.tasks;
  const { task_output } = await getJson(`/r/tasks/${task?.id}/result`);
  expect(task_output.a).toMatchObject({ s3_key: `tasks/${task?.id}/x/a.bin`, subfolder: 'x' });
});
