import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseResult } from '../../src/cyberun/schema.ts';
import { listKeyed, listOutputs } from '../../src/files/outputs.ts';

const list = (result: unknown) => listOutputs(parseResult(result), 'task-1');
const named = (result: unknown) => list(result).map(({ output, rawName }) => [output, rawName]);

describe('listOutputs', () => {
  test('finds the one output of a task that an agent ran', () => {
    expect(
      list({ task_output: { storage_key: 'tasks/1/output_00001_.png' }, download_url: 'https://s3.example/x?sig=1' }),
    ).toEqual([{ output: 'output', url: 'https://s3.example/x?sig=1', rawName: 'output_00001_.png', rawFolder: '' }]);
  });

  test('finds the outputs of a task that ran in the cloud, in their order', () => {
    expect(
      named({
        task_output: {
          '9.images.0': { s3_key: 'a/one.png' },
          '9.images.1': { storage_key: 'a/two.png' },
          '9.images.2': 7,
        },
        download_urls: {
          '9.images.0': 'https://s3.example/a/image.png?s=1',
          '9.images.1': 'https://s3.example/b/image.png?s=1',
          '9.images.2': 'https://s3.example/c/image%20%C3%A9.png?s=1',
          '9.images.3': 'https://s3.example/?s=1',
        },
      }),
    ).toEqual([
      ['9.images.0', 'one.png'],
      ['9.images.1', 'two.png'],
      ['9.images.2', 'image é.png'],
      ['9.images.3', '9.images.3'],
    ]);
  });

  test('takes the single one for an entry of the map when only its signature differs', () => {
    const download_urls = { a: 'https://s3.example/a.png?s=1', b: 'https://s3.example/b.png?s=1' };
    expect(named({ download_urls, download_url: 'https://s3.example/b.png?s=2' })).toEqual([
      ['a', 'a.png'],
      ['b', 'b.png'],
    ]);
    expect(named({ download_urls, download_url: 'https://other.example/b.png?s=2' })).toHaveLength(3);
  });

  test('tells entries of the map apart by their queries, too', () => {
    const download_urls = { a: 'https://h.example/view?filename=a.png', b: 'https://h.example/view?filename=b.png' };
    expect(list({ download_urls }).map(({ output }) => output)).toEqual(['a', 'b']);
  });

  test('keeps what is no address to fetch from, for that is a file that cannot be had', () => {
    const urls = ['ftp://h/a', 'file:///etc/passwd', 'javascript:alert(1)', 'data:,x', '/a.png', 'h/a.png', 'https://'];
    const found = list({ download_url: urls[0], download_urls: { ...urls.slice(1) } });
    expect(found.map(({ url }) => url)).toEqual([...urls.slice(1), urls[0]]);
  });

  test('leaves out what is none at all', () => {
    expect(list({ download_url: '', download_urls: { odd: 7, none: null, empty: '' } })).toEqual([]);
  });

  test.each([{}, undefined, { task_output: [], download_urls: [] }, { task_output: 'x' }])(
    'finds none in %j',
    (result) => {
      expect(list(result)).toEqual([]);
    },
  );

  test('keeps a signature out of a name', () => {
    const key = 'https://s3.example/a/b/image.png?X-Amz-Expires=60&X-Amz-Signature=abc/def';
    expect(named({ task_output: { storage_key: key }, download_url: 'https://h/x' })).toEqual([
      ['output', 'image.png'],
    ]);
    expect(named({ task_output: { storage_key: 'a/what?.png' }, download_url: 'https://h/x' })).toEqual([
      ['output', 'what?.png'],
    ]);
  });

  test('says in which folder an output is where the service does', () => {
    const folders = (about: Record<string, unknown>) => {
      const download_urls = Object.fromEntries(Object.keys(about).map((id) => [id, `https://h/${id}?s=1`]));
      return list({ task_output: about, download_urls }).map(({ rawFolder, rawName }) => [rawFolder, rawName]);
    };
    expect(
      folders({
        a: { s3_key: 'tasks/task-1/scene/scene.gltf' },
        b: { s3_key: 'https://s3/tasks/task-1/scene/textures/wood.png?X-Amz-Signature=a/b' },
        c: { s3_key: 'tasks/task-2/scene/bark.png' },
        d: { s3_key: 'tasks/task-1/d.png', subfolder: 'made/by' },
        e: { s3_key: 'tasks/task-1/made/e.png', subfolder: '' },
        f: { s3_key: 'tasks/task-1/made/f.png', subfolder: 7 },
      }),
    ).toEqual([
      ['scene', 'scene.gltf'],
      ['scene/textures', 'wood.png'],
      ['', 'bark.png'],
      ['made/by', 'd.png'],
      ['', 'e.png'],
      ['made', 'f.png'],
    ]);
    expect(
      list({ task_output: { storage_key: 'tasks/task-1/made/a.png' }, download_url: 'https://h/a' }),
    ).toMatchObject([{ rawFolder: '', rawName: 'a.png' }]);
  });

  test('gives every output an id of its own and some name, whatever the service says', () => {
    const url = fc.constantFrom(
      'https://h/a?s=1',
      'https://h/a?s=2',
      'https://h/b/',
      'https://h/%E0',
      'https://h',
      'x:y',
    );
    const result = fc.record(
      {
        task_output: fc.jsonValue(),
        download_url: url,
        download_urls: fc.dictionary(fc.constantFrom('output', 'download_url', 'a', 'b'), url),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(result, (sent) => {
        const outputs = list(sent);
        expect(new Set(outputs.map(({ output }) => output)).size).toBe(outputs.length);
        expect(outputs.every(({ rawName }) => rawName !== '')).toBe(true);
        expect(list(sent)).toEqual(outputs);
      }),
      { numRuns: 500 },
    );
  });
});

describe('listKeyed', () => {
  const keyed = (result: unknown, announced?: unknown) => listKeyed(parseResult(result), announced, 'task-1');
  const key = (path: string) => ({ s3_key: `tasks/task-1/${path}` });

  test('knows what has a key, whether it has a URL or not', () => {
    const task_output = { a: key('x/a.png'), b: { ...key('b.png'), subfolder: 'previews' }, c: { note: 'no key' } };
    expect(keyed({ task_output, download_urls: { a: null, c: null, d: null } }, { e: key('e.png') })).toMatchObject([
      { output: 'a', rawName: 'a.png', rawFolder: 'x' },
      { output: 'b', rawName: 'b.png', rawFolder: 'previews' },
      { output: 'e', rawName: 'e.png', rawFolder: '' },
    ]);
  });

  test.each(['x'.repeat(1_000_000), 7, null, ['a'], { storage_key: 'tasks/task-1/a.png', image_count: 2 }])(
    'knows nothing of what is no list of outputs',
    (task_output) => {
      expect(keyed({ task_output }, task_output)).toEqual([]);
    },
  );
});
