import type { Clock } from './clock.ts';
import type { Body } from './wire.ts';

/**
 * The beginning of an error's text, as much as comes within 5 s; the rest is not waited for. Never throws: a status is not
 * lost because its text is.
 *
 * @param most In bytes; the chunk that goes beyond is the last.
 */
export async function readHead(body: Body, most: number, clock: Pick<Clock, 'after'>): Promise<string> {
  const forget = clock.after(HEAD_LIMIT, () => body.destroy());
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      size += chunk.byteLength;
      if (size > most) break;
    }
  } catch {
    // What came before it broke is kept.
  } finally {
    forget();
    body.destroy();
  }
  return text;
}

/** In milliseconds. */
const HEAD_LIMIT = 5_000;
