import { createHash, createHmac, type Hash, type Hmac, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { SignatureV4 } from '@smithy/signature-v4';

/** What to sign: one request that whoever holds the URL may make. */
export interface PresignRequest {
  readonly method: 'GET' | 'PUT';
  /** Origin of the storage, such as `http://127.0.0.1:9000`. */
  readonly origin: string;
  /** Percent-encoded path. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Headers that the request must carry with exactly these values. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly expiresIn: number;
  readonly now: Date;
}

/** What is wrong with a presigned request; `undefined` when nothing is. */
export type SignatureProblem = 'missing' | 'expired' | 'mismatch';

/**
 * Presigns a request as AWS SDKs do: signature in the query string, payload unsigned. Each URL has its own session token,
 * so that no two are the same even within one second.
 * Source: Amazon S3 API reference, "Authenticating requests: using query parameters (AWS Signature Version 4)".
 */
export async function presign(request: PresignRequest): Promise<string> {
  const { method, origin, path, query = {}, headers = {}, expiresIn, now } = request;
  const { host, hostname, protocol } = new URL(origin);
  const signed = await signerFor(`emulator-session-${randomUUID()}`).presign(
    { method, protocol, hostname, path, query: { ...query }, headers: { ...headers, host, ...unsignedPayload } },
    { expiresIn, signingDate: now },
  );
  return `${origin}${path}?${toQueryString(signed.query)}`;
}

/**
 * Checks a presigned request by signing it again: method, path, every query parameter and every signed header count.
 * Expiry is looked at first, as S3 does, and only here: what is in flight when it comes goes on.
 */
export async function checkSignature(request: {
  method: string;
  path: string;
  search: URLSearchParams;
  headers: IncomingHttpHeaders;
  now: Date;
}): Promise<SignatureProblem | undefined> {
  const { method, path, search, headers, now } = request;
  const received = toBag(search);
  const date = parseDate(search.get('X-Amz-Date'));
  const expiresIn = Number(search.get('X-Amz-Expires'));
  if (!search.has('X-Amz-Signature') || date === undefined || !(expiresIn > 0)) return 'missing';
  if (now.getTime() > date.getTime() + expiresIn * 1000) return 'expired';
  if (expiresIn > maxSeconds) return 'mismatch';

  const names = (search.get('X-Amz-SignedHeaders') ?? '').split(';').filter(Boolean);
  const signedHeaders = Object.fromEntries(names.map((name) => [name, String(headers[name] ?? '')]));
  const rest = Object.entries(received).filter(([name]) => !setBySigner.has(name.toLowerCase()));
  const expected = await signerFor(search.get('X-Amz-Security-Token') ?? '').presign(
    {
      method,
      protocol: 'https:',
      hostname: '',
      path,
      query: Object.fromEntries(rest),
      headers: { ...signedHeaders, ...unsignedPayload },
    },
    { expiresIn, signingDate: date },
  );
  return isDeepStrictEqual({ ...expected.query }, received) ? undefined : 'mismatch';
}

// The longest life that S3 allows a presigned URL.
const maxSeconds = 7 * 24 * 3600;
const unsignedPayload = { 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' };
const setBySigner = new Set([
  'x-amz-algorithm',
  'x-amz-content-sha256',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-expires',
  'x-amz-security-token',
  'x-amz-signature',
  'x-amz-signedheaders',
]);

function signerFor(sessionToken: string) {
  return new SignatureV4({
    service: 's3',
    region: 'us-east-1',
    credentials: { accessKeyId: 'ASIAEMULATOR00000000', secretAccessKey: 'emulator-secret', sessionToken },
    sha256: Sha256,
    uriEscapePath: false,
  });
}

/** node:crypto in the shape that the signer wants. */
class Sha256 {
  readonly #hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }
  update(data: string | ArrayBuffer | ArrayBufferView) {
    this.#hash.update(bytesOf(data));
  }
  async digest() {
    return new Uint8Array(this.#hash.digest());
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function toBag(search: URLSearchParams): Record<string, string | string[]> {
  const bag: Record<string, string | string[]> = {};
  for (const name of search.keys()) {
    const values = search.getAll(name);
    bag[name] = values.length === 1 ? String(values[0]) : values;
  }
  return bag;
}

function toQueryString(query: Record<string, string | string[] | null> = {}) {
  const encode = (value: string) =>
    encodeURIComponent(value).replace(
      /[!'()*]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  return Object.entries(query)
    .flatMap(([name, value]) => [value ?? ''].flat().map((one) => `${encode(name)}=${encode(one)}`))
    .join('&');
}

function parseDate(value: string | null): Date | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(value ?? '');
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
