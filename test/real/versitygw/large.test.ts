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
  ['the beginning', 0],
  ['the parts', 2],
])('a storage that dies in %s and comes back loses nothing', async (_, dying) => {
  const large = largeOf(160);
  const isBack = Promise.withResolvers<void>();
  let isDead = false;
  let since = 0;
  await using scene = await startScene({
    outputs: [large],
    fateOf: (_, before, gateway) => {
      const kill = async () => {
        await gateway.kill();
        isDead = true;
      };
      if (before === dying) return { inAnswer: { at: 2 * MIB, first: kill } };
      if (!isDead) return undefined;
      since += 1;
      // Who asks first meets nobody, however many connections there are by then.
      if (since === 1) return undefined;
      if (since === 2) void gateway.restart().then(isBack.resolve);
      return { after: isBack.promise };
    },
  });
  await using action = runAction({ emulator: scene.emulator, with: QUICK });
  expect(await action.done).toMatchObject(WHOLE);
  expect(statusesOf(scene.relay, 'GET')).toContain(0);
  expect(digestsOf(action)).toEqual({ 'large.bin': generatedSha256(large.bytes) });
});
