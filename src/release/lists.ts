import { canonicalJson } from '../base/canonical.ts';
import { parseJson } from '../base/json.ts';
import { toSendable } from '../base/mapping.ts';
import { listIn, member } from '../base/members.ts';
import { formatChecksums } from '../files/checksums.ts';
import { formatRecord, type Listed, listed, parseRecord } from '../files/record-text.ts';
import type { Statement } from '../files/statement.ts';
import { type Content, contentOfText } from './content.ts';

/** The two lists of what a step attached, as they lie at a release: by the names of assets, and not of files in a folder. */
export interface Lists {
  readonly record: Content;
  readonly checksums: Content;
}

/** What to make lists of. */
export interface ToList {
  /** The record in the workspace, as text. */
  readonly record: string;
  /** What signed it, and is to sign the other: the api-key. */
  readonly key: string;
  /** The assets to be, with their places below the download folder. */
  readonly files: readonly { readonly name: string; readonly place: string; readonly sha256: string }[];
  /** Other assets of the release that records there list, and that are still as they say. */
  readonly earlier: readonly Listed[];
  /** How the list of digests is called. */
  readonly checksumsName: string;
}

/**
 * The release is to these lists what the folder is to those in the workspace: they tell which assets are this action's own,
 * those of earlier runs included.
 *
 * @throws {Error} where the record in the workspace is not what this job wrote
 */
export function listsFor({ record, key, files, earlier, checksumsName }: ToList): Lists {
  const said = parseRecord(record, key);
  if (said === undefined) throw new Error('it was changed since this step wrote it');
  const known = new Map(said.own.map((one) => [one.place, one]));
  const own = files.map(({ name, place, sha256 }) => listed(name, sha256, JSON.parse(known.get(place)?.text ?? '{}')));
  const digests = new Map([...earlier, ...own].map(({ place, sha256 }) => [place, sha256]));
  const checksums = contentOfText(formatChecksums(digests), 'text/plain');
  const all = { earlier, own: [...own, listed(checksumsName, checksums.sha256)], isComplete: true };
  return {
    checksums,
    record: contentOfText(formatRecord(statementIn(record), all, key), 'application/json'),
  };
}

/** What a record says besides its files, with every digit. */
function statementIn(record: string): Statement {
  const value = toSendable(parseJson(record));
  const details = member(value, 'runDetails');
  const others = listIn(member(details, 'byproducts')).filter((one) => member(one, 'digest') === undefined);
  return {
    definition: canonicalJson(member(value, 'buildDefinition')),
    builder: canonicalJson(member(details, 'builder')),
    metadata: canonicalJson(member(details, 'metadata')),
    others: others.map(canonicalJson),
  };
}
