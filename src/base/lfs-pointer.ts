/** A pointer is smaller than that, in bytes. */
export const LARGEST_POINTER = 1024;

/**
 * Whether a file is no more than the pointer that Git LFS leaves in a checkout in its place.
 *
 * @see https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
 */
export function isLfsPointer(text: string): boolean {
  return text.length < LARGEST_POINTER && /^version https:\/\/git-lfs\.github\.com\/spec\/v1\r?\n/.test(text);
}

/** A clause that says so of a file, and what to do. */
export const POINTER_FOUND =
  'which is only a pointer of Git LFS, not the file itself: write `lfs: true` under `with:` of actions/checkout';
