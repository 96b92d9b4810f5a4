import { indexIn, type Phrase, textOf } from './phrases.ts';
import type { Seen } from './seen.ts';

/** What is chosen of what was seen. */
export interface Chosen {
  /** In no order. */
  readonly entries: readonly Seen[];
  /** Phrases that are in none of it. */
  readonly unseen: readonly Phrase[];
}

/**
 * Chooses as few errors as have every phrase: for each the shortest that has it, but rather one that was chosen before, so
 * that the list stays what it is for as long as that is true.
 */
export function choose(phrases: readonly Phrase[], seen: readonly Seen[], before: readonly Seen[]): Chosen {
  const known = new Map(before.map((error) => [nameOf(error), error]));
  const told = seen
    .map((error) => {
      const written = known.get(nameOf(error));
      return { error: written ?? error, isKnown: written !== undefined, phrases: phrasesOf(error.message, phrases) };
    })
    .sort((a, b) => Number(b.isKnown) - Number(a.isKnown) || compare(a.error, b.error));
  const entries = new Set<Seen>();
  const unseen: Phrase[] = [];
  const covered = new Set<Phrase>();
  for (const phrase of phrases) {
    if (covered.has(phrase)) continue;
    const best = told.find((one) => one.phrases.has(phrase));
    if (best === undefined) {
      unseen.push(phrase);
      continue;
    }
    entries.add(best.error);
    for (const one of best.phrases) covered.add(one);
  }
  return { entries: [...entries], unseen };
}

/** The same for an error that another run had other numbers in: how long something took, say. */
function nameOf({ title, message, test }: Seen): string {
  return JSON.stringify([title, message.replace(/\d+m \d+s/g, '0m').replace(/\d+/g, '0'), test]);
}

function compare(a: Seen, b: Seen): number {
  return a.message.length - b.message.length || order(a.message, b.message) || order(a.test, b.test);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The phrases that a message has. One whose words are a part of another's is only there where that is not. */
export function phrasesOf(message: string, phrases: readonly Phrase[]): Set<Phrase> {
  const found = phrases.filter((phrase) => indexIn(message, phrase) !== -1);
  const isPart = (phrase: Phrase) =>
    found.some(
      (other) => other !== phrase && indexIn(textOf(other), phrase) !== -1 && textOf(other) !== textOf(phrase),
    );
  return new Set(found.filter((phrase) => !isPart(phrase)));
}
