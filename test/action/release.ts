import type { Github } from '../../emulator/github/github.ts';
import type { GithubAsset, GithubRelease } from '../../emulator/github/releases.ts';
import type { ActionOptions } from './harness.ts';

/** A step that attaches to the release whose event started the job. */
export function onRelease(github: Github, release: GithubRelease, given: Record<string, string> = {}) {
  return {
    event: github.eventPayload(release),
    eventName: 'release',
    env: github.jobVariables(release),
    secrets: [github.token],
    with: { workflow: 'quick', 'attach-to-release': 'true', 'github-token': github.token, ...given },
  } satisfies Partial<ActionOptions>;
}

/** A step of a push, in the same repository. */
export function onPush(github: Github, ref: string, given: Record<string, string> = {}) {
  return {
    env: { GITHUB_API_URL: github.apiUrl, GITHUB_REPOSITORY: github.repository, GITHUB_REF: ref },
    secrets: [github.token],
    with: { workflow: 'quick', 'attach-to-release': 'true', 'github-token': github.token, ...given },
  } satisfies Partial<ActionOptions>;
}

/** The names of what people can download, sorted; what is not whole has its state. */
export function namesAt({ assets }: GithubRelease): string[] {
  return assets.map(({ name, state }) => (state === 'uploaded' ? name : `${name} (${state})`)).sort();
}

/** The asset of that name. */
export function assetAt({ assets }: GithubRelease, name: string): GithubAsset {
  const found = assets.find((asset) => asset.name === name);
  if (found === undefined) throw new Error(`no asset ${name}: ${assets.map((asset) => asset.name).join(', ')}`);
  return found;
}

/** What went to GitHub so far, such as `upload hero.png 201`. */
export function callsTo(github: Github): string[] {
  return github.requests.map(({ kind, query, status }) => [kind, query.name, status ?? '-'].filter(Boolean).join(' '));
}

/** How often something was uploaded under that name. */
export function uploadsOf(github: Github, name: string): number {
  return github.requests.filter(({ kind, query }) => kind === 'upload' && query.name === name).length;
}

/** What a `SHA256SUMS` says of the assets beside it that is not so. */
export function wrongSums(release: GithubRelease, list = 'SHA256SUMS'): string[] {
  const lines = Buffer.from(assetAt(release, list).bytes).toString().trimEnd().split('\n');
  return lines.filter((line) => {
    const [sha256 = '', name = ''] = line.split(' *');
    return assetAt(release, name).digest !== `sha256:${sha256}`;
  });
}
