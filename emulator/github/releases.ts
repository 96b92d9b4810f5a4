import { createHash } from 'node:crypto';
import type { StoredObject } from '../objects.ts';
import { createObject } from '../objects.ts';
import { assetName } from './names.ts';

/** An asset as the service knows it. A test may change it; `starter` is what a failed upload leaves. */
export interface GithubAsset {
  readonly id: number;
  name: string;
  label: string;
  state: 'starter' | 'uploaded';
  size: number;
  /** `sha256:` and hex; `null` of a starter, and where the service is too old to have one. */
  digest: string | null;
  content_type: string;
  bytes: Uint8Array;
  readonly browser_download_url: string;
}

export interface GithubRelease {
  readonly id: number;
  readonly tag_name: string;
  name: string;
  body: string;
  draft: boolean;
  prerelease: boolean;
  /** Takes effect once it is published. */
  immutable: boolean;
  readonly assets: GithubAsset[];
}

/** A release to begin with; published and without assets, unless said otherwise. */
export interface NewRelease {
  readonly tag: string;
  readonly name?: string;
  readonly body?: string;
  readonly draft?: boolean;
  readonly prerelease?: boolean;
  readonly immutable?: boolean;
  readonly assets?: readonly NewAsset[];
}

export interface NewAsset {
  readonly name: string;
  readonly label?: string;
  readonly content_type?: string;
  /** Default: the name's own. */
  readonly bytes?: Uint8Array;
  readonly state?: GithubAsset['state'];
}

/** Where things are; asked for late, as ports are known only once they listen. */
export interface Places {
  /** The repository at the API, such as `http://127.0.0.1:1/repos/octo/demo`. */
  readonly api: () => string;
  readonly uploads: () => string;
  /** The repository's pages. */
  readonly web: () => string;
}

export interface ReleasesOptions {
  readonly places: Places;
  /** Where an asset's bytes can be fetched, by `keyOf`. */
  readonly objects: Map<string, StoredObject>;
  /** Whether assets have digests. */
  readonly digests: boolean;
  /** Whether lists have what a failed upload left. */
  readonly showStarters: boolean;
  /** Called after each change. */
  readonly changed: () => void;
}

export type Releases = ReturnType<typeof createReleases>;

/** The releases of one repository, and their assets. */
export function createReleases({ places, objects, digests, showStarters, changed }: ReleasesOptions) {
  const list: GithubRelease[] = [];
  let lastId = 1000;
  const nextId = () => {
    lastId += 1;
    return lastId;
  };

  function add({ tag, assets = [], ...more }: NewRelease): GithubRelease {
    const { name = tag, body = '', draft = false, prerelease = false, immutable = false } = more;
    const release = { id: nextId(), tag_name: tag, name, body, draft, prerelease, immutable, assets: [] };
    list.push(release);
    for (const asset of assets) addAsset(release, asset);
    return release;
  }

  function addAsset(release: GithubRelease, { name, label = '', bytes, state = 'uploaded', ...more }: NewAsset) {
    const asset = start(release, name, label, more.content_type ?? 'application/octet-stream');
    if (state === 'uploaded') finish(release, asset, bytes ?? Buffer.from(name));
    return asset;
  }

  /** Begins an asset: from now on it has its name, and is a starter. */
  function start(release: GithubRelease, name: string, label: string, contentType: string): GithubAsset {
    const asset: GithubAsset = {
      id: nextId(),
      name: assetName(name),
      label,
      state: 'starter',
      size: 0,
      digest: null,
      content_type: contentType,
      bytes: new Uint8Array(),
      get browser_download_url() {
        return `${places.web()}/releases/download/${encodeURIComponent(tagInUrl(release))}/${this.name}`;
      },
    };
    release.assets.push(asset);
    changed();
    return asset;
  }

  /** Makes a starter an asset with this content. */
  function finish(release: GithubRelease, asset: GithubAsset, bytes: Uint8Array) {
    asset.state = 'uploaded';
    asset.bytes = bytes;
    asset.size = bytes.length;
    asset.digest = digests ? `sha256:${createHash('sha256').update(bytes).digest('hex')}` : null;
    objects.set(keyOf(release, asset), createObject(bytes, asset.content_type));
    changed();
  }

  function removeAsset(release: GithubRelease, asset: GithubAsset) {
    release.assets.splice(release.assets.indexOf(asset), 1);
    objects.delete(keyOf(release, asset));
    changed();
  }

  function remove(release: GithubRelease) {
    list.splice(list.indexOf(release), 1);
    for (const asset of [...release.assets]) removeAsset(release, asset);
  }

  function assetJson({ bytes: _, ...asset }: GithubAsset) {
    return {
      url: `${places.api()}/releases/assets/${asset.id}`,
      node_id: `RA_${asset.id}`,
      ...asset,
      uploader: BOT,
      download_count: 0,
      created_at: TIME,
      updated_at: TIME,
    };
  }

  const shown = ({ assets }: GithubRelease) => assets.filter(({ state }) => showStarters || state !== 'starter');

  function releaseJson(release: GithubRelease) {
    const { assets: _, ...own } = release;
    const url = `${places.api()}/releases/${release.id}`;
    return {
      url,
      assets_url: `${url}/assets`,
      upload_url: `${places.uploads()}/releases/${release.id}/assets{?name,label}`,
      html_url: `${places.web()}/releases/tag/${encodeURIComponent(tagInUrl(release))}`,
      author: BOT,
      node_id: `RE_${release.id}`,
      target_commitish: 'main',
      ...own,
      immutable: isFrozen(release),
      created_at: TIME,
      updated_at: TIME,
      published_at: release.draft ? null : TIME,
      assets: shown(release).map(assetJson),
      tarball_url: release.draft ? null : `${places.api()}/tarball/${release.tag_name}`,
      zipball_url: release.draft ? null : `${places.api()}/zipball/${release.tag_name}`,
    };
  }

  return {
    list,
    add,
    remove,
    start,
    finish,
    removeAsset,
    assetJson,
    releaseJson,
    shown,
    /** The release of an id, as a path has it. */
    get: (id: string) => list.find((release) => String(release.id) === id),
    /** The asset of an id, and its release. */
    getAsset(id: string) {
      for (const release of list) {
        const asset = release.assets.find((other) => String(other.id) === id);
        if (asset) return { release, asset };
      }
      return undefined;
    },
  };
}

/** An asset's key in the storage. */
export function keyOf(release: GithubRelease, asset: GithubAsset): string {
  return `releases/${release.id}/${asset.id}`;
}

/** Whether its assets can no longer be changed. */
export function isFrozen({ draft, immutable }: GithubRelease): boolean {
  return immutable && !draft;
}

/** A draft has no tag yet, as there may be several with the same. */
function tagInUrl({ id, tag_name, draft }: GithubRelease): string {
  return draft ? `untagged-${id.toString(16).padStart(20, '0')}` : tag_name;
}

const BOT = { login: 'github-actions[bot]', id: 41898282, type: 'Bot', site_admin: false };
const TIME = '2026-10-01T12:00:00Z';
