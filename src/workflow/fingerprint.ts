import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/canonical.ts';
import { type Inert, inert } from '../base/inert.ts';
import { isMapping, type Mapping, WrittenWord } from '../base/mapping.ts';
import { canonicalDigits, WrittenNumber } from '../base/numbers.ts';
import { sign } from '../base/sign.ts';
import type { Workflow } from '../cyberun/schema.ts';
import type { Submission } from '../cyberun/submit.ts';
import type { Fitted } from './fit.ts';
import { convertParameters } from './parameters.ts';

/** Another one for whatever changes what is hashed. */
const FORMAT = 1;

/** What says which run it is, besides its parameters. */
export interface Setting {
  /** Of the service. */
  readonly host: string;
  readonly apiKey: string;
  readonly workflow: Workflow | undefined;
  /** As they are sent. */
  readonly options: Omit<Submission, 'parameters'>;
}

/** Why a run has no fingerprint, as a clause, if it cannot have one. */
export function whyNoFingerprint(workflow: Workflow | undefined): Inert | undefined {
  if (workflow === undefined) return inert`the workflow could not be read`;
  const { id, workflow_slug: slug, version } = workflow;
  if (id === undefined && slug === undefined) return inert`the service says neither id nor slug of the workflow`;
  // What was changed would still have the old one.
  return version === undefined ? inert`the service says no version of the workflow` : undefined;
}

/**
 * SHA-256, as lower-case hex, over all that decides what a run makes. The order of keys, the spelling of numbers, how the
 * parameters were given, and whether one that has its default was given at all make no difference. `undefined` where
 * {@link whyNoFingerprint} says why.
 */
export function fingerprintOf({ values, files }: Fitted, setting: Setting): string | undefined {
  const { host, apiKey, workflow, options } = setting;
  if (workflow === undefined || whyNoFingerprint(workflow) !== undefined) return undefined;
  const { id, workflow_slug: slug, version } = workflow;
  const parameters = Object.entries({ ...defaultsOf(workflow), ...values }).map(([key, value]) => {
    const file = files.get(key);
    return [key, file === undefined ? { value: canonicalValue(value) } : { sha256: file.sha256 }];
  });
  return hash({
    format: FORMAT,
    host,
    // So that a new key starts afresh: nobody knows whether it is of the same team.
    key: sign('cyberun-run key', '', apiKey),
    workflow: id ?? slug,
    version: String(version),
    parameters: Object.fromEntries(parameters),
    options,
  });
}

/**
 * The fingerprint of several tasks together, whatever their order; `undefined` where one has none. There is one of no tasks,
 * too, as a cache needs a key.
 */
export function fingerprintOfAll(fingerprints: readonly (string | undefined)[]): string | undefined {
  const known = fingerprints.filter((fingerprint) => fingerprint !== undefined);
  return known.length < fingerprints.length ? undefined : hash({ format: FORMAT, tasks: [...known].sort() });
}

function hash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** What the service takes for parameters that are not given, as it would be sent. */
function defaultsOf({ parameters: declared = [] }: Workflow): Mapping {
  const defaults = Object.fromEntries(
    declared.flatMap(({ key, default: value }) => (value === undefined || value === null ? [] : [[key, value]])),
  );
  return { ...defaults, ...convertParameters(declared, defaults).values };
}

/** Texts and numbers marked as such, so that no spelling of the one is the other. */
function canonicalValue(value: unknown): unknown {
  if (value instanceof WrittenWord) return value.value;
  if (typeof value === 'number' || value instanceof WrittenNumber) return `number ${canonicalDigits(value)}`;
  if (typeof value === 'string') return `text ${value}`;
  if (Array.isArray(value)) return value.map(canonicalValue);
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, canonicalValue(entry)]));
}
