import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redact, redactJson } from '../../src/base/redact.ts';

const SECRET = 'AbCdEf0123456789AbCdEf0123456789';

describe('redact', () => {
  test.each([
    ['an integration key', `key sk-${SECRET}`],
    ['a device key', `dk-${SECRET}`],
    ['an agent key', `(ak-${SECRET})`],
    ['a key in JSON', `{"api_key":"sk-${SECRET}"}`],
    ['a key after a JSON escape', `said:\\nsk-${SECRET}`],
    ['a key after a JSON escape by number', `said \\u0022sk-${SECRET}`],
    ['a key after a percent-escape', `key%20sk-${SECRET}`],
    ['a key after an underscore', `CYBERUN_sk-${SECRET}`],
    ['a key with a percent-escape early in it', `sk-ab%2B${SECRET}`],
    ['a key as a path', `/keys/sk-${SECRET}/use`],
    ['a bearer token', `Authorization: Bearer ${SECRET}`],
    ['a bearer token on the next line', `Authorization: Bearer\n  ${SECRET}`],
    ['a bearer token of whatever characters', `Bearer a|b:${SECRET}`],
    ['a percent-encoded bearer token', `auth=%3ABearer%20${SECRET}`],
    ['a JWT', `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ${SECRET}In0.${SECRET}`],
    ['a JWT that something comes before', `token_x-eyJhbGciOiJIUzI1NiJ9.${SECRET}.${SECRET}`],
    ['a JWT without a signature', `eyJhbGciOiJub25lIn0.${SECRET}.`],
    [
      'an AWS presigned URL',
      `https://b.s3.amazonaws.com/k.png?X-Amz-Credential=${SECRET}%2F20250210&X-Amz-Signature=${SECRET}`,
    ],
    ['a GCS presigned URL', `https://storage.googleapis.com/b/k?X-Goog-Signature=${SECRET}`],
    ['an Azure presigned URL', `https://a.blob.core.windows.net/c/k?sv=2024&sig=${SECRET}%3D`],
    ['a presigned URL in other letters', `HTTPS://H/K?SIG=${SECRET}`],
    ['a presigned URL of a scheme nobody knows', `1s3_x://h/k?t=${SECRET}`],
    ['a fragment', `https://h/k#access_token=${SECRET}`],
    ['a percent-encoded presigned URL', `next=https%3A%2F%2Fh%2Fk%3FX-Amz-Signature%3D${SECRET}%26x%3D1`],
    ['a doubly encoded one', `https%253A%252F%252Fh%252Fk%253FX-Amz-Signature%253D${SECRET}`],
    ['a percent-encoded one of Azure', `h%2Fk%3Fsig%3D${SECRET}`],
    ['loose parameters', `k?a=1&X-Amz-Security-Token=${SECRET}`],
    ['loose parameters with escapes in their values', `sig=ab%2F${SECRET}%3D`],
    ['a loose parameter that names no secret', `X-Amz-Credential=${SECRET}`],
    ['a parameter after a JSON escape', `said:\\nsig=${SECRET}`],
    ['loose parameters in JSON of Go', `\\u0026X-Amz-Signature=${SECRET} \\u0026sig=${SECRET}`],
    ['parameters of the old signature', `AWSAccessKeyId=${SECRET}&Signature=${SECRET}`],
    ['a user and a password', `https://user:${SECRET}@h/k`],
    ['a password with an @', `https://user:${SECRET}@${SECRET}@h/k`],
    ['a password with a quote', `https://user:it's${SECRET}@h/k`],
    ['a parameter in JSON', `{"X-Amz-Signature":"${SECRET}","X-Amz-Security-Token" : "${SECRET}"}`],
    ['a parameter in JSON in JSON', `{\\"Signature\\":\\"${SECRET}\\"}`],
    ['a parameter as a header', `X-Amz-Security-Token: ${SECRET}`],
    ['a parameter in a log', `signature: ${SECRET}, token = ${SECRET}`],
    ['an escaped =', `sig\\u003d${SECRET}\\u0026token\\u003D${SECRET}`],
    ['CloudFront', `Policy=${SECRET}&Signature=${SECRET}&Key-Pair-Id=${SECRET}`],
    ['CloudFront in JSON', `{"Policy":"${SECRET}","Key-Pair-Id":"${SECRET}"}`],
    ['a cookie of CloudFront', `CloudFront-Policy=${SECRET}; CloudFront-Signature=${SECRET}`],
    ['tokens in a query', `token=${SECRET}&access_token=${SECRET}&refresh_token=${SECRET}`],
    ['a short password', 'password=AbCdEf01&x=1'],
    ['a key of an API', `api_key=${SECRET} apikey="${SECRET}" x-api-key: ${SECRET}`],
    ['basic authorization', `Authorization: Basic ${btoa(`user:${SECRET}`).replace(/^/, SECRET.slice(0, 8))}`],
    ['a token of GitHub', `ghp_${SECRET} and gho_${SECRET}, github_pat_${SECRET}`],
    ['a token of Hugging Face', `hf_${SECRET}`],
    ['a URL without a scheme', `b.s3.amazonaws.com/k.png?x=${SECRET}&X-Amz-Signature=${SECRET}`],
    ['a URL that is wrapped', `https://h/k?X-Amz-Credential=${SECRET}\n  &X-Amz-Signature=${SECRET}\r\n${SECRET}`],
    ['a URL that is wrapped and indented', `https://h/k?sig=ab  \n    ${SECRET}`],
    ['a URL that is wrapped within a name', `https://h/k?X-Amz-Expires=36\n00&X-Amz-Signa\nture=${SECRET}`],
    ['a value on the next line', `X-Amz-Signature=\n${SECRET}`],
    ['a password of a URL in a URL', `http://proxy/http://user:${SECRET}@h/k`],
  ])('lets nothing through of %s', (_, text) => {
    expect(redact(text)).not.toContain(SECRET.slice(0, 8));
    expect(redact(redact(text))).toBe(redact(text));
  });

  test.each([
    'https://core.cyberun.cloud/api/v1/r/tasks/019abc12-9012-7890-abcd-ef1234567896',
    'http://127.0.0.1:8080/a/b.png, and https://h:1/x@2/y',
    'task-019abc12 on disk-usage-high, risk-assessment, break-throughs',
    'mail a@b.example, significance=high, design=flat',
    'comfy.samplers.KSampler failed at nodes.py:42\n  in sample(x)\r\n\ttorch.cuda.OutOfMemoryError',
    '9.images.0 1.10.2 v24.21.0 a.b.c',
    'token: 3 of 77, max_tokens=77; policy: none, signature: forward(self, x)',
    'Basic usage: a basic lighthouse\nTraceback (most recent call last):',
    'a user token (eyJ...): it expires',
    'see https://h/page\nNext line, and 1234567890123456',
    'why? #1 & <b> "q" \u{1f600}',
    'keyJournal.txt and MonkeyJson.parse',
    'a sk-3 lens, gh_ci, and hf_demo',
  ])('leaves ordinary text alone: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  test('keeps what tells a reader which URL it was', () => {
    expect(redact('GET https://u:p@h.example/a/b.png?X-Amz-Expires=1&X-Amz-Signature=f, then')).toBe(
      'GET https://h.example/a/b.png?*** then',
    );
  });

  test.each([
    // What AWS calls a signature is one, however short, and whoever wrote it.
    ['X-Amz-Signature: short', 'X-Amz-Signature: ***'],
    ['{"X-Amz-Credential" : "short"}', '{"X-Amz-Credential" : "***"}'],
    ['X-Amz-Signature=0123 seed=7, steps: 20', 'X-Amz-Signature=*** seed=7, steps: 20'],
    ['{"password":"short","steps": "20"}', '{"password":"***","steps": "20"}'],
    // What somebody writes about a token is a word, until it is too long for one.
    ['token: fifteen_letters', 'token: fifteen_letters'],
    ['token: sixteen__letters', 'token: ***'],
    ['token = fifteen_letters', 'token = fifteen_letters'],
    ['hf_abcde hf_abcdef', 'hf_abcde hf_***'],
    [`Basic ${btoa('u:p')} and Basic ${btoa('nobody')}`, `Basic *** and Basic ${btoa('nobody')}`],
  ])('takes what is a secret out of %s, and nothing beside it', (text, redacted) => {
    expect(redact(text)).toBe(redacted);
  });

  test.each([
    ['0123456789012345', '***'],
    ['  c2VjcmV0LXZhbHVl== then', '  *** then'],
    ['&X=1', '***'],
    ['403 Forbidden', '403 Forbidden'],
    ['012345678901234', '012345678901234'],
    ['AuthenticationFailed', 'AuthenticationFailed'],
  ])('takes the line below a signed URL for its rest only where it looks like that: %j', (line, redacted) => {
    expect(redact(`GET https://h/k?sig=ab\n${line}`)).toBe(`GET https://h/k?***\n${redacted}`);
  });

  test('is done once it was done, whatever the text', () => {
    const piece = fc.constantFrom(
      ...['sk-', 'Bearer ', 'eyJ', '.', '://', '@', '?', '#', 'sig=', '%3D', '%20', '\\n', '/', ' ', '"', '-', '&'],
      ...['abcdefgh', 'X-Amz-Signature', 'Signature=', ',', '*', '***', "'", '_', 'a'],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const once = redact(pieces.join(''));
        expect(redact(once)).toBe(once);
      }),
      { numRuns: 3000, examples: [[['://', 'sk-', 'sk-', 'sk-', '/', '@']]] },
    );
  });

  test('takes no longer than a moment for a megabyte of whatever', () => {
    const pieces = [
      'eyJ',
      'eyJ-',
      'eyJ_a.',
      'eyJaaaaaaaa.',
      'a.',
      'a-',
      '://',
      'a://',
      'https://a@',
      '@',
      'sk-',
      'sk-aaaa ',
    ];
    const more = [
      '\\',
      '\\u003d',
      '= ',
      ':',
      '"',
      'hf_',
      'gh',
      'basic ',
      '***\n',
      'a=\n',
      'policy',
      'token=',
      'x-amz-signature',
      '%3D',
      '%25',
      'sig',
      'sig=',
      'Bearer',
      'Bearer ',
      'Signature',
      'X-Amz-',
      '\\u0026',
      '?',
      ' ',
      '\n',
    ];
    const began = performance.now();
    for (const piece of [...pieces, ...more]) redact(piece.repeat(1_000_000 / piece.length));
    // What is not linear takes hours.
    expect(performance.now() - began).toBeLessThan(60_000);
  });
});

describe('redactJson', () => {
  test('reaches every string, keys too, and changes nothing else', () => {
    const before = JSON.parse(
      `{"sk-${SECRET}":["https://h/k?s=1",{"n":1.5,"t":true,"z":null}],"__proto__":"dk-${SECRET}"}`,
    );
    expect(JSON.stringify(redactJson(before))).toBe(
      '{"sk-***":["https://h/k?***",{"n":1.5,"t":true,"z":null}],"__proto__":"dk-***"}',
    );
  });

  test('leaves out what the name of a secret stands for', () => {
    const before = { 'X-Amz-Signature': 'short', access_token: 'short', sig: 'short', steps: 'many', seed: 7 };
    expect(redactJson(before)).toEqual({ ...before, 'X-Amz-Signature': '***', access_token: '***', sig: '***' });
  });

  test('leaves what is no text under the name of a secret, such as a count of tokens', () => {
    const before = { token: 77, secret: null, password: { length: 12 }, policy: ['none'], signature: true };
    expect(redactJson(before)).toEqual(before);
  });

  test('keeps the digits of a number that is kept as it was written', () => {
    const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
    expect(JSON.stringify(redactJson({ a: [rawJSON('1.10')] }))).toBe('{"a":[1.10]}');
  });
});
