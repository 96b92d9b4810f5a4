import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { EOL } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { ROOT } from '../action/harness.ts';
import type { Statement } from './github.ts';
import { demand, type Place } from './place.ts';

/** The predicate type of this action's records. */
export const RECORD = 'https://github.com/cyberun/run/record/v1';

const SUBJECTS = 1024;
const LIST_BYTES = 512 * SUBJECTS;
const PREDICATE_BYTES = 16 * 1024 * 1024;

/**
 * Keeps the statement that `actions/attest` makes of a list of subjects, or of one by its name and digest, and a predicate: of
 * `predicate-path`, or, for `actions/attest-build-provenance`, of its own. Inputs are read by the rules of its `src/subject.ts`
 * and `src/predicate.ts`. Throws where they or GitHub would refuse, and where what would be attested is not true: a subject
 * that is not the file of that name beside the list, or the image that was pushed, or a record that is not as its schema says.
 */
export function attest(inputs: Readonly<Record<string, string>>, place: Place): undefined {
  demand(place.permissions, 'id-token', 'write');
  demand(place.permissions, 'attestations', 'write');
  const { 'subject-checksums': list, 'subject-name': name, 'subject-digest': digest } = inputs;
  if ((list === undefined) === (digest === undefined)) throw new Error('one of subject-checksums and subject-digest');
  const subject = list === undefined ? imageOf(name, digest, place) : filesOfList(resolve(place.workspace, list));
  place.github.attestations.push({ subject, ...predicateOf(place.workspace, inputs) });
}

function imageOf(name = '', digest = '', { github }: Place): Statement['subject'] {
  const image = github.images.find((one) => one.digest === digest && one.pushed);
  if (image === undefined || !image.tags.split('\n').some((tag) => tag.startsWith(`${name}:`)))
    throw new Error(`no such image was pushed: ${name}@${digest}`);
  return [{ name, digest: { sha256: digest.replace('sha256:', '') } }];
}

function filesOfList(list: string): Statement['subject'] {
  if (!statSync(list).isFile()) throw new Error(`subject checksums file not found: ${list}`);
  if (statSync(list).size > LIST_BYTES) throw new Error('subject checksums file exceeds maximum allowed size');
  const subject = subjectsOf(readFileSync(list, 'utf8'));
  if (subject.length === 0 || subject.length > SUBJECTS) throw new Error(`${subject.length} subjects`);
  for (const { name, digest } of subject) {
    const path = join(dirname(list), name);
    const bytes = existsSync(path) ? readFileSync(path) : undefined;
    for (const [algorithm, hex] of Object.entries(digest)) {
      if (bytes === undefined || createHash(algorithm).update(bytes).digest('hex') !== hex)
        throw new Error(`${name} is not what is attested`);
    }
  }
  return subject;
}

function subjectsOf(list: string): Statement['subject'] {
  const found = list.split(EOL).flatMap((line) => {
    const end = line.indexOf(' ');
    if (end === -1) return [];
    const digest = line.slice(0, end);
    const name = line.slice(end + 1).replace(/^[* ]/, '');
    if (!/^[0-9a-fA-F]+$/.test(digest)) throw new Error(`Invalid digest: ${digest}`);
    const algorithm = { 64: 'sha256', 128: 'sha512' }[digest.length];
    if (algorithm === undefined) throw new Error(`Unknown digest algorithm: ${digest}`);
    return [{ name, digest: { [algorithm]: digest } }];
  });
  const unique = new Map(found.map((one) => [JSON.stringify(one), one]));
  return [...unique.values()];
}

function predicateOf(workspace: string, inputs: Readonly<Record<string, string>>): Omit<Statement, 'subject'> {
  const { 'predicate-type': predicateType, 'predicate-path': path } = inputs;
  if (predicateType === undefined && path === undefined)
    return { predicateType: 'https://slsa.dev/provenance/v1', predicate: {} };
  if (predicateType === undefined || !path) throw new Error('predicate-type and predicate-path belong together');
  const text = readFileSync(resolve(workspace, path), 'utf8');
  if (text.length > PREDICATE_BYTES) throw new Error('predicate file exceeds maximum allowed size');
  const predicate: unknown = JSON.parse(text);
  // Not `slsa.dev/provenance/v1`, which GitHub refuses with a foreign `buildType`.
  if (predicateType !== RECORD) throw new Error(`a predicate that nobody here knows: ${predicateType}`);
  const schema = JSON.parse(readFileSync(join(ROOT, 'docs/record.schema.json'), 'utf8'));
  const ajv = new Ajv2020({ strictRequired: false, validateFormats: false });
  if (!ajv.validate(schema, predicate)) throw new Error(ajv.errorsText());
  return { predicateType, predicate };
}
