/**
 * The text without the characters at its end that the pattern, of one character, is for. `/[.:]+$/` says the same, but looks
 * for the end from each character of a run: in a long text of runs, that takes the square of its length.
 */
export function withoutEnd(text: string, character: RegExp): string {
  let end = text.length;
  while (end > 0 && character.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
