import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCursor } from '../../src/archive/cursor.ts';
import { ArchiveError } from '../../src/archive/errors.ts';
import type { ArchiveKind } from '../../src/archive/kind.ts';
import { file, pax, record, tar } from './tar.ts';
import { type Tree, unpacked } from './unpacked.ts';
import { zip } from './zip.ts';

const KINDS: readonly ArchiveKind[] = ['zip', 'tar', 'tgz'];

/** Names that no other has when case is folded, and none of which is a folder of another: folders have another end. */
const NAME = fc.string({ unit: fc.constantFrom(...'abcäß漢🏠 ._-+~$\'"&;,=@()'), minLength: 1, maxLength: 12 });
const PATH = fc
  .tuple(fc.array(NAME, { maxLength: 3 }), NAME)
  .map(([folders, name]) => [...folders.map((folder) => `${folder}d`), `${name}f`].join('/'));
const FILES = fc.dictionary(PATH, fc.uint8Array({ maxLength: 2000 }), { maxKeys: 8 });

function pack(kind: ArchiveKind, files: Readonly<Record<string, Uint8Array>>): Buffer {
  const entries = Object.entries(files);
  if (kind === 'zip')
    return zip(entries.map(([name, data], index) => ({ name, data, method: index % 2 === 0 ? 8 : 0 })));
  const bytes = tar(...entries.flatMap(([name, data]) => [pax(record('path', name)), file('it', data)]));
  return kind === 'tar' ? bytes : gzipSync(bytes);
}

function filesOf(tree: Tree): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).flatMap(([path, data]) => (data === null ? [] : [[path, data]])));
}

function latin(files: Readonly<Record<string, Uint8Array>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, data]) => [path, Buffer.from(data).toString('latin1')]));
}

test.each(KINDS)('any tree comes out of a %s as it went in', async (kind) => {
  await fc.assert(
    fc.asyncProperty(FILES, async (files) => {
      expect(filesOf(await unpacked(kind, pack(kind, files)))).toEqual(latin(files));
    }),
    { numRuns: 40 },
  );
});

interface Damage {
  /** Where, as a share of the whole. */
  readonly at: number;
  readonly removed: number;
  readonly added: Uint8Array;
}

const AT = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const CHANGED = fc
  .tuple(AT, fc.uint8Array({ minLength: 1, maxLength: 4 }))
  .map(([at, added]): Damage => ({ at, removed: added.length, added }));
const CUT_OFF = AT.map((at): Damage => ({ at, removed: Number.POSITIVE_INFINITY, added: new Uint8Array() }));
const MOVED = fc
  .tuple(AT, fc.nat(600), fc.oneof(fc.uint8Array({ maxLength: 4 }), fc.constant(new Uint8Array(512))))
  .map(([at, removed, added]): Damage => ({ at, removed, added }));

/** A tar has a checksum of each header alone: none of data, nor of what headers there are. */
const DAMAGES: Readonly<Record<ArchiveKind, fc.Arbitrary<Damage>>> = {
  zip: fc.oneof(CHANGED, CUT_OFF, MOVED),
  tar: fc.oneof(CHANGED, CUT_OFF),
  tgz: fc.oneof(CHANGED, CUT_OFF, MOVED),
};

function damaged(bytes: Buffer, { at, removed, added }: Damage): Buffer {
  const from = Math.floor(at * bytes.length);
  return Buffer.concat([bytes.subarray(0, from), added, bytes.subarray(from + removed)]);
}

test.each(KINDS)('a damaged %s is refused, or its files are those that were packed', async (kind) => {
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(FILES, fc.array(DAMAGES[kind], { minLength: 1, maxLength: 3 }), async (files, damages) => {
      const outcome = await unpacked(kind, damages.reduce(damaged, pack(kind, files))).catch((error: unknown) => {
        if (!(error instanceof ArchiveError)) throw error;
        refused += 1;
      });
      if (outcome === undefined) return;
      const what = (all: Record<string, string>) =>
        Object.entries(all).map(([path, data]) => (kind === 'tar' ? [path, data.length] : [path, data]));
      expect(what(filesOf(outcome)).sort()).toEqual(what(latin(files)).sort());
    }),
    { numRuns: 200 },
  );
  expect(refused).toBeGreaterThan(50);
});

test('what is cut into chunks is read in whatever lengths', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 20 })),
      fc.array(fc.tuple(fc.boolean(), fc.nat(30))),
      async (chunks, reads) => {
        const whole = Buffer.concat(chunks);
        const cursor = createCursor(
          (async function* () {
            yield* chunks;
          })(),
        );
        let at = 0;
        for (const [isTaken, length] of reads) {
          const expected = whole.subarray(at, at + length);
          if (isTaken) expect(Buffer.compare(await cursor.take(length), expected)).toBe(0);
          else expect(await cursor.skip(length)).toBe(expected.length);
          at += expected.length;
        }
      },
    ),
  );
});
