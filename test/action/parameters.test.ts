import { expect, test } from 'vitest';
import { textToImage } from '../../emulator/catalogue.ts';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { EmulatedWorkflow } from '../../emulator/workflows.ts';
import { annotationsOf, callsOf, countOf, namesOf, quick, runAction } from './harness.ts';

const TYPED: EmulatedWorkflow = quick({
  parameters: [
    { key: 'prompt', type: 'string', required: true },
    { key: 'negative', type: 'string' },
    { key: 'steps', type: 'number', min: 1, max: 50, default: 20 },
    { key: 'seed', type: 'number' },
    { key: 'tiling', type: 'boolean' },
    { key: 'sampler', type: 'select', options: ['euler', 'ddim'] },
  ],
});

/** The bodies of all submits, as the digits stood on the wire. */
function submitted(emulator: Emulator): unknown[] {
  return emulator.requests.filter(({ kind }) => kind === 'submit').map(({ body }) => body);
}

test('values reach the service in the types that the workflow declares, and the log shows them', async () => {
  await using emulator = await startEmulator({ workflows: [TYPED] });
  await using action = runAction({
    emulator,
    files: { 'render.yml': 'steps: 7\nseed: "30"\nnegative: blurry\n' },
    with: {
      workflow: 'quick',
      'parameters-file': 'render.yml',
      parameters: 'prompt: 2024\nnegative: 1.10\ntiling: "true"\nsampler: ddim\nsteps: "9"\n',
    },
  });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 0, annotations: [], outputs: { status: 'completed' } });
  const parameters = { steps: 9, seed: 30, negative: '1.10', prompt: '2024', tiling: true, sampler: 'ddim' };
  expect(submitted(emulator)).toEqual([{ parameters }]);
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([{ parameters }]);
  const shown = result.log.indexOf('▸ parameters');
  expect(result.log.slice(shown + 1, shown + 7).map((line) => line.trim().replace(/^\| /, ''))).toEqual([
    'steps: 9',
    'seed: 30',
    'negative: 1.10',
    'prompt: 2024',
    'tiling: true',
    'sampler: ddim',
  ]);
});

test('large whole numbers keep their digits on the wire, in the log and in the outputs', async () => {
  await using emulator = await startEmulator({ workflows: [TYPED] });
  let wire = '';
  emulator.fault({
    kind: 'submit',
    when: ({ headers }) => {
      wire = String(headers['content-length']);
      return false;
    },
    fault: { type: 'refuse' },
  });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', parameters: 'prompt: 12345678901234567890\nseed: 12345678901234567890' },
  });
  const result = await action.done;
  // A parser would round the number: the length tells that all its digits were sent, without quotes.
  expect(wire).toBe(String('{"parameters":{"prompt":"12345678901234567890","seed":12345678901234567890}}'.length));
  expect(result.log.map((line) => line.trim())).toContain('| seed: 12345678901234567890');
  expect(result.outputs.tasks).toContain('"seed":12345678901234567890');
  expect(result.summary).toContain('seed: 12345678901234567890');
});

test('every problem is in one error, and nothing is sent', async () => {
  await using emulator = await startEmulator({ workflows: [TYPED] });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', parameters: 'setps: 30\nsteps: 99\ntiling: maybe\nsampler: eulr\nprompt:\nzzz: 1' },
  });
  const result = await action.done;
  const error =
    'The values in the input parameters do not fit the workflow quick: ' +
    'setps: no such parameter, did you mean steps? ' +
    'steps: given 99, accepted: a number from 1 to 50. ' +
    'tiling: given "maybe", accepted: true or false. ' +
    'sampler: given "eulr", accepted: one of "euler", "ddim" (did you mean euler?). ' +
    'zzz: no such parameter; there are prompt, negative, steps, seed, tiling, sampler. ' +
    'prompt: required, and empty; accepted: a text. ' +
    'Nothing was submitted.';
  expect(annotationsOf(result, 'error')).toEqual([error]);
  expect(result).toMatchObject({ exitCode: 1, outputs: { error, status: 'failed', tasks: '[]', files: '[]' } });
  expect(callsOf(emulator)).toEqual(['workflow 200']);
  expect(namesOf(action.workspace)).toEqual([]);
});

test('more problems than an annotation holds are all in the log', async () => {
  await using emulator = await startEmulator({ workflows: [TYPED] });
  const parameters = Array.from({ length: 200 }, (_, index) => `a parameter that is not there ${index}: 1`).join('\n');
  await using action = runAction({ emulator, with: { workflow: 'quick', parameters } });
  const result = await action.done;
  const [error = ''] = annotationsOf(result, 'error');
  expect(error.length).toBeLessThan(4096);
  const named = error.match(/no such parameter/g)?.length ?? 0;
  expect(error).toContain(` And ${201 - named} more, which are in the log. Nothing was submitted.`);
  const start = result.log.indexOf('▸ all 201 problems');
  expect(result.log.slice(start + 1, start + 201).every((line) => line.includes('no such parameter'))).toBe(true);
});

test('every combination is checked before the first is submitted', async () => {
  await using emulator = await startEmulator({ workflows: [TYPED] });
  await using action = runAction({
    emulator,
    with: {
      workflow: 'quick',
      parameters: 'prompt: a\nsetps: 3',
      matrix: 'steps: [1, 2, 99, 100]\nsampler: [euler, ddim]\ninclude: [{ steps: 1, sampler: ddim, tiling: 7 }]',
    },
  });
  const result = await action.done;
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringContaining(
      'setps: no such parameter, did you mean steps? ' +
        'tiling: given 7, accepted: true or false (in 1, ddim, 7). ' +
        'steps: given 99, accepted: a number from 1 to 50 (in 99, euler; 99, ddim). ' +
        'steps: given 100, accepted: a number from 1 to 50 (in 100, euler; 100, ddim).',
    ),
  ]);
  expect(callsOf(emulator)).toEqual(['workflow 200']);
});

