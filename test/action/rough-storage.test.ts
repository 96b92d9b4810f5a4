import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import type { Fault } from '../../emulator/faults.ts';
import type { EmulatedOutput } from '../../emulator/workflows.ts';
import { annotationsOf, countOf, filesOf, namesOf, ONLY_RECORD, quick, runAction, SMALL } from './harness.ts';

/** Large enough to be cut in the middle. */
const MESH: EmulatedOutput = { output: 'mesh', name: 'mesh.ply', bytes: 3_000_000 };
const IMAGE = quick({ parameters: [{ key: 'image', type: 'file', required: true }] });
const SKETCH = {
  files: { 'sketch.png': Buffer.alloc(400_000, 'sketch') },
  with: { workflow: 'quick', parameters: 'image: sketch.png' },
};

const startWith = (...outputs: EmulatedOutput[]) => startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
const folderOf = ({ workspace }: { readonly workspace: string }) => join(workspace, 'cyberun-outputs');
const ALWAYS = Number.POSITIVE_INFINITY;

describe('a redirect', () => {
  test.each([301, 302, 303, 307, 308] as const)('%i of a download is followed, to another host too', async (status) => {
    await using emulator = await startWith(MESH);
    emulator.fault({ kind: 'storage-get', fault: { type: 'redirect', status, host: 'localhost' } });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    expect(await action.done).toMatchObject({ exitCode: 0, annotations: [] });
    const [first, second, ...more] = emulator.requests.filter(({ kind }) => kind === 'storage-get');
    expect([first?.status, second?.status, more.length]).toEqual([status, 206, 0]);
    expect(second?.headers.host).toMatch(/^localhost:/);
    const { host: _, ...headers } = second?.headers ?? {};
    expect(headers).toEqual({
      accept: '*/*',
      'accept-encoding': 'identity',
      connection: 'keep-alive',
      range: first?.headers.range,
      'user-agent': 'cyberun-run',
    });
    expect(namesOf(folderOf(action))).toEqual(['SHA256SUMS', 'cyberun-run.json', 'mesh.ply']);
  });

  test('is not remembered: what goes on after a break is asked for at the presigned URL', async () => {
    await using emulator = await startWith(MESH);
    emulator.fault({ kind: 'storage-get', fault: { type: 'redirect', status: 302 } });
    emulator.fault({ kind: 'storage-get', fault: { type: 'drop', afterBytes: 1_000_000 } });
    emulator.fault({ kind: 'storage-get', fault: { type: 'redirect', status: 302 } });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    expect(await action.done).toMatchObject({ exitCode: 0, annotations: [] });
    const gets = emulator.requests.filter(({ kind }) => kind === 'storage-get');
    expect(gets.map(({ status }) => status)).toEqual([302, 206, 302, 206]);
    const [first, there, again, thereAgain] = gets.map(({ query }) => query['X-Amz-Signature']);
    expect(again).toBe(first);
    expect(new Set([first, there, thereAgain]).size).toBe(3);
    expect(gets[3]?.headers).toMatchObject({
      range: expect.stringMatching(/^bytes=1000000-/),
      'if-match': expect.stringMatching(/^"/),
    });
  });

  test.each([307, 308] as const)('%i of an upload is followed, with the file and what is signed', async (status) => {
    await using emulator = await startEmulator({ workflows: [IMAGE] });
    emulator.fault({ kind: 'storage-put', fault: { type: 'redirect', status, host: 'localhost' } });
    await using action = runAction({ emulator, ...SKETCH });
    expect(await action.done).toMatchObject({ exitCode: 0, annotations: [] });
    const [first, second] = emulator.requests.filter(({ kind }) => kind === 'storage-put');
    expect([first?.status, second?.status]).toEqual([status, 200]);
    expect(second?.headers).toMatchObject({
      'content-type': 'image/png',
      'content-length': '400000',
      'if-none-match': '*',
    });
    expect(second?.headers).not.toHaveProperty('authorization');
    const key = String(emulator.tasks[0]?.parameters.image);
    expect(Buffer.from(emulator.objects.get(key)?.bytes ?? [])).toEqual(SKETCH.files['sketch.png']);
    expect(countOf(emulator, 'presign')).toBe(1);
  });

  test.each([301, 302, 303] as const)('%i of an upload would lose the file, and is an end', async (status) => {
    await using emulator = await startEmulator({ workflows: [IMAGE] });
    emulator.fault({ kind: 'storage-put', times: ALWAYS, fault: { type: 'redirect', status } });
    await using action = runAction({ emulator, ...SKETCH });
    const result = await action.done;
    expect(result.exitCode).toBe(1);
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringMatching(
        new RegExp(`could not be uploaded\\. The storage answered ${status} .* is not followed\\.`),
      ),
    ]);
    expect([countOf(emulator, 'storage-put'), countOf(emulator, 'submit')]).toEqual([1, 0]);
  });

  test.each<[string, Partial<Extract<Fault, { type: 'redirect' }>>, string, number]>([
    ['goes round in circles', {}, 'It redirected 5 times before, and may do so in a circle.', 6],
    ['leads nowhere', { location: '' }, 'It redirects, but does not say where to.', 1],
    ['leads to no URL', { location: 'https://[?X-Amz-Signature=abc' }, 'It redirects to something that is no URL.', 1],
    ['leads elsewhere than http', { location: 'ftp://h/a?X-Amz-Signature=abc' }, 'begins with ftp://h, and only', 1],
    ['leads where others can read', { location: 'http://h.example/a?sig=abcdef' }, 'begins with http://h.example,', 1],
    ['leads to the disk', { location: 'file:///etc/passwd' }, 'begins with file:, and only', 1],
  ])('that %s is an end with its reason', async (_, redirect, reason, requests) => {
    await using emulator = await startWith(MESH);
    emulator.fault({ kind: 'storage-get', times: ALWAYS, fault: { type: 'redirect', status: 302, ...redirect } });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'completed', files: '[]' } });
    const [error = '', ...others] = annotationsOf(result, 'error');
    expect(others).toEqual([]);
    expect(error).toMatch(/^1 of 1 file did not arrive\. mesh\.ply: The storage answered 302 /);
    expect(error).toContain(reason);
    expect(error).not.toContain('abc');
    expect(countOf(emulator, 'storage-get')).toBe(requests);
    expect(namesOf(action.workspace)).toEqual(ONLY_RECORD);
  });
});

