import type { Violation } from './invariants/invariants.ts';
import type { Plan } from './plan.ts';

/** A fault of the action that was found and is not mended yet. */
interface KnownFault {
  readonly what: string;
  explains(violation: Violation, plan: Plan): boolean;
}

/** Each goes with its fault. */
const KNOWN: readonly KnownFault[] = [
  {
    what: 'An end that the stream announced of a former try stands, although the stream or a record goes on with the next',
    explains: ({ invariant }, { service, tasks }) =>
      service.stream.tellsTries &&
      tasks.some(({ tries }) => tries.length > 1) &&
      ['reports are true', 'nothing left running', 'limits fire in time, and only then'].includes(invariant),
  },
];

/** Whether a known fault of the action explains it. */
export function isKnown(violation: Violation, plan: Plan): boolean {
  return KNOWN.some(({ explains }) => explains(violation, plan));
}
