import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createChanges } from '../changes.ts';
import { createFaults, type FaultRule } from '../faults.ts';
import { createReceiver, jsonOf, readBody } from '../receive.ts';
import { type Reply, text } from '../reply.ts';
import { listen } from '../server.ts';
import { createStorage } from '../storage.ts';
import { callerOf, type Rights } from './access.ts';
import { createApi, repositoryJson } from './api.ts';
import { createReleases, type GithubRelease, type NewRelease, type Places } from './releases.ts';
import { type GithubRequest, headersWithoutToken, targetOf } from './requests.ts';
import { createUploads, type Limits } from './uploads.ts';

export interface GithubOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Of the API. Default: any free port. */
  readonly port?: number;
  readonly uploadsPort?: number;
  readonly storagePort?: number;
  /** Serves all origins over HTTPS. PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** `OWNER/NAME`. Default `octo/demo`. */
  readonly repository?: string;
  readonly isPrivate?: boolean;
  /** More tokens, with what they may do with the repository's contents. */
  readonly tokens?: Readonly<Record<string, { readonly contents: Rights }>>;
  /** To begin with; oldest first. */
  readonly releases?: readonly NewRelease[];
  /** Whether assets have digests. Default true; a GitHub Enterprise Server may be too old for them. */
  readonly digests?: boolean;
  /** Whether lists have what a failed upload left. Default true. */
  readonly showStarters?: boolean;
  /** Most items of a page. Default 100. */
  readonly perPageMost?: number;
  /** Whether an asset's name can be changed. Default true. */
  readonly canRename?: boolean;
  readonly limits?: Partial<Limits>;
  /** Paths as at a GitHub Enterprise Server: `/api/v3` and `/api/uploads`. */
  readonly ghes?: boolean;
  /** Life of an asset's signed URL in seconds. Default 3600. */
  readonly urlSeconds?: number;
  /** Called when a request's answer is over, or its connection lost. */
  readonly onRequest?: (request: GithubRequest) => void;
}

/** A running stand-in of GitHub's releases. */
export interface Github extends AsyncDisposable {
  /** `GITHUB_API_URL`, such as `http://127.0.0.1:40125`. */
  readonly apiUrl: string;
  /** `GITHUB_SERVER_URL`: where the repository's pages would be. */
  readonly serverUrl: string;
  readonly uploadsUrl: string;
  readonly storageUrl: string;
  readonly repository: string;
  /** May write. */
  readonly token: string;
  readonly readToken: string;
  /** What each token may do; a test may change it. */
  readonly tokens: Map<string, Rights>;
  /** Oldest first; grows and changes. */
  readonly releases: readonly GithubRelease[];
  /** Every request so far, oldest first; grows. */
  readonly requests: readonly GithubRequest[];
  /** Makes some requests go wrong. The first rule that strikes wins. Rate limits are in limits.ts. */
  readonly fault: (rule: FaultRule<GithubRequest>) => void;
  readonly addRelease: (release: NewRelease) => GithubRelease;
  readonly removeRelease: (release: GithubRelease) => void;
  /** The JSON of a `release` event, which a job finds at `GITHUB_EVENT_PATH`. */
  readonly eventPayload: (release: GithubRelease, action?: string) => Record<string, unknown>;
  /** The variables of a job that a `release` event started, but for `GITHUB_EVENT_PATH`. */
  readonly jobVariables: (release: GithubRelease) => Record<string, string>;
  /** Moves the storage's clock ahead, so that URLs expire. */
  readonly skipTime: (ms: number) => void;
  /** Resolves to what the predicate returns, once that is neither `undefined` nor `false`; looks after every request and change of an asset. Rejects after 20 s, and when the signal is aborted. */
  readonly waitFor: <T>(predicate: (github: Github) => T | undefined | false, signal?: AbortSignal) => Promise<T>;
  /** Stops listening and destroys open sockets. `await using` does it by itself. */
  readonly close: () => Promise<void>;
}

