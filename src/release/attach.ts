import pLimit from 'p-limit';
import { type Clock, sleep, timeLimit } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import { asRunError, messageFor, RunError } from '../base/errors.ts';
import { amount, type Inert, inert, joinInert } from '../base/inert.ts';
import { createBackoff } from '../base/retry.ts';
import { isListName, type ListNames } from '../files/names.ts';
import type { Listed } from '../files/record-text.ts';
import type { Releases } from './api.ts';
import { contentOfFile } from './content.ts';
import { GithubError } from './errors.ts';
import { type Found, immutable } from './find.ts';
import { listsFor } from './lists.ts';
import { assetNames, nameOfPart, partName } from './names.ts';
import { type Owned, readOwned } from './owned.ts';
import { type Placed, type PutContext, put, type Staged, TAKEN } from './put.ts';
import { refuse } from './refuse.ts';
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
  /** Names of assets of an earlier run that had other bytes, and are gone now, or were to go. */
  readonly replaced: readonly string[];
  /** Names of assets that a killed run had left without them. */
  readonly mended: readonly string[];
  /** Why not all of it is attached. */
  readonly problem: RunError | undefined;
}

/** Who helps to attach. */
export interface AttachContext {
  readonly releases: Releases;
  /** What signs records: the api-key. */
  readonly key: string;
  readonly disk: Disk;
  readonly clock: Pick<Clock, 'after' | 'random'>;
  readonly signal: AbortSignal;
}

/** Uploads at one time: GitHub has a limit for those who make many at once. */
const UPLOADS_AT_ONCE = 4;

/**
 * Attaches files to a release, and the two lists of them. Assets are whole or not there; what is there already is not sent
 * again, so that a second run ends what a first one began; one of the same name is replaced once the new one is whole, and
 * only where a record at the release says that this action attached it. Never throws.
 *
 * The record goes first, as it does in a folder: whose an asset is, is known however far this comes. The list of digests
 * goes last, so that whatever it lists is there.
 *
 * @param record The record in the workspace, as text.
 * @param found The release, and what it had before the run: what came meanwhile is somebody else's.
 * @param again What a second run is to be given, to end what this one began.
 * @param onAttached Told what is attached by now, whenever that is more.
 */
export async function attach(
  files: readonly ToAttach[],
  record: string,
  names: ListNames,
  { release, assets: before }: Found,
  again: Inert,
  context: AttachContext,
  onAttached: (assets: readonly Attached[]) => void,
): Promise<Attaching> {
  const { releases, key, disk, clock, signal } = context;
  const fileNames = assetNames(files.map(({ place }) => place));
  const wanted = files.map((file, index) => toPlace(file, fileNames[index] ?? file.place, disk));
  const done = new Map<string, Attached>();
  const underWay = new Set<string>();
  let sumsName = names.checksums;
  let kept = 0;
  let replaced: readonly string[] = [];
  let mended: readonly string[] = [];
  let claim: Asset | undefined;
  /** What was there as a part when this began: whoever is at work now made theirs later, or is done by the end. */
  let stale: ReadonlySet<number> = new Set();

  function attached({ name, content: { bytes, sha256 } }: Placed, { asset: { url }, isKept }: Staged): void {
    if (isKept) kept += 1;
    done.set(name, { name, url, bytes, sha256 });
    onAttached(result(undefined).assets);
  }
  const result = (problem: RunError | undefined): Attaching => ({
    assets: [...fileNames, sumsName, names.record].flatMap((name) => done.get(name) ?? []),
    kept,
    replaced,
    mended,
    problem,
  });
  const toPut = (there: readonly Asset[]): PutContext => {
    return { releases, release, underWay, replaceable: new Set(there.map(({ id }) => id)), signal };
  };

  /** The release as it is now, and the lists that it is to have. */
  async function look() {
    const all = await releases.assets(release, signal);
    const owned = await readOwned(
      all.filter(({ id }) => id !== claim?.id),
      releases,
      key,
      signal,
    );
    mended = [...mended, ...(await mend(all, fileNames, owned, releases, signal))];
    const there = mended.length === 0 ? all : await releases.assets(release, signal);
    const foreign = there.find(({ name, isWhole }) => isWhole && name === names.checksums);
    sumsName = foreign === undefined || (await owned.has(foreign)) ? names.checksums : `cyberun-${names.checksums}`;
    const earlier = await earlierOf(there, new Set([...fileNames, sumsName, names.record]), owned);
    const toList = wanted.map(({ name, content: { sha256 }, place }) => ({ name, place, sha256 }));
    const lists = listsFor({ record, key, files: toList, earlier, checksumsName: sumsName });
    const listing = { name: names.record, label: '', content: lists.record };
    const sums = { name: sumsName, label: '', content: lists.checksums };
    return { there, owned, listing, sums };
  }

  /** Removes what nobody needs any more: our claim, and what killed runs left of names that are ours. */
  async function clear(there: readonly Asset[]): Promise<void> {
    const ours = new Set([...fileNames, sumsName, names.record]);
    const left = there.filter(
      ({ id, name }) => id === claim?.id || (stale.has(id) && ours.has(nameOfPart(name) ?? '')),
    );
    await Promise.all(left.map((one) => releases.remove(one, signal)));
  }

  /** Others may write the same lists at the same time: then each writes what the other did, too. */
  async function seal(): Promise<void> {
    const backoff = createBackoff(clock, 500, 5_000);
    for (let tries = 1; ; tries += 1) {
      try {
        const { there, listing, sums } = await look();
        const sealed = [await put(sums, there, toPut(there)), await put(listing, there, toPut(there))] as const;
        attached(sums, sealed[0]);
        attached(listing, sealed[1]);
        await clear(there.filter(({ id }) => !sealed.some(({ asset }) => asset.id === id)));
        return;
      } catch (error) {
        if (!isOfOthers(error) || tries === MOST_SEALS) throw error;
        await sleep(clock, backoff.next(), signal);
      }
    }
  }

  try {
    const { there, owned, listing, sums } = await look();
    stale = new Set(there.flatMap(({ id, name }) => (nameOfPart(name) === undefined ? [] : id)));
    const seen = new Set(before.map(({ id }) => id));
    const digestOf = (asset: Asset) => releases.digest(asset, signal);
    replaced = await refuse(wanted, [sums, listing], there, seen, owned, digestOf);
    const isThere = there.some(({ name, sha256 }) => name === names.record && sha256 === listing.content.sha256);
    if (!isThere) claim = (await put(claimOf(listing), there, toPut(there))).asset;
    const limit = pLimit(UPLOADS_AT_ONCE);
    let failure: { readonly reason: unknown } | undefined;
    await Promise.all(
      wanted.map((one) =>
        limit(async () => {
          // What one waited for in vain, hundreds after it would, too. Those under way may still arrive.
          if (failure !== undefined) return;
          try {
            attached(one, await put(one, there, toPut(there)));
          } catch (reason) {
            failure ??= { reason };
          }
        }),
      ),
    );
    if (failure !== undefined) throw failure.reason;
    await seal();
    return result(undefined);
  } catch (error) {
    await tidy(claim, names.record, toPut([]), clock);
    if (signal.aborted) return result(asRunError('aborted', signal.reason));
    return result(problemFor(error, done.size, wanted.length + 2, release, again));
  }
}

