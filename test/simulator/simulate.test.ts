import { describe, expect, test } from 'vitest';
import { drawPlan } from '../../simulator/draw.ts';
import type { Violation } from '../../simulator/invariants/invariants.ts';
import { trySeed, violations } from '../../simulator/seeds.ts';
import { shrink } from '../../simulator/shrink.ts';
import { tell } from '../../simulator/tell.ts';
import { live } from '../../simulator/world.ts';
import { createPlan, TASK } from './plans.ts';

const SEEDS = 2_000;
const BATCH = 250;

describe('whatever a seed brings about', () => {
  // `npm run simulate -- --seeds 1 --first <seed>` tells the story of one that fails.
  test.each(Array.from({ length: SEEDS / BATCH }, (_, index) => 1 + index * BATCH))(
    'a run keeps its promises: from seed %i on',
    async (first) => {
      const failed: { seed: number; violation: Violation }[] = [];
      for (let seed = first; seed < first + BATCH; seed += 1) {
        const violation = await trySeed(seed);
        if (violation !== undefined) failed.push({ seed, violation });
      }
      expect(failed).toEqual([]);
    },
  );

  test('the same happens each time', async () => {
    for (const seed of [3, 17, 212, 901]) {
      expect(tell(await live(drawPlan(seed)))).toBe(tell(await live(drawPlan(seed))));
    }
  });
});

test('a plan shrinks to what it fails for', async () => {
  const busy = drawPlan(5);
  const plan = {
    ...createPlan({ inputs: { timeout: 60_000, uploads: [10] }, faults: busy.faults }),
    abort: { type: 'at', ms: 5_000 } as const,
  };
  const shrunk = await shrink(plan, async ({ abort }) => abort !== undefined);
  expect(shrunk).toMatchObject({ faults: [], inputs: { timeout: undefined, uploads: [] }, abort: plan.abort });
  expect(await violations(shrunk)).toEqual([]);
});

describe('what the service says late, or in other words,', () => {
  const lateUrls = { delay: 20_000, prompt: 0, until: 'empty', promise: 'count' } as const;
  const plan = createPlan({ tasks: [{ ...TASK, lateUrls, words: { running: 'RUNNING', completed: 'succeeded' } }] });

  test('is told', async () => {
    expect(tell(await live(plan))).toContain(
      '; URLs but 0 after 20 s, empty before, promised by count; running is called RUNNING; completed is called succeeded',
    );
  });

  test('is left out where it does not matter', async () => {
    expect((await shrink(plan, async () => true)).tasks).toMatchObject([{ lateUrls: undefined, words: {} }]);
    const shrunk = await shrink(plan, async ({ tasks: [{ lateUrls: late, words }] }) => {
      return late !== undefined && words.completed !== undefined;
    });
    const late = { ...lateUrls, until: 'null', promise: 'keys' };
    expect(shrunk.tasks).toMatchObject([{ lateUrls: late, words: { completed: 'succeeded' } }]);
    expect(shrunk.tasks[0].words).not.toHaveProperty('running');
  });
});
