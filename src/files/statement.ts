import { canonicalJson } from '../base/canonical.ts';
import { toSendable } from '../base/mapping.ts';
import { redactJson } from '../base/redact.ts';
import { timeOf } from '../cyberun/times.ts';
import { workflowPath } from '../cyberun/workflows.ts';
import type { TaskOrder } from '../task/context.ts';
import type { Followed, TaskFacts } from '../task/followed.ts';
import type { Named } from './selection.ts';

/**
 * What a record says besides its files, in the shape of SLSA's provenance (slsa.dev/spec/v1.0/provenance); each part as
 * canonical JSON, without secrets. docs/record.md tells what it means.
 */
export interface Statement {
  /** `buildDefinition`. */
  readonly definition: string;
  /** `runDetails.builder`. */
  readonly builder: string;
  /** `runDetails.metadata`. */
  readonly metadata: string;
  /** Those of `runDetails.byproducts` that are no files. */
  readonly others: readonly string[];
  /** `leftOut`; `undefined` for none. */
  readonly leftOut?: string | undefined;
}

const BUILD_TYPE = 'https://github.com/cyberun/run/workflow/v1';

/** What was ordered. */
export interface Ordered extends Pick<TaskOrder, 'target' | 'workflow' | 'fingerprint'> {
  /** Of files that were sent: SHA-256 by parameter. */
  readonly digests: ReadonlyMap<string, string>;
}

/**
 * Of one task.
 *
 * @param output The service's `task_output`; `undefined` for none.
 * @param leftOut Files of the task that are not to be brought home.
 */
export function statementOf(
  order: Ordered,
  followed: Followed,
  output: unknown,
  apiUrl: string,
  leftOut: readonly Named[] = [],
): Statement {
  const { task } = followed.ended ?? {};
  const { target, fingerprint } = order;
  const definition =
    'taskId' in target
      ? {
          externalParameters: { taskId: target.taskId },
          internalParameters: {},
          resolvedDependencies: dependencies([order], apiUrl),
        }
      : defined([order], target.submission.parameters, fingerprint, apiUrl);
  const metadata = {
    invocationId: followed.taskId,
    startedOn: dateOf(task?.started_at),
    finishedOn: dateOf(task?.completed_at),
    queueSeconds: secondsOf(followed.queueTime),
    runSeconds: secondsOf(followed.runTime),
  };
  const said = stated({ buildType: BUILD_TYPE, ...definition }, metadata, [followed], output, apiUrl);
  const unlisted = leftOut.map(({ output: id, safeName, place }) => ({ name: place, output: id, safeName }));
  return { ...said, leftOut: unlisted.length === 0 ? undefined : canonicalJson(redactJson(unlisted)) };
}

/** Of the tasks of a matrix together; `parameters` is a list then. */
export function statementOfAll(
  orders: readonly Ordered[],
  facts: readonly TaskFacts[],
  fingerprint: string | undefined,
  apiUrl: string,
): Statement {
  const parameters = orders.flatMap(({ target }) => ('submission' in target ? [target.submission.parameters] : []));
  const definition = { buildType: BUILD_TYPE, ...defined(orders, parameters, fingerprint, apiUrl) };
  return stated(definition, {}, facts, undefined, apiUrl);
}

function stated(
  definition: object,
  metadata: object,
  facts: readonly TaskFacts[],
  output: unknown,
  apiUrl: string,
): Statement {
  const safe = (value: object) => canonicalJson(redactJson(value));
  const agents = facts.flatMap(({ agentId, gpuType }) => {
    if (agentId === undefined && gpuType === undefined) return [];
    const uri = agentId === undefined ? undefined : `${apiUrl}/r/agents/${encodeURIComponent(agentId)}`;
    return safe({ name: AGENT, uri, annotations: { agentId, gpuType } });
  });
  const outputs = output === undefined ? [] : [canonicalJson(describeOutput(output))];
  return {
    definition: safe(definition),
    builder: safe({ id: apiUrl }),
    metadata: safe(metadata),
    others: [...new Set(agents), ...outputs],
  };
}

/** Names of byproducts that are no files. */
export const AGENT = 'agent';
export const TASK_OUTPUT = 'task_output';

/** As in-toto's ResourceDescriptor has it: the bytes of its JSON text, in which the order of keys is the service's. */
function describeOutput(output: unknown): object {
  const text = JSON.stringify(redactJson(toSendable(output))) ?? 'null';
  return { name: TASK_OUTPUT, mediaType: 'application/json', content: Buffer.from(text).toString('base64') };
}

/** @param parameters As they were sent. */
function defined(orders: readonly Ordered[], parameters: unknown, fingerprint: string | undefined, apiUrl: string) {
  const [first] = orders;
  if (first === undefined || 'taskId' in first.target) return {};
  const { workflow, submission } = first.target;
  const { parameters: _, ...options } = submission;
  return {
    externalParameters: { workflow, parameters },
    internalParameters: { ...options, fingerprint },
    resolvedDependencies: dependencies(orders, apiUrl),
  };
}

/** The workflow, and what was sent for its parameters of type `file`, each once. */
function dependencies(orders: readonly Ordered[], apiUrl: string): object[] {
  const workflow = orders[0]?.workflow;
  if (workflow === undefined) return [];
  const { id, workflow_slug: slug, version, parameters = [] } = workflow;
  const reference = id ?? slug;
  const uri = reference === undefined ? apiUrl : apiUrl + workflowPath(reference);
  const files = parameters.flatMap(({ type, key: name }) => {
    if (type !== 'file') return [];
    const sent = orders.flatMap(({ target, digests }): [string, string | undefined][] => {
      const key = 'submission' in target ? target.submission.parameters[name] : undefined;
      return typeof key === 'string' ? [[key, digests.get(name)]] : [];
    });
    return [...new Map(sent)].map(([key, sha256]) => {
      return { name, uri: key, digest: sha256 === undefined ? undefined : { sha256 } };
    });
  });
  return [{ name: 'workflow', uri, annotations: { id, slug, version: version?.toString() } }, ...files];
}

function secondsOf(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.floor(ms / 1000);
}

/** Of a `Date` (ECMA-262, section 21.4.1.1). */
const LATEST = 8.64e15;

function dateOf(stamp: string | number | undefined): string | undefined {
  const time = timeOf(stamp);
  return time === undefined || time > LATEST ? undefined : new Date(time).toISOString();
}