test('an address that is none to fetch from is a file that did not arrive, and the others come', async () => {
  const download_urls = {
    a: 'http://storage.example/a.png?X-Amz-Signature=abcdef',
    b: 'file:///etc/passwd',
    c: 'c.png',
  };
  await using emulator = await startWith(SMALL);
  const change = (json: Record<string, unknown>) => ({
    ...json,
    download_urls: { ...(json.download_urls as object), ...download_urls },
  });
  emulator.fault({ kind: 'result', times: ALWAYS, fault: { type: 'reshape', change } });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  const result = await action.done;
  expect(result.exitCode).toBe(1);
  expect(annotationsOf(result, 'error')).toEqual([expect.stringMatching(/^3 of 4 files did not arrive\. a\.png: /)]);
  expect(result.outputs.error).toContain('begins with http://storage.example, and only https is spoken there');
  expect(result.outputs.error).toContain("passwd: The file's address at the storage begins with file:,");
  expect(result.outputs.error).toContain('is no URL');
  expect(namesOf(folderOf(action))).toEqual(['SHA256SUMS', 'cyberun-run.json', 'output_00001_.png']);
});

test('an upload to an address that is none to send to is an end', async () => {
  await using emulator = await startEmulator({ workflows: [IMAGE] });
  const change = (json: Record<string, unknown>) => ({ ...json, upload_url: 'http://storage.example/x?sig=abcdef' });
  emulator.fault({ kind: 'presign', times: ALWAYS, fault: { type: 'reshape', change } });
  await using action = runAction({ emulator, ...SKETCH });
  const result = await action.done;
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringMatching(/^Nothing was submitted, as sketch\.png .* begins with http:\/\/storage\.example, and only/),
  ]);
  expect(countOf(emulator, 'presign')).toBe(1);
});

