import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Disk } from '../base/disk.ts';
import { type Inert, inert } from '../base/inert.ts';
import type { Digester } from '../transfer/digest.ts';
import { LISTS, type ListNames } from './names.ts';
import { type Listed, parseRecord, type Said } from './record-text.ts';
import { type Digested, digestAt, type Mark, markOf } from './settle.ts';

/** In bytes; ours has about 300 for each file. */
export const LARGEST_RECORD = 32 * 1024 * 1024;
/** Files read at one time: several threads compute their digests, and each file is opened, looked at and closed besides. */
const READS_AT_ONCE = 16;

/** What a record says, and which of the files that it lists are still as it says. */
export interface Verified extends Said {
  readonly verified: ReadonlyMap<string, Listed & Digested>;
}

/**
 * Reads the record of a folder, and every file that it lists; `undefined` where there is none that this key signed. Throws
 * the signal's reason.
 *
 * @param real Absolute, all links followed.
 */
export async function readVerified(
  disk: Disk,
  real: string,
  key: string,
  signal: AbortSignal,
  digester?: Digester,
): Promise<Verified | undefined> {
  const said = await readSaid(disk, real, key);
  if (said === undefined) return undefined;
  return { ...said, verified: await verify(disk, real, [...said.earlier, ...said.own], new Set(), signal, digester) };
}

/** What the record of a folder says; `undefined` where there is none that this key signed. */
export async function readSaid(disk: Disk, real: string, key: string): Promise<Said | undefined> {
  const path = join(real, LISTS.record);
  const mark = await markOf(disk, path);
  return mark === undefined ? undefined : readRecord(disk, path, mark, key);
}

/**
 * What in a folder keeps this action from writing there, as a clause, if anything does: a record, a `SHA256SUMS`, or a page
 * where one is to be written, that is not its own. Throws the signal's reason.
 */
export async function findForeign(
  disk: Disk,
  folder: string,
  key: string,
  signal: AbortSignal,
  names: ListNames = LISTS,
  hasPage = false,
): Promise<Inert | undefined> {
  const found = await look(disk, folder, names, key, signal, hasPage);
  return 'foreign' in found ? found.foreign : undefined;
}

/** What lies in a folder of a record and a list of digests. */
export type Looked =
  | { readonly foreign: Inert }
  | {
      readonly listed: readonly Listed[];
      /** Of the record's file, where there is one. */
      readonly mark: Mark | undefined;
    };

/** What lies there: what is listed by a record that is this key's own or by none, or what is not. Throws the signal's reason. */
export async function look(
  disk: Disk,
  folder: string,
  names: ListNames,
  key: string,
  signal: AbortSignal,
  hasPage = false,
): Promise<Looked> {
  const path = join(folder, names.record);
  const mark = await markOf(disk, path);
  const said = mark === undefined ? NOTHING_SAID : await readRecord(disk, path, mark, key);
  if (said === undefined) {
    return {
      foreign: inert`lies a ${names.record} that this api-key did not sign: it came with the checkout, was changed, or was made under another key`,
    };
  }
  const files = [...said.earlier, ...said.own];
  for (const name of hasPage ? [names.checksums, names.page] : [names.checksums]) {
    if (await isOurs(disk, folder, name, files, signal)) continue;
    return {
      foreign: inert`lies a file ${name} that no ${names.record} signed by this api-key lists as it is: it came with the checkout, or was changed`,
    };
  }
  return { listed: files, mark };
}

/** Whether nothing has that name, or what is listed. */
async function isOurs(
  disk: Disk,
  folder: string,
  name: string,
  files: readonly Listed[],
  signal: AbortSignal,
): Promise<boolean> {
  const path = join(folder, name);
  if ((await markOf(disk, path)) === undefined) return true;
  const ours = files.filter(({ place }) => place === name);
  const found = ours.length === 0 ? undefined : await digestAt(disk, path, signal);
  return ours.some(({ sha256 }) => sha256 === found?.sha256);
}

const NOTHING_SAID: Said = { earlier: [], own: [], value: {} };

/** What a record says; `undefined` where it is none that this key signed. */
async function readRecord(disk: Disk, path: string, mark: Mark, key: string): Promise<Said | undefined> {
  return mark.isFile() && mark.size <= LARGEST_RECORD
    ? parseRecord(await disk.readFile(path, 'utf8').catch(() => ''), key)
    : undefined;
}

/**
 * Those whose bytes are still what was listed, by place. Throws the signal's reason.
 *
 * @param known Places that are not read, and none of these.
 */
export async function verify(
  disk: Disk,
  folder: string,
  files: readonly Listed[],
  known: ReadonlySet<string>,
  signal: AbortSignal,
  digester?: Digester,
): Promise<Map<string, Listed & Digested>> {
  const limit = pLimit(READS_AT_ONCE);
  const places = Map.groupBy(files, ({ place }) => place);
  const verified = await Promise.all(
    [...places].map(([place, lines]) =>
      limit(async (): Promise<[string, Listed & Digested][]> => {
        const found = known.has(place) ? undefined : await digestAt(disk, join(folder, place), signal, digester);
        // While a file is being replaced, its name is listed twice.
        const line = lines.find(({ sha256 }) => sha256 === found?.sha256);
        return found === undefined || line === undefined ? [] : [[place, { ...line, ...found }]];
      }),
    ),
  );
  return new Map(verified.flat());
}
