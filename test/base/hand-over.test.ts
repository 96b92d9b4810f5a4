import { expect, test } from 'vitest';
import { createHandOver } from '../../src/base/hand-over.ts';

/** Says whether a promise has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  await new Promise(setImmediate);
  return settled;
}

test('hands over each item once, in order, from several givers', async () => {
  const { give, take } = createHandOver<number>();
  const first = take();
  const given = [1, 2, 3, 4].map((item) => give(item));
  expect([await first, await take(), await take(), await take()]).toEqual([1, 2, 3, 4]);
  await Promise.all(given);
  expect(await isSettled(take())).toBe(false);
});

test('has whoever gives wait until the item is taken', async () => {
  const { give, take } = createHandOver<string>();
  const one = give('one');
  const two = give('two');
  expect(await isSettled(one)).toBe(false);
  expect(await take()).toBe('one');
  expect(await isSettled(one)).toBe(true);
  expect(await isSettled(two)).toBe(false);
  expect(await take()).toBe('two');
  expect(await isSettled(two)).toBe(true);
});

test('does not have whoever gives wait where somebody waits to take, for one item', async () => {
  const { give, take } = createHandOver<string>();
  const taken = take();
  expect(await isSettled(give('one'))).toBe(true);
  expect(await taken).toBe('one');
  expect(await isSettled(give('two'))).toBe(false);
});

test('an error ends the wait for an item, and comes before what lies ready', async () => {
  const error = new Error('it broke');
  const waiting = createHandOver<string>();
  const taken = waiting.take();
  waiting.fail(error);
  await expect(taken).rejects.toBe(error);
  await expect(waiting.take()).rejects.toBe(error);
  const ready = createHandOver<string>();
  void ready.give('ready');
  ready.fail(error);
  ready.fail(new Error('and again'));
  await expect(ready.take()).rejects.toBe(error);
});

test('whoever gives goes on when nobody takes any more', async () => {
  const { give, close } = createHandOver<string>();
  const given = [give('one'), give('two')];
  close();
  await Promise.all(given);
  await give('three');
});
