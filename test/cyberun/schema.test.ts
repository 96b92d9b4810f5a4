import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WrittenNumber } from '../../src/base/numbers.ts';
import {
  parseAgent,
  parseEvent,
  parsePage,
  parseResult,
  parseSubmitted,
  parseTask,
  parseUpload,
  parseWorkflow,
} from '../../src/cyberun/schema.ts';

const PARSERS = [parseAgent, parseEvent, parsePage, parseResult, parseTask, parseUpload, parseWorkflow];

describe('what the service sends', () => {
  test('is parsed without an error, whatever it is', () => {
    const fields = fc.constantFrom(
      ...['id', 'task_id', 'status', 'task_status', 'parameters', 'required_labels', 'workflow_json', 'version'],
      ...['download_urls', 'upload_headers', 'page_meta', 'task_list', 'agent_labels', 'progress', 'current_node'],
    );
    const value = fc.oneof(fc.jsonValue(), fc.dictionary(fields, fc.jsonValue({ maxDepth: 2 })));
    fc.assert(
      fc.property(value, (sent) => {
        for (const parse of [...PARSERS, parseSubmitted]) parse(sent);
      }),
      { numRuns: 500 },
    );
    for (const parse of PARSERS) for (const odd of [undefined, null, 0, '', [], [[]], true]) parse(odd);
  });

  test('loses a field of another type, and no other', () => {
    const sent = { id: 7, task_status: 'running', created_at: null, retry_count: '2', agent_id: 'gpu-1', extra: {} };
    const task = parseTask(sent);
    expect(task).toEqual({ id: undefined, task_status: 'running', agent_id: 'gpu-1' });
    expect(parseEvent({ progress: Number.NaN, step_current: 1, step_total: Number.POSITIVE_INFINITY })).toEqual({
      step_current: 1,
    });
  });
});

describe('parseTask', () => {
  test.each([
    [{ id: 'a', task_status: 'running' }],
    [{ task_id: 'a', status: 'running' }],
    [{ id: 'a', task_id: 'b', task_status: 'running', status: 'queued' }],
    [{ id: null, task_id: 'a', task_status: 1, status: 'running' }],
  ])('finds id and status in %j', (sent) => {
    expect(parseTask(sent)).toMatchObject({ id: 'a', task_status: 'running' });
  });
});

describe('parseWorkflow', () => {
  test('keeps the parameters that have a key', () => {
    const { parameters } = parseWorkflow({
      parameters: [{ key: 'seed', type: 'number', min: 'low', default: null }, { label: 'no key' }, null, 'odd'],
    });
    expect(parameters).toEqual([{ key: 'seed', type: 'number', default: null }]);
  });

  test.each([undefined, null, 'none', {}])(
    'says that %j declares no parameters, which is not the same as having none',
    (parameters) => {
      expect(parseWorkflow({ parameters }).parameters).toBeUndefined();
      expect(parseWorkflow({ parameters: [] }).parameters).toEqual([]);
    },
  );

  test('has labels always, and a version of either type', () => {
    expect(parseWorkflow({ required_labels: ['gpu', 7, null, 'comfyui'] }).required_labels).toEqual(['gpu', 'comfyui']);
    expect(parseWorkflow({ required_labels: null }).required_labels).toEqual([]);
    expect(parseWorkflow({}).required_labels).toEqual([]);
    expect(parseWorkflow({ version: 3 }).version).toBe(3);
    expect(parseWorkflow({ version: '3' }).version).toBe('3');
  });
});

