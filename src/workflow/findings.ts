import { RunError } from '../base/errors.ts';
import { inert, joinInert } from '../base/inert.ts';

/** What several checks find. */
export interface Findings {
  /** The result of a check; `undefined` when it found a problem that is kept for the end. */
  of<T>(check: Promise<T>): Promise<T | undefined>;
  /** Throws what was found, all at once, as a {@link RunError} of kind `input`. */
  end(): void;
}

/** @param isPatient Problems of kind `input` and `submit` are kept for the end. Otherwise the first of them is thrown at once. */
export function createFindings(isPatient: boolean): Findings {
  const found: RunError[] = [];
  return {
    async of(check) {
      try {
        return await check;
      } catch (error) {
        if (!isPatient || !(error instanceof RunError) || !KEPT.includes(error.kind)) throw error;
        found.push(error);
        return undefined;
      }
    },
    end() {
      const [first, ...others] = found;
      if (first === undefined) return;
      if (others.length === 0) throw first;
      const all = found.map(({ message }, index) => inert`(${index + 1}) ${message}`);
      throw new RunError('input', joinInert([inert`There are ${found.length} problems.`, ...all], ' '), first);
    },
  };
}

const KEPT: readonly RunError['kind'][] = ['input', 'submit'];
