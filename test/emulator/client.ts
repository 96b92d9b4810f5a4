import { request as httpRequest, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Emulator } from '../../emulator/emulator.ts';

/** The fields of every API reply in one: a test reads those that its reply has. */
export interface ReplyFields {
  readonly id: string;
  readonly status: string;
  readonly message: string;
  readonly task_id: string;
  readonly page_meta: { readonly current_page: number; readonly per_page: number; readonly total_count: number };
  readonly workflow_list: readonly { readonly workflow_slug: string }[];
  readonly task_list: readonly { readonly id: string }[];
  readonly agent_list: readonly { readonly agent_status: string }[];
  readonly task_output: Readonly<Record<string, { readonly s3_key: string }>>;
  readonly download_url?: string;
  readonly download_urls: Readonly<Record<string, string>>;
  readonly file_key: string;
  readonly upload_url: string;
  readonly upload_headers: Record<string, string>;
}

/** The JSON body of a reply. */
export async function fieldsOf(response: Response): Promise<ReplyFields> {
  return (await response.json()) as ReplyFields;
}

/** A plain client of the emulator: no retries, no checks. */
export function createClient(emulator: Emulator) {
  const headers = { authorization: `Bearer ${emulator.apiKey}`, 'content-type': 'application/json' };
  const url = (path: string) => `${emulator.apiUrl}${path}`;
  const get = (path: string, more: Record<string, string> = {}) =>
    fetch(url(path), { headers: { ...headers, ...more } });
  const post = (path: string, body: unknown = {}) =>
    fetch(url(path), { method: 'POST', headers, body: JSON.stringify(body) });
  const getJson = async (path: string) => fieldsOf(await get(path));

  /** Submits and returns the task's id. */
  async function run(slug: string, parameters: Record<string, unknown> = {}): Promise<string> {
    const response = await post(`/r/workflows/slug/${slug}/run`, { parameters });
    if (response.status !== 202) throw new Error(`submit: ${response.status} ${await response.text()}`);
    return (await fieldsOf(response)).task_id;
  }

  /** Resolves once the task is in this status. */
  const reached = (id: string, status: string) =>
    emulator.waitFor(({ tasks }) => tasks.find((task) => task.id === id && task.status === status));

  /** Runs to the end and returns the first URL of the result. */
  async function download(slug: string, parameters: Record<string, unknown> = {}): Promise<string> {
    const id = await run(slug, parameters);
    await reached(id, 'completed');
    const { download_url, download_urls } = await getJson(`/r/tasks/${id}/result`);
    return String(download_url ?? Object.values(download_urls)[0]);
  }

  return { get, getJson, post, run, reached, download };
}

/** The names of the events in a stream's text. */
export function eventNames(text: string): string[] {
  return [...text.matchAll(/^event: (.*)$/gm)].map(([, name]) => String(name));
}

export interface RawResponse {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** How the body ended: whole, or by which error. */
  readonly error: string | undefined;
}

/** One request by node:http, where fetch is too helpful. Resolves also when the body is cut; rejects when there is no head. */
export async function raw(
  url: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<RawResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<RawResponse>();
  const request = httpRequest(url, { method, headers, agent: false }, (response) => {
    // From here on a lost connection is the response's error; node:http tells the request too.
    request.off('error', reject).on('error', () => {});
    const chunks: Buffer[] = [];
    const done = (error?: string) =>
      resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks), error });
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => done());
    response.on('error', (error: NodeJS.ErrnoException) => done(error.code));
  });
  request.on('error', reject);
  if (body !== undefined) request.write(body);
  request.end();
  return promise;
}

/** Whether a promise is still pending after some milliseconds: the only way to see silence. */
export async function staysPending(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const settled = promise.then(
    () => false,
    () => false,
  );
  return Promise.race([settled, sleep(ms, true)]);
}
