import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import { annotationsOf, countOf, namesOf, quick, runAction, SMALL } from './harness.ts';

const submitted = ({ tasks }: Emulator) => tasks.map(({ submission }) => submission.parameters);
const seedsOf = (emulator: Emulator) => submitted(emulator).map(({ seed }) => seed);

/** `sha256sum -c`; throws what it says of the first file that is not as listed. */
function verify(folder: string, list: string): string[] {
  return execFileSync('sha256sum', ['--strict', '-c', list], { cwd: folder, encoding: 'utf8' }).trim().split('\n');
}

describe('three shares of one matrix', () => {
  const prompts = ['a cat', 'A Cat', 'SHA256SUMS-2-of-3', 'a dog', 'a!cat', 'cyberun-run-1-of-3.json', 'a cat.'];
  const folders = [
    ['a-cat', 'a-dog', 'a-cat-4'],
    ['A-Cat-2', 'a-cat-3'],
    ['SHA256SUMS-2-of-3-2', 'cyberun-run-1-of-3.json-2'],
  ];
  const matrix = JSON.stringify({ prompt: prompts });
  const shares = folders.map((own, place) => ({ own, shard: `${place + 1}/3`, name: `${place + 1}-of-3` }));

  test('are the whole, each task once, and their folders can be laid over each other', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    const merged = mkdtempSync(join(tmpdir(), 'merged-'));
    try {
      for (const [place, { own, shard, name }] of shares.entries()) {
        const before = emulator.tasks.length;
        await using action = runAction({
          emulator,
          with: { workflow: 'quick', path: 'art', matrix, shard, 'max-parallel': '1' },
        });
        const result = await action.done;
        const art = join(action.workspace, 'art');
        expect(result).toMatchObject({
          exitCode: 0,
          annotations: [],
          outputs: {
            status: 'completed',
            'checksums-path': join(art, `SHA256SUMS-${name}`),
            'provenance-path': join(art, `cyberun-run-${name}.json`),
          },
        });
        const tasks = emulator.tasks.slice(before);
        const wanted = prompts.filter((_, index) => index % 3 === place).map((prompt) => ({ prompt }));
        expect(tasks.map(({ submission }) => submission.parameters)).toEqual(wanted);
        expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject(
          tasks.map(({ id }, index) => ({ task_id: id, parameters: wanted[index] })),
        );
        expect(JSON.parse(result.outputs.files ?? '')).toMatchObject(
          own.map((folder) => ({ path: `art/${folder}/${SMALL.name}` })),
        );
        const said = `Matrix: 7 combinations, of which this share (${shard}) has ${own.length}`;
        const group = result.log.indexOf('▸ parameters');
        expect(result.log.slice(group - 2, group)).toEqual([
          said,
          expect.stringMatching(new RegExp(`^Submitting quick .*, ${own.length} tasks, 1 at a time$`)),
        ]);
        expect(result.summary).toContain(`: ${own.length} tasks, ${own.length} files\n\n${said}.\n\n`);
        const record = JSON.parse(readFileSync(join(art, `cyberun-run-${name}.json`), 'utf8'));
        expect(record.buildDefinition.externalParameters.parameters).toEqual(wanted);
        // Nothing that is there already may be there again.
        expect(namesOf(art).filter((path) => namesOf(merged).includes(path))).toEqual([]);
        cpSync(art, merged, { recursive: true });
      }
      const all = folders.flat();
      expect(namesOf(merged)).toEqual(
        [
          ...all.flatMap((folder) => [SMALL.name, 'SHA256SUMS', 'cyberun-run.json'].map((name) => `${folder}/${name}`)),
          ...shares.flatMap(({ name }) => [`SHA256SUMS-${name}`, `cyberun-run-${name}.json`]),
        ].sort(),
      );
      const seen = shares.flatMap(({ name }) => verify(merged, `SHA256SUMS-${name}`));
      expect(seen.sort()).toEqual(all.map((folder) => `${folder}/${SMALL.name}: OK`).sort());
      expect(countOf(emulator, 'submit')).toBe(prompts.length);

      // Again, over all of them: only the share's own is replaced.
      await using again = runAction({
        emulator,
        with: { workflow: 'quick', path: 'art', matrix, shard: '2/3' },
        prepare: (workspace) => cpSync(merged, join(workspace, 'art'), { recursive: true }),
      });
      expect(await again.done).toMatchObject({ exitCode: 0 });
      const art = join(again.workspace, 'art');
      expect(namesOf(art)).toEqual(namesOf(merged));
      for (const { name, own } of shares) expect(verify(art, `SHA256SUMS-${name}`)).toHaveLength(own.length);
      const isSame = (path: string) => readFileSync(join(art, path)).equals(readFileSync(join(merged, path)));
      const changed = namesOf(art).filter((path) => !isSame(path));
      expect(changed).toContain('cyberun-run-2-of-3.json');
      expect(changed.filter((path) => !/^(?:(?:A-Cat-2|a-cat-3)\/|.*-2-of-3(?:\.json)?$)/.test(path))).toEqual([]);
    } finally {
      rmSync(merged, { recursive: true });
    }
  });

  test('that run side by side submit the whole, max-parallel of each at a time', async () => {
    const agents = Array.from({ length: 9 }, (_, index) => ({
      agent_id: `n${index}`,
      agent_labels: ['gpu', 'comfyui'],
    }));
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { stepMs: 15 } })], agents });
    const seeds = Array.from({ length: 18 }, (_, index) => index);
    const withShard = (shard: string) =>
      runAction({ emulator, with: { workflow: 'quick', matrix: `seed: [${seeds}]`, shard, 'max-parallel': '2' } });
    await using first = withShard('1/3');
    await using second = withShard('2/3');
    await using third = withShard('3/3');
    for (const { done } of [first, second, third]) expect(await done).toMatchObject({ exitCode: 0, annotations: [] });
    expect(seedsOf(emulator).toSorted((one, other) => Number(one) - Number(other))).toEqual(seeds);
    for (const share of [0, 1, 2]) {
      const own = emulator.tasks.filter(({ parameters }) => Number(parameters.seed) % 3 === share);
      const spans = own.map(({ history }) => ({ from: history[0]?.at ?? 0, to: history.at(-1)?.at ?? 0 }));
      const open = spans.map(({ from }) => spans.filter((other) => other.from <= from && from < other.to).length);
      expect(Math.max(...open)).toBe(2);
    }
  });
});

