import { type Inert, inert, someOf } from '../base/inert.ts';
import { GithubError } from './errors.ts';
import { MOST_ASSETS } from './find.ts';
import type { Owned } from './owned.ts';
import { type Placed, taken } from './put.ts';
import type { Asset } from './shapes.ts';

/** GitHub takes fewer bytes than that in one asset (docs.github.com, "About releases"). */
const TOO_LARGE = 2 * 1024 ** 3;

/**
 * Looks for what keeps any of it from being attached, before any of it is. Returns the names that are to be replaced.
 *
 * @param seen What was there before the run, by id.
 */
export async function refuse(
  files: readonly Placed[],
  lists: readonly Placed[],
  there: readonly Asset[],
  seen: ReadonlySet<number>,
  owned: Owned,
  digestOf: (asset: Asset) => Promise<string>,
): Promise<string[]> {
  const named = (of: readonly Placed[]) =>
    someOf(
      of.map(({ name }) => name),
      MOST_NAMED,
    );
  const large = files.filter(({ content }) => content.bytes >= TOO_LARGE);
  if (large.length > 0)
    throw refusedAs(
      inert`GitHub takes assets of less than 2 GiB, which ${named(large)} ${large.length === 1 ? 'is' : 'are'} not. Leave out by \`pattern\` what is larger.`,
    );
  const empty = files.filter(({ content }) => content.bytes === 0);
  if (empty.length > 0)
    throw refusedAs(inert`GitHub takes no empty assets, and ${named(empty)} is empty. Leave it out by \`pattern\`.`);
  const byName = new Map(there.map((asset) => [asset.name, asset]));
  const isOther = await Promise.all(
    files.map(async ({ name, content }) => {
      const asset = byName.get(name);
      return asset?.isWhole === true && (asset.sha256 ?? (await digestOf(asset))) !== content.sha256;
    }),
  );
  const others = files.filter((_, index) => isOther[index]);
  const isOwn = await Promise.all(others.map(async ({ name }) => isOwned(byName.get(name), owned)));
  const strangers = others.filter((_, index) => isOwn[index] === false);
  if (strangers.length > 0) {
    throw refusedAs(
      inert`The release has ${named(strangers)} already, and no record there that this api-key signed lists it as it is, so it is not this action's. Nothing was replaced. Remove it from the release first, or leave the file out by \`pattern\`.`,
    );
  }
  const newcomers = others.filter(({ name }) => !seen.has(byName.get(name)?.id ?? 0));
  if (newcomers.length > 0) throw taken(newcomers.map(({ name }) => name));
  const all = [...files, ...lists];
  const fresh = all.filter(({ name }) => !byName.has(name)).length;
  // What is replaced has two assets for a while, and so has the record.
  if (there.length + fresh + 1 > MOST_ASSETS) {
    throw refusedAs(
      inert`A release has room for ${MOST_ASSETS} assets; it has ${there.length}, and ${fresh + 1} more would be attached. Attach an archive of them instead, or fewer by \`pattern\`.`,
    );
  }
  return others.map(({ name }) => name);
}

async function isOwned(asset: Asset | undefined, owned: Owned): Promise<boolean> {
  return asset !== undefined && owned.has(asset);
}

const MOST_NAMED = 5;

function refusedAs(message: Inert): GithubError {
  return new GithubError('refused', message);
}
