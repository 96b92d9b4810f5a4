import { describe, expect, test } from 'vitest';
import type { Cuts } from '../../src/transfer/storage.ts';
import { createLeapingClock } from '../base/leaping-clock.ts';
import { bytesOf, playStorage } from './played.ts';

const KB = 1000;
/** How often a URL may be refused before any byte comes by it. */
const MOST_REFUSALS = 3;

describe('a file whose URL expires more often than is borne without a byte', () => {
  test.for<[string, Cuts, number]>([
    ['in one piece', { first: 1_000 * KB, least: 1_000 * KB, most: 1_000 * KB }, 0],
    ['in parts', { first: 50 * KB, least: 950 * KB, most: 950 * KB }, 50],
  ])('comes whole where there is progress in between, %s', async ([, cuts, first]) => {
    await using storage = await playStorage();
    const object = bytesOf(1_000 * KB);
    let renewals = 0;
    const renew = async () => {
      renewals += 1;
    };
    const fetched = storage.fetch({ cuts }, { renew });
    if (first > 0) (await storage.next()).give(object);
    const starts = Array.from({ length: MOST_REFUSALS + 2 }, (_, round) => first + round * 100);
    for (const start of starts.slice(1)) {
      const broken = await storage.next();
      broken.begin(object, 100 * KB);
      await storage.received(start * KB);
      broken.cut();
      (await storage.next()).answer(403, {});
    }
    (await storage.next()).give(object);
    await fetched;
    expect(await storage.file()).toEqual(object);
    expect(renewals).toBe(MOST_REFUSALS + 1);
    const [begun, ...others] = starts;
    const asked = [...(first > 0 ? [0] : []), begun, ...others.flatMap((start) => [start, start])];
    expect(storage.asked.map(({ from }) => from / KB)).toEqual(asked);
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
    const fetched = storage.fetch({ cuts: { first: 100 * KB, least: 500 * KB, most: 500 * KB } }, source);
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

  test('waits for nothing the first time', async () => {
    await using storage = await playStorage();
    const clock = createLeapingClock();
    const fetched = storage.fetch({ clock });
    (await storage.next()).answer(403, {});
    (await storage.next()).give(bytesOf(KB));
    await fetched;
    expect(clock.waited.filter((ms) => ms > 0)).toEqual([]);
  });

  test('is given up where there is none', async () => {
    await using storage = await playStorage();
    const object = bytesOf(6 * KB);
    let renewals = 0;
    const renew = async () => {
      renewals += 1;
    };
    const fetched = storage.fetch({ cuts: { first: 4 * KB, least: 2 * KB, most: 2 * KB } }, { renew });
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
  const fetched = storage.fetch({ cuts: { first: 100 * KB, least: 500 * KB, most: 500 * KB } });
  (await storage.next()).give(object);
  // A minute each, and three are borne without a byte.
  for (let piece = 1; piece < 6; piece += 1) {
    (await storage.next()).answer(503, { 'retry-after': 60 });
    (await storage.next()).give(object, 100 * KB);
  }
  await fetched;
  expect(await storage.file()).toEqual(object);
});
