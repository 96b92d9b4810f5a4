import { inert } from '../base/inert.ts';
import { WrittenNumber } from '../base/numbers.ts';
import { rememberSecret, rememberUrlsIn } from '../base/secrets.ts';
import type { UploadSlot } from '../base/upload-slot.ts';
import { ApiError } from './errors.ts';
import type { Http } from './http.ts';
import { parseUpload } from './schema.ts';
import { MISSING_LIMIT } from './tasks.ts';

/** A file that is about to be uploaded. */
export interface UploadRequest {
  readonly name: string;
  readonly bytes: number;
  readonly mediaType: string;
}

/** Asks where to upload one file. `budget` in milliseconds, as in `Call`. Throws {@link ApiError}. */
export async function presignUpload(
  http: Http,
  { name, bytes, mediaType }: UploadRequest,
  budget: number,
  signal: AbortSignal,
): Promise<UploadSlot> {
  const body = { file_name: name, file_size: bytes, content_type: mediaType };
  // Nothing comes of a presign that is not used, so it may be asked for again.
  const repeat = 'idempotent';
  // The service has been reached before.
  const missing = MISSING_LIMIT;
  const answer = await http.send({ method: 'POST', path: '/r/files/presign', body, repeat, budget, missing, signal });
  // What signs the upload, wherever the service or the storage says it again.
  rememberUrlsIn(answer);
  const { file_key, upload_url, upload_headers } = parseUpload(answer);
  if (file_key === undefined || upload_url === undefined) {
    throw new ApiError('shape', inert`POST /r/files/presign was answered without a file_key and an upload_url.`);
  }
  return { fileKey: file_key, url: upload_url, headers: headersOf(upload_headers) };
}

/**
 * As they are documented, by name; some write a length as a number, and Go's `http.Header` is written as lists of texts.
 * Every header is signed, so none may be left out for its shape.
 */
function headersOf(given: unknown): Record<string, string> {
  if (given === undefined || given === null) return {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new ApiError('shape', inert`POST /r/files/presign was answered with upload_headers that are no mapping.`);
  }
  const all = Object.entries(given).filter(([, value]) => value !== null);
  const headers = all.map(([name, value]) => [name, textOf(name, value)] as const);
  // What says of which kind the file is, and where it goes, says nothing else.
  for (const [name, value] of headers) if (!/^(?:content-|host$)/i.test(name)) rememberSecret(value);
  return Object.fromEntries(headers);
}

function textOf(name: string, value: unknown): string {
  const [given, ...others] = Array.isArray(value) ? value : [value];
  const one: unknown = given instanceof WrittenNumber ? given.text : given;
  if (others.length === 0 && (typeof one === 'string' || Number.isFinite(one))) return String(one);
  throw new ApiError(
    'shape',
    inert`POST /r/files/presign was answered with a header for the upload that cannot be sent: the value of ${name} is neither a text nor a number.`,
  );
}
