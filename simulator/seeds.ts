import { drawPlan } from './draw.ts';
import { type Violation, violationsOf } from './invariants/invariants.ts';
import { isKnown } from './known.ts';
import type { Plan } from './plan.ts';
import { shrink } from './shrink.ts';
import { tell } from './tell.ts';
import { live } from './world.ts';

/** Lives through a plan, and returns what was not as it must be. */
export async function violations(plan: Plan): Promise<Violation[]> {
  const heard: unknown[] = [];
  const onRejection = (reason: unknown) => void heard.push(reason);
  process.on('unhandledRejection', onRejection);
  try {
    const found = violationsOf(await live(plan));
    const unheard = heard.map((reason) => ({
      invariant: 'every wait has a bound' as const,
      text: `a rejection that nobody heard: ${String(reason)}`,
    }));
    return [...found, ...unheard];
  } finally {
    process.off('unhandledRejection', onRejection);
  }
}

/** The first violation under a seed that is not known yet. */
export async function trySeed(seed: number): Promise<Violation | undefined> {
  const plan = drawPlan(seed);
  return (await violations(plan)).find((violation) => !isKnown(violation, plan));
}

/** The shortest story in which the invariant is violated that a seed's life violated. */
export async function explain(seed: number, { invariant }: Violation): Promise<string> {
  const plan = await shrink(drawPlan(seed), async (smaller) =>
    (await violations(smaller)).some((found) => found.invariant === invariant && !isKnown(found, smaller)),
  );
  const found = await violations(plan);
  const texts = found.map((one) => `violated: ${one.invariant}: ${one.text}`);
  return [tell(await live(plan)), ...texts].join('\n');
}