describe('a part that does not say of what it is one', () => {
  test('is asked for once more, without a range', async () => {
    await using emulator = await startWith(MESH);
    const headers = { 'content-range': undefined };
    emulator.fault({ kind: 'storage-get', fault: { type: 'headers', headers } });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    expect(await action.done).toMatchObject({ exitCode: 0, annotations: [] });
    const gets = emulator.requests.filter(({ kind }) => kind === 'storage-get');
    expect(gets.map(({ status, headers }) => [status, headers.range !== undefined])).toEqual([
      [206, true],
      [200, false],
    ]);
    expect(filesOf(folderOf(action))['mesh.ply']).toHaveLength(3_000_000);
  });

  test('comes whole even where a break has it come in two, and none says so', async () => {
    await using emulator = await startWith(MESH);
    emulator.fault({ kind: 'storage-get', fault: { type: 'drop', afterBytes: 1_000_000 } });
    const headers = { 'content-range': 'bytes 1000000-2999999/*' };
    emulator.fault({ kind: 'storage-get', times: ALWAYS, when: ranged, fault: { type: 'headers', headers } });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    expect(await action.done).toMatchObject({ exitCode: 0, annotations: [] });
    expect(digestOf(filesOf(folderOf(action))['mesh.ply'])).toBe(digestOf(objectOf(emulator, 'mesh.ply')));
  });
});

const ranged = ({ headers }: { readonly headers: { readonly range?: string | undefined } }) =>
  headers.range !== undefined;

test.each([
  ['does not say how large it is', `() => Promise.reject(new Error('ENOSYS: function not implemented, statfs'))`],
  ['says 0 of 0', `async () => ({ type: 0, bsize: 4096, blocks: 0, bfree: 0, bavail: 0, files: 0, ffree: 0 })`],
])('a file system that %s is no full disk', async (_, statfs) => {
  const blind = `import fs from 'node:fs/promises'; import { syncBuiltinESMExports } from 'node:module';
    fs.statfs = ${statfs}; syncBuiltinESMExports();`;
  await using emulator = await startWith(SMALL);
  await using action = runAction({
    emulator,
    with: { workflow: 'quick' },
    nodeOptions: ['--import', `data:text/javascript,${encodeURIComponent(blind)}`],
  });
  expect(await action.done).toMatchObject({ exitCode: 0, annotations: [] });
  expect(namesOf(folderOf(action))).toEqual(['SHA256SUMS', 'cyberun-run.json', 'output_00001_.png']);
});

