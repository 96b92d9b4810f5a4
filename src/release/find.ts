import { RunError } from '../base/errors.ts';
import { amount, type Inert, inert, joinInert, someOf } from '../base/inert.ts';
import { isListName } from '../files/names.ts';
import type { Releases } from './api.ts';
import { GithubError } from './errors.ts';
import { isAsSafe } from './fetch.ts';
import { readRecordAt } from './owned.ts';
import type { Asset, Release } from './shapes.ts';

/** What the input says, and what GitHub says of the run. */
export interface Asked {
  /** A tag; or the release that the run is of. */
  readonly wanted: string | true;
  /** Such as `push`. */
  readonly eventName: string;
  /** Of the release that the event is of. */
  readonly releaseId: number | undefined;
  /** Such as `refs/tags/v1`. */
  readonly ref: string;
}

/** A release that files can be attached to, as it was found before the run. */
export interface Found {
  readonly release: Release;
  readonly assets: readonly Asset[];
}

/** Assets that a release has room for (docs.github.com, "About releases"). */
export const MOST_ASSETS = 1_000;

/**
 * The release that is meant, and that files can be added to: it exists, it may be changed, and the token may do it.
 *
 * @param apiUrl Where GitHub's API is: uploads go by no less safe a protocol.
 * @throws {RunError} of kind `input`; or the signal's reason
 */
export async function findRelease(
  asked: Asked,
  apiUrl: string,
  releases: Releases,
  signal: AbortSignal,
): Promise<Found> {
  try {
    const release = await find(asked, releases, signal);
    checkUploads(release, apiUrl);
    if (release.isImmutable) throw refused(immutable(release));
    if ((await releases.mayWrite(release, signal)) === false) throw refused(mayNotWrite(release));
    return { release, assets: await releases.assets(release, signal) };
  } catch (error) {
    throw unsure(error);
  }
}

/**
 * Refuses a release whose record of that name is not this key's: it could not be replaced.
 *
 * @throws {RunError} of kind `input`, also where it cannot be read; or the signal's reason
 */
export async function refuseForeign(
  { release: { tag }, assets }: Found,
  recordName: string,
  releases: Pick<Releases, 'read'>,
  key: string,
  signal: AbortSignal,
): Promise<void> {
  const there = assets.find(({ name, isWhole }) => isWhole && name === recordName);
  if (there === undefined) return;
  const record = await readRecordAt(there, releases, key, signal).catch((error: unknown) => {
    throw unsure(error);
  });
  if (record !== undefined) return;
  throw refused(
    inert`Input attach-to-release: the release ${tag} has a ${recordName} that this api-key did not sign, so nobody knows which of its assets are this action's: it was made under another key, or by somebody else. Remove it from the release, or attach to another.`,
  );
}

/**
 * Refuses a release that has no room for so many assets more, unless some that it has may be replaced.
 *
 * @throws {RunError} of kind `input`
 */
export function refuseFull({ release: { tag }, assets }: Found, more: number): void {
  const isReplacing = assets.some(({ name }) => isListName(name));
  if (isReplacing || assets.length + more <= MOST_ASSETS) return;
  throw refused(
    inert`Input attach-to-release: a release has room for ${MOST_ASSETS} assets, and ${tag} has ${assets.length}; at least ${more} would come. Remove some, or attach to another.`,
  );
}

async function find(
  { wanted, eventName, releaseId, ref }: Asked,
  releases: Releases,
  signal: AbortSignal,
): Promise<Release> {
  if (wanted === true && releaseId !== undefined) {
    const release = await releases.byId(releaseId, signal);
    if (release !== undefined) return release;
    throw refused(
      inert`Input attach-to-release is true, and the release of this event (${releaseId}) is not there any more, or is a draft that the token may not see. ${NEEDS_WRITE}`,
    );
  }
  const tag = wanted === true ? tagOf(ref) : wanted;
  if (tag === undefined) {
    throw refused(
      inert`Input attach-to-release is true, and this run is of no release and no tag: it is of the event ${eventName}, on ${ref}. Run it on \`release: {types: [published]}\` or on a tag, or name a tag, such as \`attach-to-release: v1.2.0\`.`,
    );
  }
  const found = await releases.byTag(tag, signal);
  const [release] = found;
  if (release === undefined) throw refused(await noRelease(tag, wanted === true, releases, signal));
  if (found.length === 1) return release;
  throw refused(
    inert`Input attach-to-release: ${amount(found.length, 'draft')} are of the tag ${tag}, and it is not clear which is meant. Delete all but one of them.`,
  );
}

async function noRelease(tag: string, isOfRun: boolean, releases: Releases, signal: AbortSignal): Promise<Inert> {
  const others = await releases.recentTags(signal);
  const are = others.length === 0 ? inert`The token sees none at all` : inert`The latest are ${someOf(others, 5)}`;
  const asked = isOfRun ? inert`is true` : inert`is ${tag}`;
  return inert`Input attach-to-release ${asked}, and there is no release of the tag ${tag}. ${are}. Create it before this step (a draft will do), or write the tag of one. A draft is only seen by a token that may write: \`permissions: contents: write\`.`;
}

function tagOf(ref: string): string | undefined {
  return /^refs\/tags\/(.+)$/.exec(ref)?.[1];
}

/** The token goes where the release says that uploads go. */
function checkUploads({ uploadUrl }: Release, apiUrl: string): void {
  const [url = ''] = uploadUrl.split('{');
  if (isAsSafe(url, apiUrl)) return;
  throw refused(
    inert`Input attach-to-release: GitHub says that uploads go to ${url}, which is no address to send a token to. A proxy may stand before it: see GITHUB_API_URL.`,
  );
}

const NEEDS_WRITE = inert`Give the job \`permissions: contents: write\`.`;

function mayNotWrite({ tag }: Release): Inert {
  return inert`Input attach-to-release: the token may not add files to the release ${tag}. Give the job \`permissions: contents: write\`, or pass another token in github-token. A run for a pull request from a fork has no such right, whatever the workflow says.`;
}

/** Why nothing can be added to a release. */
export function immutable({ tag }: Release): Inert {
  return inert`Input attach-to-release: the release ${tag} is immutable, as it was published in a repository whose releases are. Attach to its draft, and publish that afterwards: \`attach-to-release: ${tag}\` finds a draft, too.`;
}

/** What GitHub did not answer, as why nothing is submitted. What is no error of GitHub's stays what it is. */
function unsure(error: unknown): unknown {
  if (!(error instanceof GithubError)) return error;
  const what = inert`Input attach-to-release: nobody knows whether files could be attached.`;
  return refused(joinInert([what, error.message, ...adviceFor(error)], ' '), error);
}

/** What is final without an answer says by itself what to do. */
function adviceFor({ status, type }: GithubError): Inert[] {
  if (status === 401)
    return [inert`The token in github-token does not work: leave that input out to use the job's own.`];
  if (status === 403 || status === 404) return [NEEDS_WRITE];
  return status === undefined && type === 'refused' ? [] : [inert`See githubstatus.com, and run the job again.`];
}

function refused(message: Inert, cause?: unknown): RunError {
  return new RunError('input', message, cause);
}
