import { describe, expect, test } from 'vitest';
import { drawPlan } from '../../simulator/draw.ts';
import type { Violation } from '../../simulator/invariants/invariants.ts';
import { trySeed, violations } from '../../simulator/seeds.ts';
import { shrink } from '../../simulator/shrink.ts';
import { tell } from '../../simulator/tell.ts';
import { live } from '../../simulator/world.ts';
import { createPlan } from './plans.ts';

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
