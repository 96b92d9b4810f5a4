import { parseDuration } from '../base/durations.ts';
import { RunError } from '../base/errors.ts';
import type { Findings } from '../base/findings.ts';
import { type Inert, inert } from '../base/inert.ts';
import { parseSize } from '../base/sizes.ts';

/** What inputs are read from. Who refuses one reads on with a stand-in, so that every problem is found. */
export interface Form {
  /** The value of an input, trimmed; empty when it is not given. */
  readonly getInput: (name: string) => string;
  /** The result of a check, or `instead` when it throws a problem of an input. */
  readonly check: Findings['of'];
  /** Keeps what is wrong for the end. */
  readonly refuse: (problem: Inert, cause?: unknown) => void;
}

/** @param findings Where problems are kept. */
export function createForm(getInput: Form['getInput'], findings: Findings): Form {
  return {
    getInput,
    check: findings.of,
    refuse: (problem, cause) => findings.add(new RunError('input', problem, cause)),
  };
}

/** `true` or `false`, in either case. */
export function flag({ getInput, refuse }: Form, name: string, otherwise: boolean): boolean {
  const text = getInput(name);
  if (text === '') return otherwise;
  if (/^true$/i.test(text)) return true;
  if (/^false$/i.test(text)) return false;
  refuse(inert`Input ${name} is ${text}, and must be true or false. Write e.g. \`${name}: ${String(!otherwise)}\`.`);
  return otherwise;
}

/** A whole number. */
export function count(
  { getInput, refuse }: Form,
  name: string,
  otherwise: number,
  { least, most, example }: { readonly least: number; readonly most: number; readonly example: number },
): number {
  const text = getInput(name);
  if (text === '') return otherwise;
  const given = /^(?:0|[1-9]\d{0,3})$/.test(text) ? Number(text) : Number.NaN;
  if (given >= least && given <= most) return given;
  refuse(
    inert`Input ${name} is ${text}, and must be a whole number from ${least} to ${most}. Write e.g. \`${name}: ${example}\`.`,
  );
  return otherwise;
}

/** One of several words, the first of them by default. */
export function choice<const T extends string>(
  { getInput, refuse }: Form,
  name: string,
  options: readonly [T, ...T[]],
): T {
  const text = getInput(name) || options[0];
  const found = options.find((option) => option === text);
  if (found !== undefined) return found;
  refuse(
    inert`Input ${name} is ${text}, and must be one of ${options.join(', ')}. Write e.g. \`${name}: ${options[0]}\`.`,
  );
  return options[0];
}

/** Milliseconds; `undefined` where none is given. */
export function duration({ getInput, refuse }: Form, name: string): number | undefined {
  const text = getInput(name);
  if (text === '') return undefined;
  try {
    return parseDuration(text);
  } catch (cause) {
    refuse(inert`Input ${name}: ${(cause as Error).message}. Write e.g. \`${name}: 45m\`.`, cause);
    return undefined;
  }
}

/** Bytes; `undefined` for 0, which is no bound. */
export function size({ getInput, refuse }: Form, name: string, otherwise: string): number | undefined {
  try {
    return parseSize(getInput(name) || otherwise) || undefined;
  } catch (cause) {
    const said = (cause as Error).message;
    refuse(inert`Input ${name}: ${said}. Write e.g. \`${name}: ${otherwise}\`.`, cause);
    return undefined;
  }
}
