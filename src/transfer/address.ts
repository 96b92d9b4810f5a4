import { isLoopback } from '../base/addresses.ts';
import { inert } from '../base/inert.ts';
import { rememberUrl } from '../base/secrets.ts';
import { TransferError } from './errors.ts';

/**
 * The URL behind which the storage is: of every address that is asked for a file or given one, be it a first one, a fresh
 * one, one of an upload, or where a redirect leads, it is said here whether it may be. The service chooses them, so this is
 * what keeps files and signatures off a wire that others read.
 *
 * @param mayBePlain Whether http will do on this machine.
 * @throws {TransferError} of type `final`; nothing of the address but its scheme and host is in its text
 */
export function storageUrl(address: string, mayBePlain: boolean): URL {
  if (!URL.canParse(address)) {
    throw new TransferError(
      'final',
      inert`What should be the file's address at the storage is no URL. The deployment makes it: ask whoever administers Cyberun.`,
    );
  }
  const url = new URL(address);
  rememberUrl(address);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && mayBePlain && isLoopback(url))) return url;
  throw new TransferError(
    'final',
    inert`The file's address at the storage begins with ${url.protocol}${url.host === '' ? '' : `//${url.host}`}, and only https is spoken there, or http where both it and the API are on this machine. Have the deployment give out https addresses.`,
  );
}
