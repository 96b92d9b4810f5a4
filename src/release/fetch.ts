import { gather } from '../base/gather.ts';
import type { Answer, Wire, WireRequest } from '../base/wire.ts';

/** What octokit asks `fetch` for. */
interface Asked {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | AsyncIterable<Uint8Array>;
  readonly redirect?: string;
  readonly signal?: AbortSignal;
}

/** In milliseconds: until an answer begins, and between two chunks of it. GitHub reads a large upload once more before it answers. */
const ANSWER_LIMIT = 120_000;
/** Of an answer, in bytes: 100 releases with all that GitHub says of their assets. */
const LARGEST_ANSWER = 32 * 1024 * 1024;
const MOST_REDIRECTS = 3;
/** All that anybody reads of an answer. */
const HEADERS = [
  'content-type',
  'location',
  'retry-after',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'x-ratelimit-resource',
] as const;

/**
 * A `fetch` over the wire, as far as octokit needs one, so that proxies, bounds and tests are those of all that this action
 * does. It follows a GET to another place of the same origin, which is where a repository went that was renamed; the token
 * goes nowhere else.
 */
export function fetchOver(wire: Wire): (url: string, asked: Asked) => Promise<Response> {
  return async (url, { redirect, signal, ...asked }) => {
    let place = url;
    for (let redirects = 0; ; redirects += 1) {
      const answer = await wire(place, requestOf(asked, signal ?? new AbortController().signal));
      const next = redirect === 'manual' || asked.method !== 'GET' ? undefined : nextPlace(place, answer);
      if (next === undefined || redirects === MOST_REDIRECTS) return await responseOf(answer);
      answer.body.destroy();
      place = next;
    }
  };
}

/** Whether what goes to an address is as safe on the way as what goes to GitHub's API. */
export function isAsSafe(url: string, apiUrl: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol } = new URL(url);
  return protocol === 'https:' || protocol === new URL(apiUrl).protocol;
}

function requestOf({ method, headers, body }: Omit<Asked, 'signal'>, signal: AbortSignal): WireRequest {
  return {
    method: method as WireRequest['method'],
    headers,
    ...(body !== undefined && { body }),
    // A POST that is lost on a kept-alive connection would leave an asset of which nobody knows.
    connection: method === 'GET' ? 'shared' : 'own',
    headersTimeout: ANSWER_LIMIT,
    bodyTimeout: ANSWER_LIMIT,
    signal,
  };
}

function nextPlace(place: string, { status, header }: Answer): string | undefined {
  const location = header('location');
  if (![301, 302, 307, 308].includes(status) || location === undefined) return undefined;
  if (!URL.canParse(location, place)) return undefined;
  const next = new URL(location, place);
  return next.origin === new URL(place).origin ? next.href : undefined;
}

async function responseOf({ status, header, body }: Answer): Promise<Response> {
  const headers = new Headers();
  for (const name of HEADERS) {
    const value = header(name);
    if (value !== undefined) headers.set(name, value);
  }
  const gathered = gather(LARGEST_ANSWER);
  for await (const chunk of body) {
    if (!gathered.add(chunk)) throw new Error(`the answer has more than ${LARGEST_ANSWER / 1024 / 1024} MiB`);
  }
  // A redirect and an answer without a body must not have one here, either (Fetch, "null body status").
  const text = [204, 205, 304].includes(status) ? null : new TextDecoder().decode(gathered.take());
  return new Response(text, { status, headers });
}