test('a share without a combination succeeds, and says so', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using action = runAction({ emulator, with: { workflow: 'quick', matrix: 'seed: [1, 2, 3]', shard: '5 / 5' } });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 0, annotations: [], state: {} });
  expect(result.outputs).toMatchObject({
    status: 'completed',
    tasks: '[]',
    files: '[]',
    file: '',
    result: '[]',
    'checksums-path': '',
    'provenance-path': '',
  });
  expect(result.outputs).not.toHaveProperty('error');
  expect(result.outputs).not.toHaveProperty('task-id');
  const said = 'Matrix: 3 combinations, of which this share (5/5) has none: there is nothing to submit';
  expect(result.log.at(-1)).toBe(said);
  expect(result.summary).toMatch(/^### ✅ .*: nothing to run\n/);
  expect(result.summary.trim().split('\n\n').slice(1)).toEqual([`${said}.`]);
  expect(emulator.tasks).toEqual([]);
  expect(emulator.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test.each([
  ['2/2', '2 of 2 tasks would run', 'has 2'],
  ['5/5', 'nothing to run', 'has none: there is nothing to submit'],
])('the plan of share %s says which it is', async (shard, would, has) => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  const given = { workflow: 'quick', matrix: 'seed: [1, 2, 3, 4]', shard, 'dry-run': 'true' };
  await using action = runAction({ emulator, with: given });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 0, annotations: [], outputs: { status: 'planned' } });
  const said = `Matrix: 4 combinations, of which this share (${shard}) ${has}`;
  expect(result.log).toContain(said);
  expect(result.summary).toContain(`: ${would}\n\n${said}.\n\n`);
  expect(emulator.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
});

