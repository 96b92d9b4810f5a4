import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { createObject, generatedSha256 } from '../../emulator/objects.ts';
import { createClient, fieldsOf, raw } from './client.ts';

const digits = Buffer.from('0123456789');

async function withObject(
  bytes: Uint8Array | number = digits,
  options: { urlSeconds?: number; disposition?: string } = {},
) {
  const { disposition, ...others } = options;
  const outputs = [{ output: 'a', name: 'a b(1).bin', bytes, ...(disposition !== undefined && { disposition }) }];
  const emulator = await startEmulator({
    ...others,
    workflows: [{ workflow_slug: 'object', behaviour: { steps: 1, outputs } }],
  });
  return { emulator, url: await createClient(emulator).download('object') };
}

async function presigned(file_size = 5) {
  const emulator = await startEmulator();
  const { post } = createClient(emulator);
  const asked = { file_name: 'a.png', file_size, content_type: 'image/png' };
  return { emulator, ...(await fieldsOf(await post('/r/files/presign', asked))) };
}

const codeOf = (body: Buffer) => /<Code>(.*)<\/Code>/.exec(body.toString())?.[1];

describe('reading', () => {
  test('a whole object comes with its length, type and tag', async () => {
    const { emulator, url } = await withObject();
    await using _ = emulator;
    const { status, headers, body } = await raw(url);
    expect([status, body.toString()]).toEqual([200, '0123456789']);
    expect(headers).toMatchObject({
      'content-length': '10',
      'content-type': 'application/octet-stream',
      'accept-ranges': 'bytes',
      etag: expect.stringMatching(/^".+"$/),
    });
  });

  test.for([
    ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
    ['bytes=8-', 206, '89', 'bytes 8-9/10'],
    ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=0-1,3-4', 200, '0123456789', undefined],
    ['bytes=5-2', 200, '0123456789', undefined],
    ['lines=1-2', 200, '0123456789', undefined],
  ] as const)('the range %s is answered with %i', async ([range, status, text, contentRange]) => {
    const { emulator, url } = await withObject();
    await using _ = emulator;
    const response = await raw(url, { headers: { range } });
    expect([response.status, response.body.toString(), response.headers['content-range']]).toEqual([
      status,
      text,
      contentRange,
    ]);
  });

  test.for([
    [digits, 'bytes=10-'],
    [digits, 'bytes=-0'],
    [new Uint8Array(), 'bytes=0-'],
    [new Uint8Array(), 'bytes=-1'],
  ] as const)('a range beyond the end of %j is refused: %s', async ([bytes, range]) => {
    const { emulator, url } = await withObject(bytes);
    await using _ = emulator;
    const { status, headers, body } = await raw(url, { headers: { range } });
    expect([status, codeOf(body), headers['content-range']]).toEqual([416, 'InvalidRange', `bytes */${bytes.length}`]);
  });

  test('If-Match passes with the tag of the object and fails with another', async () => {
    const { emulator, url } = await withObject();
    await using _ = emulator;
    const etag = String((await raw(url)).headers.etag);
    expect((await raw(url, { headers: { 'if-match': etag, range: 'bytes=1-2' } })).status).toBe(206);
    const failed = await raw(url, { headers: { 'if-match': '"other"' } });
    expect([failed.status, codeOf(failed.body)]).toEqual([412, 'PreconditionFailed']);
  });

  test('HEAD is refused, for the URL is signed for GET', async () => {
    const { emulator, url } = await withObject();
    await using _ = emulator;
    expect((await raw(url, { method: 'HEAD' })).status).toBe(403);
  });

  test('a request that brings a key along is refused', async () => {
    const { emulator, url } = await withObject();
    await using _ = emulator;
    const { status, body } = await raw(url, { headers: { authorization: `Bearer ${emulator.apiKey}` } });
    expect([status, codeOf(body)]).toEqual([400, 'InvalidArgument']);
    expect(body.toString()).toContain('Only one auth mechanism allowed');
  });

  test('a changed or unsigned URL is refused', async () => {
    const { emulator, url } = await withObject();
    await using _ = emulator;
    const changed = await raw(url.replace('a%20b', 'a%20c'));
    expect([changed.status, codeOf(changed.body)]).toEqual([403, 'SignatureDoesNotMatch']);
    const unsigned = await raw(url.replace(/\?.*/, ''));
    expect([unsigned.status, codeOf(unsigned.body)]).toEqual([403, 'AccessDenied']);
  });

  test('a URL expires, and the next result has one that has not', async () => {
    const { emulator, url } = await withObject(digits, { urlSeconds: 10 });
    await using _ = emulator;
    expect((await raw(url)).status).toBe(200);
    emulator.skipTime(12_000);
    const expired = await raw(url);
    expect([expired.status, codeOf(expired.body)]).toEqual([403, 'AccessDenied']);
    expect(expired.body.toString()).toContain('Request has expired');
    const { download_urls } = await createClient(emulator).getJson(`/r/tasks/${emulator.tasks[0]?.id}/result`);
    expect((await raw(String(download_urls.a))).status).toBe(200);
  });

  test('an object that is gone is not found', async () => {
    const { emulator, url } = await withObject();
    await using _ = emulator;
    emulator.objects.clear();
    const { status, body } = await raw(url);
    expect([status, codeOf(body)]).toEqual([404, 'NoSuchKey']);
  });

  test('a URL may carry a file name', async () => {
    const disposition = 'attachment; filename="x.bin"';
    const { emulator, url } = await withObject(digits, { disposition });
    await using _ = emulator;
    expect((await raw(url)).headers['content-disposition']).toBe(disposition);
  });
});

