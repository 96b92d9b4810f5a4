import { describe, expect, test } from 'vitest';
import { type Disk, systemDisk } from '../../src/base/disk.ts';
import { type Asked, bytesOf, playStorage } from './played.ts';

/** A file of which ten parts are left after the first request. */
const CUTS = { first: 4_000, least: 1_000, most: 1_000 };
const OBJECT = bytesOf(14_000);
const PARTS = Array.from({ length: 10 }, (_, index) => 4_000 + index * 1_000);

type Storage = Awaited<ReturnType<typeof playStorage>>;

/** Answers the first request, and returns those for the first four parts. */
async function begin(storage: Storage): Promise<[Asked, Asked, Asked, Asked]> {
  (await storage.next()).give(OBJECT);
  return [await storage.next(), await storage.next(), await storage.next(), await storage.next()];
}

describe('of ten parts,', () => {
  test('four are on their way at first, and half as many after each break', async () => {
    await using storage = await playStorage();
    const fetched = storage.fetch({ cuts: CUTS });
    const [one, two, three, four] = await begin(storage);
    one.cut();
    const oneAgain = await storage.next();
    two.cut();
    const twoAgain = await storage.next();
    oneAgain.give(OBJECT);
    twoAgain.give(OBJECT);
    three.give(OBJECT);
    await storage.received(7_000);
    // Nothing takes their place: one at a time is on its way from here on.
    await storage.fence();
    four.give(OBJECT);
    for (let left = 6; left > 0; left -= 1) (await storage.next()).give(OBJECT);
    await fetched;
    expect(await storage.file()).toEqual(OBJECT);
    expect(storage.asked.map(({ open }) => open)).toEqual([1, 1, 2, 3, 4, 4, 4, 1, 1, 1, 1, 1, 1]);
    const [first, second, ...others] = PARTS;
    expect([oneAgain.from, twoAgain.from]).toEqual([one.from, two.from]);
    expect(storage.asked.map(({ from }) => from).sort((a, b) => a - b)).toEqual([
      ...[0, first, first, second, second, ...others],
    ]);
  });

  test('four are on their way, however many came, as long as nobody knows how fast', async () => {
    await using storage = await playStorage();
    const fetched = storage.fetch({ cuts: CUTS });
    const parts = await begin(storage);
    for (let left = PARTS.length; left > 0; left -= 1) {
      parts.shift()?.give(OBJECT);
      if (left > 4) parts.push(await storage.next());
      await storage.fence();
    }
    await fetched;
    expect(await storage.file()).toEqual(OBJECT);
    expect(storage.asked.map(({ open }) => open)).toEqual([1, 1, 2, 3, ...PARTS.slice(3).map(() => 4)]);
  });

  test('one is on its way at least, however often it breaks', async () => {
    await using storage = await playStorage();
    const fetched = storage.fetch({ cuts: CUTS });
    for (const part of await begin(storage)) part.cut();
    for (let round = 0; round < 4; round += 1) (await storage.next()).cut();
    for (let left = PARTS.length; left > 0; left -= 1) (await storage.next()).give(OBJECT);
    await fetched;
    expect(await storage.file()).toEqual(OBJECT);
  });

  test('those that wait are never asked for when one cannot be had, and those on their way are let go', async () => {
    await using storage = await playStorage();
    const fetched = storage.fetch({ cuts: CUTS });
    const [one, two, three, four] = await begin(storage);
    two.begin(OBJECT, 500);
    await storage.received(4_500);
    one.answer(404, {});
    await expect(fetched).rejects.toMatchObject({ type: 'final' });
    await storage.over([two, three, four]);
    expect(storage.asked).toHaveLength(5);
    expect(await storage.names()).toEqual([]);
  });

  test('one that says another size lets go of all, and the whole comes by one request', async () => {
    await using storage = await playStorage();
    const fetched = storage.fetch({ cuts: CUTS });
    const [one, two, three, four] = await begin(storage);
    const other = bytesOf(9_000, 1);
    one.give(other);
    const again = await storage.next();
    await storage.over([two, three, four]);
    expect([again.from, again.to, again.headers['if-match']]).toEqual([0, Number.POSITIVE_INFINITY, undefined]);
    again.give(other);
    expect(await fetched).toMatchObject({ bytes: 9_000 });
    expect(await storage.file()).toEqual(other);
    expect(storage.asked).toHaveLength(6);
  });
});

