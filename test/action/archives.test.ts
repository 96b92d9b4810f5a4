import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { END, file, header, long, pax, record, tar } from '../archive/tar.ts';
import { field, type ZipEntry, zip } from '../archive/zip.ts';
import { annotationsOf, countOf, namesOf, quick, runAction } from './harness.ts';

const LISTS = ['cyberun-outputs/SHA256SUMS', 'cyberun-outputs/cyberun-run.json'];
const data = Buffer.from('what is in it');
const good = file('a.txt', data);

interface Archive {
  readonly bytes: Uint8Array;
  readonly suffix: string;
  /** What the error says of it. */
  readonly said: string | RegExp;
}

/** How many archives an error tells of. */
const TOLD = 3;

/** The archives of a table, as many at a time as one error tells of: a run takes longer than an archive. */
function batches(table: readonly (readonly [string, string, () => Uint8Array])[], said: (what: string) => string) {
  return Array.from({ length: Math.ceil(table.length / TOLD) }, (_, index) => {
    const some = table.slice(index * TOLD, (index + 1) * TOLD);
    const archives = () => some.map(([what, suffix, pack]) => ({ bytes: pack(), suffix, said: said(what) }));
    return { about: some.map(([what]) => what).join('; '), archives };
  });
}

/**
 * Sees that a step says of archives that a task made why they are not unpacked, leaves them as they are, and asks nobody for
 * them again.
 *
 * @param program The script that `unzip` is.
 */
async function expectRefused(archives: readonly Archive[], program?: string, faster?: number): Promise<void> {
  const names = archives.map(({ suffix }, index) => `${index + 1}.${suffix}`);
  const outputs = archives.map(({ bytes }, index) => ({ output: `${index}`, name: names[index] ?? '', bytes }));
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
  const env: Record<string, string> = {};
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', extract: 'true' },
    env,
    ...(faster !== undefined && { faster }),
    prepare: (workspace) => program !== undefined && Object.assign(env, programsIn(workspace, program)),
  });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, signal: null, outputs: { status: 'completed' } });
  expect(namesOf(action.workspace).filter((path) => !path.startsWith('bin/'))).toEqual(
    [...LISTS, ...names.map((name) => `cyberun-outputs/${name}`)].sort(),
  );
  expect(['submit', 'result', 'cancel'].map((kind) => countOf(emulator, kind))).toEqual([1, 1, 0]);
  const [error = '', ...others] = annotationsOf(result, 'error');
  expect(others).toEqual([]);
  // `1.zip was not unpacked, and is there as the task made it. 1.zip: ...`
  const [, ...told] = error.split(/(?:^|\. )(?=\d\.(?:zip|tar|tgz): )/);
  expect(told.map((text) => `${text.replace(/\.$/, '')}.`)).toEqual(
    archives.map(({ said }, index) =>
      typeof said === 'string' ? `${names[index]}: ${said}` : expect.stringMatching(said),
    ),
  );
}

/** A PATH of which `unzip` is that script; with none, there is no such program. */
function programsIn(workspace: string, script: string): Record<string, string> {
  const bin = join(workspace, 'bin');
  mkdirSync(bin);
  if (script === '') return { PATH: bin };
  const unzip = execFileSync('which', ['unzip'], { encoding: 'utf8' }).trim();
  // As tool-cache calls it: unzip -o -q ARCHIVE, in the folder that it is unpacked to.
  writeFileSync(join(bin, 'unzip'), `#!/bin/sh\nset -e\nunpack() { ${unzip} "$@"; }\n${script}\n`);
  chmodSync(join(bin, 'unzip'), 0o755);
  return { PATH: `${bin}:${process.env.PATH}` };
}

const REFUSED =
  'Nothing of it was unpacked. Have the workflow pack plain files and folders, or unpack the archive in a step of its own.';
const MEND =
  'Probably it was cut off or damaged when it was packed or stored, or its name says another kind than it is. Nothing of it was unpacked. Have the workflow pack it anew.';

const ofName = (...names: string[]) => zip(names.map((name) => ({ name, data })));
const ofEntry = (entry: Partial<ZipEntry>) => zip([{ name: 'a', data, ...entry }]);
const second = field(0x7075, Buffer.from('\u0001\u0043\u00be\u00b7\u00e8../b', 'latin1'));

