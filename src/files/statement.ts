import { canonicalJson } from '../base/canonical.ts';
import { redactJson } from '../base/redact.ts';
import { timeOf } from '../cyberun/times.ts';
import { workflowPath } from '../cyberun/workflows.ts';
import type { TaskOrder } from '../task/context.ts';
import type { Followed, TaskFacts } from '../task/followed.ts';

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
  readonly agents: readonly string[];
}

const BUILD_TYPE = 'https://github.com/cyberun/run/workflow/v1';

type Ordered = Pick<TaskOrder, 'target' | 'workflow'>;

/** Of one task. */
export function statementOf(order: Ordered, followed: Followed, apiUrl: string): Statement {
  const { task } = followed.ended ?? {};
  const { target } = order;
  const definition =
    'taskId' in target
      ? {
          externalParameters: { taskId: target.taskId },
          internalParameters: {},
          resolvedDependencies: dependencies([order], apiUrl),
        }
      : defined([order], target.submission.parameters, apiUrl);
  const metadata = {
    invocationId: followed.taskId,
    startedOn: dateOf(task?.started_at),
    finishedOn: dateOf(task?.completed_at),
  };
  return stated({ buildType: BUILD_TYPE, ...definition }, metadata, [followed], apiUrl);
}

/** Of the tasks of a matrix together; `parameters` is a list then. */
export function statementOfAll(orders: readonly Ordered[], facts: readonly TaskFacts[], apiUrl: string): Statement {
  const parameters = orders.flatMap(({ target }) => ('submission' in target ? [target.submission.parameters] : []));
  return stated({ buildType: BUILD_TYPE, ...defined(orders, parameters, apiUrl) }, {}, facts, apiUrl);
}

function stated(definition: object, metadata: object, facts: readonly TaskFacts[], apiUrl: string): Statement {
  const safe = (value: object) => canonicalJson(redactJson(value));
  const agents = facts.flatMap(({ agentId, gpuType }) =>
    agentId === undefined
      ? []
      : safe({
          name: 'agent',
          uri: `${apiUrl}/r/agents/${encodeURIComponent(agentId)}`,
          annotations: { agentId, gpuType },
        }),
  );
  return {
    definition: safe(definition),
    builder: safe({ id: apiUrl }),
    metadata: safe(metadata),
    agents: [...new Set(agents)],
  };
}

/** @param parameters As they were sent. */
function defined(orders: readonly Ordered[], parameters: unknown, apiUrl: string) {
  const [first] = orders;
  if (first === undefined || 'taskId' in first.target) return {};
  const { workflow, submission } = first.target;
  const { parameters: _, ...options } = submission;
  return {
    externalParameters: { workflow, parameters },
    internalParameters: options,
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
  const names = parameters.flatMap(({ type, key }) => (type === 'file' ? key : []));
  const sent = orders.flatMap(({ target }) => ('submission' in target ? [target.submission.parameters] : []));
  const files = names.flatMap((name) => {
    const keys = new Set(sent.map((given) => given[name]));
    return [...keys].flatMap((key) => (typeof key === 'string' ? { name, uri: key } : []));
  });
  return [{ name: 'workflow', uri, annotations: { id, slug, version: version?.toString() } }, ...files];
}

/** Of a `Date` (ECMA-262, section 21.4.1.1). */
const LATEST = 8.64e15;

function dateOf(stamp: string | number | undefined): string | undefined {
  const time = timeOf(stamp);
  return time === undefined || time > LATEST ? undefined : new Date(time).toISOString();
}
