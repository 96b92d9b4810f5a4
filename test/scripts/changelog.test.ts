import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readChangelog, releaseNotes } from '../../scripts/changelog.ts';

const TEXT = `# Changelog

Words before.

## [Unreleased]

## [1.10.0] - 2026-12-24

### Added

- A thing.

### Fixed

- Another.

## [1.9.1] - 2026-11-26

### Fixed

- An old one.

[Unreleased]: https://example.com/compare/v1.10.0...HEAD
[1.10.0]: https://example.com/releases/tag/v1.10.0
[1.9.1]: https://example.com/releases/tag/v1.9.1
`;
const NOTES = '### Added\n\n- A thing.\n\n### Fixed\n\n- Another.';

test('a changelog is read entry by entry, without its links', () => {
  expect(readChangelog(TEXT)).toEqual([
    { name: 'Unreleased', date: undefined, notes: '' },
    { name: '1.10.0', date: '2026-12-24', notes: NOTES },
    { name: '1.9.1', date: '2026-11-26', notes: '### Fixed\n\n- An old one.' },
  ]);
});

test.each([
  ['no entry of what is unreleased', ['## [Unreleased]\n', ''], /does not begin with ## \[Unreleased\]/],
  ['a version without a date', [' - 2026-12-24', ''], /## \[1\.10\.0\] lacks its date/],
  ['a version with a v', ['## [1.10.0]', '## [v1.10.0]'], /"## \[v1\.10\.0\] - 2026-12-24" is not as/],
  ['a date in another order', ['2026-12-24', '24.12.2026'], /is not as ## \[1\.2\.0\]/],
  ['an older entry above a newer one', ['2026-11-26', '2027-11-26'], /1\.9\.1 is below 1\.10\.0, and newer/],
  ['a kind of change that nobody knows', ['### Added', '### New'], /"### New" of 1\.10\.0 is none of Added, Changed/],
  ['a change of no kind', ['### Added\n\n', ''], /1\.10\.0 does not begin with "### Added"/],
])('%s is refused', (_, [from = '', to = ''], problem) => {
  expect(() => readChangelog(TEXT.replace(from, to))).toThrow(problem);
});

describe('the notes of a release', () => {
  test('are those of the newest entry', () => {
    expect(releaseNotes(TEXT, '1.10.0', '1.10.0')).toBe(NOTES);
  });

  test.each([
    ['a version that is none', TEXT, '1.10', '1.10', /1\.10 is no version/],
    ['one with a v', TEXT, 'v1.10.0', 'v1.10.0', /write it as 1\.2\.0, without a v/],
    ['one that is not yet final', TEXT, '1.10.0-rc.1', '1.10.0-rc.1', /is no version/],
    ['a command', TEXT, '1.10.0; rm', '1.10.0; rm', /is no version/],
    ['another version in package.json', TEXT, '1.10.0', '1.9.1', /package\.json says 1\.9\.1, not 1\.10\.0/],
    ['none in package.json', TEXT, '1.10.0', undefined, /package\.json says undefined/],
    ['a version without an entry', TEXT, '1.11.0', '1.11.0', /newest entry of CHANGELOG\.md is 1\.10\.0, not 1\.11\.0/],
    ['one that was released before', TEXT, '1.9.1', '1.9.1', /newest entry of CHANGELOG\.md is 1\.10\.0, not 1\.9\.1/],
    ['no entry at all', '## [Unreleased]\n', '1.0.0', '1.0.0', /CHANGELOG\.md is missing, not 1\.0\.0/],
    [
      'something that is left unreleased',
      TEXT.replace('## [Unreleased]\n', '## [Unreleased]\n\n### Fixed\n\n- Late.\n'),
      '1.10.0',
      '1.10.0',
      /left under ## \[Unreleased\]/,
    ],
    ['an empty entry', TEXT.replace(NOTES, ''), '1.10.0', '1.10.0', /says nothing of 1\.10\.0/],
  ])('%s keeps it from being released', (_, text, version, declared, problem) => {
    expect(() => releaseNotes(text, version, declared)).toThrow(problem);
  });

  test('a version that cannot be released ends the command with 1, and no notes', async () => {
    const script = join(import.meta.dirname, '../../scripts/release-notes.ts');
    await expect(promisify(execFile)(process.execPath, [script, '99.0.0'])).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^package\.json says \S+, not 99\.0\.0: run npm version\n$/),
    });
  });
});
