import { createHash } from 'node:crypto';
import { getOctokit } from '@actions/github';
import { type Clock, timeLimit } from '../base/clock.ts';
import { gather } from '../base/gather.ts';
import { type Inert, inert } from '../base/inert.ts';
import type { Wire } from '../base/wire.ts';
import { createCalls } from './calls.ts';
import type { Content } from './content.ts';
import { asGithubError, GithubError } from './errors.ts';
import { fetchOver, isAsSafe } from './fetch.ts';
import { createPace } from './pace.ts';
import { type Asset, assetOf, listOf, type Release, releaseOf } from './shapes.ts';

/** The releases of one repository, by GitHub's REST API. Whatever fails is a {@link GithubError}, or the signal's reason. */
export interface Releases {
  /** `undefined` where there is none, or none that the token may see. */
  byId(id: number, signal: AbortSignal): Promise<Release | undefined>;
  /** That of a tag, published or not; there may be several drafts of one. */
  byTag(tag: string, signal: AbortSignal): Promise<readonly Release[]>;
  /** The tags of some releases, the newest first. */
  recentTags(signal: AbortSignal): Promise<readonly string[]>;
  /** Whether the token may write, which nothing is written for; `undefined` where GitHub does not say. */
  mayWrite(release: Release, signal: AbortSignal): Promise<boolean | undefined>;
  assets(release: Release, signal: AbortSignal): Promise<readonly Asset[]>;
  /** The text of an asset; `undefined` where it has more bytes than that. */
  read(asset: Asset, most: number, signal: AbortSignal): Promise<string | undefined>;
  /** SHA-256 of an asset's bytes, which are fetched for it. */
  digest(asset: Asset, signal: AbortSignal): Promise<string>;
  /**
   * Adds an asset, and has it checked. Before another try, `recover` looks what became of the last one: it returns the
   * asset if that is whole, and removes what is in the way.
   */
  upload(release: Release, asset: Addition, recover: Recover, signal: AbortSignal): Promise<Asset>;
  rename(asset: Asset, to: Called, recover: Recover, signal: AbortSignal): Promise<Asset>;
  /** One that is gone already counts as removed. */
  remove(asset: Pick<Asset, 'id'>, signal: AbortSignal): Promise<void>;
}

/** How an asset is called, and what people see in place of that; empty for the same. */
interface Called {
  readonly name: string;
  readonly label: string;
}

/** An asset that is to be. */
interface Addition extends Called {
  readonly content: Content;
  /** Throws what is wrong with what GitHub says it got. */
  readonly check: (asset: Asset) => Promise<void>;
}

/** What a try led to whose answer was lost. */
type Recover = (signal: AbortSignal) => Promise<Asset | undefined>;

/** What these calls are made with. */
export interface ReleasesOptions {
  /** As in `GITHUB_API_URL`. */
  readonly apiUrl: string;
  readonly token: string;
  /** As in `GITHUB_REPOSITORY`. */
  readonly repository: { readonly owner: string; readonly repo: string };
  readonly wire: Wire;
  readonly clock: Clock;
  /** Told of long waits. */
  readonly notice: (message: Inert) => void;
}

/** In milliseconds, for one call without the bytes of a file. */
const CALL_LIMIT = 60_000;
/** The same with them: 2 GiB at 4 MB/s. */
const READ_LIMIT = 10 * 60_000;
/** GitHub gives so many of a list at once, at most. */
const PAGE = 100;
/** 10,000 releases; of assets a release has 1,000 at most. */
const MOST_PAGES = 100;

