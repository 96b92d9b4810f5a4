import { json, type Reply } from '../reply.ts';
import type { Storage } from '../storage.ts';
import { refusalOf } from './access.ts';
import { assetName } from './names.ts';
import { type GithubAsset, type GithubRelease, isFrozen, keyOf, type Places, type Releases } from './releases.ts';
import { impossible, invalid, notFound, refused } from './replies.ts';
import { type GithubKind, type GithubRequest, REPOSITORY_ID, type Target } from './requests.ts';

export interface ApiOptions {
  /** `OWNER/NAME`. */
  readonly repository: string;
  readonly isPrivate: boolean;
  readonly releases: Releases;
  readonly storage: Storage;
  readonly places: Places;
  /** Most items of a page. */
  readonly mostPerPage: number;
  /** Whether an asset's name can be changed. */
  readonly canRename: boolean;
}

const writes: readonly GithubKind[] = ['generate-notes', 'update-asset', 'delete-asset'];

/** The part of GitHub's REST API that releases need: answers one request. */
export function createApi({ repository, isPrivate, releases, storage, places, mostPerPage, canRename }: ApiOptions) {
  return async function handle(request: GithubRequest, { name, tag }: Target): Promise<Reply> {
    const { kind, caller, headers } = request;
    const problem = refusalOf(caller, writes.includes(kind) ? 'write' : 'read', isPrivate);
    if (problem) return problem;
    const visible = releases.list.filter(({ draft }) => caller === 'write' || !draft).toReversed();
    const published = visible.filter(({ draft }) => !draft);

    switch (kind) {
      case 'repository':
        return json(200, repositoryJson(repository, isPrivate, places));
      case 'releases':
        return page(request, visible.map(releases.releaseJson));
      case 'latest-release':
        return releaseReply(published.find(({ prerelease }) => !prerelease));
      case 'release-by-tag':
        return releaseReply(published.find(({ tag_name }) => tag_name === name));
      case 'release':
        return releaseReply(visible.find(({ id }) => String(id) === name));
      case 'assets': {
        const release = visible.find(({ id }) => String(id) === name);
        return release ? page(request, releases.shown(release).map(releases.assetJson)) : notFound();
      }
      case 'asset':
      case 'update-asset':
      case 'delete-asset': {
        const found = releases.getAsset(name);
        if (!found || !visible.includes(found.release)) return notFound();
        if (kind === 'update-asset') return update(found, request.body);
        if (kind === 'delete-asset') return remove(found);
        return headers.accept?.includes('application/octet-stream')
          ? download(found)
          : json(200, releases.assetJson(found.asset));
      }
      case 'download': {
        const release = published.find(({ tag_name }) => tag_name === tag);
        const asset = release?.assets.find((other) => other.name === name);
        // The pages know no token, so a private repository has no downloads here.
        return release && asset && !isPrivate ? download({ release, asset }) : notFound();
      }
      case 'generate-notes':
        return generateNotes(request.body);
      default:
        return notFound();
    }
  };

  function releaseReply(release: GithubRelease | undefined): Reply {
    return release ? json(200, releases.releaseJson(release)) : notFound();
  }

  async function download({ release, asset }: Found): Promise<Reply> {
    if (asset.state === 'starter') return notFound();
    const location = await storage.presignGet(keyOf(release, asset), `attachment; filename=${asset.name}`);
    return { status: 302, headers: { location, 'content-length': '0' }, body: [] };
  }

  /** `state` can be written, too; what that does is not documented, so nothing here. */
  function update({ release, asset }: Found, body: unknown): Reply {
    if (isFrozen(release)) return impossible('Cannot update asset of an immutable release');
    const { name, label } = isRecord(body) ? body : {};
    if (name !== undefined) {
      if (typeof name !== 'string' || name === '') return invalid('name', 'missing_field');
      if (!canRename) return invalid('name', 'custom', 'cannot be changed');
      const next = assetName(name);
      if (release.assets.some((other) => other !== asset && other.name === next)) {
        return invalid('name', 'already_exists');
      }
      asset.name = next;
    }
    if (typeof label === 'string') asset.label = label;
    return json(200, releases.assetJson(asset));
  }

  function remove({ release, asset }: Found): Reply {
    if (isFrozen(release)) return impossible('Cannot delete asset from an immutable release');
    releases.removeAsset(release, asset);
    return { status: 204, headers: {}, body: [] };
  }

  function page({ query, path }: GithubRequest, all: readonly unknown[]): Reply {
    const perPage = Math.min(mostPerPage, Math.max(1, Math.trunc(Number(query.per_page ?? 30)) || 30));
    const current = Math.max(1, Math.trunc(Number(query.page ?? 1)) || 1);
    const last = Math.max(1, Math.ceil(all.length / perPage));
    const pages = [
      ...(current > 1 ? [link(current - 1, 'prev')] : []),
      ...(current < last ? [link(current + 1, 'next'), link(last, 'last')] : []),
      ...(current > 1 ? [link(1, 'first')] : []),
    ];
    return json(
      200,
      all.slice((current - 1) * perPage, current * perPage),
      pages.length > 0 ? { link: pages.join(', ') } : {},
    );

    // GitHub's links name the repository by its id.
    function link(number: number, relation: string): string {
      const base = places.api().replace(/\/repos\/.*/, `/repositories/${REPOSITORY_ID}`);
      const below = path.replace(/^\/(?:repos\/[^/]+\/[^/]+|repositories\/\d+)/, '');
      return `<${base}${below}?${new URLSearchParams({ ...query, page: String(number) })}>; rel="${relation}"`;
    }
  }
}

/**
 * The repository, as far as it matters. `permissions` are a user's: of an installation token such as GITHUB_TOKEN they
 * don't tell what it may (seen in nutrik/vercor, whose job had `contents: write` and `push: false`).
 */
export function repositoryJson(repository: string, isPrivate: boolean, places: Places) {
  const [owner = '', name = ''] = repository.split('/');
  return {
    id: REPOSITORY_ID,
    name,
    full_name: repository,
    private: isPrivate,
    owner: { login: owner, type: 'Organization' },
    html_url: places.web(),
    url: places.api(),
    default_branch: 'main',
    permissions: { admin: false, maintain: false, push: false, triage: false, pull: false },
  };
}

interface Found {
  readonly release: GithubRelease;
  readonly asset: GithubAsset;
}

/** Makes notes and keeps nothing. Needs `contents: write` all the same (docs; web-infra-dev/midscene#2827). */
function generateNotes(body: unknown): Reply {
  const { tag_name } = isRecord(body) ? body : {};
  if (typeof tag_name !== 'string' || tag_name === '') {
    return refused(422, 'Invalid request.\n\n"tag_name" wasn\'t supplied.');
  }
  return json(200, { name: tag_name, body: `**Full Changelog**: ${tag_name}` });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
