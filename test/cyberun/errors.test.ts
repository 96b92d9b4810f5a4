import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inert } from '../../src/base/inert.ts';
import { ApiError, isPassing, messageOf, statusError } from '../../src/cyberun/errors.ts';

describe('messageOf', () => {
  test.each([
    ['{"message":"no such key"}', 'no such key'],
    ['{"error":{"code":7,"message":"no such key"}}', 'no such key'],
    ['{"error":"no such key"}', 'no such key'],
    ['{"detail":"no such key"}', 'no such key'],
    ['{"detail":[{"loc":["body","steps"],"msg":"too many"},{"msg":"too few"}]}', 'too many; too few'],
    ['{"errors":[{"title":"no such key"}]}', 'no such key'],
    ['{"message":"","error":"the second"}', 'the second'],
    ['{"message":null,"detail":"the second"}', 'the second'],
    ['"only a string"', 'only a string'],
    ['{"code":7}', '{"code":7}'],
    ['', ''],
    ['  plain text\n', 'plain text'],
    ['<html><head><title> 502 Bad\nGateway </title></head><body>nginx</body>', '502 Bad\nGateway'],
    ['<!DOCTYPE html><p>Please <b>log in</b></p>', 'Please log in'],
    ['\ufeff<?xml version="1.0"?><Error>no</Error>', 'no'],
  ])('finds in %j what a reader wants', (body, message) => {
    expect(messageOf(body)).toBe(message);
  });

  test('leaves the cutting to who shows it, and has removed secrets by then', () => {
    const body = `${'x '.repeat(235)}https://h/k?X-Amz-Signature=0123456789abcdef0123456789abcdef`;
    for (const text of [body, `<html>${body}`]) expect(inert`${messageOf(text)}`).toMatch(/x https:\/\/h\/k\?\*\*\*$/);
  });

  test('survives any body, and quickly', () => {
    const bodies = ['['.repeat(60_000), `${'['.repeat(30_000)}${']'.repeat(30_000)}`, '{"error":'.repeat(5000)];
    const pages = ['<', '<title', '<title>', '<html><title ', '<html', '< '].map(
      (piece) => `<html>${piece.repeat(20_000)}`,
    );
    const began = performance.now();
    for (const body of [...bodies, ...pages]) expect(typeof messageOf(body)).toBe('string');
    expect(performance.now() - began).toBeLessThan(10_000);
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (body) => typeof messageOf(body) === 'string'));
  });
});

describe('statusError', () => {
  test.each([
    [401, 'It is wrong, expired or revoked'],
    [403, 'lacks the right'],
    [301, 'redirects'],
    [308, 'redirects'],
    [429, 'how often'],
    [500, 'has a fault'],
    [503, 'has a fault'],
  ])('says what to do about %d', (status, advice) => {
    const error = statusError('GET /r/tasks', status, '{"message":"so it is"}', 5000);
    expect(error.message).toContain(` (${status}: so it is). `);
    expect(error.message).toContain(advice);
    expect(error).toMatchObject({ type: 'status', status, retryAfter: 5000 });
  });

  test('says no more than the status where there is nothing to say', () => {
    expect(statusError('GET /r/tasks', 418, '', undefined).message).toBe(
      'The service refused a request (418). That was GET /r/tasks.',
    );
  });

  test('prints nothing of a body that is a command or a secret', () => {
    const { message } = statusError('GET /x', 418, '::error::\n##[error]sk-0123456789', undefined);
    expect(message).toBe('The service refused a request (418: ::error:: ⏎ # #[error]sk-***). That was GET /x.');
  });
});

describe('isPassing', () => {
  test.each([408, 429, 500, 502, 503, 504, 599])('takes %d for a fault that passes', (status) => {
    expect(isPassing(statusError('', status, '', undefined))).toBe(true);
  });

  test.each([300, 400, 401, 403, 404, 409, 422, 501])('takes %d for one that stays', (status) => {
    expect(isPassing(statusError('', status, '', undefined))).toBe(false);
  });

  test('takes faults of the network for passing, and those of this program for staying', () => {
    for (const type of ['lost', 'unreachable', 'shape', 'malformed'] as const) {
      expect(isPassing(new ApiError(type, inert`x`))).toBe(true);
    }
    expect(isPassing(new Error('x'))).toBe(false);
    expect(isPassing(undefined)).toBe(false);
  });
});
