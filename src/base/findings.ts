import { messageFor, RunError } from './errors.ts';
import { type Inert, inert, joinInert, shorten } from './inert.ts';
import type { Log } from './log.ts';

/** What several checks find. */
export interface Findings {
  /** The result of a check; `instead` when it found a problem that is kept for the end. */
  of<T>(check: () => T | Promise<T>, instead: T): Promise<T>;
  /** Keeps a problem for the end. */
  add(problem: RunError): void;
  /** Throws what was found, all at once, as a {@link RunError} of kind `input`. */
  end(): void;
}

/**
 * @param isPatient Problems of kind `input` and `submit` are kept for the end. Otherwise the first of them is thrown at once.
 * @param log Is told all of them where an annotation has no room.
 */
export function createFindings(isPatient: boolean, log: Pick<Log, 'group'>): Findings {
  const found: RunError[] = [];
  function add(problem: RunError): void {
    if (!isPatient) throw problem;
    found.push(...each(problem));
  }
  return {
    add,
    async of(check, instead) {
      try {
        return await check();
      } catch (error) {
        if (!(error instanceof RunError) || !KEPT.includes(error.kind)) throw error;
        add(error);
        return instead;
      }
    },
    end() {
      const [first, ...others] = found;
      if (first === undefined) return;
      if (others.length === 0) throw first;
      const lines = found.map(({ message }, index) => joinInert([inert`(${index + 1})`, message], ' '));
      const all = joinInert([inert`There are ${found.length} problems.`, ...lines], ' ');
      if (all.length > LONGEST) log.group(inert`all ${found.length} problems`, lines);
      const said = all.length > LONGEST ? joinInert([shorten(all, LONGEST), inert`All are in the log.`], ' ') : all;
      throw new RunError('input', said, new AggregateError(found));
    },
  };
}

/** The problems that an error tells of, one by one. */
export function problemsIn(error: unknown): readonly Inert[] {
  return error instanceof RunError ? each(error).map(messageFor) : [messageFor(error)];
}

/** What was found by somebody else, and is one error already. */
function each(problem: RunError): readonly RunError[] {
  const { cause } = problem;
  // Of the network's errors, some are of many, too.
  const isOfFound = cause instanceof AggregateError && cause.errors.every((one) => one instanceof RunError);
  return isOfFound ? cause.errors : [problem];
}

const KEPT: readonly RunError['kind'][] = ['input', 'submit'];

/** An annotation holds 4096 characters; this leaves room for what is said behind. In UTF-16 code units. */
const LONGEST = 4_000;
