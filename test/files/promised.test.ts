import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseResult } from '../../src/cyberun/schema.ts';
import { listOutputs } from '../../src/files/outputs.ts';
import { describeMissing, missingOutputs } from '../../src/files/promised.ts';

const A = 'https://s3.example/a.png?s=1';
const B = 'https://s3.example/b.png?s=1';
const key = (name: string) => ({ s3_key: `tasks/1/${name}` });
const missingIn = (sent: object, announced: unknown) => {
  const result = parseResult(sent);
  return missingOutputs(result, listOutputs(result, 'task-1'), announced);
};
const missing = (result: object, announced?: unknown) => {
  const { count, names } = missingIn(result, announced);
  return [count, ...names];
};

describe('nothing is missing', () => {
  test.each<[string, object, unknown?]>([
    ['where nothing is promised', {}],
    ['where there is only an error', { task_output: { note: 'x', image_count: 0 }, download_url: '' }],
    ['where the zero of a program stands for no URL', { task_output: {}, download_url: '', download_urls: {} }],
    ['of a task that an agent ran', { task_output: { storage_key: 't/a.png', image_count: 1 }, download_url: A }],
    [
      'where an agent counts more pictures',
      { task_output: { storage_key: 't/a.png', image_count: 4 }, download_url: A },
      { storage_key: 't/a.png', image_count: 4 },
    ],
    ['of one that ran in the cloud', { task_output: { a: key('a.png') }, download_urls: { a: A } }],
    [
      'where the single URL repeats one of the map',
      {
        task_output: { a: key('a.png'), b: key('b.png'), storage_key: 't/a.png', image_count: 2 },
        download_url: A,
        download_urls: { a: A, b: B },
      },
    ],
    ['where there are more files than pictures', { task_output: { image_count: 1 }, download_urls: { a: A, b: B } }],
    [
      'where ids differ, and numbers do not',
      { task_output: { 'a.png': key('a.png') }, download_urls: { '9.images.0': A } },
    ],
    ['where the single URL is of the one that is described', { task_output: { '9': key('a.png') }, download_url: A }],
    [
      'where the event said the same',
      { task_output: {}, download_urls: { a: A } },
      { a: key('a.png'), image_count: 1 },
    ],
    ['where a URL is there that nobody will fetch', { download_urls: { a: 'javascript:x' } }],
    ['where a count is none', { task_output: { image_count: 'many' } }, { image_count: -1 }],
    ['where the event says what nobody understands', {}, 'done'],
  ])('%s', (_, result, announced) => {
    expect(missing(result, announced)).toEqual([0]);
  });
});

describe('it is missing', () => {
  test.each<[string, object, unknown, (number | string)[]]>([
    ['of image_count', { task_output: { image_count: 2 } }, undefined, [2]],
    ['of image_count, in part', { task_output: { image_count: 3 }, download_urls: { a: A } }, undefined, [2]],
    [
      'of image_count, beside a key',
      { task_output: { storage_key: 't/a.png', image_count: 3 }, download_url: A, download_urls: { a: A, b: B } },
      undefined,
      [1],
    ],
    ['of the one that is described', { task_output: { storage_key: 't/a.png' } }, undefined, [1]],
    [
      'of those that are described',
      { task_output: { a: key('a'), b: key('b') }, download_urls: { a: A } },
      undefined,
      [1, 'b'],
    ],
    ['of those the event described', { task_output: {} }, { a: key('a'), b: key('b') }, [2, 'a', 'b']],
    ['of those the event counted', { download_urls: { a: A } }, { image_count: 2 }, [1]],
    ['of the one the event has a key of', {}, { storage_key: 't/a.png' }, [1]],
    ['with a null URL', { download_urls: { a: A, b: null } }, undefined, [1, 'b']],
    ['with an empty URL', { download_urls: { a: '', b: B } }, undefined, [1, 'a']],
    ['with what is no text', { download_urls: { a: 7, b: {} } }, undefined, [2, 'a', 'b']],
    [
      'with a null URL, although another is there',
      { download_urls: { a: null }, download_url: B },
      undefined,
      [1, 'a'],
    ],
  ])('%s', (_, result, announced, expected) => {
    expect(missing(result, announced)).toEqual(expected);
  });

  test('and never more is missing than was promised, nor less than nothing', () => {
    const output = fc.dictionary(
      fc.constantFrom('a', 'b', 'image_count', 'storage_key'),
      fc.oneof(fc.jsonValue(), fc.constant(key('x')), fc.nat(5)),
    );
    const urls = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(A, B, null, ''));
    const sent = fc.record(
      { task_output: output, download_urls: urls, download_url: fc.constantFrom(A, B, '') },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(sent, output, (result, announced) => {
        const { count, names } = missingIn(result, announced);
        expect(count).toBeGreaterThanOrEqual(0);
        expect(names.length).toBeLessThanOrEqual(count);
        const offered = listOutputs(parseResult(result), 'task-1').map(({ output: id }) => id);
        expect(names.filter((name) => offered.includes(name))).toEqual([]);
      }),
    );
  });
});

describe('what nobody wants', () => {
  const without = (sent: object, announced: unknown, ...unwanted: string[]) => {
    const result = parseResult(sent);
    const isUnwanted = (id: string) => unwanted.includes(id);
    return missingOutputs(result, listOutputs(result, 'task-1'), announced, isUnwanted);
  };
  const task_output = { a: key('a.png'), b: key('b.png'), c: key('c.png') };

  test('is not missed', () => {
    const sent = { task_output, download_urls: { a: A, b: null, c: '' } };
    expect(without(sent, undefined, 'b')).toEqual({ count: 1, names: ['c'], unwanted: ['b'] });
    expect(without(sent, undefined, 'b', 'c')).toEqual({ count: 0, names: [], unwanted: ['b', 'c'] });
    expect(without({}, task_output, 'a', 'b')).toEqual({ count: 1, names: ['c'], unwanted: ['a', 'b'] });
  });

  test('is no excuse for what has no name', () => {
    const sent = { task_output: { ...task_output, image_count: 5 }, download_urls: { a: A, b: null } };
    expect(without(sent, undefined, 'b', 'c')).toEqual({ count: 2, names: [], unwanted: ['b', 'c'] });
  });

  test('is none where as many came as were promised, by whatever names', () => {
    expect(without({ task_output, download_urls: { x: A, y: B, z: A } }, undefined, 'b')).toMatchObject({
      count: 0,
      unwanted: [],
    });
  });
});

test('what is missing is named where it has names, a few of them', () => {
  expect(describeMissing({ count: 1, names: [] })).toBe('1 file that the task has');
  expect(describeMissing({ count: 3, names: ['a', 'b'] })).toBe('a, b and 1 more');
  expect(describeMissing({ count: 2, names: ['a', '::x'] })).toBe('a, : :x');
  expect(describeMissing({ count: 9, names: [...'abcdefghi'] })).toBe('a, b, c, d, e and 4 more');
});
