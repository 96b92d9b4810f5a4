import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createObject, type StoredObject } from './objects.ts';
import type { Reply } from './reply.ts';
import type { ReceivedRequest } from './requests.ts';
import { checkSignature, presign } from './signature.ts';
import { expiredReply, storageError } from './storage-errors.ts';

/** How presigned URLs are made. */
export interface StorageOptions {
  /** The storage's own origin; asked for late, for the port is known only once it listens. */
  readonly origin: () => string;
  /** Life of a presigned URL in seconds. */
  readonly urlSeconds: number;
  readonly now: () => Date;
}

export type Storage = ReturnType<typeof createStorage>;

/** What may be another storage's: who gives out URLs, and knows what was uploaded by them. */
export type UrlsOfStorage = Pick<Storage, 'presignGet' | 'presignPut' | 'has'>;

/** An S3-compatible bucket that is reachable by presigned URLs only. */
export function createStorage({ origin, urlSeconds, now }: StorageOptions) {
  const objects = new Map<string, StoredObject>();

  async function handle(request: ReceivedRequest, incoming: IncomingMessage): Promise<Reply> {
    const problem = await refusal(request, incoming);
    if (problem) return problem;
    return request.method === 'PUT' ? put(request, incoming) : get(request);
  }

  async function refusal(request: ReceivedRequest, incoming: IncomingMessage): Promise<Reply | undefined> {
    const { method, path, headers } = request;
    if (headers.authorization !== undefined) {
      return storageError(
        400,
        'InvalidArgument',
        'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
      );
    }
    if (method === 'PUT' && headers['transfer-encoding'] !== undefined) {
      return storageError(
        501,
        'NotImplemented',
        'A header you provided implies functionality that is not implemented',
        {},
        { Header: 'Transfer-Encoding' },
      );
    }
    if (method === 'PUT' && headers['content-length'] === undefined) {
      return storageError(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
    }
    const search = new URL(incoming.url ?? '/', origin()).searchParams;
    const problem = await checkSignature({ method, path, search, headers, now: now() });
    if (problem === 'missing') return storageError(403, 'AccessDenied', 'Access Denied');
    if (problem === 'expired') return expiredReply('aws');
    if (problem === 'mismatch') {
      return storageError(
        403,
        'SignatureDoesNotMatch',
        'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      );
    }
    return undefined;
  }

  function get({ path, query, headers }: ReceivedRequest): Reply {
    const object = objects.get(keyOf(path));
    if (!object) return storageError(404, 'NoSuchKey', 'The specified key does not exist.', {}, { Key: keyOf(path) });
    const ifMatch = headers['if-match'];
    if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== object.etag) return preconditionFailed('If-Match');
    const range = parseRange(headers.range, object.size);
    if (range === 'unsatisfiable') {
      return storageError(
        416,
        'InvalidRange',
        'The requested range is not satisfiable',
        { 'content-range': `bytes */${object.size}` },
        { ActualObjectSize: String(object.size) },
      );
    }
    const { start, end } = range ?? { start: 0, end: object.size };
    const disposition = query['response-content-disposition'];
    return {
      status: range ? 206 : 200,
      headers: {
        ...objectHeaders(object),
        'content-length': String(end - start),
        ...(range && { 'content-range': `bytes ${start}-${end - 1}/${object.size}` }),
        ...(disposition && { 'content-disposition': disposition }),
      },
      body: object.read(start, end),
    };
  }

  async function put({ path, headers }: ReceivedRequest, incoming: IncomingMessage): Promise<Reply> {
    const key = keyOf(path);
    const taken = () => headers['if-none-match'] === '*' && objects.has(key);
    if (taken()) return preconditionFailed('If-None-Match');
    const chunks: Uint8Array[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    // Two uploads may race: the first one to be whole wins.
    if (taken()) return preconditionFailed('If-None-Match');
    const object = createObject(
      new Uint8Array(Buffer.concat(chunks)),
      headers['content-type'] ?? 'binary/octet-stream',
    );
    objects.set(key, object);
    return {
      status: 200,
      headers: { etag: object.etag, 'content-length': '0', 'x-amz-request-id': randomUUID() },
      body: [],
    };
  }

  return {
    objects,
    handle,
    now,
    urlSeconds,
    /** Whether there is such an object. */
    has: async (key: string) => objects.has(key),
    /** A fresh URL that reads the object; `disposition` becomes its `content-disposition`. */
    presignGet(key: string, disposition?: string) {
      const query = disposition === undefined ? {} : { 'response-content-disposition': disposition };
      return presign({ method: 'GET', origin: origin(), path: pathOf(key), query, expiresIn: urlSeconds, now: now() });
    },
    /** A fresh URL that creates the object, for a request with exactly these headers. */
    presignPut(key: string, headers: Record<string, string>) {
      return presign({
        method: 'PUT',
        origin: origin(),
        path: pathOf(key),
        headers,
        expiresIn: urlSeconds,
        now: now(),
      });
    },
    /** A fresh URL for what a presigned request asks, with the headers that are signed; under another name of the host, if given. */
    async resign({ method, path, query, headers }: ReceivedRequest, host?: string) {
      const target = new URL(origin());
      if (host !== undefined) target.hostname = host;
      const names = (query['X-Amz-SignedHeaders'] ?? '').split(';').filter((name) => name !== '' && name !== 'host');
      return presign({
        method: method === 'PUT' ? 'PUT' : 'GET',
        origin: target.origin,
        path,
        headers: Object.fromEntries(names.map((name) => [name, String(headers[name])])),
        expiresIn: urlSeconds,
        now: now(),
      });
    },
    /** Gives the object that a request names other bytes and another ETag. */
    change({ path }: ReceivedRequest) {
      const object = objects.get(keyOf(path));
      if (object) objects.set(keyOf(path), object.changed());
    },
  };
}

const bucket = 'cyberun';

/** S3 encodes every segment once, and everything but unreserved characters. */
function pathOf(key: string) {
  const encode = (segment: string) =>
    encodeURIComponent(segment).replace(
      /[!'()*]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  return `/${bucket}/${key.split('/').map(encode).join('/')}`;
}

function keyOf(path: string): string {
  try {
    return decodeURIComponent(path.slice(bucket.length + 2));
  } catch {
    return path;
  }
}

function objectHeaders(object: StoredObject) {
  return {
    'content-type': object.contentType,
    ...(object.encoding !== undefined && { 'content-encoding': object.encoding }),
    etag: object.etag,
    'accept-ranges': 'bytes',
    'last-modified': object.lastModified.toUTCString(),
    'x-amz-request-id': randomUUID(),
  };
}

function preconditionFailed(condition: string) {
  return storageError(
    412,
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    {},
    { Condition: condition },
  );
}

/** A single byte range (RFC 9110, section 14.1.2) as `[start, end)`; anything else is ignored, as the RFC allows. */
function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  const [first, last] = [match?.[1] ?? '', match?.[2] ?? ''];
  if (!match || (first === '' && last === '')) return undefined;
  if (first === '')
    return Number(last) === 0 || size === 0 ? 'unsatisfiable' : { start: Math.max(0, size - Number(last)), end: size };
  if (last !== '' && Number(last) < Number(first)) return undefined;
  if (Number(first) >= size) return 'unsatisfiable';
  return { start: Number(first), end: last === '' ? size : Math.min(size, Number(last) + 1) };
}
