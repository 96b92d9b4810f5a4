import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorText, failureText } from '../../src/cyberun/error-text.ts';
import { parseEvent, parseResult, parseTask } from '../../src/cyberun/schema.ts';

/** What ComfyUI says of a graph that it refuses. */
const REFUSED = {
  error: {
    type: 'prompt_outputs_failed_validation',
    message: 'Prompt outputs failed validation',
    details: '',
    extra_info: {},
  },
  node_errors: {
    4: {
      errors: [
        { type: 'value_not_in_list', message: 'Value not in list', details: "ckpt_name: 'x.safetensors' not in []" },
      ],
      dependent_outputs: ['9'],
      class_type: 'CheckpointLoaderSimple',
    },
    7: { errors: [{ message: 'Required input is missing', details: 'clip' }], class_type: 'CLIPTextEncode' },
  },
};
const REFUSED_TEXT =
  "Prompt outputs failed validation; CheckpointLoaderSimple (node 4): Value not in list: ckpt_name: 'x.safetensors' not in []; CLIPTextEncode (node 7): Required input is missing: clip";

/** What ComfyUI says of a node that threw. */
const THREW = {
  prompt_id: 'a',
  node_id: '3',
  node_type: 'KSampler',
  executed: ['4'],
  exception_message: 'CUDA out of memory',
  exception_type: 'torch.OutOfMemoryError',
  traceback: ['  File "execution.py", line 1\n'],
};

describe('errorText', () => {
  test.each<[unknown, string | undefined]>([
    ['out of memory', 'out of memory'],
    [{ message: 'out of memory', code: 7 }, 'out of memory'],
    [{ error: { message: 'out of memory' } }, 'out of memory'],
    [{ message: '', detail: 'the second' }, 'the second'],
    [['one', { message: 'two' }, 3, null, { msg: 'three' }], 'one; two; three'],
    [REFUSED, REFUSED_TEXT],
    [{ node_errors: REFUSED.node_errors }, REFUSED_TEXT.slice('Prompt outputs failed validation; '.length)],
    [{ node_errors: { 3: 'broken', 4: ['bad', 'worse'], 5: null } }, 'node 3: broken; node 4: bad; worse'],
    [THREW, 'KSampler (node 3): CUDA out of memory'],
    [{ node_id: 3, exception_message: 'x' }, 'node 3: x'],
    ...['', ' \n', null, undefined, 0, 7, false, [], {}, { code: 7 }, { message: null }, { node_errors: {} }].map(
      (nothing): [unknown, undefined] => [nothing, undefined],
    ),
  ])('of %j is %j', (said, text) => {
    expect(errorText(said)).toBe(text);
  });

  test('survives whatever it is given, however deep', () => {
    fc.assert(fc.property(fc.jsonValue(), (said) => ['string', 'undefined'].includes(typeof errorText(said))));
    const deep = JSON.parse(`${'{"error":['.repeat(2_000)}"x"${']}'.repeat(2_000)}`) as unknown;
    const began = performance.now();
    expect(errorText(deep)).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

test('of a field that is there for errors alone, an object says what it has', () => {
  expect(failureText({ code: 137, signal: 'KILL', zero: 0, empty: '', nothing: null })).toBe('code: 137, signal: KILL');
  expect(failureText({ code: 0, message: '' })).toBeUndefined();
  expect(failureText({ message: 'x', code: 1 })).toBe('x');
  expect(failureText('')).toBeUndefined();
});

describe('a record, a result and an event give the text of an error', () => {
  test.each<[object, string | undefined]>([
    [{ task_error: 'plain' }, 'plain'],
    [{ task_error: { message: 'in an object' } }, 'in an object'],
    [{ task_error: ['one', 'two'] }, 'one; two'],
    [{ task_error: '', error: { detail: 'elsewhere' } }, 'elsewhere'],
    [{ task_error: { code: 137 } }, 'code: 137'],
    [{ exception_message: 'thrown', node_type: 'KSampler', node_id: '3' }, 'KSampler (node 3): thrown'],
    [{ task_error: 'refused', node_errors: { 4: { errors: [{ message: 'bad' }] } } }, 'refused; node 4: bad'],
    [REFUSED, REFUSED_TEXT],
    [{ task_error: null, error: false, node_errors: {} }, undefined],
  ])('%j', (sent, text) => {
    for (const parse of [parseTask, parseResult, parseEvent]) expect(parse(sent).task_error).toBe(text);
  });
});
