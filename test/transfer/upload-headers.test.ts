import fc from 'fast-check';
import { expect, test } from 'vitest';
import { uploadHeaders } from '../../src/transfer/upload-headers.ts';

const headers = (wanted: Record<string, string>) => uploadHeaders(wanted, 's3.example:9000', 10);

test('what the service asks for is sent as it is, and the length in any case', () => {
  expect(headers({})).toEqual({ 'content-length': '10' });
  expect(headers({ 'Content-Type': 'image/png', 'If-None-Match': '*', 'x-amz-meta-a': 'café\t' })).toEqual({
    'content-length': '10',
    'content-type': 'image/png',
    'if-none-match': '*',
    'x-amz-meta-a': 'café\t',
  });
  expect(headers({ 'CONTENT-LENGTH': '10', 'X-Ms-Meta-Empty': '' })).toEqual({
    'content-length': '10',
    'x-ms-meta-empty': '',
  });
});

test('the host that it goes to may be listed, and is left to the connection', () => {
  expect(headers({ Host: 'S3.example:9000' })).toEqual({ 'content-length': '10' });
  expect(() => headers({ Host: 's3.example' })).toThrow('the upload goes to s3.example:9000, and not to s3.example');
});

test.each([
  ['a\r\nb: c', 'x-amz-meta-a', 'a character that no header can carry'],
  ['a\nb', 'x-amz-meta-a', 'a character that no header can carry'],
  ['a\0', 'x-amz-meta-a', 'a character that no header can carry'],
  ['\u007f', 'x-amz-meta-a', 'a character that no header can carry'],
  ['日', 'x-amz-meta-a', 'a character that no header can carry'],
  ['a', 'x amz', 'no name of a header'],
  ['a', 'x-amz-é', 'no name of a header'],
  ['a', '', 'no name of a header'],
  ['a', 'a:b', 'no name of a header'],
  ['9', 'Content-Length', 'it says 9, and the file has 10 bytes'],
  ['', 'Content-Length', 'and the file has 10 bytes'],
  ...['Connection', 'Expect', 'Keep-Alive', 'TE', 'Trailer', 'Transfer-Encoding', 'Upgrade'].map((name) => [
    'close',
    name,
    'not one that a storage signs (content-*, x-amz-*,',
  ]),
  ...[
    'Authorization',
    'Cookie',
    'Proxy-Authorization',
    'Proxy-Connection',
    'Set-Cookie',
    'X-Api-Key',
    'Range',
    'x-amz',
    'my-content-type',
    'Via',
    'X-Forwarded-For',
    'X-HTTP-Method-Override',
  ].map((name) => ['x', name, 'not one that a storage signs (content-*, x-amz-*,']),
])('a value of %j for %s is an end that names it', (value = '', name = '', reason = '') => {
  expect(() => headers({ 'content-type': 'image/png', [name]: value })).toThrow(
    expect.objectContaining({ type: 'final', message: expect.stringContaining(reason) }),
  );
  expect(() => headers({ [name]: value })).toThrow(`the header ${name} with the upload`);
});

test('whatever is asked for, nothing is sent but what a storage signs, in characters that a header can carry', () => {
  const name = fc.oneof(
    fc.string(),
    fc.constantFrom('Host', 'Cookie', 'Authorization', 'content-type', 'x-goog-meta-a', '__proto__', 'if-none-match'),
    fc.constantFrom('content-', 'x-amz-', 'x-ms-').chain((prefix) => fc.string().map((rest) => prefix + rest)),
  );
  fc.assert(
    fc.property(fc.dictionary(name, fc.string({ unit: 'binary' })), (wanted) => {
      let sent: Record<string, string>;
      try {
        sent = headers(wanted);
      } catch (error) {
        expect(error).toMatchObject({
          type: 'final',
          message: expect.stringMatching(/^The service wants the header /),
        });
        return;
      }
      for (const [name, value] of Object.entries(sent)) {
        expect(name).toMatch(/^(content-[\w-]+|x-(amz|goog|ms)-[\w-]+|if-none-match)$/);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there
        expect(value).not.toMatch(/[\x00-\x08\x0a-\x1f\x7f\u0100-\uffff]/);
      }
    }),
  );
});
