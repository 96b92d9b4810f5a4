import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { uniqueNames } from '../files/names.ts';

/** In bytes; that of a part is still shorter than any name that GitHub takes. */
const LONGEST = 200;
const PART = '.cyberun-part';

/** What an asset of these bytes is called until it may have its name: nobody else who wants that has the same in mind. */
export function partName(name: string, sha256: string): string {
  return `${name}.${sha256.slice(0, 8)}${PART}`;
}

/** The name that such an asset is to have; `undefined` of one that has its name. */
export function nameOfPart(name: string): string | undefined {
  return /^(.+)\.[0-9a-f]{8}\.cyberun-part$/.exec(name)?.[1];
}

/**
 * How the files at these places are called as assets, in the same order: `seed-7/hero.png` is `seed-7-hero.png`. GitHub
 * keeps letters, digits and `._-` of a name and makes a dot of anything else, so that names in other scripts would all
 * come to the same: here they end in six hex digits of their SHA-256. Every name is one that GitHub leaves as it is.
 *
 * @param places Below the download folder, with `/` between components, as `names.ts` makes them.
 * @see community docs of `gh release upload`; travis-ci/dpl#821, softprops/action-gh-release#542
 */
export function assetNames(places: readonly string[]): string[] {
  return uniqueNames(places.map(assetName));
}

function assetName(place: string): string {
  const joined = place.replaceAll('/', '-');
  // An accent is a mark of its own then, and GitHub leaves it out as well.
  const bare = joined.normalize('NFKD').replace(/\p{M}+/gu, '');
  const plain = bare
    .replace(/[^A-Za-z0-9_.-]+/g, '.')
    .replace(/\.+/g, '.')
    .replace(/^[.-]+/, '');
  const name = plain.endsWith('.') ? plain.slice(0, -1) : plain;
  const isWhole = /^[\x20-\x7e]*$/.test(bare) && name.length <= LONGEST && name !== '';
  return isWhole ? name : told(name, place);
}

/** With something of its digest before its extension. */
function told(plain: string, place: string): string {
  const digest = createHash('sha256').update(place).digest('hex').slice(0, 6);
  const extension = extname(plain).slice(0, 32);
  const stem = plain.slice(0, plain.length - extension.length).slice(0, LONGEST - extension.length - 7);
  return `${stem === '' ? 'file' : stem}-${digest}${extension}`;
}
