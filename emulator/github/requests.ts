import type { IncomingMessage } from 'node:http';
import type { ReceivedRequest } from '../requests.ts';
import type { Caller } from './access.ts';

/** What a request asks for; faults and tests select by it. */
export type GithubKind =
  | 'repository'
  | 'releases'
  | 'latest-release'
  | 'release-by-tag'
  | 'release'
  | 'assets'
  | 'asset'
  | 'update-asset'
  | 'delete-asset'
  | 'generate-notes'
  | 'upload'
  | 'download'
  | 'storage-get'
  | 'other';

/** One request as it reached the stand-in. A token in its headers is replaced by `***`. */
export interface GithubRequest extends ReceivedRequest {
  readonly kind: GithubKind;
  readonly origin: 'api' | 'uploads' | 'storage';
  readonly caller: Caller;
  /** The parsed JSON body of a request to the API. */
  readonly body: unknown;
  /** Bytes of the body that arrived so far. */
  size: number;
  /** Hex, of a body that arrived whole. */
  sha256: string | undefined;
}

/** The part of a request that its path tells: the endpoint, and the id, tag or name in it. */
export interface Target {
  readonly kind: GithubKind;
  readonly name: string;
  /** Of a download from the repository's pages. */
  readonly tag?: string;
}

/** Which endpoint of a host a request is for. `repository` is `OWNER/NAME`; upper case counts as lower case. */
export function targetOf(
  { origin, method, path }: Pick<GithubRequest, 'origin' | 'method' | 'path'>,
  repository: string,
): Target {
  if (origin === 'storage') return { kind: method === 'GET' ? 'storage-get' : 'other', name: '' };
  const [, prefix = '', below = ''] =
    /^(\/repos\/[^/]+\/[^/]+|\/repositories\/\d+|\/[^/]+\/[^/]+)(.*)$/.exec(path) ?? [];
  const isPage = prefix.toLowerCase() === `/${repository.toLowerCase()}`;
  const isApi =
    prefix.toLowerCase() === `/repos${`/${repository}`.toLowerCase()}` || prefix === `/repositories/${REPOSITORY_ID}`;
  if (isPage && origin === 'api' && method === 'GET') {
    const [, tag = '', name = ''] = /^\/releases\/download\/(.+)\/([^/]+)$/.exec(below) ?? [];
    if (name !== '') return { kind: 'download', name: decode(name), tag: decode(tag) };
  }
  for (const [kind, routeMethod, pattern] of origin === 'api' ? apiRoutes : uploadRoutes) {
    const match = isApi && method === routeMethod ? pattern.exec(below) : null;
    if (match) return { kind, name: decode(match[1] ?? '') };
  }
  return { kind: 'other', name: '' };
}

/** The id of the one repository. */
export const REPOSITORY_ID = 1296269;

/** A request's headers as they may be kept. */
export function headersWithoutToken({ headers }: IncomingMessage): GithubRequest['headers'] {
  const { authorization } = headers;
  if (authorization === undefined) return headers;
  return { ...headers, authorization: authorization.replace(/\S+$/, '***') };
}

type Route = readonly [GithubKind, string, RegExp];

const apiRoutes: readonly Route[] = [
  ['repository', 'GET', /^$/],
  ['releases', 'GET', /^\/releases$/],
  ['generate-notes', 'POST', /^\/releases\/generate-notes$/],
  ['latest-release', 'GET', /^\/releases\/latest$/],
  // A tag may have slashes in it, and they need not be escaped.
  ['release-by-tag', 'GET', /^\/releases\/tags\/(.+)$/],
  ['asset', 'GET', /^\/releases\/assets\/(\d+)$/],
  ['update-asset', 'PATCH', /^\/releases\/assets\/(\d+)$/],
  ['delete-asset', 'DELETE', /^\/releases\/assets\/(\d+)$/],
  ['release', 'GET', /^\/releases\/(\d+)$/],
  ['assets', 'GET', /^\/releases\/(\d+)\/assets$/],
];
const uploadRoutes: readonly Route[] = [['upload', 'POST', /^\/releases\/(\d+)\/assets$/]];

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