describe('a workflow that is described otherwise than documented', () => {
  test.each<[string, unknown, string[] | undefined, string[]]>([
    ['a text with commas', 'gpu, comfyui,', ['gpu', 'comfyui'], ['required_labels (a text)']],
    ['a mapping', { gpu: true, vram: '24', cpu: false, none: null }, ['gpu', 'vram'], ['required_labels (a mapping)']],
    ['a list of objects', [{ name: 'gpu' }], [], ['required_labels (a list of other things than texts)']],
    ['a number', 7, undefined, ['required_labels (only 7)']],
    ['nothing', '', [], []],
    ['an empty mapping', {}, [], []],
  ])('labels that are %s', (_, required_labels, labels, odd) => {
    expect(parseWorkflow({ required_labels })).toMatchObject({ required_labels: labels, odd });
    expect(parseAgent({ agent_labels: required_labels }).agent_labels).toEqual(labels ?? []);
  });

  test.each<[string, unknown, unknown[] | undefined, string[]]>([
    ['values', ['a', 1, true], ['a', 1, true], []],
    ['values with labels', [{ value: 'a', label: 'A' }], [{ value: 'a', label: 'A' }], []],
    [
      'a mapping of labels to values',
      { Small: 512, Large: { value: 1024 }, Odd: {} },
      [
        { value: 512, label: 'Small' },
        { value: 1024, label: 'Large' },
        { value: 'Odd', label: 'Odd' },
      ],
      ['options of size (a mapping)'],
    ],
    [
      'objects of another shape',
      [{ key: 'a', label: 'A' }, { id: 7 }, { label: 'x' }, 'y'],
      [{ value: 'a', label: 'A' }, { value: 7 }, { value: 'x', label: 'x' }, 'y'],
      ['options of size (a list of other objects)'],
    ],
    ['objects that say nothing', [{ colour: {} }], undefined, ['options of size (a list of other objects)']],
    ['a text', 'a, b', undefined, ['options of size (a text)']],
    ['nothing', null, undefined, []],
  ])('options that are %s', (_, options, read, odd) => {
    const workflow = parseWorkflow({ parameters: [{ key: 'size', options }] });
    expect(workflow.parameters?.[0]?.options).toEqual(read);
    expect(workflow.odd).toEqual(odd);
  });

  test('media types as in HTML', () => {
    const { parameters, odd } = parseWorkflow({ parameters: [{ key: 'image', accept: 'image/png, .jpg' }] });
    expect(parameters?.[0]?.accept).toEqual(['image/png', '.jpg']);
    expect(odd).toEqual(['accept of image (a text)']);
  });

  test('parameters in a mapping of keys', () => {
    const parameters = { seed: { type: 'integer' }, prompt: { type: 'string', required: true, key: 'text' } };
    const workflow = parseWorkflow({ parameters });
    expect(workflow.parameters).toMatchObject([
      { key: 'seed', type: 'integer' },
      { key: 'text', type: 'string', required: true },
    ]);
    expect(workflow).toMatchObject({ odd: ['parameters (a mapping)'], hasUnread: false });
  });

  test('parameters with a name in place of a key, and one with neither', () => {
    const workflow = parseWorkflow({ parameters: [{ name: 'seed', type: 'number' }, { type: 'string' }, 7] });
    expect(workflow.parameters).toMatchObject([{ key: 'seed', type: 'number' }]);
    expect(workflow).toMatchObject({
      odd: ['parameters (a list of other things than objects with a key)'],
      hasUnread: true,
    });
  });

  test.each([[{ type: 'object', properties: { seed: {} } }], ['seed'], [7]])(
    'parameters that nobody can read: %j',
    (parameters) => {
      const workflow = parseWorkflow({ parameters });
      expect(workflow.parameters).toBeUndefined();
      expect(workflow.odd).toHaveLength(1);
    },
  );
});

test('limits keep their digits, and counts are numbers however they are written', () => {
  const most = new WrittenNumber(18446744073709552000, '18446744073709551615');
  expect(parseWorkflow({ parameters: [{ key: 'seed', min: 0, max: most }] }).parameters?.[0]).toMatchObject({
    min: 0,
    max: most,
  });
  expect(parseTask({ retry_count: new WrittenNumber(1, '1.0') }).retry_count).toBe(1);
  expect(parseWorkflow({ version: new WrittenNumber(1.1, '1.10') }).version).toBe('1.10');
  expect(parseTask({ created_at: 1_739_199_690 }).created_at).toBe(1_739_199_690);
});

describe('parseSubmitted', () => {
  test.each([{ task_id: 'a-1' }, { id: 'a-1' }])('finds the id in %j', (sent) => {
    expect(parseSubmitted(sent)).toBe('a-1');
  });

  test.each([{}, undefined, { task_id: 7 }])('finds none in %j', (sent) => {
    expect(parseSubmitted(sent)).toBeUndefined();
  });

  test.each(['', '.', '..', ' ', 'a/b', 'a b', 'a\n', '$(id)', 'ä', 'x'.repeat(129)])('takes %j for none', (id) => {
    expect(parseSubmitted({ task_id: id })).toBeUndefined();
    expect(parseTask({ id }).id).toBeUndefined();
  });
});

test('the lists of a page and its count are found, each on its own', () => {
  expect(parsePage({ task_list: [{}], page_meta: { total_count: 3, per_page: null } })).toEqual({
    task_list: [{}],
    page_meta: { total_count: 3 },
  });
  expect(parsePage({ task_list: {}, page_meta: 'odd' })).toEqual({});
});

test.each<[string, unknown]>([
  ['a list', Array.from({ length: 10_001 }, (_, index) => `l${index}`)],
  ['a mapping', Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`l${index}`, true]))],
  ['a text', 'l,'.repeat(10_001)],
])('of more labels, options or parameters than anybody has, in %s, none is read', (_, many) => {
  const options = { key: 'p', options: many, accept: many };
  const workflow = parseWorkflow({ required_labels: many, parameters: [options] });
  expect(workflow).toMatchObject({
    required_labels: undefined,
    parameters: [{ options: undefined, accept: undefined }],
  });
  expect(workflow.odd).toContain('required_labels (more than 10000 entries)');
  expect(parseWorkflow({ parameters: many })).toMatchObject({ parameters: undefined });
});

test('what something is called is read up to a thousand characters, in a record, a list and an event', () => {
  const [fits, long] = ['x'.repeat(1_000), 'x'.repeat(1_001)];
  for (const field of ['task_status', 'agent_id', 'gpu_type', 'created_at']) {
    expect(parseTask({ [field]: fits })).toMatchObject({ [field]: fits });
    expect(parseTask({ [field]: long })).toMatchObject({ [field]: undefined });
  }
  for (const field of ['status', 'task_status', 'stage', 'current_node', 'timestamp']) {
    expect(parseEvent({ [field]: fits })).toMatchObject({ [field]: fits });
    expect(parseEvent({ [field]: long })).toMatchObject({ [field]: undefined });
  }
  expect(parseWorkflow({ display_name: long, workflow_slug: long })).toMatchObject({ display_name: undefined });
});
