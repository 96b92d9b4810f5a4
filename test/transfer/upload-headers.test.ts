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
  expect(headers({ 'CONTENT-LENGTH': '10', 'X-Empty': '' })).toEqual({ 'content-length': '10', 'x-empty': '' });
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
  ['a', 'x-é', 'no name of a header'],
  ['a', '', 'no name of a header'],
  ['a', 'a:b', 'no name of a header'],
  ['9', 'Content-Length', 'it says 9, and the file has 10 bytes'],
  ['', 'Content-Length', 'and the file has 10 bytes'],
  ...['Connection', 'Expect', 'Keep-Alive', 'TE', 'Trailer', 'Transfer-Encoding', 'Upgrade'].map((name) => [
    'close',
    name,
    'not for a service to decide on',
  ]),
  ...['Authorization', 'Cookie', 'Proxy-Authorization', 'Proxy-Connection'].map((name) => [
    'x',
    name,
    'not for a service to decide on',
  ]),
])('a value of %j for %s is an end that names it', (value = '', name = '', reason = '') => {
  expect(() => headers({ 'content-type': 'image/png', [name]: value })).toThrow(
    expect.objectContaining({ type: 'final', message: expect.stringContaining(reason) }),
  );
  expect(() => headers({ [name]: value })).toThrow(`the header ${name} with the upload`);
});
