import prettyBytes from 'pretty-bytes';
import type { Disk } from '../base/disk.ts';
import { inert } from '../base/inert.ts';
import { TransferError } from './errors.ts';

/** Throws {@link TransferError} where a file is larger than the user lets it be. */
export function checkSize(bytes: number, most: number | undefined, isWhole = true): void {
  if (most === undefined || bytes <= most) return;
  const found = isWhole ? inert`The file has ${prettyBytes(bytes)}, more than` : inert`The file has more than`;
  throw new TransferError(
    'final',
    inert`${found} the ${prettyBytes(most)} that the input max-download-size allows. Raise it (\`0\` is no bound), or have the workflow make smaller files.`,
  );
}

/**
 * Throws {@link TransferError} where so many more bytes do not fit. A file system that does not know how large it is (a
 * network's, say) is tried.
 */
export async function checkSpace(disk: Disk, folder: string, needed: number): Promise<void> {
  const { blocks, bavail, bsize } = await disk.statfs(folder).catch(() => UNKNOWN);
  const free = bavail * bsize;
  if (blocks * bsize > 0 && needed > free) {
    throw new TransferError(
      'final',
      inert`The disk is too full: the file has ${prettyBytes(needed)}, ${prettyBytes(free)} are free. Free space on the runner, or use a larger one.`,
    );
  }
}

const UNKNOWN = { blocks: 0, bavail: 0, bsize: 0 };