describe('generated content', () => {
  test('a download has the sum that is foretold', async () => {
    const content = { bytes: 3 * 1024 * 1024 + 7, seed: 5 };
    const outputs = [{ output: 'a', name: 'a.bin', bytes: content }];
    await using emulator = await startEmulator({
      workflows: [{ workflow_slug: 'big', behaviour: { steps: 1, outputs } }],
    });
    const { body } = await raw(await createClient(emulator).download('big'));
    expect(body.length).toBe(content.bytes);
    expect(createHash('sha256').update(body).digest('hex')).toBe(generatedSha256(content));
    expect(generatedSha256({ ...content, seed: 6 })).not.toBe(generatedSha256(content));
  });

  test('any range is that part of the whole', () => {
    const size = 1024 * 1024 + 100;
    const object = createObject({ bytes: size, seed: 1 }, 'x');
    const whole = object.bytes;
    fc.assert(
      fc.property(fc.nat(size), fc.nat(size), (one, two) => {
        const [start, end] = [Math.min(one, two), Math.max(one, two)];
        expect(Buffer.concat([...object.read(start, end)]).equals(whole.subarray(start, end))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('writing', () => {
  test('an upload with every signed header is kept, once', async () => {
    const { emulator, upload_url, upload_headers, file_key } = await presigned();
    await using _ = emulator;
    const put = () => raw(upload_url, { method: 'PUT', headers: upload_headers, body: 'hello' });
    expect((await put()).status).toBe(200);
    expect(emulator.objects.get(file_key)?.contentType).toBe('image/png');
    const again = await put();
    expect([again.status, codeOf(again.body)]).toEqual([412, 'PreconditionFailed']);
  });

  test.for(['Content-Type', 'If-None-Match'])('an upload without the signed header %s is refused', async (name) => {
    const { emulator, upload_url, upload_headers, file_key } = await presigned();
    await using _ = emulator;
    const { [name]: left, ...headers } = upload_headers;
    expect(left).toBeDefined();
    const { status, body } = await raw(upload_url, { method: 'PUT', headers, body: 'hello' });
    expect([status, codeOf(body)]).toEqual([403, 'SignatureDoesNotMatch']);
    expect(emulator.objects.has(file_key)).toBe(false);
  });

  test('an upload of another length than declared is refused', async () => {
    const { emulator, upload_url, upload_headers } = await presigned();
    await using _ = emulator;
    const headers = { ...upload_headers, 'Content-Length': '4' };
    expect((await raw(upload_url, { method: 'PUT', headers, body: 'hell' })).status).toBe(403);
  });

  test('a chunked upload is not implemented', async () => {
    const { emulator, upload_url, upload_headers } = await presigned();
    await using _ = emulator;
    const { 'Content-Length': _length, ...headers } = upload_headers;
    const chunked = await raw(upload_url, {
      method: 'PUT',
      headers: { ...headers, 'transfer-encoding': 'chunked' },
      body: 'hello',
    });
    expect([chunked.status, codeOf(chunked.body)]).toEqual([501, 'NotImplemented']);
  });

  test('an upload without a length is refused', async () => {
    const { emulator, upload_url } = await presigned();
    await using _ = emulator;
    const { hostname, port, pathname, search, host } = new URL(upload_url);
    const socket = connect(Number(port), hostname);
    socket.write(`PUT ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    const answer = Buffer.concat(await socket.toArray());
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 411 .*<Code>MissingContentLength<\/Code>/s);
  });

  test('an upload that is cut leaves no object', async () => {
    const { emulator, upload_url, upload_headers, file_key } = await presigned(1_000_000);
    await using _ = emulator;
    emulator.fault({ kind: 'storage-put', fault: { type: 'refuse', afterBytes: 1000 } });
    const body = 'x'.repeat(1_000_000);
    await expect(raw(upload_url, { method: 'PUT', headers: upload_headers, body })).rejects.toThrow();
    expect(emulator.objects.has(file_key)).toBe(false);
    expect((await raw(upload_url, { method: 'PUT', headers: upload_headers, body })).status).toBe(200);
  });
});
