import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { subfoldersOf } from '../../src/files/subfolders.ts';

const TASK = '019abc12-9012-7890-abcd-ef1234567896';
const keyed = (keys: Record<string, string>, prefix = `tasks/${TASK}/`) =>
  subfoldersOf(
    TASK,
    Object.entries(keys).map(([output, key]) => ({ output, key: prefix + key, subfolder: undefined })),
  );

describe('a key below the prefix of the task', () => {
  test.each(['', 'tasks/', 'team-1/2024/', 'https://s3.example/bucket/'])(
    'has its folders, wherever that is: %s',
    (outer) => {
      const scene = { a: 'scene/scene.gltf', b: 'scene/textures/wood.png', c: 'c.png' };
      expect(keyed(scene, `${outer}${TASK}/`)).toEqual(['scene', 'scene/textures', '']);
    },
  );

  test.each([
    ['numbers', { a: '0/scene/a.gltf', b: '1/scene/tex/b.png' }],
    ['ids of outputs', { a: 'a/scene/a.gltf', '9.images.0': '9.images.0/scene/tex/b.png' }],
    ['nodes', { '9.mesh.0': '9/scene/a.gltf', '12.images.0': '12/scene/tex/b.png' }],
    ['UUIDs', { a: `${TASK}/scene/a.gltf`, b: '550e8400-e29b-41d4-a716-446655440000/scene/tex/b.png' }],
    ['the word for it', { a: 'output/scene/a.gltf', b: 'output/scene/tex/b.png' }],
    ['all of these', { a: 'Results/0/a/scene/a.gltf', b: 'Results/1/b/scene/tex/b.png' }],
  ])('loses what only sorts the outputs: %s', (_, keys) => {
    expect(keyed(keys)).toEqual(['scene', 'scene/tex']);
  });

  test('loses it only where every output has it: what files are to each other stays', () => {
    expect(keyed({ scene: 'scene/scene.gltf', b: 'scene/tex/b.png' })).toEqual(['scene', 'scene/tex']);
    expect(keyed({ a: 'a.gltf', b: '0/b.png' })).toEqual(['', '0']);
    expect(keyed({ '9.mesh.0': 'a.gltf', '9.images.0': 'images/b.png' })).toEqual(['', 'images']);
  });
});

test.each([
  ['tasks/other/scene/a.png'],
  [`tasks/${TASK}-2/scene/a.png`],
  ['scene/a.png'],
  ['a.png'],
  [TASK],
  [`tasks/${TASK}`],
  [`tasks/${TASK}/a.png`],
  [undefined],
])('a key of %j names no folder', (key) => {
  expect(subfoldersOf(TASK, [{ output: 'a', key, subfolder: undefined }])).toEqual(['']);
});

test("ComfyUI's word counts before any key, and says nothing of the other outputs", () => {
  const key = (path: string) => `tasks/${TASK}/${path}`;
  expect(
    subfoldersOf(TASK, [
      { output: 'a', key: key('0/a.png'), subfolder: 'drafts/2024' },
      { output: 'b', key: key('made/b.png'), subfolder: '' },
      { output: 'c', key: key('0/made/c.png'), subfolder: undefined },
      { output: 'd', key: undefined, subfolder: '../x' },
    ]),
  ).toEqual(['drafts/2024', '', 'made', '../x']);
});

test('every output has an answer, whatever the keys are', () => {
  const part = fc.constantFrom(TASK, '0', 'a', 'output', 'scene', '..', '', 'a\\b');
  const output = fc.record({
    output: fc.constantFrom('a', '9.images.0', ''),
    key: fc.option(
      fc.array(part, { maxLength: 7 }).map((parts) => parts.join('/')),
      { nil: undefined },
    ),
    subfolder: fc.option(fc.constantFrom('', 'x', '..'), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(output, { maxLength: 6 }), (outputs) => {
      expect(subfoldersOf(TASK, outputs)).toHaveLength(outputs.length);
    }),
    { numRuns: 2000 },
  );
});
