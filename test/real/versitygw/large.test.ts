import { expect, test } from 'vitest';
import { generatedSha256 } from '../../../emulator/objects.ts';
import { runAction } from '../../action/harness.ts';
import { digestsOf, startScene, statusesOf } from '../scene.ts';

const MIB = 1024 * 1024;
const largeOf = (mib: number) => ({ output: 'large', name: 'large.bin', bytes: { bytes: mib * MIB, seed: mib } });
const QUICK = { workflow: 'quick' };
const WHOLE = { exitCode: 0, annotations: [] };

test('300 MiB come in parts, each of the same object', async () => {
  const large = largeOf(300);
  await using scene = await startScene({ outputs: [large] });
  await using action = runAction({ emulator: scene.emulator, with: QUICK });
  expect(await action.done).toMatchObject(WHOLE);
  expect(digestsOf(action)).toEqual({ 'large.bin': generatedSha256(large.bytes) });
  const [first, ...parts] = scene.relay.requests;
  expect(first?.headers.range).toBe(`bytes=0-${8 * MIB - 1}`);
  const [begin, end, part] = [8 * MIB, 300 * MIB, (292 * MIB) / 64];
  const ranges = Array.from({ length: 64 }, (_, index) => begin + index * part).map(
    (from) => `bytes=${from}-${Math.min(from + part, end) - 1}`,
  );
  expect(new Set(parts.map(({ headers }) => headers.range))).toEqual(new Set(ranges));
  expect(new Set(parts.map(({ headers }) => headers['if-match']))).toEqual(new Set([first?.answer?.etag]));
  expect(statusesOf(scene.relay, 'GET')).toEqual(Array(65).fill(206));
});

test.each([
  ['the beginning', 0, 3],
  // Four are on their way.
  ['the parts', 2, 5],
])('a storage that dies in %s and comes back loses nothing', async (_, dying, later) => {
  const large = largeOf(160);
  const dead = Promise.withResolvers<void>();
  const isBack = Promise.withResolvers<void>();
  await using scene = await startScene({
    outputs: [large],
    fateOf: (_, before, gateway) => {
      const kill = () => gateway.kill().then(dead.resolve);
      if (before === dying) return { inAnswer: { at: 2 * MIB, first: kill } };
      // What is asked for first after that meets nobody.
      if (before === dying + later) void dead.promise.then(() => gateway.restart()).then(isBack.resolve);
      return before >= dying + later ? { after: isBack.promise } : undefined;
    },
  });
  await using action = runAction({ emulator: scene.emulator, with: QUICK });
  expect(await action.done).toMatchObject(WHOLE);
  // Of what was asked for meanwhile, some met nobody.
  expect(statusesOf(scene.relay, 'GET')).toContain(0);
  expect(digestsOf(action)).toEqual({ 'large.bin': generatedSha256(large.bytes) });
});
