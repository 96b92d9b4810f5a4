import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSignedBy, sign } from '../../src/base/sign.ts';

const KEY = 'sk-key';

test('is an HMAC-SHA256 over the purpose, a line feed and the text', () => {
  // printf 'state\n{"taskId":"é"}' | openssl dgst -sha256 -hmac sk-key
  expect(sign('state', '{"taskId":"é"}', KEY)).toBe('1286de640d8b0e667c0bc38a4079042d9ca6197096ff70f140fa69767ea961b4');
});

test('knows its own', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z ]+$/),
      fc.string({ unit: 'binary' }),
      fc.string({ minLength: 1 }),
      (purpose, text, key) => {
        expect(isSignedBy(sign(purpose, text, key), purpose, text, key)).toBe(true);
      },
    ),
  );
});

test.each<[string, string, string, string]>([
  ['another purpose', 'record', 'text', KEY],
  ['another text', 'state', 'texts', KEY],
  ['another key', 'state', 'text', 'sk-other'],
  ['a purpose that ends elsewhere', 'stat', 'etext', KEY],
])('one for %s is none', (_, purpose, text, key) => {
  expect(isSignedBy(sign('state', 'text', KEY), purpose, text, key)).toBe(false);
});

test('one of any other form is none', () => {
  const right = sign('state', 'text', KEY);
  for (const wrong of [
    '',
    right.slice(1),
    right.slice(0, -1),
    `${right}0`,
    right.toUpperCase(),
    'é'.repeat(32),
    ` ${right}`,
  ]) {
    expect(isSignedBy(wrong, 'state', 'text', KEY), wrong).toBe(false);
  }
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (wrong) => !isSignedBy(wrong, 'state', 'text', KEY)));
});