describe('a share looks at what is its own', () => {
  const FOREIGN = '{"name": "cyberun"}\n';
  const given = { workflow: 'quick', path: 'art', matrix: 'seed: [1, 2]' };

  test.each(['SHA256SUMS-2-of-2', 'cyberun-run-2-of-2.json', '2/SHA256SUMS'])(
    'a %s of somebody else is found before anything is asked',
    async (name) => {
      await using emulator = await startEmulator({ workflows: [quick()] });
      const files = { [`art/${name}`]: FOREIGN };
      await using action = runAction({ emulator, files, with: { ...given, shard: '2/2' } });
      const result = await action.done;
      expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'failed', tasks: '[]' } });
      expect(annotationsOf(result, 'error')).toEqual([
        expect.stringMatching(
          new RegExp(`^Input path is art.*lies a (file )?${name.replace('2/', '')} that .*nothing was submitted`),
        ),
      ]);
      expect(emulator.requests).toEqual([]);
      expect(readFileSync(join(action.workspace, 'art', name), 'utf8')).toBe(FOREIGN);
    },
  );

  test('what would be in the way of the whole, or of another share, is not in its own', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    const names = ['SHA256SUMS', 'cyberun-run.json', 'SHA256SUMS-1-of-2', 'cyberun-run-1-of-2.json', '1/SHA256SUMS'];
    const files = Object.fromEntries(names.map((name) => [`art/${name}`, FOREIGN]));
    await using action = runAction({ emulator, files, with: { ...given, shard: '2/2' } });
    expect(await action.done).toMatchObject({ exitCode: 0, annotations: [] });
    for (const name of names) expect(readFileSync(join(action.workspace, 'art', name), 'utf8')).toBe(FOREIGN);
    expect(verify(join(action.workspace, 'art'), 'SHA256SUMS-2-of-2')).toEqual([`2/${SMALL.name}: OK`]);
  });

  test('parameters of another share are not checked, its own are', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    const matrix = 'seed: [1, many, 3, 4]';
    await using first = runAction({ emulator, with: { workflow: 'quick', matrix, shard: '1/2' } });
    expect(await first.done).toMatchObject({ exitCode: 0, annotations: [] });
    expect(seedsOf(emulator)).toEqual([1, 3]);
    await using second = runAction({ emulator, with: { workflow: 'quick', matrix, shard: '2/2' } });
    const result = await second.done;
    expect(result).toMatchObject({ exitCode: 1 });
    expect(annotationsOf(result, 'error')[0]).toContain('seed');
    expect(countOf(emulator, 'submit')).toBe(2);
  });
});

describe('a matrix of more than a step runs', () => {
  const list = (count: number) => `seed: [${Array.from({ length: count }, (_, index) => index)}]`;

  test.each([
    [1001, undefined, '1001 combinations, and one step runs 1000 at most', '`shard: ${{ matrix.shard }}/2`'],
    [5001, '3/5', '5001 combinations in shares of up to 1001, and one step', '`shard: ${{ matrix.shard }}/6`'],
    [5001, '5/5', '5001 combinations in shares of up to 1001, and one step', '`shard: ${{ matrix.shard }}/6`'],
  ])('is refused, and shown how to share: %i, %s', async (count, shard, says, shows) => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using action = runAction({
      emulator,
      with: { workflow: 'quick', matrix: list(count), ...(shard !== undefined && { shard }) },
    });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'failed' } });
    expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining(says)]);
    expect(annotationsOf(result, 'error')[0]).toContain(shows);
    expect(emulator.requests).toEqual([]);
  });

  test('runs in enough shares, within a small heap', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    const numbers = Array.from({ length: 316 }, (_, index) => index);
    await using action = runAction({
      emulator,
      env: { NODE_OPTIONS: '--max-old-space-size=128' },
      with: {
        workflow: 'quick',
        matrix: `seed: [${numbers}]\nscale: [${numbers}]`,
        shard: '9985/9985',
        download: 'false',
      },
    });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [] });
    expect(result.log).toContain('Matrix: 99856 combinations, of which this share (9985/9985) has 10');
    const places = submitted(emulator).map(({ seed, scale }) => Number(seed) * 316 + Number(scale));
    expect(places.toSorted((one, other) => one - other)).toEqual(numbers.slice(0, 10).map((one) => 9984 + 9985 * one));
  });
});
