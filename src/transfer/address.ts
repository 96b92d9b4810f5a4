import { type IsHome, isLoopback, rangeOf, rangeOfHost, type SpecialRange } from '../base/addresses.ts';
import { inert } from '../base/inert.ts';
import { rememberUrl } from '../base/secrets.ts';
import { TransferError } from './errors.ts';

/**
 * The URL behind which the storage is: of every address that is asked for a file or given one, be it a first one, a fresh
 * one, one of an upload, or where a redirect leads, it is said here whether it may be. The service chooses them, so this is
 * what keeps files and signatures off a wire that others read, and this job away from what only it can reach.
 *
 * Which addresses its name has, is for {@link reachable} to judge. Through a proxy nobody here learns them, and the name
 * alone is judged.
 *
 * @param isHome Whether the API is in such a range: then the storage may be, too.
 * @param mayBePlain Whether http will do where both it and the API are on this machine.
 * @throws {TransferError} of type `final`; nothing of the address but its scheme and host is in its text
 */
export function storageUrl(address: string, isHome: IsHome, mayBePlain = true): URL {
  if (!URL.canParse(address)) {
    throw new TransferError(
      'final',
      inert`What should be the file's address at the storage is no URL. The deployment makes it: ask whoever administers Cyberun.`,
    );
  }
  const url = new URL(address);
  rememberUrl(address);
  const isPlain = url.protocol === 'http:' && mayBePlain && isLoopback(url) && isHome('loopback');
  if (url.protocol !== 'https:' && !isPlain) {
    throw new TransferError(
      'final',
      inert`The file's address at the storage begins with ${url.protocol}${url.host === '' ? '' : `//${url.host}`}, and only https is spoken there, or http where both it and the API are on this machine. Have the deployment give out https addresses.`,
    );
  }
  const range = rangeOfHost(url);
  if (range !== undefined && !isHome(range)) throw outOfBounds(url.hostname, range);
  return url;
}

/**
 * Of the addresses that a storage's name has, those to connect to: all but those in ranges where the API is not.
 *
 * @throws {TransferError} of type `final` where none is left, before anything is sent: nobody learns what listens there
 */
export function reachable(host: string, addresses: readonly string[], isHome: IsHome): readonly string[] {
  const isOpen = (range: SpecialRange | undefined) => range === undefined || isHome(range);
  const open = addresses.filter((address) => isOpen(rangeOf(address)));
  const [range] = addresses.flatMap((address) => rangeOf(address) ?? []);
  if (open.length === 0 && range !== undefined) throw outOfBounds(host, range);
  return open;
}

const MEANINGS: Readonly<Record<SpecialRange, string>> = {
  loopback: 'this machine',
  metadata: "the cloud's service for this machine's own data",
  'link-local': 'a machine on the same wire',
  'unique-local': 'a private network',
  unspecified: 'no machine at all',
  transition: 'an address that hides another',
};

function outOfBounds(host: string, range: SpecialRange): TransferError {
  return new TransferError(
    'final',
    inert`The file's address at the storage leads to ${host}, which is ${MEANINGS[range]} (${range}), and the API is not there. Nothing was sent. Have the deployment give out addresses that lead to its storage.`,
  );
}
