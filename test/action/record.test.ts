import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import {
  annotationsOf,
  callsOf,
  countOf,
  filesOf,
  namesOf,
  preload,
  quick,
  runAction,
  SMALL,
  waitForFile,
} from './harness.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const recordIn = (folder: string) => JSON.parse(readFileSync(join(folder, 'cyberun-run.json'), 'utf8'));
const listedIn = (folder: string) =>
  readFileSync(join(folder, 'SHA256SUMS'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.slice(66));

describe('the record', () => {
  test('says what was run, where, and what came of it', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    const given = { parameters: '{"prompt": "a lighthouse", "seed": 18446744073709551615}', 'target-pool': 'team' };
    await using action = runAction({ emulator, with: { workflow: 'quick', ...given } });
    const { outputs, exitCode } = await action.done;
    expect(exitCode).toBe(0);
    const [task] = emulator.tasks;
    const folder = join(action.workspace, 'cyberun-outputs');
    expect(outputs['provenance-path']).toBe(join(folder, 'cyberun-run.json'));
    const record = recordIn(folder);
    expect(readFileSync(join(folder, 'cyberun-run.json'), 'utf8')).toContain('"seed":18446744073709551615');
    expect(record.buildDefinition).toMatchObject({
      externalParameters: { workflow: 'quick', parameters: { prompt: 'a lighthouse' } },
      internalParameters: { target_pool: 'team' },
      resolvedDependencies: [{ name: 'workflow', annotations: { slug: 'quick', version: '7' } }],
    });
    expect(record.runDetails).toMatchObject({
      builder: { id: emulator.apiUrl },
      metadata: {
        invocationId: task?.id,
        startedOn: expect.stringMatching(/Z$/),
        finishedOn: expect.stringMatching(/Z$/),
      },
    });
    const [file, list, agent] = ['output_00001_.png', 'SHA256SUMS', 'agent'].map((name) =>
      record.runDetails.byproducts.find((one: { name: string }) => one.name === name),
    );
    expect(file).toEqual({
      name: 'output_00001_.png',
      digest: { sha256: sha256(readFileSync(join(folder, 'output_00001_.png'))) },
      mediaType: 'image/png',
      annotations: { taskId: task?.id, output: '9.images.0', bytes: 1000 },
    });
    expect(list.digest.sha256).toBe(sha256(readFileSync(join(folder, 'SHA256SUMS'))));
    expect(agent).toMatchObject({ annotations: { gpuType: expect.any(String) } });
    expect(readFileSync(join(folder, 'cyberun-run.json'), 'utf8')).not.toMatch(/X-Amz|sk-/);
  });

  test('of a matrix is one of all its tasks, and one for each combination', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using action = runAction({ emulator, with: { workflow: 'quick', path: 'art', matrix: 'seed: [1, 2]' } });
    const { outputs } = await action.done;
    const folder = join(action.workspace, 'art');
    expect(outputs).toMatchObject({
      'checksums-path': join(folder, 'SHA256SUMS'),
      'provenance-path': join(folder, 'cyberun-run.json'),
    });
    const all = recordIn(folder);
    expect(all.buildDefinition.externalParameters).toEqual({
      workflow: 'quick',
      parameters: [{ seed: 1 }, { seed: 2 }],
    });
    const files = all.runDetails.byproducts.filter(
      ({ annotations }: { annotations?: object }) => annotations && 'output' in annotations,
    );
    expect(
      files.map(({ name, annotations }: { name: string; annotations: { taskId: string } }) => [
        name,
        annotations.taskId,
      ]),
    ).toEqual(emulator.tasks.map(({ id, parameters }) => [`${parameters.seed}/output_00001_.png`, id]).sort());
    for (const seed of [1, 2]) {
      expect(recordIn(join(folder, `${seed}`)).buildDefinition.externalParameters.parameters).toEqual({ seed });
    }
  });
});

