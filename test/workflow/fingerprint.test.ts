import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMapping } from '../../src/base/mapping.ts';
import { parseWorkflow } from '../../src/cyberun/schema.ts';
import type { LocalFile } from '../../src/transfer/upload.ts';
import { fingerprintOf, fingerprintOfAll, type Setting, whyNoFingerprint } from '../../src/workflow/fingerprint.ts';
import type { Fitted } from '../../src/workflow/fit.ts';
import { convertParameters } from '../../src/workflow/parameters.ts';

const DESCRIBED = {
  id: 'w-1',
  workflow_slug: 'quick',
  version: 3,
  parameters: [
    { key: 'prompt', type: 'string', default: 'a cat' },
    { key: 'steps', type: 'integer', default: '20' },
    { key: 'scale', type: 'number' },
    { key: 'tiling', type: 'boolean', default: false },
    { key: 'image', type: 'file' },
  ],
};
const workflow = parseWorkflow(DESCRIBED);
const setting: Setting = { host: 'cyberun.test', apiKey: 'sk-1234567890', workflow, options: { target_pool: 'team' } };
const NO_FILES: ReadonlyMap<string, LocalFile> = new Map();

const fitted = (values: Record<string, unknown>, files = NO_FILES): Fitted => ({
  values: convertParameters(workflow.parameters ?? [], values).values,
  files,
});
const print = (values: Record<string, unknown>, changes: Partial<Setting> = {}) =>
  fingerprintOf(fitted(values), { ...setting, ...changes });
const file = (sha256: string, path = '/w/a.png'): ReadonlyMap<string, LocalFile> => {
  const identity = { dev: 0n, ino: 0n, mtimeNs: 0n };
  return new Map([
    ['image', { path, place: 'a.png', name: 'a.png', bytes: 1, mediaType: 'image/png', sha256, identity }],
  ]);
};

describe('a fingerprint', () => {
  test('is a digest', () => {
    expect(print({})).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is the same however the parameters are written', async () => {
    const same = ['{"scale": 7, "steps": 20}', 'steps: 20\nscale: 7.0', 'scale: "70e-1"\nsteps: "20"', 'scale: 0x7'];
    const prints = await Promise.all(same.map(async (text) => print(await readMapping(text, 'parameters'))));
    expect(new Set(prints).size).toBe(1);
  });

  test('is the same for numbers of one value, and another for any other, to the last digit', () => {
    const number = fc.tuple(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.integer({ min: 0, max: 6 }));
    const spell = ([digits, zeros]: [bigint, number]) => [
      `${digits}`,
      `${digits}.0`,
      `${digits}${'0'.repeat(zeros)}e-${zeros}`,
    ];
    fc.assert(
      fc.property(number, number, (one, other) => {
        const [first, ...others] = spell(one).map((scale) => print({ scale }));
        for (const print of others) expect(print).toBe(first);
        expect(print({ scale: `${other[0]}` }) === first).toBe(one[0] === other[0]);
      }),
    );
  });

  test('is the same with a default as without, and in whatever order', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), fc.boolean(), (prompt, steps, tiling) => {
        const all = { prompt, steps, tiling };
        expect(print({ tiling, steps, prompt })).toBe(print(all));
        expect(print({ ...all, prompt: 'a cat' })).toBe(print({ steps, tiling }));
        expect(print({ prompt, steps: 20, tiling: false })).toBe(print({ prompt }));
      }),
    );
  });

  test('is another for another value, and no text is a number', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        expect(print({ prompt: one }) === print({ prompt: other })).toBe(one === other);
      }),
    );
    const unchecked = parseWorkflow({ ...DESCRIBED, parameters: undefined });
    const loose = (value: unknown) =>
      fingerprintOf({ values: { value }, files: NO_FILES }, { ...setting, workflow: unchecked });
    const values = [7, '7', 'number 7e0', 'text 7', true, 'true', null, 'null', [7], ['7'], { 7: 7 }, {}, []];
    expect(new Set(values.map(loose)).size).toBe(values.length);
  });

  test('has the digest of a file in place of its name', () => {
    const of = (files: ReadonlyMap<string, LocalFile>, image = 'a.png') =>
      fingerprintOf(fitted({ image }, files), setting);
    const a = 'a'.repeat(64);
    expect(of(file(a))).toBe(of(file(a, '/elsewhere/b.png'), 'b.png'));
    expect(of(file(a))).not.toBe(of(file('b'.repeat(64))));
    expect(of(file(a))).not.toBe(of(NO_FILES, a));
  });

  test.each<[string, Partial<Setting>]>([
    ['service', { host: 'other.test' }],
    ['key', { apiKey: 'sk-1234567891' }],
    ['version', { workflow: parseWorkflow({ ...DESCRIBED, version: 4 }) }],
    ['workflow', { workflow: parseWorkflow({ ...DESCRIBED, id: 'w-2' }) }],
    ['pool', { options: { target_pool: 'other' } }],
    ['target', { options: { dispatch_target: 'team' } }],
  ])('is another for another %s', (_, changes) => {
    expect(print({}, changes)).not.toBe(print({}));
  });

  test('does not tell a version that is a number from its text, as services may say either', () => {
    expect(print({}, { workflow: parseWorkflow({ ...DESCRIBED, version: '3' }) })).toBe(print({}));
  });

  test.each([
    [undefined, 'the workflow could not be read'],
    [parseWorkflow({ version: 1 }), 'the service says neither id nor slug of the workflow'],
    [parseWorkflow({ id: 'w-1' }), 'the service says no version of the workflow'],
  ])('cannot be had of %o', (unknown, why) => {
    expect(whyNoFingerprint(unknown)).toBe(why);
    expect(print({}, { workflow: unknown })).toBeUndefined();
  });
});

describe('the fingerprint of several tasks', () => {
  test('is the same in whatever order, and another for any other of them', () => {
    const prints = fc.array(fc.stringMatching(/^[0-9a-f]{4}$/), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(prints, prints, (one, other) => {
        const key = (all: string[]) => [...all].sort().join();
        expect(fingerprintOfAll(one.toReversed())).toBe(fingerprintOfAll(one));
        expect(fingerprintOfAll(one) === fingerprintOfAll(other)).toBe(key(one) === key(other));
      }),
    );
  });

  test('is none where one has none', () => {
    expect(fingerprintOfAll(['a', undefined])).toBeUndefined();
  });
});
