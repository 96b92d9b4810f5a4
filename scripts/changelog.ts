/** One entry of CHANGELOG.md: what is `Unreleased`, or a version. */
export interface Entry {
  /** `Unreleased`, or such as `1.2.0`. */
  readonly name: string;
  /** Such as `2026-11-26`; `undefined` for what is unreleased. */
  readonly date: string | undefined;
  /** Markdown below the heading, without blank lines around it. */
  readonly notes: string;
}

const KINDS = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];

/**
 * Reads a changelog in the form of keepachangelog.com 1.1, which begins with what is unreleased. Entries come as they stand:
 * newest first.
 *
 * @throws {Error} that says which line has another form
 */
export function readChangelog(text: string): Entry[] {
  const [, ...sections] = text.split(/^## /m);
  const entries = sections.map(readEntry);
  const [first, ...released] = entries;
  if (first?.name !== 'Unreleased') throw new Error('CHANGELOG.md does not begin with ## [Unreleased]');
  for (const [at, { name, date }] of released.entries()) {
    const older = released[at + 1];
    if (name === 'Unreleased' || date === undefined) throw new Error(`## [${name}] lacks its date`);
    if (older?.date !== undefined && older.date > date) throw new Error(`${older.name} is below ${name}, and newer`);
  }
  return entries;
}

/**
 * What CHANGELOG.md says of a version that is about to be released.
 *
 * @param declared the version in package.json
 * @throws {Error} that says what keeps it from being released
 */
export function releaseNotes(changelog: string, version: string, declared: unknown): string {
  if (!/^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}$/.test(version)) {
    throw new Error(`${version} is no version: write it as 1.2.0, without a v`);
  }
  if (declared !== version) throw new Error(`package.json says ${declared}, not ${version}: run npm version`);
  const [unreleased, newest] = readChangelog(changelog);
  if (newest?.name !== version) {
    throw new Error(
      `The newest entry of CHANGELOG.md is ${newest?.name ?? 'missing'}, not ${version}: give what is unreleased its version and date`,
    );
  }
  if (unreleased?.notes !== '')
    throw new Error('Something is left under ## [Unreleased], which this release would have');
  if (newest.notes === '') throw new Error(`CHANGELOG.md says nothing of ${version}`);
  return newest.notes;
}

function readEntry(section: string): Entry {
  const [heading = '', ...lines] = section.split('\n');
  const [, name, date] = /^\[(Unreleased|\d+\.\d+\.\d+)\](?: - (\d{4}-\d\d-\d\d))?$/.exec(heading) ?? [];
  if (name === undefined) throw new Error(`"## ${heading}" is not as ## [1.2.0] - 2026-11-26`);
  const notes = lines
    .filter((line) => !/^\[[^\]]+\]: \S+$/.test(line))
    .join('\n')
    .trim();
  for (const [, kind = ''] of notes.matchAll(/^### (.*)$/gm)) {
    if (!KINDS.includes(kind)) throw new Error(`"### ${kind}" of ${name} is none of ${KINDS.join(', ')}`);
  }
  if (notes !== '' && !notes.startsWith('### ')) throw new Error(`${name} does not begin with "### Added", say`);
  return { name, date, notes };
}