/** Starts it: the API (and the repository's pages) on one port, uploads on another, assets on a third. Throws when a port is taken. */
export async function startGithub(options: GithubOptions = {}): Promise<Github> {
  const { host = '127.0.0.1', port = 0, uploadsPort = 0, storagePort = 0, tls, onRequest } = options;
  const { repository = 'octo/demo', isPrivate = false, digests = true, showStarters = true, ghes = false } = options;
  const { perPageMost = 100, canRename = true, urlSeconds = 3600 } = options;
  const tokens = new Map<string, Rights>([
    [TOKEN, 'write'],
    [READ_TOKEN, 'read'],
    ...Object.entries(options.tokens ?? {}).map(([token, { contents }]) => [token, contents] as const),
  ]);
  const requests: GithubRequest[] = [];
  const faults = createFaults<GithubRequest>();
  const changes = createChanges();
  let skipped = 0;

  const basePaths = { api: ghes ? '/api/v3' : '', uploads: ghes ? '/api/uploads' : '', storage: '' };
  const places: Places = {
    api: () => `${apiOrigin.url}${basePaths.api}/repos/${repository}`,
    uploads: () => `${uploadsOrigin.url}${basePaths.uploads}/repos/${repository}`,
    web: () => `${apiOrigin.url}/${repository}`,
  };
  const now = () => new Date(Date.now() + skipped);
  const storage = createStorage({ origin: () => storageOrigin.url, urlSeconds, now });
  const releases = createReleases({ places, objects: storage.objects, digests, showStarters, changed: changes.notify });
  const limits = { smallest: 1, largest: 2 ** 31, most: 1000, ...options.limits };
  const api = createApi({ repository, isPrivate, releases, storage, places, mostPerPage: perPageMost, canRename });
  const uploads = createUploads({ isPrivate, releases, limits });
  const target = (request: GithubRequest) => targetOf(request, repository);

  function recordOf(origin: GithubRequest['origin'], incoming: IncomingMessage, body?: Buffer): GithubRequest {
    const { method = 'GET', url = '/', headers } = incoming;
    const [fullPath = '/', search = ''] = url.split('?', 2);
    const base = basePaths[origin];
    const path = fullPath.startsWith(`${base}/`) ? fullPath.slice(base.length) : fullPath;
    return {
      kind: targetOf({ origin, method, path }, repository).kind,
      origin,
      method,
      path,
      query: Object.fromEntries(new URLSearchParams(search)),
      headers: headersWithoutToken(incoming),
      caller: callerOf(headers, tokens),
      body: body && jsonOf(body),
      size: body?.length ?? 0,
      sha256: body && createHash('sha256').update(body).digest('hex'),
      at: performance.now(),
      status: undefined,
      closedAt: undefined,
    };
  }

  const receiver = createReceiver({ requests, faults, changes, onRequest });
  const onApi = receiver({
    read: async (incoming) => recordOf('api', incoming, await readBody(incoming)),
    handle: (request) => asGithub(request, () => api(request, target(request))),
  });
  const onUploads = receiver({
    read: async (incoming) => recordOf('uploads', incoming),
    handle: (request, incoming) => asGithub(request, () => uploads.handle(request, target(request).name, incoming)),
    breakOff: (request) => uploads.breakOff(request, target(request).name),
  });
  const onStorage = receiver({
    read: async (incoming) => recordOf('storage', incoming),
    // Only what came with a token of GitHub's is changed in `headers`, and any is refused.
    handle: storage.handle,
    changeObject: storage.change,
    resign: storage.resign,
  });

  const storageOrigin = await listen({ host, port: storagePort, tls, onRequest: onStorage });
  const uploadsOrigin = await listen({ host, port: uploadsPort, tls, onRequest: onUploads }).catch(
    closing(storageOrigin),
  );
  const apiOrigin = await listen({ host, port, tls, onRequest: onApi }).catch(closing(storageOrigin, uploadsOrigin));
  for (const release of options.releases ?? []) releases.add(release);

  const close = async () => {
    await Promise.all([apiOrigin, uploadsOrigin, storageOrigin].map((origin) => origin.close()));
  };
  const github: Github = {
    apiUrl: `${apiOrigin.url}${basePaths.api}`,
    serverUrl: apiOrigin.url,
    uploadsUrl: uploadsOrigin.url,
    storageUrl: storageOrigin.url,
    repository,
    token: TOKEN,
    readToken: READ_TOKEN,
    tokens,
    releases: releases.list,
    requests,
    fault: faults.add,
    addRelease: releases.add,
    removeRelease: releases.remove,
    eventPayload(release, action = 'published') {
      const { permissions: _, ...of } = repositoryJson(repository, isPrivate, places);
      return {
        action,
        release: releases.releaseJson(release),
        repository: of,
        sender: { login: 'octocat', id: 583231 },
      };
    },
    jobVariables: ({ tag_name }) => ({
      GITHUB_API_URL: github.apiUrl,
      GITHUB_SERVER_URL: github.serverUrl,
      GITHUB_REPOSITORY: repository,
      GITHUB_EVENT_NAME: 'release',
      GITHUB_REF: `refs/tags/${tag_name}`,
      GITHUB_REF_NAME: tag_name,
      GITHUB_REF_TYPE: 'tag',
    }),
    skipTime(ms) {
      skipped += ms;
    },
    waitFor: (predicate, signal) => changes.waitFor(() => predicate(github), String(predicate), signal),
    close,
    [Symbol.asyncDispose]: close,
  };
  return github;
}

const TOKEN = 'ghs_writeTokenOfTheStandIn';
const READ_TOKEN = 'ghs_readTokenOfTheStandIn';

/** What all answers of GitHub have in common. */
async function asGithub({ headers }: GithubRequest, handle: () => Promise<Reply>): Promise<Reply> {
  const isNamed = headers['user-agent'] !== undefined;
  const reply = isNamed ? await handle() : text(403, NO_USER_AGENT, 'text/html; charset=utf-8');
  const common = {
    'x-github-request-id': 'EMUL:0000:000000:000000:00000000',
    'x-ratelimit-limit': '1000',
    'x-ratelimit-remaining': '999',
    'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 3600),
    'x-ratelimit-resource': 'core',
  };
  return { ...reply, headers: { ...common, ...reply.headers } };
}

/** https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#user-agent */
const NO_USER_AGENT =
  'Request forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). Check https://developer.github.com for other possible causes.';

function closing(...origins: { close: () => Promise<void> }[]) {
  return async (error: unknown): Promise<never> => {
    for (const origin of origins) await origin.close();
    throw error;
  };
}
