import pLimit from 'p-limit';
import { type Clock, sleep, timeLimit } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import { asRunError, messageFor, RunError } from '../base/errors.ts';
import { amount, type Inert, inert, joinInert, someOf } from '../base/inert.ts';
import type { ListNames } from '../files/names.ts';
import type { Listed } from '../files/record-text.ts';
import type { Releases } from './api.ts';
import { contentOfFile } from './content.ts';
import { GithubError } from './errors.ts';
import { immutable, MOST_ASSETS } from './find.ts';
import { listsFor } from './lists.ts';
import { assetNames, PART } from './names.ts';
import { type Owned, readOwned } from './owned.ts';
import { type Placed, type PutContext, put, type Staged, stage, take } from './put.ts';
import type { Asset, Release } from './shapes.ts';

/** A file of this run. */
export interface ToAttach {
  /** Absolute. */
  readonly path: string;
  /** Below the download folder, with `/` between components. */
  readonly place: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly mediaType: string | undefined;
}

/** One that is attached. */
export interface Attached {
  readonly name: string;
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What came of it. */
export interface Attaching {
  /** Files first, in their order, and then the lists. */
  readonly assets: readonly Attached[];
  /** How many of them were there already. */
  readonly kept: number;
  /** Why not all of it is attached. */
  readonly problem: RunError | undefined;
}

/** Who helps to attach. */
export interface AttachContext {
  readonly releases: Releases;
  /** What signs records: the api-key. */
  readonly key: string;
  readonly disk: Disk;
  readonly clock: Pick<Clock, 'after'>;
  readonly signal: AbortSignal;
}

/** Uploads at one time: GitHub has a limit for those who make many at once. */
const UPLOADS_AT_ONCE = 4;
/** GitHub takes fewer bytes than that in one asset (docs.github.com, "About releases"). */
const TOO_LARGE = 2 * 1024 ** 3;

/**
 * Attaches files to a release, and the two lists of them. Assets are whole or not there; what is there already is not sent
 * again, so that a second run ends what a first one began; one of the same name is replaced once the new one is whole, and
 * only where a record at the release says that this action attached it. Never throws.
 *
 * The record goes first, as it does in a folder: whose an asset is, is known however far this comes. The list of digests
 * goes last, so that whatever it lists is there.
 *
 * @param record The record in the workspace, as text.
 * @param onAttached Told what is attached by now, whenever that is more.
 */
export async function attach(
  files: readonly ToAttach[],
  record: string,
  names: ListNames,
  release: Release,
  context: AttachContext,
  onAttached: (assets: readonly Attached[]) => void,
): Promise<Attaching> {
  const { releases, key, disk, signal } = context;
  const fileNames = assetNames(files.map(({ place }) => place));
  const wanted = files.map((file, index) => toPlace(file, fileNames[index] ?? file.place, disk));
  const order = [...fileNames, names.checksums, names.record];
  const done = new Map<string, Attached>();
  const underWay = new Set<string>();
  const own: PutContext = { releases, release, underWay, signal };
  let kept = 0;

  function attached({ name, content: { bytes, sha256 } }: Placed, { asset: { url }, isKept }: Staged): void {
    if (isKept) kept += 1;
    done.set(name, { name, url, bytes, sha256 });
    onAttached(result(undefined).assets);
  }
  const result = (problem: RunError | undefined): Attaching => ({
    assets: order.flatMap((name) => done.get(name) ?? []),
    kept,
    problem,
  });

  try {
    const there = await releases.assets(release, signal);
    const owned = await readOwned(there, releases, key, signal);
    const earlier = await earlierOf(there, new Set(order), owned);
    const toList = wanted.map(({ name, content: { sha256 }, place }) => ({ name, place, sha256 }));
    const lists = listsFor({ record, key, files: toList, earlier, checksumsName: names.checksums });
    const listing = { name: names.record, label: '', content: lists.record };
    const sums = { name: names.checksums, label: '', content: lists.checksums };
    await refuse([...wanted, sums, listing], there, owned);

    const staged = await stage(listing, there, own);
    const limit = pLimit(UPLOADS_AT_ONCE);
    let failure: { readonly reason: unknown } | undefined;
    await Promise.all(
      wanted.map((one) =>
        limit(async () => {
          // What one waited for in vain, hundreds after it would, too. Those under way may still arrive.
          if (failure !== undefined) return;
          try {
            attached(one, await put(one, there, own));
          } catch (reason) {
            failure ??= { reason };
          }
        }),
      ),
    );
    if (failure !== undefined) throw failure.reason;
    attached(sums, await put(sums, there, own));
    attached(listing, await take(listing, staged, there, own));
    return result(undefined);
  } catch (error) {
    if (signal.aborted) {
      await tidy(own, context.clock);
      return result(asRunError('aborted', signal.reason));
    }
    return result(problemFor(error, done.size, order.length, release));
  }
}

function toPlace(file: ToAttach, name: string, disk: Disk): Placed & { readonly place: string } {
  const { place, mediaType = 'application/octet-stream' } = file;
  return { name, place, label: place === name ? '' : place, content: contentOfFile(disk, { ...file, mediaType }) };
}

/** What earlier runs attached, and this one does not. */
async function earlierOf(there: readonly Asset[], own: ReadonlySet<string>, owned: Owned): Promise<Listed[]> {
  const others = there.filter(({ name }) => !own.has(name) && !name.endsWith(PART));
  return (await Promise.all(others.map(owned.listed))).filter((line) => line !== undefined);
}

/** Looks for what keeps any of it from being attached, before any of it is. */
async function refuse(all: readonly Placed[], there: readonly Asset[], owned: Owned): Promise<void> {
  const named = (of: readonly Placed[]) =>
    someOf(
      of.map(({ name }) => name),
      MOST_NAMED,
    );
  const large = all.filter(({ content }) => content.bytes >= TOO_LARGE);
  if (large.length > 0)
    throw refusedAs(
      inert`GitHub takes assets of less than 2 GiB, and ${named(large)} has more. Leave it out by \`pattern\`.`,
    );
  const empty = all.filter(({ content }) => content.bytes === 0);
  if (empty.length > 0)
    throw refusedAs(inert`GitHub takes no empty assets, and ${named(empty)} is empty. Leave it out by \`pattern\`.`);
  const byName = new Map(there.map((asset) => [asset.name, asset]));
  const strange = await Promise.all(
    all.map(async ({ name, content }) => {
      const asset = byName.get(name);
      return asset?.isWhole === true && asset.sha256 !== content.sha256 && !(await owned.has(asset));
    }),
  );
  const strangers = all.filter((_, index) => strange[index]);
  if (strangers.length > 0) {
    throw refusedAs(
      inert`The release has ${named(strangers)} already, and no record there that this api-key signed lists it as it is, so it is not this action's. Nothing was replaced. Remove it from the release first, or leave the file out by \`pattern\`.`,
    );
  }
  const fresh = all.filter(({ name }) => !byName.has(name)).length;
  // What is replaced has two assets for a while.
  const spare = fresh < all.length ? 1 : 0;
  if (there.length + fresh + spare > MOST_ASSETS) {
    throw refusedAs(
      inert`A release has room for ${MOST_ASSETS} assets; it has ${there.length}, and ${fresh} more would be attached. Attach an archive of them instead, or fewer by \`pattern\`.`,
    );
  }
}

const MOST_NAMED = 5;

function refusedAs(message: Inert): GithubError {
  return new GithubError('refused', message);
}

function problemFor(error: unknown, attached: number, wanted: number, release: Release): RunError {
  const { tag } = release;
  const isVanished = error instanceof GithubError && error.status === 404;
  const isImmutable = error instanceof GithubError && error.status === 422 && /immutable/i.test(error.message);
  const why = isVanished
    ? inert`The release is not there any more. Create it again.`
    : isImmutable
      ? immutable(release)
      : messageFor(error);
  const so =
    attached === 0
      ? inert`Nothing was attached to the release ${tag}.`
      : inert`Only ${attached} of ${amount(wanted, 'asset')} are attached to the release ${tag}.`;
  const then = inert`The files are in the workspace. To attach them, run this job again with its task-id, or with reuse: nothing that is attached is sent again.`;
  return new RunError('release', joinInert([so, why, then], ' '), error);
}

/** For removing what an abort left half-way, in milliseconds: the runner kills 7.5 s after its signal. */
const TIDY_LIMIT = 4_000;
/** GitHub notices a moment later that an upload is broken off, in milliseconds. */
const NOTICES = [200, 800];

/** Removes uploads that an abort broke off, as far as there is time; what is left then, a second run removes. */
async function tidy({ releases, release, underWay }: PutContext, clock: Pick<Clock, 'after'>): Promise<void> {
  using limit = timeLimit(clock, new AbortController().signal, TIDY_LIMIT, () => new Error('there is no more time'));
  const { signal } = limit;
  try {
    for (const wait of underWay.size === 0 ? [0] : NOTICES) {
      await sleep(clock, wait, signal);
      const there = await releases.assets(release, signal);
      const broken = there.filter(({ name, isWhole }) => !isWhole && underWay.has(name));
      await Promise.all(broken.map((asset) => releases.remove(asset, signal)));
    }
  } catch {
    // It was a courtesy.
  }
}
