import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { stepYaml } from '../../demo/yaml.ts';

const KEY = `\${{ secrets.CYBERUN_API_KEY }}`;

function readBack(inputs: Record<string, string>): unknown {
  return parse(`steps:\n${stepYaml(inputs)}\n    env: {}\n`);
}

function stepWith(inputs: Record<string, string>) {
  return { steps: [{ uses: 'cyberun/run@v1', with: { 'api-key': KEY, ...inputs }, env: {} }] };
}

test('a step is written as people write it', () => {
  const inputs = { workflow: 'text-to-image', parameters: 'prompt: a cat\nseed: 7\n', pattern: '*.jpg', retries: '2' };
  expect(stepYaml({ ...inputs, 'github-token': 'ghs_secret' })).toBe(`  - uses: cyberun/run@v1
    with:
      api-key: ${KEY}
      workflow: text-to-image
      parameters: |
        prompt: a cat
        seed: 7
      pattern: "*.jpg"
      retries: "2"
      github-token: \${{ secrets.GITHUB_TOKEN }}`);
  expect(stepYaml({ parameters: '{prompt: a cat}' })).toContain('parameters: |-\n        {prompt: a cat}');
});

test.each([
  'prompt: a cat',
  '*.jpg',
  '{prompt: a cat}',
  '&a',
  '1.10',
  'true',
  '~',
  '',
  ' ',
  '\n',
  '\n a\n',
  'a\r\nb',
  '# a',
])('the input %j is read back as it was given', (value) => {
  const inputs = { pattern: value, parameters: value };
  expect(readBack(inputs)).toEqual(stepWith(inputs));
});

const HARD = fc.string({
  unit: fc.constantFrom(...'ab :#*&{}[]|>-?!%@`\'"\\$,~=1.\n\n\n  \t\r\u0085\u2028\u200d\ufeff\u0007\u001b'),
});
const TEXT = fc.oneof(HARD, fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));

test('any inputs are read back as they were given', () => {
  fc.assert(
    fc.property(fc.record({ parameters: TEXT, matrix: TEXT, pattern: TEXT, path: TEXT }), (inputs) => {
      expect(readBack(inputs)).toEqual(stepWith(inputs));
    }),
    { numRuns: 2000 },
  );
});