describe('an archive is not unpacked, as it has', () => {
  const archives: readonly (readonly [string, string, () => Uint8Array])[] = [
    ['an entry "a" that is a file and a folder', 'zip', () => ofName('a', 'a/b')],
    ['an entry "a//b" with a part that is no name', 'zip', () => ofName('a//b')],
    [`an entry "text of 256 characters" with a name of more than 255 bytes`, 'zip', () => ofName('a'.repeat(256))],
    ['an entry without a name', 'zip', () => ofName('')],
    [
      'an entry with a path of more than 800 bytes, "text of 801 characters"',
      'zip',
      () => ofName(`${'a/'.repeat(400)}b`),
    ],
    [
      String.raw`an entry "a\b" with a backslash, which is a folder's end on Windows`,
      'tar',
      () => tar(file(String.raw`a\b`, data)),
    ],
    ['an entry "C:/a" with the letter of a drive', 'zip', () => ofName('C:/a')],
    [
      'an entry "a ⏎ b" with a name that a log cannot show as it is: control or invisible characters, a command of the runner, or what looks like a secret',
      'zip',
      () => ofName('a\nb'),
    ],
    ['more than 100,000 entries', 'zip', () => manyFolders()],
    ['names of more than 16 MiB in all', 'zip', () => longNames()],
    ['a directory of more than 32 MiB', 'zip', () => largeDirectory()],
    ['an entry "a" of which two places say different things', 'zip', () => ofEntry({ localName: 'b' })],
    [
      'entries that overlap, or something between them that belongs to none, at "a"',
      'zip',
      () =>
        zip([
          { name: 'a', data },
          { name: 'a2', data, offset: 0 },
        ]),
    ],
    [
      'an entry "\ufffda" whose name is not in UTF-8',
      'zip',
      () => ofEntry({ name: Buffer.from([0x82, 0x61]), flags: 0 }),
    ],
    ['an entry "a" with a second, different name', 'zip', () => ofEntry({ extra: second })],
    ['an entry "a" that is encrypted, or a patch of another', 'zip', () => ofEntry({ flags: 0x2800 })],
    ['an entry "a" that is compressed in another way than deflate (method 14)', 'zip', () => ofEntry({ method: 14 })],
    ['an entry "a" that is a block device', 'zip', () => ofEntry({ data: Buffer.alloc(0), mode: 0o060666 })],
    ['an entry "a" that is of an unknown type', 'zip', () => ofEntry({ data: Buffer.alloc(0), mode: 0o030666 })],
    [
      'an entry that is sparse, a link, or not named in UTF-8 (PAX record "linkpath")',
      'tar',
      () => tar(pax(record('linkpath', 'b')), good),
    ],
    [
      'an entry of which a PAX header says "path" twice',
      'tar',
      () => tar(pax(record('path', 'b') + record('path', 'c')), good),
    ],
    ['two headers before one entry, "b"', 'tar', () => tar(long('b'), long('c'), good)],
    [
      'an entry "././@LongLink" that is neither a file nor a folder: a link with a long target',
      'tar',
      () => tar(long('/etc', 'K'), header({ name: 'a', type: '2' })),
    ],
    [
      'an entry "a" that is neither a file nor a folder: a sparse file',
      'tar',
      () => tar(file('a', data, { type: 'S', magic: 'ustar  \0' })),
    ],
    [
      'an entry "a" that is neither a file nor a folder: of an unknown type',
      'tar',
      () => tar(file('a', data, { type: 'Z' })),
    ],
    ['a folder with data, "a/"', 'tar', () => tar(file('a/', data, { type: '5' }))],
    [
      'a header of more than 1048576 bytes before an entry',
      'tar',
      () => tar(file('l', Buffer.alloc(1024 ** 2 + 1, 'a'), { type: 'L' }), good),
    ],
    ['a header that gives all entries one name or size', 'tar', () => tar(pax(record('size', '0'), 'g'), good)],
    ['an entry of which two headers say different sizes', 'tar', () => tar(pax(record('size', '512')), good)],
    ['something behind its end', 'tar', () => Buffer.concat([tar(good), tar(good)])],
  ];
  test.each(batches(archives, (what) => `The archive is not unpacked, as it has ${what}. ${REFUSED}`))(
    '$about',
    async ({ archives }) => expectRefused(archives()),
  );
});

function manyFolders(): Uint8Array {
  return zip(Array.from({ length: 2000 }, (_, index) => ({ name: `${index}/${'a/'.repeat(60)}b`, method: 0 })));
}

function longNames(): Uint8Array {
  const end = ['b', 'c', 'd'].map((letter) => letter.repeat(250)).join('/');
  return zip(Array.from({ length: 22_000 }, (_, index) => ({ name: `${index}/${end}`, method: 0 })));
}

