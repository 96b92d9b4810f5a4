import { context as run } from '@actions/github';
import type { Clock } from '../base/clock.ts';
import { RunError } from '../base/errors.ts';
import { type Inert, inert } from '../base/inert.ts';
import type { Wire } from '../base/wire.ts';
import { createReleases, type Releases } from './api.ts';
import { type Found, findRelease } from './find.ts';

/** A release that was found before the run, and how to change it. */
export interface OpenRelease extends Found {
  readonly releases: Releases;
}

/** What is asked for, and who helps. */
export interface OpenOptions {
  /** A tag; or the release that this run is of. */
  readonly wanted: string | true;
  readonly token: string;
  /** As in `GITHUB_REPOSITORY`. */
  readonly repository: string;
  readonly wire: Wire;
  readonly clock: Clock;
  readonly notice: (message: Inert) => void;
  readonly signal: AbortSignal;
}

/**
 * Finds the release that this run is to attach to, and makes sure that it can.
 *
 * @throws {RunError} of kind `input`; or the signal's reason
 */
export async function openRelease({ wanted, token, repository, signal, ...tools }: OpenOptions): Promise<OpenRelease> {
  const { apiUrl, eventName, ref, payload } = run;
  const [owner = '', repo = '', ...others] = repository.split('/');
  if (owner === '' || repo === '' || others.length > 0) {
    throw new RunError(
      'input',
      inert`Input attach-to-release needs to know the repository, and GITHUB_REPOSITORY does not name one: it is for jobs of GitHub Actions. Leave it out elsewhere.`,
    );
  }
  const releases = createReleases({ ...tools, apiUrl, token, repository: { owner, repo } });
  const { id } = payload.release ?? {};
  const releaseId = eventName === 'release' && Number.isSafeInteger(id) ? Number(id) : undefined;
  return { releases, ...(await findRelease({ wanted, eventName, releaseId, ref }, apiUrl, releases, signal)) };
}
