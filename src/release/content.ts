import { createHash } from 'node:crypto';
import { type Disk, READ_NO_LINK } from '../base/disk.ts';
import { inert } from '../base/inert.ts';
import { GithubError } from './errors.ts';

/** What is to become an asset. */
export interface Content {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly mediaType: string;
  /** The bytes, from the beginning, each time it is called. Not whole where they are not those of the digest any more. */
  readonly read: () => AsyncIterable<Uint8Array>;
}

/** Read at one time, in bytes. */
const PIECE = 256 * 1024;

/** A text of ours. */
export function contentOfText(text: string, mediaType: string): Content {
  const bytes = Buffer.from(text);
  return {
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    mediaType,
    async *read() {
      yield bytes;
    },
  };
}

/**
 * A file in the workspace, of which this job computed the digest. Who writes to it meanwhile does not get it attached: its
 * last bytes are held back until the digest of all is seen to be right.
 */
export function contentOfFile(
  disk: Disk,
  file: { readonly path: string; readonly bytes: number; readonly sha256: string; readonly mediaType: string },
): Content {
  return { ...file, read: () => readFile(disk, file) };
}

async function* readFile(
  disk: Disk,
  { path, bytes, sha256 }: { readonly path: string; readonly bytes: number; readonly sha256: string },
): AsyncGenerator<Uint8Array> {
  const file = await disk.open(path, READ_NO_LINK).catch(changed);
  const hash = createHash('sha256');
  try {
    for (let at = 0; at < bytes; ) {
      // A buffer of its own for each: the connection may still hold the last one.
      const buffer = Buffer.allocUnsafe(Math.min(PIECE, bytes - at));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at).catch(changed);
      if (bytesRead === 0) changed(new Error('it became shorter'));
      const piece = buffer.subarray(0, bytesRead);
      hash.update(piece);
      at += bytesRead;
      if (at === bytes && hash.digest('hex') !== sha256) changed(new Error('its bytes are not those of its digest'));
      yield piece;
    }
  } finally {
    await file.close();
  }
}

function changed(cause: unknown): never {
  const said = cause instanceof Error ? cause.message : String(cause);
  throw new GithubError(
    'refused',
    inert`The file in the workspace was changed since it arrived (${said}), and was not attached. Let nothing write there while this step runs.`,
    { cause },
  );
}
