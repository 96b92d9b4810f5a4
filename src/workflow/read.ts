import { type Clock, timeLimit } from '../base/clock.ts';
import { asRunError, messageFor, RunError } from '../base/errors.ts';
import { type Inert, inert, joinInert, someOf } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import type { Client } from '../cyberun/client.ts';
import { ApiError } from '../cyberun/errors.ts';
import type { Workflow } from '../cyberun/schema.ts';
import { nearest } from './nearest.ts';

/** What reading a workflow needs. */
export interface WorkflowContext {
  readonly service: Pick<Client, 'workflow' | 'workflows' | 'task'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * The workflow of that reference. `undefined`, with a warning, when it cannot be read although it may well be there: then
 * it can still be run.
 *
 * @throws {RunError} of kind `submit` when there is no such workflow, with the ones there are; for a key that is not accepted,
 *   or when what answers is not the service; or the signal's reason
 */
export async function readWorkflow(reference: string, context: WorkflowContext): Promise<Workflow | undefined> {
  const { log, signal } = context;
  try {
    const workflow = await findWorkflow(reference, context);
    if (workflow.odd.length > 0) warnOfShapes(workflow.odd, log);
    return workflow;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ApiError)) throw error;
    if (!mayStillRun(error)) throw asRunError('submit', error);
    log.warning(inert`The workflow could not be read, so its parameters are sent unchecked: ${error.message}`);
    return undefined;
  }
}

/** The workflow. One that is not found although the list shows it may be there in a moment. */
async function findWorkflow(reference: string, context: WorkflowContext): Promise<Workflow> {
  const { service, signal } = context;
  try {
    return await service.workflow(reference, signal);
  } catch (cause) {
    if (!(cause instanceof ApiError) || cause.status !== 404) throw cause;
    const list = await service
      .workflows(signal)
      .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
    signal.throwIfAborted();
    if (list instanceof Error) throw unlisted(reference, list, cause);
    if (!list.some((workflow) => isMeant(workflow, reference))) throw noSuchWorkflow(reference, list, cause, context);
  }
  try {
    return await service.workflow(reference, signal, true);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    const text = inert`The key's team sees the workflow ${reference} in the list of workflows, but it cannot be read: ${error.message}`;
    throw new RunError('submit', text, error);
  }
}

function warnOfShapes(odd: readonly string[], log: Log): void {
  log.warning(
    inert`The workflow describes itself otherwise than documented: ${someOf(odd, MOST_NAMES)}. That is read as well as it can be, and what cannot be checked is sent as it is.`,
  );
}

/** Whether a reference, an id, a slug or `slug@version`, is that of the workflow. */
function isMeant({ id, workflow_slug, version }: Workflow, reference: string): boolean {
  if (id !== undefined && id.toLowerCase() === reference.toLowerCase()) return true;
  return reference === workflow_slug || reference === `${workflow_slug}@${version}`;
}

const DESCRIBE_LIMIT = 10_000;

/**
 * The workflow of a task to attach to: it names the nodes in the log, and costs nothing but that when it can't be read. Also
 * when the job is aborted meanwhile: whoever goes on with the task then cancels it. Never throws.
 *
 * @returns `wasRead`: the task itself could be read, so it is there.
 */
export async function workflowOfTask(
  taskId: string,
  { service, clock, signal }: WorkflowContext,
): Promise<{ readonly wasRead: boolean; readonly workflow: Workflow | undefined }> {
  let wasRead = false;
  using limit = timeLimit(clock, signal, DESCRIBE_LIMIT, () => new Error('too slow'));
  try {
    const { workflow_id } = await service.task(taskId, limit.signal);
    wasRead = true;
    const workflow = workflow_id === undefined ? undefined : await service.workflow(workflow_id, limit.signal);
    return { wasRead, workflow };
  } catch {
    return { wasRead, workflow: undefined };
  }
}

/** Names for the nodes of a ComfyUI graph, such as `{"3": {"class_type": "KSampler"}}`. */
export function nodesOf(workflow: Workflow | undefined): {
  readonly nameOf: (node: string) => string | undefined;
  readonly count: number;
} {
  const graph = workflow?.workflow_json ?? {};
  function nameOf(node: string): string | undefined {
    const entry = Object.hasOwn(graph, node) ? graph[node] : undefined;
    const name = typeof entry === 'object' && entry !== null && 'class_type' in entry ? entry.class_type : undefined;
    return typeof name === 'string' ? name : undefined;
  }
  return { nameOf, count: Object.keys(graph).length };
}

/** Without an answer of the service's own, or with one that sends us elsewhere, a submit would fare no better. */
function mayStillRun({ status = 0 }: ApiError): boolean {
  return status >= 400 && status !== 401;
}

/** So many names fit into an error; all are in the log. */
const MOST_NAMES = 20;

/** There is no such workflow, and no list of them either. */
function unlisted(reference: string, listError: Error, cause: ApiError): RunError {
  if (listError instanceof ApiError && listError.status === 404) {
    return new RunError(
      'submit',
      inert`What answers at api-url is not the Runtime API: neither the workflow ${reference} nor the list of workflows is found there. Check api-url: it must end in /api/v1.`,
      cause,
    );
  }
  return new RunError(
    'submit',
    joinInert(
      [
        inert`There is no workflow ${reference}. Which ones there are could not be read either:`,
        messageFor(listError),
        inert`Check api-url too: it must end in /api/v1.`,
      ],
      ' ',
    ),
    cause,
  );
}

function noSuchWorkflow(
  reference: string,
  visible: readonly Workflow[],
  cause: ApiError,
  { log }: WorkflowContext,
): RunError {
  const missing = inert`There is no workflow ${reference}.`;
  const names = visible.flatMap(({ workflow_slug, id }) => workflow_slug ?? id ?? []);
  if (names.length === 0) {
    const found = inert`${missing} The key's team sees no workflow at all: is it a key of the right team?`;
    return new RunError('submit', found, cause);
  }
  const shown = names.map((name) => inert`${name}`);
  const more = names.length - MOST_NAMES;
  if (more > 0) log.group(inert`The ${names.length} workflows that the key's team sees`, shown);
  const rest = more > 0 ? inert` and ${more} more` : inert``;
  const list = joinInert([inert`The key's team sees `, joinInert(shown.slice(0, MOST_NAMES)), rest, inert`.`], '');
  return new RunError('submit', joinInert([missing, ...hintAt(reference, names), list], ' '), cause);
}

function hintAt(reference: string, names: readonly string[]): Inert[] {
  const [slug = '', version] = reference.split('@');
  if (version !== undefined && names.includes(slug)) {
    const number = /^v(\d+)$/i.exec(version)?.[1];
    const hint = number === undefined ? '' : ` Versions are plain numbers: write ${slug}@${number}.`;
    return [inert`There is ${slug}, but not that version of it.${hint}`];
  }
  const close = nearest(slug, names);
  return close === undefined ? [] : [inert`Did you mean ${close}?`];
}
