import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
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

describe('parseSubmitted', () => {
  test.each([{ task_id: 'a-1' }, { id: 'a-1' }])('finds the id in %j', (sent) => {
    expect(parseSubmitted(sent)).toBe('a-1');
  });

  test.each([{}, undefined, { task_id: '' }, { task_id: '.' }, { task_id: '..' }, { task_id: ' ' }, { task_id: 7 }])(
    'finds none in %j',
    (sent) => {
      expect(parseSubmitted(sent)).toBeUndefined();
    },
  );
});

test('the lists of a page and its count are found, each on its own', () => {
  expect(parsePage({ task_list: [{}], page_meta: { total_count: 3, per_page: null } })).toEqual({
    task_list: [{}],
    page_meta: { total_count: 3 },
  });
  expect(parsePage({ task_list: {}, page_meta: 'odd' })).toEqual({});
});
