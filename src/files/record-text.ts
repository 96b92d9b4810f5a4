import { canonicalJson } from '../base/canonical.ts';
import { parseOwnJson } from '../base/json.ts';
import { isMapping, type Mapping, toSendable } from '../base/mapping.ts';
import { listIn, member } from '../base/members.ts';
import { isSignedBy, sign } from '../base/sign.ts';
import { isPlace } from './names.ts';
import type { Statement } from './statement.ts';

/** A file that a record lists. */
export interface Listed {
  /** Below the record's folder, with `/` between components. */
  readonly place: string;
  /** Lower-case hex. */
  readonly sha256: string;
  /** All that the record says of it, as canonical JSON. */
  readonly text: string;
}

const PURPOSE = 'cyberun-run record v1';

/** What the record says of a file: its digest, and `more`, as in-toto's ResourceDescriptor has it. */
export function listed(place: string, sha256: string, more: unknown = {}): Listed {
  const about = isMapping(more) ? more : {};
  return { place, sha256, text: canonicalJson({ ...about, name: place, digest: { sha256 } }) };
}

/** What a record says. */
export interface Said {
  /** The files that it lists of earlier runs. */
  readonly earlier: readonly Listed[];
  /** Those of its own. */
  readonly own: readonly Listed[];
  /** All of it, but that numbers beyond a double have lost their digits. */
  readonly value: Mapping;
}

/** What the text of a record says; `undefined` where it is none that this key signed. */
export function parseRecord(text: string, key: string): Said | undefined {
  const [, said = '', signature = ''] = /^(\{.*),"signature":"([0-9a-f]{64})"\}$/.exec(text.trimEnd()) ?? [];
  // What this key did not sign is not even parsed.
  if (!isSignedBy(signature, PURPOSE, `${said}}`, key)) return undefined;
  // Of a file it says no number but its size, so no digits are lost; and it may list more than an answer of the service.
  const value: unknown = JSON.parse(text);
  if (!isMapping(value)) return undefined;
  const { earlier, runDetails } = value;
  const { byproducts } = isMapping(runDetails) ? runDetails : {};
  return { earlier: filesIn(earlier), own: filesIn(byproducts), value };
}

function filesIn(list: unknown): Listed[] {
  return Array.isArray(list) ? list.flatMap(fileIn) : [];
}

function fileIn(entry: unknown): Listed[] {
  if (!isMapping(entry) || !isMapping(entry.digest)) return [];
  const { name, digest } = entry;
  const { sha256 } = digest;
  if (typeof name !== 'string' || typeof sha256 !== 'string' || !isPlace(name)) return [];
  return [{ place: name, sha256, text: canonicalJson(entry) }];
}

/**
 * What was ordered of a task, by a record of it: its `buildDefinition`, as canonical JSON. `undefined` where it is none that
 * this key signed, or of another task.
 */
export function definitionIn(text: string, taskId: string, key: string): string | undefined {
  if (parseRecord(text, key) === undefined) return undefined;
  const value = toSendable(parseOwnJson(text));
  const metadata = member(member(value, 'runDetails'), 'metadata');
  const isOf = isMapping(metadata) && metadata.invocationId === taskId;
  return isOf ? canonicalJson(member(value, 'buildDefinition')) : undefined;
}

/**
 * The same record with one more file of its own; `undefined` where it is none that this key signed.
 *
 * @param isAlone What it listed at that place is gone.
 */
export function withFile(text: string, file: Listed, isAlone: boolean, key: string): string | undefined {
  if (parseRecord(text, key) === undefined) return undefined;
  const value = toSendable(parseOwnJson(text));
  const details = member(value, 'runDetails');
  if (!isMapping(value) || !isMapping(details)) return undefined;
  const isOther = (entry: unknown) => !isAlone || member(entry, 'name') !== file.place;
  const earlier = listIn(value.earlier).filter(isOther);
  const byproducts = [...listIn(details.byproducts).filter(isOther), JSON.parse(file.text)];
  const said = { ...value, earlier, runDetails: { ...details, byproducts }, signature: undefined };
  return signed(canonicalJson(said), key);
}

/** What a record is to list: files of earlier runs, those of its own, and whether nothing is missing from these. */
export interface ToList {
  readonly earlier: Iterable<Listed>;
  readonly own: Iterable<Listed>;
  readonly isComplete: boolean;
}

/** The text of a record: canonical JSON, put together from pieces that are, and what this key signs of it. */
export function formatRecord(statement: Statement, { earlier, own, isComplete }: ToList, key: string): string {
  const texts = (files: Iterable<Listed>) => Array.from(files, ({ text }) => text);
  const { definition, builder, metadata, others, leftOut } = statement;
  const byproducts = [...others, ...texts(own)].join();
  const left = leftOut === undefined ? '' : `,"leftOut":${leftOut}`;
  const details = `{"builder":${builder},"byproducts":[${byproducts}],"metadata":${metadata}}`;
  const said = `"buildDefinition":${definition},"complete":${isComplete},"earlier":[${texts(earlier).join()}]${left},"runDetails":${details}`;
  return signed(`{${said}}`, key);
}

function signed(said: string, key: string): string {
  return `${said.slice(0, -1)},"signature":"${sign(PURPOSE, said, key)}"}\n`;
}
