/** One of the shares that several runners have of one matrix. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/**
 * Reads `2/5`, the second of five; spaces around the slash are no matter.
 *
 * @throws {Error} that says what is wrong with it
 */
export function parseShard(text: string): Shard {
  const [, index = '', count = ''] = /^(\d{1,4}) *\/ *(\d{1,4})$/.exec(text) ?? [];
  if (index === '') throw new Error('is no share: that is its number and how many there are');
  const shard = { index: Number(index), count: Number(count) };
  if (shard.index > 0 && shard.index <= shard.count) return shard;
  throw new Error(
    shard.count === 0
      ? 'makes no shares'
      : `is not one of the shares 1/${shard.count} to ${shard.count}/${shard.count}`,
  );
}

/** Its items, in order: every `count`-th one, so that what is added at the end moves no other. All of them without a shard. */
export function shareOf<T>(items: readonly T[], shard: Shard | undefined): readonly T[] {
  return shard === undefined ? items : items.filter((_, place) => place % shard.count === shard.index - 1);
}