/** Whether somebody else had the same name in mind, or removed what was just listed. */
function isOfOthers(error: unknown): boolean {
  return error instanceof GithubError && (error.code === TAKEN || error.status === 404);
}

/** How often lists are written, while others write them as well. */
const MOST_SEALS = 6;

/** The record, under a name that nobody else has, until there is all that it lists. */
function claimOf({ name, content }: Placed): Placed {
  return { name: partName(name, content.sha256), label: '', content };
}

/**
 * Gives what a run left that was killed while it replaced something the name that it was to have, if nothing has that.
 * Returns the names.
 */
async function mend(
  there: readonly Asset[],
  own: readonly string[],
  owned: Owned,
  releases: Releases,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const names = new Set([...own, ...there.map(({ name }) => name)]);
  const left = there.flatMap((asset) => {
    const name = nameOfPart(asset.name);
    return name === undefined || names.has(name) || isListName(name) ? [] : [{ asset, name }];
  });
  const mended = await Promise.all(
    left.map(async ({ asset, name }) => {
      if ((await owned.listed(asset)) === undefined) return [];
      await releases.rename(asset, { name, label: '' }, async () => undefined, signal);
      return [name];
    }),
  );
  return mended.flat();
}

function toPlace(file: ToAttach, name: string, disk: Disk): Placed & { readonly place: string } {
  const { place, mediaType = 'application/octet-stream' } = file;
  return { name, place, label: place === name ? '' : place, content: contentOfFile(disk, { ...file, mediaType }) };
}

/** What earlier runs attached, and this one does not. */
async function earlierOf(there: readonly Asset[], own: ReadonlySet<string>, owned: Owned): Promise<Listed[]> {
  const others = there.filter(({ name }) => !own.has(name) && nameOfPart(name) === undefined);
  return (await Promise.all(others.map(owned.listed))).filter((line) => line !== undefined);
}

function problemFor(error: unknown, attached: number, wanted: number, release: Release, again: Inert): RunError {
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
  const then = inert`The files are in the workspace. To attach them, run this job again with ${again}: nothing that is attached is sent again.`;
  return new RunError('release', joinInert([so, why, then], ' '), error);
}

/** For removing what an abort left half-way, in milliseconds: the runner kills 7.5 s after its signal. */
const TIDY_LIMIT = 4_000;
/** GitHub notices a moment later that an upload is broken off, in milliseconds. */
const NOTICES = [200, 800];

/**
 * Removes uploads that were broken off, and gives the record its name where there is none, as far as there is time; what is
 * left then, the next run sees to. Never throws.
 */
async function tidy(
  claim: Asset | undefined,
  recordName: string,
  { releases, release, underWay }: PutContext,
  clock: Pick<Clock, 'after'>,
): Promise<void> {
  using limit = timeLimit(clock, new AbortController().signal, TIDY_LIMIT, () => new Error('there is no more time'));
  const { signal } = limit;
  try {
    let there: readonly Asset[] = [];
    for (const wait of underWay.size === 0 ? [0] : NOTICES) {
      await sleep(clock, wait, signal);
      there = await releases.assets(release, signal);
      const broken = there.filter(({ name, isWhole }) => !isWhole && underWay.has(name));
      await Promise.all(broken.map((asset) => releases.remove(asset, signal)));
    }
    if (claim === undefined || there.some(({ name }) => name === recordName)) return;
    await releases.rename(claim, { name: recordName, label: '' }, async () => undefined, signal);
  } catch {
    // It was a courtesy.
  }
}
