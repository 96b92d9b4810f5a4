/** Names for a line: the first of them, and how many more there are. */
export function firstOf(names: readonly string[]): string {
  if (names.length <= MOST_NAMES + 1) return names.join(', ');
  return `${names.slice(0, MOST_NAMES).join(', ')} and ${(names.length - MOST_NAMES).toLocaleString('en-US')} more`;
}

/** A text that a screen has room for: its beginning, and how many characters more there are. */
export function beginningOf(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  return `${text.slice(0, MOST_CHARACTERS)}... and ${(text.length - MOST_CHARACTERS).toLocaleString('en-US')} characters more`;
}

const MOST_NAMES = 10;
const MOST_CHARACTERS = 2_000;