test('a matrix that cannot be expanded is said before anything is asked', async () => {
  await using emulator = await startEmulator({ workflows: [TYPED] });
  await using action = runAction({ emulator, with: { workflow: 'quick', matrix: 'seed: []' } });
  expect(annotationsOf(await action.done, 'error')).toEqual([
    'Input matrix cannot be used: the list of "seed" is empty. Write e.g. `seed: [1, 2, 3]`, as in strategy.matrix.',
  ]);
  expect(emulator.requests).toEqual([]);
});

test.each([
  ['declares none', undefined],
  ['declares an empty list', []],
])('where the workflow %s, it is said once and the values are sent as they are', async (_, parameters) => {
  await using emulator = await startEmulator({
    workflows: [quick({ behaviour: { extra: { workflow: { parameters } } } })],
  });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', parameters: 'prompt: 1.50\nany: { thing: [1, "2"] }', matrix: 'seed: ["1", 2]' },
  });
  const result = await action.done;
  expect(annotationsOf(result, 'warning')).toEqual([
    'The workflow declares no parameters, so what is given is sent unchecked.',
  ]);
  expect(submitted(emulator)).toEqual(
    ['1', 2].map((seed) => ({ parameters: { prompt: 1.5, any: { thing: [1, '2'] }, seed } })),
  );
});

test('a workflow without parameters that is given none is no reason to warn', async () => {
  await using emulator = await startEmulator({ workflows: [quick({ parameters: [] })] });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  expect(await action.done).toMatchObject({ exitCode: 0, annotations: [] });
});

test('where the workflow cannot be read, the values are sent as they are', async () => {
  await using emulator = await startEmulator({ workflows: [TYPED] });
  emulator.fault({ kind: 'workflow', fault: { type: 'status', status: 403 } });
  await using action = runAction({ emulator, with: { workflow: 'quick@7', parameters: 'prompt: a\nsteps: 3' } });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 0, outputs: { status: 'completed' } });
  expect(annotationsOf(result, 'warning')).toEqual([
    expect.stringMatching(
      /^The workflow could not be read, so its parameters are sent unchecked: .*\(403: Forbidden\)/,
    ),
  ]);
  expect(submitted(emulator)).toEqual([{ parameters: { prompt: 'a', steps: 3 } }]);
  expect(emulator.tasks[0]?.workflow.version).toBe(7);
});

test.each([
  ['a colon', 'prompt: Release: the best one'],
  ['a quote', 'prompt: "the "best" one"'],
  ['a line break', 'prompt: "one\n- two: three'],
])('text of an expression that breaks YAML with %s is an error that says how to write it', async (_, parameters) => {
  await using emulator = await startEmulator({ workflows: [TYPED] });
  await using action = runAction({ emulator, with: { workflow: 'quick', parameters } });
  const result = await action.done;
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringMatching(
      /^Input parameters cannot be read as YAML or JSON in .*Write what comes from an expression as `key: \$\{\{ toJSON\(github\.event\.release\.name\) \}\}`/,
    ),
  ]);
  expect(emulator.requests).toEqual([]);
});

test('what toJSON makes of any text arrives as that text', async () => {
  await using emulator = await startEmulator({ workflows: [TYPED] });
  const text = 'Release: "the best"\n- 100 % # not a comment\n::error::x ${{ }} \u{1F5FC}';
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', parameters: `prompt: ${JSON.stringify(text)}` },
  });
  expect((await action.done).exitCode).toBe(0);
  expect(submitted(emulator)).toEqual([{ parameters: { prompt: text } }]);
});

test('a workflow that is not there is an error with its nearest name, and nothing is submitted', async () => {
  const workflows = Array.from({ length: 120 }, (_, index) => ({ ...textToImage, workflow_slug: `render-${index}` }));
  await using emulator = await startEmulator({ workflows });
  await using action = runAction({ emulator, with: { workflow: 'rendre-119' } });
  const result = await action.done;
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringMatching(
      /^There is no workflow rendre-119\. Did you mean render-119\? The key's team sees text-to-image, .* and 104 more\.$/,
    ),
  ]);
  expect(result.log.map((line) => line.trim())).toContain('| render-119');
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'failed' } });
  expect(countOf(emulator, 'workflows')).toBe(2);
  expect(countOf(emulator, 'submit')).toBe(0);
});

test('a value is refused by what is accepted in its place: a bound alone, a file', async () => {
  const workflow = quick({
    parameters: [
      { key: 'steps', type: 'number', max: 50 },
      { key: 'image', type: 'file' },
    ],
  });
  await using emulator = await startEmulator({ workflows: [workflow] });
  await using action = runAction({ emulator, with: { workflow: 'quick', parameters: '{ steps: 60, image: [1] }' } });
  expect(annotationsOf(await action.done, 'error')).toEqual([
    'The values in the input parameters do not fit the workflow quick: steps: given 60, accepted: a number of at most 50. image: given [1], accepted: the path of a file in the workspace, or {file_key: ...}. Nothing was submitted.',
  ]);
  expect(countOf(emulator, 'submit')).toBe(0);
});