/** Opens no connection yet. */
export function createReleases({ apiUrl, token, repository, wire, clock, notice }: ReleasesOptions): Releases {
  const octokit = getOctokit(token, {
    baseUrl: apiUrl,
    request: { fetch: fetchOver(wire) },
    // What octokit has to say of deprecations is not for the job's log.
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
  const pace = createPace(clock);
  const call = createCalls({ host: new URL(apiUrl).host, pace, clock, notice });

  /** One request of octokit's, bounded. */
  async function request(
    route: string,
    more: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
    redirect: 'follow' | 'manual' = 'follow',
  ) {
    using limit = timeLimit(
      clock,
      signal,
      CALL_LIMIT,
      () => new Error(`no whole answer within ${CALL_LIMIT / 1000} s`),
    );
    return await octokit.request(route, { ...repository, ...more, request: { signal: limit.signal, redirect } });
  }

  /** What `parse` throws is worth another try, too: a page of a proxy, say. */
  const ask = <T>(
    route: string,
    more: Readonly<Record<string, unknown>>,
    parse: (data: unknown) => T,
    signal: AbortSignal,
  ): Promise<T> => call(nameOf(route, more), signal, async (own) => parse((await request(route, more, own)).data));

  async function orMissing<T>(asking: Promise<T>): Promise<T | undefined> {
    try {
      return await asking;
    } catch (error) {
      if (error instanceof GithubError && error.status === 404) return undefined;
      throw error;
    }
  }

  async function* pages<T>(
    route: string,
    more: Readonly<Record<string, unknown>>,
    parse: (data: unknown) => T,
    signal: AbortSignal,
  ): AsyncGenerator<readonly T[], void, undefined> {
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const entries = await ask(route, { ...more, per_page: PAGE, page }, (data) => listOf(data).map(parse), signal);
      yield entries;
      if (entries.length < PAGE) return;
    }
  }

  /** The bytes of an asset: the token stays with GitHub, and what signs the way to the storage is told to nobody. */
  async function read(asset: Asset, outer: AbortSignal, take: (bytes: Uint8Array) => boolean): Promise<boolean> {
    using limit = timeLimit(
      clock,
      outer,
      READ_LIMIT,
      () => new Error(`no end of it within ${READ_LIMIT / 60_000} minutes`),
    );
    const { signal } = limit;
    const { data, headers } = await request(
      'GET /repos/{owner}/{repo}/releases/assets/{asset_id}',
      { asset_id: asset.id, headers: { accept: 'application/octet-stream' } },
      signal,
      'manual',
    );
    if (headers.location === undefined) return take(bytesOf(data));
    if (!isAsSafe(headers.location, apiUrl))
      throw new GithubError(
        'refused',
        inert`${asset.name} is stored where anybody on the way could change it: have whoever runs that GitHub store it behind https.`,
      );
    const { host } = new URL(headers.location);
    try {
      const answer = await wire(headers.location, {
        method: 'GET',
        headers: { accept: '*/*' },
        connection: 'shared',
        headersTimeout: CALL_LIMIT,
        bodyTimeout: CALL_LIMIT,
        signal,
      });
      try {
        if (answer.status !== 200)
          throw new GithubError('passing', inert`${host}, where ${asset.name} is stored, answered ${answer.status}.`);
        for await (const chunk of answer.body) if (!take(chunk)) return false;
        return true;
      } finally {
        answer.body.destroy();
      }
    } catch (error) {
      throw asGithubError(asset.name, host, error, clock);
    }
  }

  return {
    byId: (id, signal) =>
      orMissing(ask('GET /repos/{owner}/{repo}/releases/{release_id}', { release_id: id }, releaseOf, signal)),
    async byTag(tag, signal) {
      const route = 'GET /repos/{owner}/{repo}/releases/tags/{tag}';
      const published = await orMissing(ask(route, { tag }, releaseOf, signal));
      if (published !== undefined) return [published];
      const found: Release[] = [];
      for await (const page of pages('GET /repos/{owner}/{repo}/releases', {}, releaseOf, signal)) {
        found.push(...page.filter((release) => release.tag === tag));
      }
      return found;
    },
    async recentTags(signal) {
      const parse = (data: unknown) => listOf(data).map((one) => releaseOf(one).tag);
      return await ask('GET /repos/{owner}/{repo}/releases', { per_page: 5 }, parse, signal);
    },
    async mayWrite({ tag, target }, signal) {
      try {
        // It makes a text, keeps nothing, and takes the same right as an upload (docs.github.com, "Permissions required
        // for GitHub Apps", contents: write).
        const route = 'POST /repos/{owner}/{repo}/releases/generate-notes';
        await ask(route, { tag_name: tag, target_commitish: target }, () => undefined, signal);
        return true;
      } catch (error) {
        if (!(error instanceof GithubError)) throw error;
        if (error.status === 403 || error.status === 404) return false;
        // It was let in, and minds something else.
        return error.status === 422 ? true : undefined;
      }
    },
    async assets({ id }, signal) {
      const found: Asset[] = [];
      const route = 'GET /repos/{owner}/{repo}/releases/{release_id}/assets';
      for await (const page of pages(route, { release_id: id }, assetOf, signal)) found.push(...page);
      return found;
    },
    read: (asset, most, signal) =>
      call(`GET ${asset.name}`, signal, async (own) => {
        const gathered = gather(most);
        const isWhole = await read(asset, own, (bytes) => gathered.add(bytes));
        return isWhole ? new TextDecoder().decode(gathered.take()) : undefined;
      }),
    digest: (asset, signal) =>
      call(`GET ${asset.name}`, signal, async (own) => {
        const hash = createHash('sha256');
        await read(asset, own, (bytes) => {
          hash.update(bytes);
          return true;
        });
        return hash.digest('hex');
      }),
    async upload({ uploadUrl }, { name, label, content, check }, recover, signal) {
      const attempt = async (own: AbortSignal) => {
        await pace.addition(own);
        const uploading = octokit.request({
          method: 'POST',
          url: uploadUrl,
          name,
          ...(label !== '' && { label }),
          data: content.read(),
          headers: { 'content-type': content.mediaType, 'content-length': String(content.bytes) },
          request: { signal: own },
        });
        const { data } = await uploading.catch((error: unknown) => {
          throw asGithubError(`POST ${name}`, new URL(uploadUrl).host, error, clock);
        });
        const asset = assetOf(data);
        await check(asset);
        return asset;
      };
      return await call(`POST ${name}`, signal, attempt, recover);
    },
    rename({ id }, { name, label }, recover, signal) {
      const route = 'PATCH /repos/{owner}/{repo}/releases/assets/{asset_id}';
      const to = { asset_id: id, name, ...(label !== '' && { label }) };
      return call(nameOf(route, to), signal, async (own) => assetOf((await request(route, to, own)).data), recover);
    },
    async remove({ id }, signal) {
      await orMissing(
        ask('DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}', { asset_id: id }, () => undefined, signal),
      );
    },
  };
}

/** Such as `GET /releases/5`. */
function nameOf(route: string, values: Readonly<Record<string, unknown>>): string {
  return route.replace('/repos/{owner}/{repo}', '').replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
}

/** Where an asset comes without a redirect, octokit has its bytes already. */
function bytesOf(data: unknown): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new TextEncoder().encode(typeof data === 'string' ? data : JSON.stringify(data));
}
