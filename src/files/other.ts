import { canonicalJson } from '../base/canonical.ts';
import { type Inert, inert, someOf } from '../base/inert.ts';
import { isMapping, type Mapping } from '../base/mapping.ts';
import { listIn, member, textIn } from '../base/members.ts';
import { redactJson } from '../base/redact.ts';
import type { HomeOptions } from './context.ts';

const OTHER = inert`what is in its folder is of another run`;
const MOST_NAMES = 5;

/** That a record is of another run than the order's, and in what they differ: by names, as values may be secrets. */
export function describeOther(record: Mapping, { target, workflow, digests }: HomeOptions): Inert {
  if ('taskId' in target) return OTHER;
  const definition = member(record, 'buildDefinition');
  const [described, ...files] = listIn(member(definition, 'resolvedDependencies'));
  const digestsThen = new Map(files.map((file) => [member(file, 'name'), member(member(file, 'digest'), 'sha256')]));
  const { parameters, ...options } = target.submission;

  function differing(then: unknown, now: Mapping): string[] {
    const names = [...Object.keys(isMapping(then) ? then : {}), ...Object.keys(now)];
    return [...new Set(names)].filter((name) =>
      digests.has(name)
        ? digests.get(name) !== digestsThen.get(name)
        : textOf(member(then, name)) !== textOf(redactJson(now[name])),
    );
  }

  const isSameVersion = textIn(member(described, 'annotations'), 'version') === workflow?.version?.toString();
  const names = [
    ...(isSameVersion ? [] : ["the workflow's version"]),
    ...differing(member(member(definition, 'externalParameters'), 'parameters'), parameters),
    ...differing(member(definition, 'internalParameters'), options).filter((name) => name !== 'fingerprint'),
  ];
  if (names.length === 0) return OTHER;
  return inert`${OTHER}: ${someOf(names, MOST_NAMES)} ${names.length === 1 ? 'differs' : 'differ'}`;
}

/** Numbers by their value, as near as the record was read. */
function textOf(value: unknown): string {
  return canonicalJson(JSON.parse(JSON.stringify(value) ?? 'null'));
}
