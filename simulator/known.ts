import type { Violation } from './invariants/invariants.ts';
import type { Plan } from './plan.ts';

/** A fault of the action that was found and is not mended yet. */
interface KnownFault {
  readonly what: string;
  explains(violation: Violation, plan: Plan): boolean;
}

/** Each goes with its fault. */
const KNOWN: readonly KnownFault[] = [];

/** Whether a known fault of the action explains it. */
export function isKnown(violation: Violation, plan: Plan): boolean {
  return KNOWN.some(({ explains }) => explains(violation, plan));
}
