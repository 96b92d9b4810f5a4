import { timeLimit } from '../clock.ts';
import type { Client } from '../cyberun/client.ts';
import { ApiError } from '../cyberun/errors.ts';
import type { Workflow } from '../cyberun/schema.ts';
import { RunError } from '../errors.ts';
import { inert, joinInert } from '../inert.ts';
import type { Log } from '../run/log.ts';
import { nearest } from './nearest.ts';

/** What reading a workflow needs. */
export interface WorkflowContext {
  readonly service: Pick<Client, 'workflow' | 'workflows' | 'task'>;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * The workflow of that reference. `undefined`, with a warning, when it cannot be read although it may well be there: then
 * it can still be run.
 *
 * @throws {RunError} of kind `submit` when there is no such workflow, with the ones there are
 * @throws {ApiError} for a key that is not accepted, or the signal's reason
 */
export async function readWorkflow(reference: string, context: WorkflowContext): Promise<Workflow | undefined> {
  const { service, log, signal } = context;
  try {
    return await service.workflow(reference, signal);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 401) throw error;
    if (error.status === 404) throw await noSuchWorkflow(reference, error, context);
    log.warning(inert`The workflow could not be read, so its parameters are sent unchecked: ${error.message}`);
    return undefined;
  }
}

const DESCRIBE_LIMIT = 10_000;

/** The workflow of a task to attach to: it names the nodes in the log, and costs nothing but that when it can't be read. */
export async function workflowOfTask(
  taskId: string,
  { service, signal }: WorkflowContext,
): Promise<Workflow | undefined> {
  using limit = timeLimit(signal, DESCRIBE_LIMIT, () => new Error('too slow'));
  try {
    const { workflow_id } = await service.task(taskId, limit.signal);
    return workflow_id === undefined ? undefined : await service.workflow(workflow_id, limit.signal);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** Names for the nodes of a ComfyUI graph, such as `{"3": {"class_type": "KSampler"}}`. */
export function nodeNames(workflow: Workflow | undefined): (node: string) => string | undefined {
  const graph = workflow?.workflow_json ?? {};
  return (node) => {
    const entry = Object.hasOwn(graph, node) ? graph[node] : undefined;
    const name = typeof entry === 'object' && entry !== null && 'class_type' in entry ? entry.class_type : undefined;
    return typeof name === 'string' ? name : undefined;
  };
}

async function noSuchWorkflow(
  reference: string,
  cause: ApiError,
  { service, signal }: WorkflowContext,
): Promise<RunError> {
  const visible = await service.workflows(signal).catch(() => undefined);
  signal.throwIfAborted();
  const names = visible?.flatMap(({ workflow_slug, id }) => workflow_slug ?? id ?? []) ?? [];
  const [slug = '', version] = reference.split('@');
  const close = names.includes(slug) ? undefined : nearest(slug, names);
  const hint =
    close !== undefined
      ? ` Did you mean ${close}?`
      : version !== undefined && names.includes(slug)
        ? ` There is ${slug}, but not that version of it.`
        : '';
  const found =
    visible === undefined
      ? inert`Which ones there are could not be read.`
      : names.length === 0
        ? inert`The key's team sees no workflow at all: is it a key of the right team?`
        : inert`The key's team sees ${joinInert(names.slice(0, 30).map((name) => inert`${name}`))}${names.length > 30 ? ` and ${names.length - 30} more` : ''}.`;
  return new RunError('submit', inert`There is no workflow ${reference}.${hint} ${found}`, cause);
}
