import { posix } from 'node:path';
import { RunError } from '../base/errors.ts';
import { amount, type Inert, inert, someOf } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import { idleLines, isWanted, type Pattern } from '../base/pattern.ts';
import { safeFolders, safeName, uniquePlaces } from './names.ts';
import type { RawOutput } from './outputs.ts';

/** Which of a task's files are to be brought home. */
export interface Selection {
  readonly pattern: Pattern;
  /** What it means that there is none. */
  readonly ifNoFilesFound: 'warn' | 'error' | 'ignore';
}

/** What the input `pattern` knows a file of a task by. */
export interface Named {
  /** The service's id of the output. */
  readonly output: string;
  /** What it would be called if no other file were, where that is another name than its place has. */
  readonly safeName?: string | undefined;
  /** Where it is, or would be, below the folder, with `/` between components. */
  readonly place: string;
}

/**
 * The same outputs, in the same order, each with its place. That is the same whatever is selected, so it takes all that
 * a task offers.
 */
export function placed<T extends RawOutput>(outputs: readonly T[]): (T & Named)[] {
  const safe = outputs.map(({ rawName, rawFolder }) => ({ name: safeName(rawName), folders: safeFolders(rawFolder) }));
  const places = uniquePlaces(safe);
  return outputs.map((output, index) => {
    const { name: safeName } = safe[index] ?? { name: output.output };
    const place = places[index] ?? safeName;
    return { ...output, place, ...(safeName !== posix.basename(place) && { safeName }) };
  });
}

/** Whether a file is to be brought home. */
export function isSelected(file: Named, pattern: Pattern): boolean {
  return isWanted(pattern, namesOf(file));
}

function namesOf({ output, safeName, place }: Named): string[] {
  const name = posix.basename(place);
  return [...new Set([safeName ?? name, name, place, output])];
}

const MOST_LINES = 5;
const MOST_NAMES = 10;

/** `5 files`, or `2 of 5 files (pattern)`. */
export function describeSelected(selected: number, all: number): Inert {
  const total = amount(all, 'file');
  return selected === all ? total : inert`${selected} of ${total} (pattern)`;
}

/** Says which lines of the pattern match nothing, where others do. */
export function sayIdle(pattern: Pattern, all: readonly Named[], log: Pick<Log, 'warning'>): void {
  const idle = idleLines(pattern, all.map(namesOf));
  if (idle.length === 0) return;
  log.warning(
    inert`Input pattern: ${someOf(idle, MOST_LINES)} ${idle.length === 1 ? 'matches' : 'match'} no file of the task, which has ${describeAll(all)}.`,
  );
}

/**
 * What it means that nothing is to be downloaded, as `if-no-files-found` says.
 *
 * @param all What the task has, and the pattern does not select.
 */
export function foundNothing(
  { ifNoFilesFound, pattern }: Selection,
  all: readonly Named[],
  log: Pick<Log, 'info' | 'warning'>,
): RunError | undefined {
  const lines = pattern.map(({ line }) => line);
  const text =
    all.length === 0
      ? inert`The task completed, but it has no files to download.`
      : inert`The task completed, but of its files pattern (${someOf(lines, MOST_LINES)}) selects none: it has ${describeAll(all)}. Upper and lower case count.`;
  if (ifNoFilesFound === 'error')
    return new RunError('files', inert`${text} If that is no surprise, set if-no-files-found to warn or ignore.`);
  if (ifNoFilesFound === 'warn') log.warning(text);
  else log.info(text);
  return undefined;
}

function describeAll(all: readonly Named[]): Inert {
  return someOf(
    all.map(({ place, output }) => `${place} (${output})`),
    MOST_NAMES,
  );
}
