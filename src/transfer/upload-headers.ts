import { type Inert, inert } from '../base/inert.ts';
import { TransferError } from './errors.ts';

/**
 * The headers of an upload, as they can be sent: names in lower case, the length among them.
 *
 * Every one that the service asks for is signed, and the storage refuses a request without it. So one that cannot be sent
 * ends the upload, and is named: no fresh URL would be better.
 *
 * @throws {TransferError} of type `final`
 */
export function uploadHeaders(
  wanted: Readonly<Record<string, string>>,
  host: string,
  bytes: number,
): Record<string, string> {
  // Without a length it would go chunked, which S3 answers with 501.
  const headers: Record<string, string> = { 'content-length': String(bytes) };
  for (const [name, value] of Object.entries(wanted)) {
    const problem = problemOf(name.toLowerCase(), value, host, bytes);
    if (problem !== undefined) {
      throw new TransferError(
        'final',
        inert`The service wants the header ${name} with the upload, and it cannot be sent: ${problem}. The deployment asks for it: tell whoever administers Cyberun.`,
      );
    }
    headers[name.toLowerCase()] = value;
  }
  // Some who presign list it, as it is signed. It is sent for each host that a request goes to.
  delete headers.host;
  return headers;
}

function problemOf(name: string, value: string, host: string, bytes: number): Inert | undefined {
  if (!TOKEN.test(name)) return inert`that is no name of a header`;
  if (!VALUE.test(value)) return inert`its value has a character that no header can carry`;
  if (name === 'host') {
    const isRight = value.trim().toLowerCase() === host;
    return isRight ? undefined : inert`the upload goes to ${host}, and not to ${value}`;
  }
  if (!SIGNED.test(name)) return inert`it is not one that a storage signs (${SIGNED_NAMES})`;
  if (name === 'content-length' && value.trim() !== String(bytes)) {
    return inert`it says ${value}, and the file has ${bytes} bytes`;
  }
  return undefined;
}

/** RFC 9110, sections 5.6.2 and 5.5: a name; a value, of which each character becomes one byte. */
const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/**
 * What a storage may want to know of an object. All else would be for the connection, or tell the storage or whoever is on
 * the way who asks.
 */
const SIGNED = /^(?:content-[\w-]+|x-(?:amz|goog|ms)-[\w-]+|if-none-match)$/;
const SIGNED_NAMES = 'content-*, x-amz-*, x-goog-*, x-ms-*, if-none-match';
