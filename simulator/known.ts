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
    what: 'Of two events that tell of one end, only the first is read, although the second may tell of its outputs.',
    explains: ({ invariant }, { service, tasks }) =>
      ['reports are true', 'no failure without a cause'].includes(invariant) &&
      service.stream.ending === 'both' &&
      tasks.some(({ lateUrls }) => lateUrls?.promise === 'event'),
  },
];

/** Whether a known fault of the action explains it. */
export function isKnown(violation: Violation, plan: Plan): boolean {
  return KNOWN.some(({ explains }) => explains(violation, plan));
}
