import { canonicalJson } from '../base/canonical.ts';
import { isMapping } from '../base/mapping.ts';
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

/** The files that the text of a record lists; `undefined` where it is none that this key signed. */
export function parseRecord(text: string, key: string): Listed[] | undefined {
  const [, said = '', signature = ''] = /^(\{.*),"signature":"([0-9a-f]{64})"\}$/.exec(text.trimEnd()) ?? [];
  // What this key did not sign is not even parsed.
  if (!isSignedBy(signature, PURPOSE, `${said}}`, key)) return undefined;
  // Of a file it says no number but its size, so no digits are lost; and it may list more than an answer of the service.
  const value: unknown = JSON.parse(text);
  const { earlier, runDetails } = isMapping(value) ? value : {};
  const byproducts = isMapping(runDetails) ? runDetails.byproducts : undefined;
  return [earlier, byproducts].flatMap((list) => (Array.isArray(list) ? list.flatMap(fileIn) : []));
}

function fileIn(entry: unknown): Listed[] {
  if (!isMapping(entry) || !isMapping(entry.digest)) return [];
  const { name, digest } = entry;
  const { sha256 } = digest;
  if (typeof name !== 'string' || typeof sha256 !== 'string' || !isPlace(name)) return [];
  return [{ place: name, sha256, text: canonicalJson(entry) }];
}

/** The text of a record: canonical JSON, put together from pieces that are, and what this key signs of it. */
export function formatRecord(
  statement: Statement,
  earlier: Iterable<Listed>,
  own: Iterable<Listed>,
  key: string,
): string {
  const texts = (files: Iterable<Listed>) => Array.from(files, ({ text }) => text);
  const { definition, builder, metadata, agents } = statement;
  const byproducts = [...agents, ...texts(own)].join();
  const details = `{"builder":${builder},"byproducts":[${byproducts}],"metadata":${metadata}}`;
  const said = `"buildDefinition":${definition},"earlier":[${texts(earlier).join()}],"runDetails":${details}`;
  return `{${said},"signature":"${sign(PURPOSE, `{${said}}`, key)}"}\n`;
}
