import { headingOf } from './document.ts';
import { phrasesOf } from './list.ts';
import { type Phrase, textOf, wordsOf } from './phrases.ts';
import type { Seen } from './seen.ts';
import { ELSEWHERE, SECTIONS, UNPROVOKED } from './tables.ts';

/** Phrases of the source, by what the tables say of them. */
export interface Sorted {
  /** An error has to have them. */
  readonly wanted: readonly Phrase[];
  readonly elsewhere: readonly Phrase[];
  /** No run can be made to say them. */
  readonly unprovoked: readonly Phrase[];
}

/** Sorts phrases by the tables. Of several with the same words, one is wanted. */
export function sortPhrases(phrases: readonly Phrase[]): Sorted {
  const wanted = new Map<string, Phrase>();
  const elsewhere: Phrase[] = [];
  const unprovoked: Phrase[] = [];
  for (const phrase of phrases) {
    const text = textOf(phrase);
    if (Object.keys(ELSEWHERE).some((place) => isIn(phrase, place))) elsewhere.push(phrase);
    else if (Object.hasOwn(UNPROVOKED, text)) unprovoked.push(phrase);
    else if (!wanted.has(text)) wanted.set(text, phrase);
  }
  return { wanted: [...wanted.values()], elsewhere, unprovoked };
}

/** Errors that have no words of the source: something makes them in a way that nobody reads phrases from. */
export function strangeErrors({ wanted }: Sorted, seen: readonly Seen[]): string[] {
  const messages = new Set(seen.map(({ message }) => message));
  return [...messages]
    .filter((message) => phrasesOf(message, wanted).size === 0)
    .map((message) => `No phrase of src is in this error, whatever makes it: "${message}".`);
}

/** What is wrong with the tables, by what was seen. */
export function tableProblems({ wanted, elsewhere, unprovoked }: Sorted, seen: readonly Seen[]): string[] {
  const known = new Set(wanted.map(textOf));
  const others = [...elsewhere, ...unprovoked].filter((phrase) => !known.has(textOf(phrase)));
  const said = new Set(seen.flatMap(({ message }) => [...phrasesOf(message, [...wanted, ...others])]));
  const texts = new Set(unprovoked.map(textOf));
  return [
    ...Object.keys(ELSEWHERE)
      .filter((place) => !elsewhere.some((phrase) => isIn(phrase, place)))
      .map((place) => `ELSEWHERE names ${place}, which has no words of its own any more.`),
    ...Object.keys(UNPROVOKED)
      .filter((text) => !texts.has(text))
      .map((text) => `UNPROVOKED has "${text}", which the source does not.`),
    ...others
      .filter((phrase) => said.has(phrase) && wordsOf(phrase.parts).length >= TELLING)
      .map((phrase) => `"${textOf(phrase)}" is in an error, and the tables say that it is in none.`),
    ...[...new Set(seen.map(headingOf))]
      .filter((heading) => !Object.hasOwn(SECTIONS, heading))
      .map((heading) => `SECTIONS lacks "${heading}".`),
  ];
}

/** So many words are in no text by chance. */
const TELLING = 4;

function isIn({ path, home }: Phrase, place: string): boolean {
  return path === place || path.startsWith(`${place}/`) || `${path}#${home}` === place;
}
