import { describe, expect, test } from 'vitest';
import { inert } from '../../src/base/inert.ts';
import type { Call, Http } from '../../src/cyberun/http.ts';
import { presignUpload } from '../../src/cyberun/presign.ts';

const FILE = { name: 'sketch.png', bytes: 10, mediaType: 'image/png' };

/** Asks a service that gives that answer. */
function presign(answer: unknown) {
  const calls: Call[] = [];
  const http: Pick<Http, 'send'> = {
    async send(call) {
      calls.push(call);
      return answer;
    },
  };
  const slot = presignUpload(http as Http, FILE, 1000, new AbortController().signal);
  return { slot, calls };
}

const headersOf = async (upload_headers: unknown) =>
  (await presign({ file_key: 'k', upload_url: 'https://h/k', upload_headers }).slot).headers;

test('asks for a slot by name, size and type', async () => {
  const { slot, calls } = presign({ file_key: 'k', upload_url: 'https://h/k', upload_headers: { A: 'b' } });
  expect(await slot).toEqual({ fileKey: 'k', url: 'https://h/k', headers: { A: 'b' } });
  expect(calls).toMatchObject([
    {
      method: 'POST',
      path: '/r/files/presign',
      body: { file_name: 'sketch.png', file_size: 10, content_type: 'image/png' },
    },
  ]);
});

test.each([{}, undefined, { file_key: 'k' }, { upload_url: 'https://h/k' }, { file_key: '', upload_url: 7 }])(
  'an answer of %j is none',
  async (answer) => {
    await expect(presign(answer).slot).rejects.toMatchObject({ type: 'shape' });
  },
);

describe('headers', () => {
  test('may be numbers, lists of one, null, or none at all', async () => {
    expect(await headersOf({ A: 'b', 'Content-Length': 10, Host: ['h'], C: [7], D: null, E: '' })).toEqual({
      A: 'b',
      'Content-Length': '10',
      Host: 'h',
      C: '7',
      E: '',
    });
    expect(await headersOf(undefined)).toEqual({});
    expect(await headersOf(null)).toEqual({});
    expect(await headersOf({})).toEqual({});
  });

  test.each([true, {}, [], ['a', 'b'], [['a']], [null], [{}], Number.NaN])(
    'of the value %j are named',
    async (value) => {
      await expect(headersOf({ A: 'b', 'X-Odd': value })).rejects.toMatchObject({
        type: 'shape',
        message: expect.stringContaining('the value of X-Odd is neither a text nor a number'),
      });
    },
  );

  test.each(['A: b', 7, true, [['A', 'b']], []])('of the shape %j are no mapping', async (value) => {
    await expect(headersOf(value)).rejects.toMatchObject({
      type: 'shape',
      message: expect.stringContaining('no mapping'),
    });
  });
});

test('what signs an upload is known for a secret from then on, wherever it is said again', async () => {
  const [ticket, key] = ['t1cket-0123456789abcdef', 'cust0mer-key-0123456789'];
  await presign({
    file_key: 'k',
    upload_url: `https://h/k?ticket=${ticket}`,
    upload_headers: {
      'x-amz-customer-key': key,
      'content-type': 'application/octet-stream',
      host: 'storage.h.example',
    },
  }).slot;
  expect(inert`${`refused: ${ticket} and ${key}`}`).toBe('refused: *** and ***');
  expect(inert`${'application/octet-stream at storage.h.example'}`).toBe(
    'application/octet-stream at storage.h.example',
  );
});
