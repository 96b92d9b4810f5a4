import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { EmulatedOutput } from '../../emulator/workflows.ts';
import { type ActionRun, annotationsOf, countOf, filesOf, quick, runAction } from './harness.ts';

const NAMES = ['whole.png', 'changed.png', 'missing.png'];
const OUTPUTS = NAMES.map((name, index): EmulatedOutput => ({ output: `${index}`, name, bytes: 1000 + index }));
const LISTS = ['SHA256SUMS', 'cyberun-run.json'];
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const artOf = ({ workspace }: ActionRun) => filesOf(join(workspace, 'cyberun-outputs'));
const start = (outputs: readonly EmulatedOutput[] = OUTPUTS) =>
  startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
const lines = (files: Readonly<Record<string, Buffer>>, names: readonly string[]) =>
  [...names].sort().map((name) => `${sha256(files[name] ?? Buffer.of())} *${name}\n`);

/** A step of a job whose earlier step left these files. */
function next(emulator: Emulator, files: Readonly<Record<string, Buffer>>, given: Record<string, string> = {}) {
  const all = Object.entries(files).map(([name, bytes]) => [`cyberun-outputs/${name}`, bytes] as const);
  return runAction({ emulator, files: Object.fromEntries(all), with: { workflow: 'quick', ...given } });
}

/** What an earlier run left of three files: one is whole, one was changed, one is gone. */
async function leave(emulator: Emulator, given: Record<string, string> = {}): Promise<Record<string, Buffer>> {
  await using first = next(emulator, {}, given);
  expect(await first.done).toMatchObject({ exitCode: 0, annotations: [] });
  const { 'missing.png': _, ...files } = artOf(first);
  return { ...files, 'changed.png': Buffer.from('retouched') };
}

describe('of three files that a record lists, one is whole, one changed, one missing:', () => {
  test('a run of the same names stops at the changed one, and touches none of them', async () => {
    await using emulator = await start();
    const left = await leave(emulator);
    const asked = countOf(emulator, 'storage-get');
    await using second = next(emulator, left);
    const result = await second.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'completed', files: '[]' } });
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringMatching(/^changed\.png exists in .* Nothing was rep/),
    ]);
    expect(countOf(emulator, 'storage-get')).toBe(asked);
    expect(artOf(second)).toEqual(left);
  });

  test('a run of other names keeps the whole one in its lists, and neither of the others', async () => {
    await using emulator = await start();
    const left = await leave(emulator);
    await using other = await start([{ output: '0', name: 'other.png', bytes: 500 }]);
    await using second = next(other, left);
    expect(await second.done).toMatchObject({ exitCode: 0, annotations: [] });
    const files = artOf(second);
    expect(Object.keys(files)).toEqual([...LISTS, 'changed.png', 'other.png', 'whole.png'].sort());
    expect(files['changed.png']?.toString()).toBe('retouched');
    expect(files.SHA256SUMS?.toString()).toBe(lines(files, ['other.png', 'whole.png']).join(''));
    const { earlier } = JSON.parse(files['cyberun-run.json']?.toString() ?? '');
    expect(earlier).toMatchObject([{ name: 'whole.png' }]);
    // What it no longer lists is somebody's own, and stays so.
    await using third = next(emulator, files);
    const result = await third.done;
    expect(annotationsOf(result, 'error')).toEqual([expect.stringMatching(/^changed\.png exists in /)]);
    expect(artOf(third)).toEqual(files);
  });

  test('reuse keeps the changed one under another name, and brings all three', async () => {
    const given = { reuse: 'true', parameters: 'seed: 7' };
    await using emulator = await start();
    const left = await leave(emulator, given);
    await using second = next(emulator, left, given);
    const result = await second.done;
    expect(result).toMatchObject({ exitCode: 0, outputs: { status: 'completed' } });
    const files = artOf(second);
    const kept = Object.keys(files).filter((name) => name.startsWith('changed.png.changed-'));
    expect(kept).toHaveLength(1);
    expect(annotationsOf(result, 'warning')[0]).toBe(
      `What was changed in cyberun-outputs since it was made is kept as ${kept[0]}, to make way for what comes.`,
    );
    expect(result.log).toContain('Runs, as changed.png was changed since it was made');
    expect(files[kept[0] ?? '']?.toString()).toBe('retouched');
    expect(Object.keys(files)).toEqual([...LISTS, ...NAMES, ...kept].sort());
    expect(NAMES.map((name) => files[name]?.byteLength)).toEqual([1000, 1001, 1002]);
    expect(files.SHA256SUMS?.toString()).toBe(lines(files, NAMES).join(''));
    expect(JSON.parse(files['cyberun-run.json']?.toString() ?? '')).toMatchObject({ complete: true, earlier: [] });
    expect(countOf(emulator, 'submit')).toBe(2);
    await using third = next(emulator, files, given);
    expect(await third.done).toMatchObject({ exitCode: 0 });
    expect(countOf(emulator, 'submit')).toBe(2);
  });
});

test.each(['whole.png', 'missing.png'])(
  'a folder with one file of ours, and one that is not: only that one stops a run (%s)',
  async (mine) => {
    const [whole, , missing] = OUTPUTS;
    await using emulator = await start([whole, missing].flatMap((one) => one ?? []));
    await using first = next(emulator, {});
    await first.done;
    const left = { ...artOf(first), [mine]: Buffer.from('mine') };
    await using second = next(emulator, left);
    const result = await second.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { files: '[]' } });
    expect(annotationsOf(result, 'error')).toEqual([expect.stringMatching(new RegExp(`^${mine} exists in `))]);
    expect(artOf(second)).toEqual(left);
    // Once it is out of the way, the one that is ours is replaced as if nothing had been.
    await using third = runAction({
      emulator,
      files: Object.fromEntries(Object.entries(left).map(([name, bytes]) => [`cyberun-outputs/${name}`, bytes])),
      prepare: (workspace) => rmSync(join(workspace, 'cyberun-outputs', mine)),
      with: { workflow: 'quick' },
    });
    expect(await third.done).toMatchObject({ exitCode: 0 });
    const files = artOf(third);
    expect(files.SHA256SUMS?.toString()).toBe(lines(files, ['missing.png', 'whole.png']).join(''));
  },
);
