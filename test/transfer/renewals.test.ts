import { describe, expect, test } from 'vitest';
import { createObjectAt, rangesOf } from './objects.ts';
import { bytesOf, playStorage } from './played.ts';

const KB = 1000;
/** How often a URL may be refused before any byte comes by it. */
const MOST_REFUSALS = 3;

describe('a file whose URL expires more often than is borne without a byte', () => {
  test.for([false, true])('comes whole where there is progress in between (in parts: %s)', async (inParts) => {
    await using object = await createObjectAt(1_000 * KB);
    for (let round = 0; round <= MOST_REFUSALS; round += 1) {
      object.fault({ type: 'drop', afterBytes: 100 * KB });
      object.fault({ type: 'expired', form: 'aws' });
    }
    await object.fetch(inParts ? { cuts: { first: 50 * KB, part: 950 * KB } } : {});
    expect(await object.isRight()).toBe(true);
    expect(object.renewals()).toBe(MOST_REFUSALS + 1);
    const starts = rangesOf(object.emulator).map(([from]) => from / KB);
    expect(starts).toEqual(
      inParts ? [0, 50, 50, 150, 150, 250, 250, 350, 350] : [0, 100, 100, 200, 200, 300, 300, 400, 400],
    );
    expect(object.meter.bytes).toBe(1_000 * KB);
  });

  test('comes whole where each URL is good once, and brings a piece of it without a break', async () => {
    await using storage = await playStorage();
    const object = bytesOf(600 * KB);
    let version = 0;
    const source = {
      url: () => `${storage.url}/${version}`,
      renew: async () => {
        version += 1;
      },
    };
    const fetched = storage.fetch({ cuts: { first: 100 * KB, part: 500 * KB } }, source);
    (await storage.next()).give(object);
    for (let piece = 1; piece < 6; piece += 1) {
      (await storage.next()).answer(403, {});
      (await storage.next()).give(object, 100 * KB);
    }
    await fetched;
    expect(await storage.file()).toEqual(object);
    expect(storage.asked.map(({ path, from }) => `${path} ${from / KB}`)).toEqual([
      ...['/0 0', '/0 100', '/1 100', '/1 200', '/2 200', '/2 300', '/3 300', '/3 400', '/4 400', '/4 500', '/5 500'],
    ]);
  });

  test('is given up where there is none', async () => {
    await using storage = await playStorage();
    const object = bytesOf(6 * KB);
    let renewals = 0;
    const renew = async () => {
      renewals += 1;
    };
    const fetched = storage.fetch({ cuts: { first: 4 * KB, part: 2 * KB } }, { renew });
    (await storage.next()).give(object);
    for (let refusal = 0; refusal <= MOST_REFUSALS; refusal += 1) (await storage.next()).answer(403, {});
    await expect(fetched).rejects.toMatchObject({ type: 'refused' });
    expect(renewals).toBe(MOST_REFUSALS);
    expect(await storage.names()).toEqual([]);
  });
});

test('patience is renewed by pieces that come without a break, too', async () => {
  await using storage = await playStorage();
  const object = bytesOf(600 * KB);
  const fetched = storage.fetch({ cuts: { first: 100 * KB, part: 500 * KB } });
  (await storage.next()).give(object);
  // A minute each, and three are borne without a byte.
  for (let piece = 1; piece < 6; piece += 1) {
    (await storage.next()).answer(503, { 'retry-after': 60 });
    (await storage.next()).give(object, 100 * KB);
  }
  await fetched;
  expect(await storage.file()).toEqual(object);
});
