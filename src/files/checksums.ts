/** Digests by place: SHA-256, lower-case hex. */
export type Checksums = ReadonlyMap<string, string>;

/**
 * The text of a `SHA256SUMS`, for `sha256sum -c` and for attest-build-provenance's `subject-checksums`: the format of GNU
 * coreutils, binary mode; safe names hold no backslash or line break, so nothing needs escaping.
 */
export function formatChecksums(checksums: Checksums): string {
  return [...checksums]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, digest]) => `${digest} *${name}\n`)
    .join('');
}