test('of many parts, up to sixteen are on their way when each brings as much as the others', async () => {
  await using storage = await playStorage();
  const object = bytesOf(34_000);
  let time = 0;
  const clock = { ...storage.context.clock, now: () => time };
  const fetched = storage.fetch({ cuts: CUTS, clock });
  (await storage.next()).give(object);
  const open: Asked[] = [];
  const wait = async (count: number) => {
    while (open.length < count) open.push(await storage.next());
    await storage.fence();
    expect(storage.asked.filter(({ isOver }) => !isOver())).toHaveLength(count);
  };
  await wait(4);
  let received = 4_000;
  // What comes in 100 ms: half as much again each time, and all of it as one piece.
  for (const [at, { bytes, count }] of [
    { bytes: 400, count: 8 },
    { bytes: 600, count: 16 },
    { bytes: 900, count: 16 },
  ].entries()) {
    time += 100;
    open[at]?.begin(object, bytes);
    received += bytes;
    await storage.received(received);
    await wait(count);
  }
  for (const one of open.slice(0, 3)) one.end();
  for (const one of open.slice(3)) one.give(object);
  for (let left = 30 - 16; left > 0; left -= 1) (await storage.next()).give(object);
  await fetched;
  expect(await storage.file()).toEqual(object);
});

test('what is still being written of an object that changed is written before the file begins anew', async () => {
  await using storage = await playStorage();
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const isHeld = Promise.withResolvers<void>();
  const disk: Disk = {
    ...systemDisk,
    async open(path, flags) {
      const file = await systemDisk.open(path, flags);
      return {
        read: (...asked) => file.read(...asked),
        stat: (options) => file.stat(options),
        close: () => file.close(),
        async writev(chunks, position) {
          if (position === 5_000) {
            isHeld.resolve();
            await gate.promise;
            order.push('written');
          }
          return file.writev(chunks, position);
        },
        async truncate(bytes) {
          order.push('emptied');
          await file.truncate(bytes);
        },
      };
    },
  };
  const fetched = storage.fetch({ cuts: CUTS, disk });
  const [one, two, three, four] = await begin(storage);
  two.give(OBJECT);
  await isHeld.promise;
  one.answer(412, {});
  // By then the others were let go.
  await storage.over([three, four]);
  gate.resolve();
  const other = bytesOf(14_000, 1);
  (await storage.next()).give(other);
  await fetched;
  expect(order).toEqual(['written', 'emptied']);
  expect(await storage.file()).toEqual(other);
});

describe('an answer that is no use any more is let go, though its body never ends:', () => {
  const object = bytesOf(6_000);
  const endless = { 'content-length': 100_000 };

  test.for<[string, (asked: Asked) => void]>([
    ['of another object', (asked) => asked.begin(object, 100, { etag: '"2"' })],
    ['of one that has a weak tag now', (asked) => asked.begin(object, 100, { etag: 'W/"1"' })],
    ['of which nothing is wanted', (asked) => asked.answer(200, { ...endless, etag: '"1"' }, object)],
    ['that says it is another', (asked) => asked.answer(412, endless, Buffer.from('<Error>'))],
    ['of a range that is not there', (asked) => asked.answer(416, endless, Buffer.from('<Error>'))],
    ['of a part without a range', (asked) => asked.answer(206, { ...endless, etag: '"1"' }, object)],
  ])('one %s', async ([, answer]) => {
    await using storage = await playStorage();
    const fetched = storage.fetch();
    const broken = await storage.next();
    broken.begin(object, 1_000);
    await storage.received(1_000);
    broken.cut();
    const useless = await storage.next();
    expect(useless.headers['if-match']).toBe('"1"');
    answer(useless);
    (await storage.next()).give(object);
    expect(await fetched).toMatchObject({ bytes: 6_000 });
    expect(await storage.file()).toEqual(object);
    await storage.over(storage.asked);
    expect(storage.asked).toHaveLength(3);
  });
});
