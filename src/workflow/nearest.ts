/**
 * The candidate that `word` was probably meant to be, for "did you mean": at most a third of the word's characters (or
 * one) typed wrong, where two neighbours swapped count once, and case not at all. Of several as near, one that starts the
 * word or starts with it comes first, then the first in the list. Only the first 100 code units are compared.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = fold(word);
  const reach = Math.max(1, Math.floor(wanted.length / 3));
  const [best] = candidates
    .map((candidate) => ({ candidate, folded: fold(candidate) }))
    // Words whose lengths differ by more are out of reach already; this spares most of the work.
    .filter(({ folded }) => Math.abs(folded.length - wanted.length) <= reach)
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
  const width = to.length + 1;
  // A byte is enough: lower case at most doubles the 100 code units of a word.
  const table = new Uint8Array((from.length + 1) * width);
  const at = (row: number, column: number) => table[row * width + column] ?? 0;
  for (let row = 0; row <= from.length; row += 1) {
    for (let column = 0; column <= to.length; column += 1) {
      table[row * width + column] = edits(row, column);
    }
  }
  return at(from.length, to.length);

  function edits(row: number, column: number): number {
    if (row === 0 || column === 0) return row + column;
    const same = from[row - 1] === to[column - 1];
    const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
    return Math.min(
      at(row - 1, column) + 1,
      at(row, column - 1) + 1,
      at(row - 1, column - 1) + (same ? 0 : 1),
      swapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
    );
  }
}