describe('what a checkout has of these names is found before anything is asked', () => {
  const FOREIGN = {
    'out/SHA256SUMS': `${sha256(Buffer.of())} *dist.tar\n`,
    'out/cyberun-run.json': '{"name": "cyberun"}\n',
  };
  const at = (name: keyof typeof FOREIGN, place: string) => ({ [place]: FOREIGN[name] });
  test.each([
    ['SHA256SUMS', {}, at('out/SHA256SUMS', 'out/SHA256SUMS'), 'out'],
    ['a record', {}, at('out/cyberun-run.json', 'out/cyberun-run.json'), 'out'],
    ['SHA256SUMS, of a matrix', { matrix: 'seed: [1, 2]' }, at('out/SHA256SUMS', 'out/SHA256SUMS'), 'out'],
    ['SHA256SUMS of a combination', { matrix: 'seed: [1, 2]' }, at('out/SHA256SUMS', 'out/2/SHA256SUMS'), 'out/2'],
    [
      'a record of a combination',
      { matrix: 'seed: [1, 2]' },
      at('out/cyberun-run.json', 'out/1/cyberun-run.json'),
      'out/1',
    ],
  ])('%s', async (_, given, files: Record<string, string>, folder) => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using action = runAction({ emulator, files, with: { workflow: 'quick', path: 'out', ...given } });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'failed', files: '[]' } });
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringMatching(
        new RegExp(
          `^Input path is out, and ${folder === 'out' ? 'there' : `in ${folder}`} lies a (file SHA256SUMS|cyberun-run\\.json) that .* nothing was submitted.* e\\.g\\. \`path: cyberun-outputs\``,
        ),
      ),
    ]);
    expect(emulator.requests).toEqual([]);
    expect(filesOf(action.workspace)).toEqual(
      Object.fromEntries(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])),
    );
  });

  test('and another path than the one that was given is shown, though it lies in a folder below', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    const files = { 'cyberun-outputs/2/SHA256SUMS': FOREIGN['out/SHA256SUMS'] };
    await using action = runAction({ emulator, files, with: { workflow: 'quick', matrix: 'seed: [1, 2]' } });
    expect(annotationsOf(await action.done, 'error')).toEqual([
      expect.stringMatching(
        /^Input path is cyberun-outputs, and in cyberun-outputs\/2 lies a file SHA256SUMS .*Write another path, e\.g\. `path: renders`/,
      ),
    ]);
  });

  test('but a task to attach to goes on, and nothing is looked for where no file is to come', async () => {
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
    await using submitted = runAction({ emulator, with: { workflow: 'quick', 'wait-for-completion': 'false' } });
    const { outputs } = await submitted.done;
    const given = { 'task-id': outputs['task-id'] ?? '', path: 'out' };
    await using action = runAction({ emulator, files: FOREIGN, with: given });
    expect(await action.done).toMatchObject({ exitCode: 1 });
    expect(emulator.tasks[0]).toMatchObject({ cancelRequests: 0 });
    emulator.release(emulator.tasks[0]?.id ?? '');
    await using followed = runAction({ emulator, files: FOREIGN, with: { ...given, download: 'false' } });
    expect(await followed.done).toMatchObject({ exitCode: 0, annotations: [] });
  });

  test('the record of another key is somebody else’s', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using first = runAction({ emulator, with: { workflow: 'quick' } });
    await first.done;
    await using other = await startEmulator({ workflows: [quick()], apiKey: 'sk-another-key-of-the-team' });
    await using action = runAction({ emulator: other, files: filesOf(first.workspace), with: { workflow: 'quick' } });
    const result = await action.done;
    expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('made under another key')]);
    expect(other.requests).toEqual([]);
  });
});

test('what somebody wrote into since is neither replaced nor listed', async () => {
  await using emulator = await startEmulator({
    workflows: [quick(), quick({ workflow_slug: 'other', behaviour: { outputs: [{ ...SMALL, name: 'other.png' }] } })],
  });
  await using first = runAction({ emulator, with: { workflow: 'quick' } });
  await first.done;
  const files = { ...filesOf(first.workspace), 'cyberun-outputs/output_00001_.png': Buffer.from('mine') };
  await using second = runAction({ emulator, files, with: { workflow: 'other' } });
  expect(await second.done).toMatchObject({ exitCode: 0 });
  expect(listedIn(join(second.workspace, 'cyberun-outputs'))).toEqual(['other.png']);
  await using third = runAction({ emulator, files, with: { workflow: 'quick' } });
  const result = await third.done;
  expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('output_00001_.png exists')]);
  expect(readFileSync(join(third.workspace, 'cyberun-outputs/output_00001_.png'), 'utf8')).toBe('mine');
});

/** Somebody makes a file just before its namesake gets its name. */
const RACE = preload(`
  import { writeFileSync } from 'node:fs';
  import fs from 'node:fs/promises';
  import { syncBuiltinESMExports } from 'node:module';
  const { link } = fs;
  fs.link = (from, to) => {
    if (to.endsWith('.png')) writeFileSync(to, 'mine');
    return link(from, to);
  };
  syncBuiltinESMExports();
`);

