import { isListName } from '../files/names.ts';
import { type Listed, parseRecord, type Said } from '../files/record-text.ts';
import type { Releases } from './api.ts';
import { GithubError } from './errors.ts';
import { nameOfPart } from './names.ts';
import type { Asset } from './shapes.ts';

/** Which assets of a release this action attached, by the records that lie there. */
export interface Owned {
  /** Whether a run with this key attached it as it is. */
  has(asset: Asset): Promise<boolean>;
  /** What a record says of an asset that is still as it says. */
  listed(asset: Asset): Promise<Listed | undefined>;
}

/** In bytes; ours has some 300 for each of 1,000 assets. */
const LARGEST_RECORD = 4 * 1024 * 1024;

/**
 * Reads the records of a release: a service chooses what its files are called, and must not replace what somebody else
 * attached. An asset is this action's own when a record that this key signed lists it with the digest that it has.
 *
 * @throws {GithubError} where one cannot be read; or the signal's reason
 */
export async function readOwned(
  assets: readonly Asset[],
  releases: Pick<Releases, 'read' | 'digest'>,
  key: string,
  signal: AbortSignal,
): Promise<Owned> {
  const lines = new Map<string, Listed[]>();
  const records = new Set<number>();
  for (const asset of assets.filter(isRecord)) {
    const said = await readRecordAt(asset, releases, key, signal);
    if (said === undefined) continue;
    records.add(asset.id);
    for (const line of [...said.own, ...said.earlier]) lines.set(line.place, [...(lines.get(line.place) ?? []), line]);
  }
  async function lineOf(asset: Asset): Promise<Listed | undefined> {
    // What is to take another one's place is listed by the name that it will have.
    const known = lines.get(nameOfPart(asset.name) ?? asset.name);
    if (known === undefined || !asset.isWhole) return undefined;
    const sha256 = asset.sha256 ?? (await releases.digest(asset, signal));
    return known.find((line) => line.sha256 === sha256);
  }
  return {
    has: async (asset) => records.has(asset.id) || (await lineOf(asset)) !== undefined,
    listed: lineOf,
  };
}

/** What a record at a release says; `undefined` where this key did not sign it. */
export async function readRecordAt(
  asset: Asset,
  releases: Pick<Releases, 'read'>,
  key: string,
  signal: AbortSignal,
): Promise<Said | undefined> {
  const text = await releases.read(asset, LARGEST_RECORD, signal).catch((error: unknown) => {
    // Whoever attaches at the same time replaces it meanwhile.
    if (error instanceof GithubError && error.status === 404) return undefined;
    throw error;
  });
  return parseRecord(text ?? '', key);
}

function isRecord({ name, isWhole, bytes }: Asset): boolean {
  const plain = nameOfPart(name) ?? name;
  return isWhole && bytes <= LARGEST_RECORD && plain.endsWith('.json') && isListName(plain);
}