describe('the headers of an upload', () => {
  const withHeaders = (headers: (given: Record<string, string>) => unknown): Fault => ({
    type: 'reshape',
    change: (json) => ({ ...json, upload_headers: headers(json.upload_headers as Record<string, string>) }),
  });

  test.each<[string, (given: Record<string, string>) => unknown]>([
    ['numbers', (given) => ({ ...given, 'Content-Length': Number(given['Content-Length']) })],
    [
      'lists of one text, the host among them',
      (given) => Object.fromEntries(Object.entries(given).map(([name, value]) => [name, [value]])),
    ],
  ])('that are %s are sent as such', async (_, headers) => {
    await using emulator = await startEmulator({ workflows: [IMAGE] });
    const { host } = new URL(emulator.storageUrl);
    emulator.fault({ kind: 'presign', fault: withHeaders((given) => headers({ ...given, Host: host })) });
    await using action = runAction({ emulator, ...SKETCH });
    expect(await action.done).toMatchObject({ exitCode: 0, annotations: [] });
    const [put] = emulator.requests.filter(({ kind }) => kind === 'storage-put');
    expect(put?.status).toBe(200);
    expect(put?.headers).toMatchObject({ 'content-type': 'image/png', 'if-none-match': '*', host });
    expect(countOf(emulator, 'presign')).toBe(1);
  });

  test.each<[string, (given: Record<string, string>) => unknown, string]>([
    ['a control character', (given) => ({ ...given, 'X-Amz-Meta-A': 'a\r\nb: c' }), 'the header X-Amz-Meta-A'],
    ['a character of two bytes', (given) => ({ ...given, 'X-Amz-Meta-A': 'caf\u0119' }), 'the header X-Amz-Meta-A'],
    ['a name that is none', (given) => ({ ...given, 'Content Type': 'a' }), 'the header Content Type'],
    ['what the connection is made of', (given) => ({ ...given, Expect: '100-continue' }), 'the header Expect'],
    ['two texts', (given) => ({ ...given, 'X-Amz-Meta-A': ['a', 'b'] }), 'the value of X-Amz-Meta-A'],
    ['a mapping', (given) => ({ ...given, 'X-Amz-Meta-A': { a: 'b' } }), 'the value of X-Amz-Meta-A'],
    ['another length', (given) => ({ ...given, 'Content-Length': '5' }), 'it says 5, and the file has 400000 bytes'],
    ['another host', (given) => ({ ...given, Host: 'h.example' }), 'and not to h.example'],
    ['pairs', (given) => Object.entries(given), 'upload_headers that are no mapping'],
  ])('that cannot be sent, as of %s, are named at once', async (_, headers, reason) => {
    await using emulator = await startEmulator({ workflows: [IMAGE] });
    emulator.fault({ kind: 'presign', times: ALWAYS, fault: withHeaders(headers) });
    await using action = runAction({ emulator, ...SKETCH });
    const result = await action.done;
    expect(result.exitCode).toBe(1);
    expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining(reason)]);
    expect([countOf(emulator, 'presign'), countOf(emulator, 'storage-put'), countOf(emulator, 'submit')]).toEqual([
      ...[1, 0, 0],
    ]);
  });
});

describe('a file that is stored packed', () => {
  const drawing = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'.repeat(20_000));
  const packed: EmulatedOutput = {
    output: 'svg',
    name: 'drawing.svg',
    bytes: gzipSync(drawing, { level: 0 }),
    contentType: 'image/svg+xml',
    encoding: 'gzip',
  };

  test('is kept as it is stored, and said so, even where it came in two pieces', async () => {
    await using emulator = await startWith(packed, SMALL, { ...packed, output: 'gz', name: 'data.json.gz' });
    emulator.fault({
      kind: 'storage-get',
      when: ({ path }) => path.endsWith('.svg'),
      fault: { type: 'drop', afterBytes: 300_000 },
    });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    const result = await action.done;
    expect(result.exitCode).toBe(0);
    expect(annotationsOf(result, 'warning')).toEqual([
      'Kept as the storage holds them, which is packed, by their Content-Encoding: drawing.svg (gzip). ' +
        'Unpack them before use (`gzip -dc < FILE`), or have the workflow store them as they are.',
    ]);
    const { 'drawing.svg': file = Buffer.of() } = filesOf(folderOf(action));
    expect(file).toEqual(packed.bytes);
    expect(gunzipSync(file)).toEqual(drawing);
    expect(JSON.parse(result.outputs.files ?? '')[0]).toMatchObject({
      name: 'drawing.svg',
      bytes: file.length,
      sha256: digestOf(file),
    });
    execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: folderOf(action) });
  });
});

function digestOf(bytes: Uint8Array = Buffer.of()): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function objectOf({ objects }: { readonly objects: Map<string, { readonly bytes: Uint8Array }> }, name: string) {
  return [...objects].find(([key]) => key.endsWith(`/${name}`))?.[1].bytes;
}
