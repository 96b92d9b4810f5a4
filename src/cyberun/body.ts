import { inert } from '../base/inert.ts';
import type { Body } from '../base/wire.ts';
import { ApiError } from './errors.ts';

/** Bytes; a result with a thousand presigned URLs is about 1 MB. */
const LARGEST_ANSWER = 16 * 1024 * 1024;

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
