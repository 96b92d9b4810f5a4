/**
 * What is known to authorise its bearer, however it is spelt: the key, and what the service signed its URLs with. The one
 * memory of the process, as whatever is printed has to know of it, and anybody may be handed a URL.
 */
const heads = new Set<string>();
/** The same of what came from the user, which no service can push out. */
const own = new Set<string>();

/** The oldest go: a run of a thousand files that are all signed anew has fewer. */
const MOST = 10_000;
/** A value is known by so many of its first characters, so that the beginning of it is, too. */
const HEAD = 16;
/** The shortest part of a key that counts; without a digit it may be a word. */
const SHORTEST_PART = 8;

/** Remembers the key, and its parts between punctuation. */
export function rememberKey(key: string): void {
  const parts = key.split(/[^a-z\d]+/i).filter((part) => /\d/.test(part));
  for (const value of [key, ...parts]) if (value.length >= SHORTEST_PART) own.add(value.slice(0, HEAD));
}

/** Remembers a value of 16 characters or more; a shorter one could be anything. */
export function rememberSecret(value: string): void {
  if (value.length < HEAD) return;
  const head = value.slice(0, HEAD);
  heads.delete(head);
  heads.add(head);
  for (const oldest of heads) {
    if (heads.size <= MOST) return;
    heads.delete(oldest);
  }
}

/**
 * Remembers what signs a URL: every value of its query and fragment, as it is written and as it is meant, but for the ids of
 * things (`task_id=` a UUID), which are told everywhere.
 */
export function rememberUrl(url: string): void {
  for (const pair of url.split(/[?&#]/).slice(1)) {
    const at = pair.indexOf('=');
    const value = at === -1 ? '' : pair.slice(at + 1);
    if (pair.slice(0, at).toLowerCase().endsWith('id') && UUID.test(value)) continue;
    rememberSecret(value);
    rememberSecret(decoded(value));
  }
}

/** Remembers what signs the URLs that stand anywhere in a JSON value, however deep. */
export function rememberUrlsIn(json: unknown): void {
  const all = [json];
  for (const value of all) {
    if (typeof value === 'string' && /^[a-z\d+.-]+:\/\/\S+$/i.test(value)) rememberUrl(value);
    if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) all.push(part);
  }
}

/** The text with every word cut where something known begins in it. */
export function withoutKnown(text: string): string {
  const parts = [...own].filter((part) => text.includes(part));
  if (parts.length === 0 && (heads.size === 0 || text.length < HEAD)) return text;
  return text.replace(/[^\s"'<>]+/g, (word) => {
    if (word.length < SHORTEST_PART) return word;
    const places = parts.map((part) => word.indexOf(part)).filter((place) => place !== -1);
    let at = 0;
    while (at <= word.length - HEAD && !heads.has(word.slice(at, at + HEAD))) at += 1;
    const known = Math.min(...places, at > word.length - HEAD ? word.length : at);
    return known === word.length ? word : `${word.slice(0, known)}***`;
  });
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
