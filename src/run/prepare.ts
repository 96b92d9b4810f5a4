import { timeLimit } from '../clock.ts';
import type { Client } from '../cyberun/client.ts';
import { ApiError } from '../cyberun/errors.ts';
import type { Workflow } from '../cyberun/schema.ts';
import type { Submission } from '../cyberun/submit.ts';
import { RunError } from '../errors.ts';
import { inert, inertLines, joinInert } from '../inert.ts';
import type { Inputs } from '../inputs.ts';
import { toSendable } from '../mapping.ts';
import type { Log } from './log.ts';
import { nearest } from './nearest.ts';
import type { Order } from './run.ts';

/** What preparing needs. */
export interface PrepareContext {
  readonly service: Client;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Turns inputs into an order: reads the workflow, and checks against it what can be checked before anything is spent. */
export async function prepare(inputs: Inputs, context: PrepareContext): Promise<Order> {
  const workflow =
    inputs.workflow === undefined
      ? await workflowOfTask(inputs.taskId ?? '', context)
      : await readWorkflow(inputs.workflow, context);
  return {
    reference: inputs.workflow,
    taskId: inputs.taskId,
    workflow,
    submission: submissionOf(inputs),
    wait: inputs.waitForCompletion,
    timeout: inputs.timeout,
    queueTimeout: inputs.queueTimeout,
    cancelOnAbort: inputs.cancelOnAbort,
    download: inputs.download,
    workspace: inputs.workspace,
    folder: inputs.folder,
    folderName: inputs.path,
    ifNoFilesFound: inputs.ifNoFilesFound,
  };
}

/** Says what is about to be submitted. */
export function announce({ reference, workflow, submission }: Order, host: string, log: Log): void {
  if (reference === undefined) return;
  const version = workflow?.version === undefined ? '' : ` (version ${workflow.version})`;
  log.info(inert`Submitting ${workflow?.workflow_slug ?? reference}${version} to ${host}`);
  const lines = Object.entries(submission.parameters).map(([key, value]) => {
    const [first, ...more] = inertLines(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
    return inert`${key}: ${first ?? ''}${more.length > 0 ? ` (and ${more.length} more lines)` : ''}`;
  });
  if (lines.length > 0) log.group(inert`parameters`, lines);
}

/** Names for the nodes of a ComfyUI graph: `{"3": {"class_type": "KSampler"}}`, or the title given in its editor. */
export function nodeNames(workflow: Workflow | undefined): (node: string) => string | undefined {
  const graph = workflow?.workflow_json ?? {};
  return (node) => {
    const entry = Object.hasOwn(graph, node) ? graph[node] : undefined;
    const name = typeof entry === 'object' && entry !== null && 'class_type' in entry ? entry.class_type : undefined;
    return typeof name === 'string' ? name : undefined;
  };
}

async function readWorkflow(
  reference: string,
  { service, log, signal }: PrepareContext,
): Promise<Workflow | undefined> {
  try {
    return await service.workflow(reference, signal);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 401) throw error;
    if (error.status === 404) throw await noSuchWorkflow(reference, error, service, signal);
    log.warning(inert`The workflow could not be read, so its parameters are sent unchecked: ${error.message}`);
    return undefined;
  }
}

async function noSuchWorkflow(
  reference: string,
  cause: ApiError,
  service: Client,
  signal: AbortSignal,
): Promise<RunError> {
  const visible = await service.workflows(signal).catch(() => undefined);
  signal.throwIfAborted();
  const names = visible?.flatMap(({ workflow_slug, id }) => workflow_slug ?? id ?? []) ?? [];
  const close = nearest(reference.replace(/@.*/, ''), names);
  const found =
    visible === undefined
      ? inert`Which ones there are could not be read.`
      : names.length === 0
        ? inert`The key's team sees no workflow at all: is it a key of the right team?`
        : inert`The key's team sees ${joinInert(names.slice(0, 30).map((name) => inert`${name}`))}${names.length > 30 ? ` and ${names.length - 30} more` : ''}.`;
  const hint = close === undefined ? '' : ` Did you mean ${close}?`;
  return new RunError('submit', inert`There is no workflow ${reference}.${hint} ${found}`, cause);
}

const DESCRIBE_LIMIT = 10_000;

/** The workflow of a task to attach to: it names the nodes in the log, and costs nothing but that when it can't be read. */
async function workflowOfTask(taskId: string, { service, signal }: PrepareContext): Promise<Workflow | undefined> {
  using limit = timeLimit(signal, DESCRIBE_LIMIT, () => new Error('too slow'));
  try {
    const { workflow_id } = await service.task(taskId, limit.signal);
    return workflow_id === undefined ? undefined : await service.workflow(workflow_id, limit.signal);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

function submissionOf(inputs: Inputs): Submission {
  const given = {
    dispatch_target: inputs.dispatchTarget,
    target_pool: inputs.targetPool,
    submitter_region: inputs.submitterRegion,
    tool_type: inputs.toolType,
  };
  return {
    parameters: toSendable(inputs.parameters) as Submission['parameters'],
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '')),
  };
}
