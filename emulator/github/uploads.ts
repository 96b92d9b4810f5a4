import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { json, type Reply } from '../reply.ts';
import { refusalOf } from './access.ts';
import { assetName } from './names.ts';
import { type GithubRelease, isFrozen, type Releases } from './releases.ts';
import { invalid, notFound, refused } from './replies.ts';
import type { GithubRequest } from './requests.ts';

/** What an asset and a release can hold. */
export interface Limits {
  /** Bytes of an asset. Default 1: GitHub refuses empty ones. */
  readonly smallest: number;
  /** Default 2147483648. */
  readonly largest: number;
  /** Assets of a release. Default 1000. */
  readonly most: number;
}

export interface UploadsOptions {
  readonly isPrivate: boolean;
  readonly releases: Releases;
  readonly limits: Limits;
}

/** The host for uploads. `id` is the release's, as the path has it. */
export function createUploads({ isPrivate, releases, limits }: UploadsOptions) {
  /** The asset is there from the beginning, as a starter, and stays one when the body breaks off. */
  async function handle(request: GithubRequest, id: string, incoming: IncomingMessage): Promise<Reply> {
    const release = releases.get(id);
    const problem = refusal(request, release);
    if (problem || !release) return problem ?? notFound();
    const asset = start(release, request);
    const chunks: Uint8Array[] = [];
    for await (const chunk of incoming) {
      chunks.push(chunk);
      request.size += chunk.length;
    }
    const bytes = Buffer.concat(chunks);
    request.sha256 = createHash('sha256').update(bytes).digest('hex');
    // The release, or the starter, may have been removed meanwhile.
    if (!releases.get(id)?.assets.includes(asset)) return notFound();
    releases.finish(release, asset, bytes);
    return json(201, releases.assetJson(asset));
  }

  function start(release: GithubRelease, { query, headers }: GithubRequest) {
    return releases.start(release, query.name ?? '', query.label ?? '', headers['content-type'] ?? '');
  }

  function refusal({ kind, caller, headers, query }: GithubRequest, release: GithubRelease | undefined) {
    if (kind !== 'upload') return notFound();
    const length = headers['content-length'];
    if (length === undefined) return refused(400, 'Bad Content-Length: ');
    // Documented as required; the words are a guess.
    if (headers['content-type'] === undefined) return refused(400, 'Bad Content-Type: ');
    const { name = '' } = query;
    if (name === '') return refused(400, 'Invalid name for request');
    const unauthorized = refusalOf(caller, 'write', isPrivate);
    if (unauthorized) return unauthorized;
    if (!release) return notFound();
    if (isFrozen(release)) return refused(422, 'Cannot upload assets to an immutable release.');
    if (release.assets.length >= limits.most) {
      return invalid('file_count', 'custom', `limited to ${limits.most} assets`);
    }
    if (release.assets.some((other) => other.name === assetName(name))) return invalid('name', 'already_exists');
    if (Number(length) < limits.smallest) {
      return invalid('size', 'custom', `must be greater than or equal to ${limits.smallest}`);
    }
    if (Number(length) > limits.largest) {
      return invalid('size', 'custom', `must be less than or equal to ${limits.largest}`);
    }
    return undefined;
  }

  return {
    handle,
    /** What an upload leaves that breaks off halfway. */
    breakOff(request: GithubRequest, id: string) {
      const release = releases.get(id);
      if (release && !refusal(request, release)) start(release, request);
    },
  };
}
