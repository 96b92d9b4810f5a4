import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold } from '../../src/base/fold.ts';
import { isPlace, uniquePlaces } from '../../src/files/names.ts';
import { unpackFolderOf, unpackFolders } from '../../src/files/unpacked.ts';

describe('unpackFolders', () => {
  test.each<[string[], [string, string][]]>([
    [['scene.zip'], [['scene.zip', 'scene']]],
    [['a.png', 'x/y/scene.tar.gz'], [['x/y/scene.tar.gz', 'x/y/scene']]],
    [['scene.zip', 'scene'], [['scene.zip', 'scene-2']]],
    [['scene.zip', 'Scene/a.png'], [['scene.zip', 'scene-2']]],
    [
      ['scene.zip', 'scene.TGZ', 'x/scene.zip'],
      [
        ['scene.zip', 'scene'],
        ['scene.TGZ', 'scene-2'],
        ['x/scene.zip', 'x/scene'],
      ],
    ],
    [['SHA256SUMS.zip'], [['SHA256SUMS.zip', 'SHA256SUMS-2']]],
    [['a.png', 'zip', 'a.gz'], []],
  ])('of %j', (places, expected) => {
    expect([...unpackFolders(places)]).toEqual(expected);
  });

  test('are beside their archives, and called as nothing else there', () => {
    const name = fc
      .tuple(fc.constantFrom('a', 'A', 'b', 'scene', 'SHA256SUMS'), fc.constantFrom('', '.zip', '.tgz', '.png', '-2'))
      .map((parts) => parts.join(''));
    const wanted = fc.array(
      fc.record({ folders: fc.array(fc.constantFrom('a', 'A', 'scene'), { maxLength: 2 }), name }),
      {
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(wanted, (given) => {
        const places = uniquePlaces(given);
        const folders = unpackFolders(places);
        const above = places.flatMap((place) =>
          place.split('/').map((_, depth, parts) => parts.slice(0, depth).join('/')),
        );
        const taken = new Set([...places, ...above].map(fold));
        for (const [archive, folder] of folders) {
          expect(posix.dirname(folder)).toBe(posix.dirname(archive));
          expect(isPlace(folder)).toBe(true);
          expect(taken.has(fold(folder))).toBe(false);
          taken.add(fold(folder));
          expect(unpackFolderOf(`${folder}/deep/a.png`, archive)).toBe(folder);
        }
      }),
    );
  });
});
