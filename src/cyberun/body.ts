import type { Clock } from '../base/clock.ts';
import { inert } from '../base/inert.ts';
import { ApiError } from './errors.ts';

/** The body of an answer, as undici gives it. */
export type Body = AsyncIterable<Uint8Array> & { destroy(): unknown };

/** Bytes; a result with a thousand presigned URLs is about 1 MB. */
const LARGEST_ANSWER = 16 * 1024 * 1024;
/** Of an error's text, which is worth no wait: its status says enough. */
const LARGEST_ERROR = 64 * 1024;
const ERROR_LIMIT = 5_000;

/** The whole text. Throws when it breaks off, or is larger than any answer should be. */
export async function readText(body: Body): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > LARGEST_ANSWER) throw new Error(`the answer is larger than ${LARGEST_ANSWER} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** As much of an error's text as comes in time. Never throws: a status is not lost because its text is. */
export async function readHead(body: Body, clock: Pick<Clock, 'after'>): Promise<string> {
  const forget = clock.after(ERROR_LIMIT, () => body.destroy());
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > LARGEST_ERROR) break;
    }
  } catch {
    // What came before it broke is kept.
  } finally {
    forget();
    body.destroy();
  }
  return text;
}

/** The value that an answer's text is, `undefined` for an empty one. Throws {@link ApiError} of type `shape`. */
export function parseJson(name: string, text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ApiError(
      'shape',
      inert`${name} was answered with something that is not JSON: ${text.slice(0, 200)}. A proxy or a login page may stand before the service: check api-url.`,
      { cause },
    );
  }
}
