import type { TaskResult } from '../cyberun/schema.ts';
import { subfoldersOf, type Whereabouts } from './subfolders.ts';

/** One output of a task, and how the service calls its file. */
export interface RawOutput {
  /** The service's id of the output, such as `9.images.0`; `output` where there is only one and it has none. */
  readonly output: string;
  /** What the file is called at the service, unchecked: a key's or a URL path's last part. */
  readonly rawName: string;
  /** The folder below the task's own that the service says it is in, unchecked; empty for none. */
  readonly rawFolder: string;
}

/** One output of a task and where to fetch it. */
export interface TaskOutput extends RawOutput {
  /** Presigned: a bearer secret. */
  readonly url: string;
}

/**
 * The outputs of a result. Agent-run tasks have `download_url`, cloud-run ones `download_urls`; where both are there, the
 * single one may repeat an entry of the map: same path, other signature. Every output has an id of its own.
 */
export function listOutputs({ task_output, download_url, download_urls }: TaskResult, taskId: string): TaskOutput[] {
  const entries = Object.entries(download_urls ?? {}).flatMap(([output, url]) => {
    const about = recordAt(task_output, output);
    return isAddress(url) ? [{ output, url, key: keyOf(about), subfolder: subfolderOf(about) }] : [];
  });
  const folders = subfoldersOf(taskId, entries.map(whereabouts));
  const found = entries.map((entry, index) => outputAt(entry, folders[index]));
  if (!isAddress(download_url)) return found;
  let output = 'output';
  while (found.some((other) => other.output === output)) output += '-2';
  // The one file of an agent has nothing that could refer to it by a folder.
  const single = outputAt({ output, url: download_url, key: textAt(task_output, 'storage_key') });
  const isNew = !found.some(({ url }) => placeOf(url) === placeOf(single.url));
  return isNew ? [...found, single] : found;
}

/**
 * The outputs whose key is known, by a result or by what an event `announced`, whether there is a URL to fetch them or not.
 * Without a URL, nothing but its key says what a file is called.
 */
export function listKeyed({ task_output, download_urls }: TaskResult, announced: unknown, taskId: string): RawOutput[] {
  const ids = new Set([download_urls, task_output, announced].flatMap(keysOf));
  const known = [...ids].map((output) => {
    const about = recordAt(task_output, output) ?? recordAt(announced, output);
    return { output, url: '', key: keyOf(about), subfolder: subfolderOf(about) };
  });
  const folders = subfoldersOf(taskId, known.map(whereabouts));
  return known.flatMap((entry, index) => (entry.key === undefined ? [] : outputAt(entry, folders[index])));
}

/** Of a text, every character would be one. */
function keysOf(entries: unknown): string[] {
  return typeof entries === 'object' && entries !== null ? Object.keys(entries) : [];
}

/** The key of an object in the storage, in what the service says of an output. Foreign text. */
export function keyOf(about: unknown): string | undefined {
  return textAt(about, 's3_key') ?? textAt(about, 'storage_key');
}

/** Whether somebody may have meant it as a URL; whether it is one to fetch from is for transfer/ to say. */
export function isAddress(url: unknown): url is string {
  return typeof url === 'string' && url !== '';
}

/** Without a signature, which a service that gives a URL for a key would bring into a name. */
function whereabouts({ output, key, subfolder }: Whereabouts): Whereabouts {
  return { output, key: key === undefined ? undefined : withoutSignature(key), subfolder };
}

function outputAt(
  { output, url, key }: { readonly output: string; readonly url: string; readonly key: string | undefined },
  rawFolder = '',
): TaskOutput {
  const rawName = lastPart(key) ?? lastPart(pathOf(url)) ?? output;
  return { output, url, rawName, rawFolder };
}

/** ComfyUI names the folder of each file, the empty one for its own output folder. */
function subfolderOf(about: unknown): string | undefined {
  const found = recordAt(about, 'subfolder');
  return typeof found === 'string' ? found : undefined;
}

function pathOf(url: string): string | undefined {
  return URL.canParse(url) ? decoded(new URL(url).pathname) : undefined;
}

function placeOf(url: string): string {
  if (!URL.canParse(url)) return url;
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
