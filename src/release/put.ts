import { inert, someOf } from '../base/inert.ts';
import type { Releases } from './api.ts';
import type { Content } from './content.ts';
import { GithubError } from './errors.ts';
import { partName } from './names.ts';
import type { Asset, Release } from './shapes.ts';

/** What is to lie at a release, and under which name. */
export interface Placed {
  readonly name: string;
  /** What people see in place of the name; empty for that. */
  readonly label: string;
  readonly content: Content;
}

/** Where it is to lie. */
export interface PutContext {
  readonly releases: Releases;
  readonly release: Release;
  /** Names of uploads that are under way: of one that is broken off, GitHub may keep the name. */
  readonly underWay: Set<string>;
  /** The assets that may be replaced, by id: what has a name of ours and is none of them came from somebody else meanwhile. */
  readonly replaceable: ReadonlySet<number>;
  readonly signal: AbortSignal;
}

/** An asset with the right bytes. */
export interface Staged {
  readonly asset: Asset;
  /** It was there before. */
  readonly isKept: boolean;
}

/**
 * Sees to it that an asset of these bytes is there, under this name.
 *
 * @param assets What the release had when it was looked at last.
 * @throws {GithubError} of code {@link TAKEN} where somebody else had the same name in mind; or the signal's reason
 */
export async function put(one: Placed, assets: readonly Asset[], context: PutContext): Promise<Staged> {
  return take(one, await stage(one, assets, context), assets, context);
}

/** The first half of {@link put}: they are there, under the name, or beside another asset that has it. */
export async function stage(one: Placed, assets: readonly Asset[], context: PutContext): Promise<Staged> {
  const { releases, signal } = context;
  const { name } = one;
  const there = assets.find((asset) => asset.name === name);
  const part = assets.find((asset) => asset.name === partName(name, one.content.sha256));
  if (there !== undefined && (await isSame(there, one, context))) {
    if (part !== undefined) await releases.remove(part, signal);
    return { asset: there, isKept: true };
  }
  if (part !== undefined && (await isSame(part, one, context))) return { asset: part, isKept: false };
  if (part !== undefined) await releases.remove(part, signal);
  // What is not whole has the name all the same, and goes when GitHub says that it is taken.
  const asset = await upload(one, there?.isWhole === true ? partName(name, one.content.sha256) : name, context);
  return { asset, isKept: false };
}

/** The second half: they have the name, and what had it is gone. */
export async function take(
  one: Placed,
  { asset, isKept }: Staged,
  assets: readonly Asset[],
  context: PutContext,
): Promise<Staged> {
  const { releases, signal } = context;
  const { name, label } = one;
  if (asset.name === name) return { asset, isKept };
  const there = assets.find((other) => other.name === name);
  if (there !== undefined) await releases.remove(there, signal);
  try {
    const renamed = await releases.rename(asset, { name, label }, (own) => lookFor(one, name, context, own), signal);
    if (renamed.name === name) return { asset: renamed, isKept };
  } catch (error) {
    if (!(error instanceof GithubError) || error.type !== 'refused') throw error;
  }
  // Whatever keeps it from being renamed: now that nothing has the name, it can be uploaded under it.
  const again = await upload(one, name, context);
  await releases.remove(asset, signal);
  return { asset: again, isKept };
}

async function upload(one: Placed, name: string, context: PutContext): Promise<Asset> {
  const { releases, release, underWay, signal } = context;
  const { label, content } = one;
  underWay.add(name);
  try {
    return await releases.upload(
      release,
      { name, label, content, check: (asset) => checkArrived(asset, one, name, context) },
      (own) => lookFor(one, name, context, own),
      signal,
    );
  } finally {
    if (!signal.aborted) underWay.delete(name);
  }
}

/** GitHub says what it got. What is not right is worth another try, but must not lie there until then. */
async function checkArrived(asset: Asset, one: Placed, name: string, context: PutContext): Promise<void> {
  const { releases, signal } = context;
  const { bytes, sha256 } = one.content;
  const isRight = asset.isWhole && asset.bytes === bytes && (asset.sha256 ?? sha256) === sha256;
  if (asset.name === name && isRight) return;
  await releases.remove(asset, signal);
  if (asset.name !== name) {
    throw new GithubError(
      'refused',
      inert`GitHub calls ${name} ${asset.name}, so that nobody would find it. It was removed.`,
    );
  }
  throw new GithubError('passing', inert`What GitHub has of ${name} are other bytes than were sent. It was removed.`);
}

/** What became of a try whose answer was lost or refused. What is not whole is removed. */
async function lookFor(
  one: Placed,
  name: string,
  context: PutContext,
  signal: AbortSignal,
): Promise<Asset | undefined> {
  const { releases, release } = context;
  const there = (await releases.assets(release, signal)).find((asset) => asset.name === name);
  if (there === undefined) return undefined;
  if (await isSame(there, one, { ...context, signal })) return there;
  if (there.isWhole && !context.replaceable.has(there.id)) throw taken([name]);
  await releases.remove(there, signal);
  return undefined;
}

/** What an error is called of two who attach at one time. */
export const TAKEN = 'taken';

/** The error for names that somebody else gave away meanwhile. */
export function taken(names: readonly string[]): GithubError {
  return new GithubError(
    'refused',
    inert`Another job or step attached another ${someOf(names, 5)} while this one ran. Nothing was replaced. Let one of them attach to the release, or have the workflow call its files otherwise.`,
    { code: TAKEN },
  );
}

async function isSame(
  asset: Asset,
  { content }: Placed,
  { releases, signal }: Pick<PutContext, 'releases' | 'signal'>,
): Promise<boolean> {
  if (!asset.isWhole || asset.bytes !== content.bytes) return false;
  return (asset.sha256 ?? (await releases.digest(asset, signal))) === content.sha256;
}
