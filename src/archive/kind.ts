/** What an archive is, by its name: tar, as it is or in gzip, or zip. */
export type ArchiveKind = 'zip' | 'tar' | 'tgz';

const ENDS: readonly (readonly [string, ArchiveKind])[] = [
  ['.tar.gz', 'tgz'],
  ['.tgz', 'tgz'],
  ['.tar', 'tar'],
  ['.zip', 'zip'],
];

/** What kind of archive a name says, in whatever case; `undefined` for none, and for an ending without a name before it. */
export function archiveKind(name: string): ArchiveKind | undefined {
  return endOf(name)?.[1];
}

/** An archive's name without what says its kind: `scene` of `scene.tar.gz`. Any other name as it is. */
export function archiveStem(name: string): string {
  return name.slice(0, name.length - (endOf(name)?.[0].length ?? 0));
}

function endOf(name: string): readonly [string, ArchiveKind] | undefined {
  return ENDS.find(([end]) => name.length > end.length && name.toLowerCase().endsWith(end));
}
