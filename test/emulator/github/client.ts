import { type Github, type GithubOptions, startGithub } from '../../../emulator/github/github.ts';
import type { GithubRelease } from '../../../emulator/github/releases.ts';
import { raw } from '../client.ts';

/** The fields of every reply in one: a test reads those that its reply has. */
export interface Fields {
  readonly id: number;
  readonly name: string;
  readonly label: string;
  readonly state: string;
  readonly size: number;
  readonly digest: string | null;
  readonly message: string;
  readonly errors: readonly { readonly code: string; readonly field: string; readonly message?: string }[];
  readonly upload_url: string;
  readonly browser_download_url: string;
  readonly tag_name: string;
  readonly immutable: boolean;
  readonly assets: readonly Fields[];
}

/** Status, headers and JSON of a reply. */
export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Fields;
  readonly list: readonly Fields[];
}

async function told(response: Response): Promise<Told> {
  const { status, headers } = response;
  const text = await response.text();
  const json = (headers.get('content-type') ?? '').includes('json')
    ? (JSON.parse(text) as Fields & Fields[])
    : undefined;
  return { status, headers, json: json ?? ({ message: text } as Fields), list: json ?? [] };
}

/** What a release's `upload_url` becomes. */
export function uploadUrl(github: Github, release: GithubRelease, name: string, label?: string): string {
  const { upload_url } = github.eventPayload(release).release as Fields;
  const query = new URLSearchParams({ name, ...(label !== undefined && { label }) });
  return upload_url.replace('{?name,label}', `?${query}`);
}

/** A stand-in with one release `v1`, and a plain client of it: no retries, no checks. `as` is a token; `''` is none. */
export async function withRelease(
  options: GithubOptions & { release?: Omit<Parameters<Github['addRelease']>[0], 'tag'> } = {},
) {
  const github = await startGithub(options);
  const release = github.addRelease({ tag: 'v1', ...options.release });
  const auth = (as: string): Record<string, string> => (as === '' ? {} : { authorization: `Bearer ${as}` });
  const repo = `${github.apiUrl}/repos/${github.repository}`;
  const ask = async (method: string, path: string, { as = github.token, body, headers = {} }: Ask = {}) =>
    told(
      await fetch(path.startsWith('http') ? path : `${repo}${path}`, {
        method,
        headers: { ...auth(as), ...headers },
        redirect: 'manual',
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    );
  const upload = async (
    name: string,
    content: string | Uint8Array = 'content',
    { as = github.token, label, type = 'text/plain' }: Upload = {},
  ) =>
    told(
      await fetch(uploadUrl(github, release, name, label), {
        method: 'POST',
        headers: { ...auth(as), 'content-type': type },
        body: Buffer.from(content),
      }),
    );
  /** An upload by node:http, with exactly these headers and a token. */
  const uploadRaw = (headers: Record<string, string>, body = '', name = 'a.bin') =>
    raw(uploadUrl(github, release, name), {
      method: 'POST',
      headers: { 'user-agent': 'test', ...auth(github.token), ...headers },
      body,
    });
  return { github, release, ask, upload, uploadRaw };
}

interface Ask {
  readonly as?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

interface Upload {
  readonly as?: string;
  readonly label?: string;
  readonly type?: string;
}
