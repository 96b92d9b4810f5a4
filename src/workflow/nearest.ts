/**
 * The candidate that `word` was probably meant to be, for "did you mean": at most a third of the word's characters (or
 * one) typed wrong, where two neighbours swapped count once, and case not at all. Of several as near, one that starts the
 * word or starts with it comes first, then the first in the list. Only the first 100 code units are compared, with the first
 * 500 candidates of about the same length.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = fold(word);
  const reach = Math.max(1, Math.floor(wanted.length / 3));
  const [best] = candidates
    .map((candidate) => ({ candidate, folded: fold(candidate) }))
    // Words whose lengths differ by more are out of reach already; this spares most of the work.
    .filter(({ folded }) => Math.abs(folded.length - wanted.length) <= reach)
    .slice(0, MOST_COMPARED)
    .map(({ candidate, folded }) => ({
      candidate,
      edits: countEdits(wanted, folded),
      strange: folded.startsWith(wanted) || wanted.startsWith(folded) ? 0 : 1,
    }))
    // With every character wrong, as in x for y, it would be a guess.
    .filter(({ edits }) => edits <= reach && (edits === 0 || edits < wanted.length))
    .sort((one, other) => one.edits - other.edits || one.strange - other.strange);
  return best?.candidate;
}

const LONGEST_COMPARED = 100;
const MOST_COMPARED = 500;

function fold(text: string): string {
  return text.slice(0, LONGEST_COMPARED).toLowerCase();
}

/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
 * Our own: fastest-levenshtein and leven count a swap as two, and damerau-levenshtein has no types and has been still since 2021.
 *
 * @see https://en.wikipedia.org/wiki/Damerau-Levenshtein_distance#Optimal_string_alignment_distance
 */
function countEdits(from: string, to: string): number {
  // Of the table, three rows are enough; a byte is, too: lower case at most doubles the 100 code units of a word.
  let [above, row, next] = [rowOf(to), rowOf(to), rowOf(to)];
  for (let column = 0; column <= to.length; column += 1) row[column] = column;
  for (let line = 1; line <= from.length; line += 1) {
    next[0] = line;
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[line - 1] === to[column - 1];
      const changed = Math.min(row[column] ?? 0, next[column - 1] ?? 0) + 1;
      next[column] = Math.min(changed, (row[column - 1] ?? 0) + (same ? 0 : 1));
      const swapped = line > 1 && column > 1 && from[line - 1] === to[column - 2] && from[line - 2] === to[column - 1];
      if (swapped) next[column] = Math.min(next[column] ?? 0, (above[column - 2] ?? 0) + 1);
    }
    [above, row, next] = [row, next, above];
  }
  return row[to.length] ?? 0;
}

function rowOf({ length }: string): Uint8Array {
  return new Uint8Array(length + 1);
}