test('a file that appears while its namesake is on its way is not replaced', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions: RACE });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, outputs: { files: '[]' } });
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringContaining('was made or changed while its file was on its way'),
  ]);
  expect(readFileSync(join(action.workspace, 'cyberun-outputs/output_00001_.png'), 'utf8')).toBe('mine');
});

test('after a SIGKILL in the middle, a second run replaces and completes what the first one left', async () => {
  const outputs = [SMALL, { ...SMALL, output: 'late', name: 'late.png', bytes: 3_000_000 }];
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
  emulator.fault({
    kind: 'storage-get',
    when: ({ path }) => path.endsWith('late.png'),
    fault: { type: 'stall', afterBytes: 1_000_000 },
  });
  await using first = runAction({ emulator, with: { workflow: 'quick' }, skipPost: true });
  await waitForFile(first.workspace, /output_00001_\.png$/);
  first.kill('SIGKILL');
  await first.done;
  const left = filesOf(first.workspace);
  expect(Object.keys(left)).toContain('cyberun-outputs/cyberun-run.json');
  expect(Object.keys(left)).not.toContain('cyberun-outputs/SHA256SUMS');
  await using second = runAction({ emulator, files: left, with: { workflow: 'quick' } });
  const result = await second.done;
  expect(result).toMatchObject({ exitCode: 0, outputs: { status: 'completed' } });
  const folder = join(second.workspace, 'cyberun-outputs');
  expect(listedIn(folder)).toEqual(['late.png', 'output_00001_.png']);
  execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: folder });
});

test('files of an earlier run that are replaced by others are told', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using first = runAction({ emulator, with: { workflow: 'quick' } });
  await first.done;
  await using changed = await startEmulator({
    workflows: [quick({ behaviour: { outputs: [{ ...SMALL, bytes: 2000 }] } })],
  });
  await using second = runAction({ emulator: changed, files: filesOf(first.workspace), with: { workflow: 'quick' } });
  const result = await second.done;
  expect(result).toMatchObject({ exitCode: 0 });
  expect(annotationsOf(result, 'warning')).toEqual([
    expect.stringMatching(/^Replaced in cyberun-outputs, .*: output_00001_\.png\./),
  ]);
  expect(result.summary).toContain('- ⚠️ `Replaced in cyberun-outputs, where');
  const record = recordIn(join(second.workspace, 'cyberun-outputs'));
  expect(record.earlier).toEqual([]);
});

test('files that a matrix replaces are told once', async () => {
  const given = { workflow: 'quick', matrix: 'seed: [1, 2]' };
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using first = runAction({ emulator, with: given });
  await first.done;
  await using changed = await startEmulator({
    workflows: [quick({ behaviour: { outputs: [{ ...SMALL, bytes: 2000 }] } })],
  });
  await using second = runAction({ emulator: changed, files: filesOf(first.workspace), with: given });
  const result = await second.done;
  expect(result).toMatchObject({ exitCode: 0 });
  expect(annotationsOf(result, 'warning')).toEqual([
    expect.stringMatching(/^\[1\], \[2\]: Replaced, where an .*: output_00001_\.png\./),
  ]);
});

describe('path', () => {
  test.each(['.git', '.GIT/hooks', '.github/workflows', 'sub/.Git', 'link'])('is not %s', async (path) => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    const prepare = (workspace: string) => mkdirSync(join(workspace, '.git/hooks'), { recursive: true });
    await using action = runAction({
      emulator,
      prepare,
      links: { link: '.git/hooks' },
      with: { workflow: 'quick', path },
    });
    const result = await action.done;
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringMatching(/^Input path is .*, which leads into \.git/i),
    ]);
    expect(emulator.requests).toEqual([]);
    expect(namesOf(action.workspace)).toEqual([]);
  });

  test('may be the workspace itself, with a warning', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using action = runAction({ emulator, files: { 'keep.txt': 'mine' }, with: { workflow: 'quick', path: '.' } });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 0 });
    expect(annotationsOf(result, 'warning')).toEqual([
      expect.stringContaining('Input path is ., the workspace itself'),
    ]);
    expect(listedIn(action.workspace)).toEqual(['output_00001_.png']);
    expect(countOf(emulator, 'submit')).toBe(1);
    expect(callsOf(emulator)).toContain('submit 202');
  });
});
