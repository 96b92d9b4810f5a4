import { expect, test } from 'vitest';
import { readMapping } from '../../src/base/mapping.ts';
import { askedFor } from '../../src/workflow/asked.ts';

async function ask(matrix: string) {
  const given = { parameters: {}, shard: undefined, folder: '/w/out', path: 'out' };
  return askedFor({ ...given, matrix: await readMapping(matrix, 'matrix') });
}

test.each([
  [
    '{ seed: [1], exclude: [{ sede: 1 }] }',
    '"exclude" names "sede", which is not a key of the matrix; did you mean "seed"? Write e.g. `exclude: [{ seed: 1 }]`',
  ],
  [
    '{ seed: [1], exclude: [{ prompt: 1 }] }',
    '"exclude" names "prompt", which is not a key of the matrix. Write e.g. `exclude: [{ seed: 1 }]`',
  ],
  ['{ seed: [1], include: 1 }', '"include" must be a list of mappings. Write e.g. `include: [{ seed: 1 }]`'],
  [
    '{ seed: [1], include: [1] }',
    'entry 1 of "include" must be a mapping with at least one key. Write e.g. `include: [{ seed: 1 }]`',
  ],
  ['{ seed: [] }', 'the list of "seed" is empty. Write e.g. `seed: [1, 2, 3]`'],
  ['{ seed: 1 }', '"seed" must be a list; one value is a list too: [value]. Write e.g. `seed: [1, 2, 3]`'],
])('the matrix %s is refused in whole sentences, with an example of what is wrong', async (matrix, says) => {
  await expect(ask(matrix)).rejects.toThrow(`Input matrix cannot be used: ${says}, as in strategy.matrix.`);
});

test('a matrix is asked for combination by combination, each with a folder of its own', async () => {
  expect(await ask('seed: [1, 2]')).toMatchObject([
    { label: '1', parameters: { seed: 1 }, folder: '/w/out/1', folderName: 'out/1' },
    { label: '2', parameters: { seed: 2 }, folder: '/w/out/2', folderName: 'out/2' },
  ]);
});