function largeDirectory(): Uint8Array {
  const extra = field(1234, Buffer.alloc(60_000));
  return zip(Array.from({ length: 600 }, (_, index) => ({ name: `${index}`, extra })));
}

describe('an archive is broken:', () => {
  const archives: readonly (readonly [string, string, () => Uint8Array])[] = [
    ['the data of "a" is less than it says', 'zip', () => ofEntry({ claims: { bytes: 14 } })],
    ['the data of "a" has another checksum', 'zip', () => ofEntry({ claims: { crc: 1 } })],
    ['the data of "a" is not deflated, or more than it says', 'zip', () => ofEntry({ claims: { bytes: 1 } })],
    [
      'its directory is not where its end says, is in several files, or has something before or behind it',
      'zip',
      () => zip([{ name: 'a', data }], { afterDirectory: data }),
    ],
    ['a PAX header before an entry cannot be read', 'tar', () => tar(pax('9 path=b\nxx'), good)],
    ['the size of an entry is no number', 'tar', () => tar(header({ name: 'a', sizeField: Buffer.alloc(12, 0xff) }))],
    ['something follows the end of its gzip stream', 'tgz', () => Buffer.concat([gzipSync(tar(good)), END])],
    ['it ends before its end is marked', 'tar', () => good],
    ['a header of an entry has another checksum', 'tar', () => tar(header({ name: 'a', checksum: 1 }))],
    ['it ends behind a header, without the entry that it tells of', 'tar', () => tar(good, pax(record('path', 'b')))],
    ['a header is none of tar', 'tar', () => tar(header({ name: 'a', magic: 'ustar\u000001' }))],
    ['it ends within a header', 'tar', () => tar(long('b'.repeat(600)), good).subarray(0, 1000)],
    ['it ends within an entry', 'tar', () => tar(good).subarray(0, 600)],
    ['its end is not marked by two empty blocks', 'tar', () => Buffer.concat([good, END.subarray(0, 512)])],
  ];
  test.each(batches(archives, (what) => `The archive is broken: ${what}. ${MEND}`))('$about', async ({ archives }) =>
    expectRefused(archives()),
  );
});

const DIFFERS =
  'Probably the two read it differently, or the file system takes no such name. Nothing of it was kept. Have the workflow pack it anew, with plain names.';

/** What a step says of an archive that is well, and unpacked by that script in place of `unzip`. */
const expectOfProgram = (script: string, said: string | RegExp, faster?: number) =>
  expectRefused([{ bytes: ofName('a'), suffix: 'zip', said }], script, faster);

describe("what the runner's program unpacked is not what the archive lists, as", () => {
  test.each([
    ['there is "more", which it does not list', 'unpack "$@"; echo more > more'],
    ['"a" is not there', 'true'],
    ['"a" is another thing, or of another size', 'unpack "$@"; echo more >> a'],
  ])('%s', async (what, script) => {
    await expectOfProgram(
      script,
      `What the runner's program unpacked is not what the archive lists: ${what}. ${DIFFERS}`,
    );
  });
});

test('a file is there in two spellings of its name, and the archive lists one', async () => {
  const said = `What the runner's program unpacked is not what the archive lists: "caf\u00e9" is there twice. ${DIFFERS}`;
  const archive = { bytes: ofName('caf\u00e9'), suffix: 'zip', said };
  await expectRefused([archive], `unpack "$@"; cp caf* "$(printf 'cafe\\314\\201')"`);
});

test('the folder that an archive is unpacked to is gone', async () => {
  await expectOfProgram(
    'rm -r "$PWD"',
    /: The archive could not be unpacked: ENOENT: .*\. Nothing of it was kept\. Make room on the runner's disk, or have the/,
  );
});

describe("the runner's program", () => {
  test.each([
    [
      'is missing',
      '',
      "The archive was not unpacked, as the runner has no unzip: GitHub's own runners do, others need it installed. Install unzip there, or in a step before this one (`apt-get install unzip`).",
    ],
    [
      'fails',
      'exit 50',
      /: The archive was not unpacked: The process '.*\/bin\/unzip' failed with exit code 50\. What the program said is in the log\. Probably the disk is full, /,
    ],
  ])('%s', async (_, script, said) => expectOfProgram(script, said));

  test('takes longer than an hour', async () => {
    await expectOfProgram(
      'while [ -e "$0" ]; do sleep 0.05; done',
      "The archive was not unpacked within 60 minutes: the runner's disk is probably too slow, or gone. Try again on another runner, or unpack the archive in a step of its own.",
      500,
    );
  });
});
