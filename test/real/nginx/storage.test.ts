import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { annotationsOf, countOf, namesOf, ONLY_RECORD, runAction } from '../../action/harness.ts';
import { objectOf, replace } from '../gateway.ts';
import { digestOf, digestsOf, expectKept, IMAGE, keyIn, startScene, statusesOf, WITH_SKETCH } from '../scene.ts';
import { startNginx } from './nginx.ts';

const MIB = 1024 * 1024;
const QUICK = { workflow: 'quick' };
const WHOLE = { exitCode: 0, annotations: [] };
const meshOf = (bytes: number) => ({ output: 'mesh', name: 'mesh.ply', bytes, contentType: 'text/plain' });
const through = (more?: string) => (relay: string) => startNginx(relay, more);
const rangesOf = (requests: readonly { readonly headers: { readonly range?: string | undefined } }[]) =>
  requests.map(({ headers }) => headers.range);

describe.each([
  ['buffers', '', false],
  ['keeps a cache', 'proxy_cache cache; proxy_cache_valid 200 1h;', true],
])('a storage behind nginx that %s', (_, more, isCache) => {
  test('gives files as they are, and in parts', async () => {
    await using scene = await startScene({ outputs: [meshOf(100 * MIB)], front: through(more) });
    await using action = runAction({ emulator: scene.emulator, with: QUICK });
    const result = await action.done;
    expect(result).toMatchObject(WHOLE);
    const froms = rangesOf(scene.relay.requests).map((range) => range?.replace(/\d+$/, ''));
    // A cache asks for the whole, and cuts it itself.
    const parts = Array.from({ length: 23 }, (_, index) => 8 + index * 4);
    const cuts = [0, ...parts].map((mib) => `bytes=${mib * MIB}-`);
    expect(new Set(froms)).toEqual(new Set(isCache ? [undefined] : cuts));
    expect(digestsOf(action)).toEqual({
      'mesh.ply': digestOf(scene.emulator.objects.get(keyIn(scene.emulator))?.bytes),
    });
    expectKept(scene, result);
  });

  test('goes on where it broke', async () => {
    await using scene = await startScene({
      outputs: [meshOf(3 * MIB)],
      front: through(more),
      fateOf: (_, before) => (before === 0 ? { inAnswer: { at: MIB, end: 'close' } } : undefined),
    });
    await using action = runAction({ emulator: scene.emulator, with: QUICK });
    expect(await action.done).toMatchObject(WHOLE);
    const [first, second, ...rest] = scene.relay.requests;
    expect(rest).toEqual([]);
    expect(second?.headers['if-match']).toBe(isCache ? undefined : first?.answer?.etag);
    expect(digestsOf(action)).toEqual({
      'mesh.ply': digestOf(scene.emulator.objects.get(keyIn(scene.emulator))?.bytes),
    });
  });

  test('gives no file of two objects', async () => {
    const other = Buffer.alloc(3 * MIB, 'the other object ');
    await using scene = await startScene({
      outputs: [meshOf(3 * MIB)],
      front: through(more),
      fateOf: (_, before, gateway) => {
        if (before === 0) return { inAnswer: { at: MIB, end: 'close' } };
        return before === 1 ? { after: replace(gateway, keyIn(scene.emulator), other) } : undefined;
      },
    });
    await using action = runAction({ emulator: scene.emulator, with: QUICK });
    expect(await action.done).toMatchObject(WHOLE);
    // A cache passes no condition on, and looks at what came itself.
    expect(statusesOf(scene.relay, 'GET')).toEqual(isCache ? [200, 200, 200] : [206, 412, 206]);
    expect(digestsOf(action)).toEqual({ 'mesh.ply': digestOf(other) });
  });
});

describe('a storage behind nginx that keeps slices', () => {
  const slices = `slice 1m; proxy_cache cache; proxy_cache_key $uri$slice_range; proxy_cache_valid 200 206 1h;
    proxy_set_header Range $slice_range;`;

  test('gives a file of them', async () => {
    await using scene = await startScene({ outputs: [meshOf(3 * MIB)], front: through(slices) });
    await using action = runAction({ emulator: scene.emulator, with: QUICK });
    expect(await action.done).toMatchObject(WHOLE);
    expect(rangesOf(scene.relay.requests)).toEqual([0, 1, 2].map((at) => `bytes=${at * MIB}-${(at + 1) * MIB - 1}`));
    expect(digestsOf(action)).toEqual({
      'mesh.ply': digestOf(scene.emulator.objects.get(keyIn(scene.emulator))?.bytes),
    });
  });

  test('gives none of two objects: it has the beginning of the old one for ever', async () => {
    await using scene = await startScene({
      outputs: [meshOf(3 * MIB)],
      front: through(slices),
      fateOf: (_, before, gateway) =>
        before === 1
          ? { after: replace(gateway, keyIn(scene.emulator), Buffer.alloc(3 * MIB, 'another ')) }
          : undefined,
    });
    await using action = runAction({ emulator: scene.emulator, with: QUICK });
    const result = await action.done;
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringContaining('The file at the storage changed while it was read. It was begun 5 times.'),
    ]);
    expect(namesOf(action.workspace)).toEqual(ONLY_RECORD);
  });
});

describe('an upload through nginx', () => {
  test('goes to the storage whole, once nginx has it', async () => {
    const files = { 'sketch.png': randomBytes(20 * MIB) };
    await using scene = await startScene({ workflow: IMAGE, front: through('client_max_body_size 0;') });
    await using action = runAction({ emulator: scene.emulator, files, with: WITH_SKETCH });
    const result = await action.done;
    expect(result).toMatchObject(WHOLE);
    const key = String(scene.emulator.tasks[0]?.submission.parameters.image);
    expect(digestOf((await objectOf(scene.gateway, key))?.bytes)).toBe(digestOf(files['sketch.png']));
    expect(statusesOf(scene.relay, 'PUT')).toEqual([200]);
    expectKept(scene, result);
  });

  test.each([2 * MIB, 20 * MIB])(
    'of %i bytes that is too large for nginx is refused, and the reason is told',
    async (bytes) => {
      await using scene = await startScene({ workflow: IMAGE, front: through() });
      await using action = runAction({
        emulator: scene.emulator,
        files: { 'sketch.png': randomBytes(bytes) },
        with: WITH_SKETCH,
      });
      const result = await action.done;
      expect(annotationsOf(result, 'error')).toEqual([
        expect.stringContaining('The storage answered 413. The file is larger than it takes, or a proxy before it'),
      ]);
      expect([countOf(scene.emulator, 'presign'), countOf(scene.emulator, 'submit')]).toEqual([1, 0]);
    },
  );
});
