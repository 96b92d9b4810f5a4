import type { TaskResult } from '../cyberun/schema.ts';

/** One output of a task and where to fetch it. */
export interface TaskOutput {
  /** The service's id of the output, such as `9.images.0`; `output` where there is only one and it has none. */
  readonly output: string;
  /** Presigned: a bearer secret. */
  readonly url: string;
  /** What the file is called at the service, unchecked: a key's or a URL path's last part. */
  readonly rawName: string;
}

/**
 * The outputs of a result. Agent-run tasks have `download_url`, cloud-run ones `download_urls`; where both are there, the
 * single one may repeat an entry of the map: same path, other signature. Every output has an id of its own.
 */
export function listOutputs({ task_output, download_url, download_urls }: TaskResult): TaskOutput[] {
  const found = Object.entries(download_urls ?? {}).flatMap(([output, url]) => {
    return outputAt(output, url, keyOf(recordAt(task_output, output)));
  });
  let id = 'output';
  while (found.some(({ output }) => output === id)) id += '-2';
  const [single] = outputAt(id, download_url, textAt(task_output, 'storage_key'));
  const isNew = single !== undefined && !found.some(({ url }) => placeOf(url) === placeOf(single.url));
  return isNew ? [...found, single] : found;
}

/** The key of an object in the storage, in what the service says of an output. Foreign text. */
export function keyOf(about: unknown): string | undefined {
  return textAt(about, 's3_key') ?? textAt(about, 'storage_key');
}

/** Whether it is a URL that a file can be fetched from. */
export function isOutputUrl(url: unknown): url is string {
  return typeof url === 'string' && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

function outputAt(output: string, url: unknown, key: string | undefined): TaskOutput[] {
  if (!isOutputUrl(url)) return [];
  const { pathname } = new URL(url);
  return [{ output, url, rawName: lastPart(key) ?? lastPart(decoded(pathname)) ?? output }];
}

function placeOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function lastPart(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  return withoutSignature(path)
    .split('/')
    .findLast((piece) => piece.trim() !== '');
}

function recordAt(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function textAt(value: unknown, key: string): string | undefined {
  const found = recordAt(value, key);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** A service that gives a signed URL for a key must not bring its signature into a file's name. */
function withoutSignature(path: string): string {
  const at = path.indexOf('?');
  return at !== -1 && /(?:signature|credential|token|sig)=/i.test(path.slice(at)) ? path.slice(0, at) : path;
}
