import { type Inert, inert, joinInert } from '../base/inert.ts';
import type { TaskResult } from '../cyberun/schema.ts';
import { isAddress, keyOf, type TaskOutput } from './outputs.ts';

/** How long a result, and the URLs in it, may be late, in milliseconds. */
export const RESULT_LIMIT = 60_000;
/** More are counted, not named. */
const MOST_NAMES = 5;

/** Outputs that a task promised, and its result does not offer. */
export interface Missing {
  readonly count: number;
  /** The ids of those that have one, `count` at most. Foreign text. */
  readonly names: readonly string[];
  /** The ids of others, which nobody wants. Foreign text. */
  readonly unwanted: readonly string[];
}

/**
 * What is missing from a result: an entry of `download_urls` without a URL; and as many more as were promised, by whoever
 * promised most: `image_count`, the outputs that `task_output` describes, or what the `completed` event said of them. Only
 * the number counts, as outputs may be named otherwise where they are promised than where they are offered. A task that an
 * agent ran has one key and one URL, however many pictures it counts.
 *
 * @param offered The outputs in the result that can be fetched.
 * @param announced The event's `output`.
 * @param isUnwanted Whether a file of that output is surely not to be fetched: it is missed by nobody.
 */
export function missingOutputs(
  result: TaskResult,
  offered: readonly TaskOutput[],
  announced: unknown,
  isUnwanted: (id: string) => boolean = () => false,
): Missing {
  const urls = Object.entries(result.download_urls ?? {});
  const without = urls.flatMap(([id, url]) => (isAddress(url) ? [] : [id]));
  const described = [describedIn(result.task_output), describedIn(announced)];
  const promised = Math.max(
    urls.length,
    ...described.map((ids) => ids.length),
    ...[result.task_output, announced].map((output) => countIn(output, urls.length === 0)),
  );
  const count = Math.max(without.length, promised - offered.length);
  const offeredIds = new Set(offered.map(({ output }) => output));
  const known = [...new Set([...without, ...described.flat().filter((id) => !offeredIds.has(id))])];
  const unwanted = count === 0 ? [] : known.filter(isUnwanted);
  const names = known.filter((id) => !isUnwanted(id));
  // What is missing and has no name may be wanted.
  const missed = Math.min(count, names.length + Math.max(0, count - known.length));
  return { count: missed, names: names.slice(0, missed), unwanted };
}

/** Of a task that offers all that it was to. */
export const NOTHING_MISSING: Missing = { count: 0, names: [], unwanted: [] };

/** What is missing, by its names where it has some. */
export function describeMissing({ count, names }: Pick<Missing, 'count' | 'names'>): Inert {
  const shown = names.slice(0, MOST_NAMES).map((name) => inert`${name}`);
  const more = count - shown.length;
  if (shown.length === 0)
    return count === 1 ? inert`1 file that the task has` : inert`${count} files that the task has`;
  return more > 0 ? inert`${joinInert(shown)} and ${more} more` : joinInert(shown);
}

/** The ids of the outputs that an output of a task has a key of. */
function describedIn(output: unknown): string[] {
  if (typeof output !== 'object' || output === null) return [];
  return Object.entries(output).flatMap(([id, about]) => (keyOf(about) === undefined ? [] : [id]));
}

function countIn(output: unknown, isByAgent: boolean): number {
  if (typeof output !== 'object' || output === null) return 0;
  const own = keyOf(output) === undefined ? 0 : 1;
  if (own === 1 && isByAgent) return own;
  return 'image_count' in output && Number.isSafeInteger(output.image_count) ? Number(output.image_count) : own;
}
