import type { Lived } from '../world.ts';
import { checkAbort, checkBounds } from './bounds.ts';
import { checkNoticing, checkTruth } from './endings.ts';
import { checkEvidence } from './evidence.ts';
import { checkFiles } from './files.ts';
import { checkLimits } from './limits.ts';
import { checkLog } from './log.ts';
import { checkManners } from './manners.ts';
import { checkLeftRunning, checkSubmits } from './submits.ts';

/** What must hold of every life, by name. Each returns what is wrong, in words; nothing where all is well. */
export const INVARIANTS = {
  'one task an order': checkSubmits,
  'nothing left running': checkLeftRunning,
  'an end is noticed': checkNoticing,
  'reports are true': checkTruth,
  'no failure without a cause': checkEvidence,
  'limits fire in time, and only then': checkLimits,
  'files are whole or absent': checkFiles,
  'an abort is quick': checkAbort,
  'every wait has a bound': checkBounds,
  'the log is readable': checkLog,
  'the service is asked with manners': checkManners,
} as const satisfies Record<string, (lived: Lived) => string[]>;

/** One thing that is not as it must be. */
export interface Violation {
  readonly invariant: keyof typeof INVARIANTS;
  readonly text: string;
}

export function violationsOf(lived: Lived): Violation[] {
  return (Object.keys(INVARIANTS) as Violation['invariant'][]).flatMap((invariant) =>
    INVARIANTS[invariant](lived).map((text) => ({ invariant, text })),
  );
}
