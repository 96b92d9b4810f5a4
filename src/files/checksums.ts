import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Disk } from '../base/disk.ts';
import { messageFor } from '../base/errors.ts';
import { inert } from '../base/inert.ts';
import { TransferError } from '../transfer/errors.ts';
import { CHECKSUMS_NAME } from './names.ts';

/** Digests by file name: SHA-256, lower-case hex. */
export type Checksums = ReadonlyMap<string, string>;

/** The digests that a folder's `SHA256SUMS` lists; none where there is no such file. Lines of another form are left out. */
export async function readChecksums(disk: Disk, folder: string): Promise<Checksums> {
  const path = join(folder, CHECKSUMS_NAME);
  const isFile = await disk.lstat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  return isFile ? parseChecksums(await disk.readFile(path, 'utf8')) : new Map();
}

/**
 * Writes a folder's `SHA256SUMS`, for `sha256sum -c` and for attest-build-provenance's `subject-checksums`, and returns its
 * path. Names are relative to the folder, with `/` between components.
 *
 * @throws {TransferError} when the disk does not take the list; nothing is left behind
 */
export async function writeChecksums(disk: Disk, folder: string, checksums: Checksums): Promise<string> {
  const path = join(folder, CHECKSUMS_NAME);
  // Beside the target and then renamed, so that nobody reads half a list and a link is replaced, not followed.
  const temporary = join(folder, `.cyberun-${randomUUID()}.part`);
  try {
    await disk.writeFile(temporary, formatChecksums(checksums), { flag: 'wx' });
    await disk.rename(temporary, path);
    return path;
  } catch (cause) {
    await disk.rm(temporary, { force: true });
    throw new TransferError(
      'final',
      inert`The files are there, but ${CHECKSUMS_NAME}, the list of their digests, could not be written: ${messageFor(cause)}. Free space on the runner, or use a larger one.`,
      { cause },
    );
  }
}

/** The format of GNU coreutils, binary mode; safe names hold no backslash or line break, so nothing needs escaping. */
export function formatChecksums(checksums: Checksums): string {
  return [...checksums]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, digest]) => `${digest} *${name}\n`)
    .join('');
}

/** What {@link formatChecksums} writes, read back; also when Git, say, has turned its line ends into CR LF. */
export function parseChecksums(text: string): Checksums {
  const lines = text.split('\n').map((line) => /^([0-9a-f]{64}) [ *](.+?)\r?$/.exec(line));
  return new Map(lines.flatMap((found) => (found?.[1] && found[2] ? [[found[2], found[1]]] : [])));
}
