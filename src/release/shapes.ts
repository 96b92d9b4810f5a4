import { inert } from '../base/inert.ts';
import { isMapping } from '../base/mapping.ts';
import { textIn } from '../base/members.ts';
import { GithubError } from './errors.ts';

/** A release, as far as it is looked at. Texts are foreign. */
export interface Release {
  readonly id: number;
  readonly tag: string;
  readonly isDraft: boolean;
  /** Nothing can be added to it any more. */
  readonly isImmutable: boolean;
  /** A URI template, as GitHub gives it: uploads have a host of their own. */
  readonly uploadUrl: string;
  /** Of its page. */
  readonly url: string;
  /** What its tag is, or would be, made of. */
  readonly target: string | undefined;
}

/** An asset of a release. Texts are foreign. */
export interface Asset {
  readonly id: number;
  readonly name: string;
  /** Whether it is there: an upload that broke leaves one that is not. */
  readonly isWhole: boolean;
  readonly bytes: number;
  /** Lower-case hex; `undefined` where GitHub does not say (before June 2025, older GitHub Enterprise Servers). */
  readonly sha256: string | undefined;
  /** Where people download it. */
  readonly url: string;
}

/** @throws {GithubError} worth another try, where it is none */
export function releaseOf(data: unknown): Release {
  const [id, tag, uploadUrl] = [numberIn(data, 'id'), textIn(data, 'tag_name'), textIn(data, 'upload_url')];
  if (!isMapping(data) || id === undefined || tag === undefined || uploadUrl === undefined) throw misshaped('release');
  return {
    id,
    tag,
    uploadUrl,
    isDraft: data.draft === true,
    isImmutable: data.immutable === true,
    url: textIn(data, 'html_url') ?? '',
    target: textIn(data, 'target_commitish'),
  };
}

/** @throws {GithubError} worth another try, where it is none */
export function assetOf(data: unknown): Asset {
  const [id, name] = [numberIn(data, 'id'), textIn(data, 'name')];
  if (id === undefined || name === undefined) throw misshaped('asset');
  return {
    id,
    name,
    // Without a state, it is as good as what is said of it.
    isWhole: (textIn(data, 'state') ?? 'uploaded') === 'uploaded',
    bytes: numberIn(data, 'size') ?? 0,
    sha256: /^sha256:([0-9a-f]{64})$/.exec(textIn(data, 'digest') ?? '')?.[1],
    url: textIn(data, 'browser_download_url') ?? '',
  };
}

/** @throws {GithubError} worth another try, where it is none */
export function listOf(data: unknown): readonly unknown[] {
  if (!Array.isArray(data)) throw misshaped('list');
  return data;
}

function numberIn(data: unknown, name: string): number | undefined {
  const value = isMapping(data) ? data[name] : undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

function misshaped(what: string): GithubError {
  return new GithubError(
    'passing',
    inert`GitHub answered with something that is no ${what}. A proxy or a login page may stand before it.`,
  );
}
