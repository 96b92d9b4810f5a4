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
 * single one may repeat an entry of the map: same path, other signature.
 */
export function listOutputs({ task_output, download_url, download_urls }: TaskResult): TaskOutput[] {
  const found: TaskOutput[] = [];
  const paths = new Set<string>();
  const add = (output: string, url: unknown, key: string | undefined) => {
    const address = typeof url === 'string' ? addressOf(url) : undefined;
    if (address === undefined || paths.has(address.place)) return;
    paths.add(address.place);
    found.push({ output, url: url as string, rawName: lastPart(key) ?? lastPart(address.path) ?? output });
  };
  for (const [output, url] of Object.entries(download_urls ?? {})) {
    add(
      output,
      url,
      textAt(recordAt(task_output, output), 's3_key') ?? textAt(recordAt(task_output, output), 'storage_key'),
    );
  }
  if (download_url !== undefined) add('output', download_url, textAt(task_output, 'storage_key'));
  return found;
}

function addressOf(url: string): { place: string; path: string } | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, origin, pathname } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  return { place: origin + pathname, path: decoded(pathname) };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function lastPart(path: string | undefined): string | undefined {
  const part = path?.split('/').findLast((piece) => piece.trim() !== '');
  return part === undefined ? undefined : part;
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
