import { rememberUrlsIn } from '../base/secrets.ts';
import type { UploadSlot } from '../base/upload-slot.ts';
import { readResult } from './body.ts';
import { type StreamItem, streamEvents } from './events.ts';
import type { Call, Http } from './http.ts';
import { presignUpload, type UploadRequest } from './presign.ts';
import {
  type Agent,
  parseAgent,
  parsePage,
  parseResult,
  parseWorkflow,
  type Task,
  type TaskResult,
  type Workflow,
} from './schema.ts';
import { type Submission, submitTask } from './submit.ts';
import { cancelTask, getTask, listTasks, MISSING_LIMIT, taskPath } from './tasks.ts';
import { workflowPath } from './workflows.ts';

/**
 * The Runtime API, one method an endpoint. Every one throws {@link ApiError}, or the signal's reason. What is known to be
 * there (`isKnown`) may be answered with 404 for a minute.
 */
export interface Client {
  workflow(reference: string, signal: AbortSignal, isKnown?: boolean): Promise<Workflow>;
  /** Every workflow the key's team sees, all pages. */
  workflows(signal: AbortSignal): Promise<Workflow[]>;
  /** The id of the new task. */
  submit(reference: string, submission: Submission, signal: AbortSignal, isKnown?: boolean): Promise<string>;
  task(taskId: string, signal: AbortSignal, isKnown?: boolean): Promise<Task>;
  /** The team's newest tasks, a page of 100. */
  tasks(signal: AbortSignal): Promise<Task[]>;
  events(
    taskId: string,
    lastEventId: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<StreamItem, void, undefined>;
  /** Mints fresh URLs at every call. Its `task_output` is `Unreadable` where that alone is broken. */
  result(taskId: string, signal: AbortSignal, isKnown?: boolean): Promise<TaskResult>;
  /** @param budget How long faults may go on, in milliseconds. */
  cancel(taskId: string, budget: number, signal: AbortSignal): Promise<void>;
  agents(signal: AbortSignal): Promise<Agent[]>;
  /** Where to upload one file. */
  presign(file: UploadRequest, signal: AbortSignal): Promise<UploadSlot>;
}

export function createClient(http: Http): Client {
  const get = (path: string, budget: number, signal: AbortSignal, more: Pick<Call, 'missing' | 'read'> = {}) =>
    http.send({ method: 'GET', path, repeat: 'idempotent', budget, signal, ...more });
  const missing = (isKnown: boolean) => (isKnown ? MISSING_LIMIT : undefined);

  /** The entries of every page of a list. */
  async function all(path: string, list: 'workflow_list' | 'agent_list', signal: AbortSignal): Promise<unknown[]> {
    const found: unknown[] = [];
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const reply = parsePage(await get(`${path}?per_page=100&current_page=${page}`, BRIEF, signal));
      const entries = reply[list] ?? [];
      found.push(...entries);
      if (entries.length === 0 || found.length >= (reply.page_meta?.total_count ?? 0)) break;
    }
    return found;
  }

  return {
    async workflow(reference, signal, isKnown = false) {
      return parseWorkflow(await get(workflowPath(reference), PATIENCE, signal, { missing: missing(isKnown) }));
    },
    workflows: async (signal) => (await all('/r/workflows', 'workflow_list', signal)).map(parseWorkflow),
    submit: (reference, submission, signal, isKnown = false) =>
      submitTask(http, reference, submission, isKnown, PATIENCE, signal),
    task: (taskId, signal, isKnown = false) => getTask(http, taskId, isKnown, LONG, signal),
    tasks: (signal) => listTasks(http, BRIEF, signal),
    events: (taskId, lastEventId, signal) => streamEvents(http, taskId, lastEventId, signal),
    async result(taskId, signal, isKnown = false) {
      const more = { missing: missing(isKnown), read: readResult };
      const result = await get(`${taskPath(taskId)}/result`, LONG, signal, more);
      rememberUrlsIn(result);
      return parseResult(result);
    },
    cancel: (taskId, budget, signal) => cancelTask(http, taskId, budget, signal),
    agents: async (signal) => (await all('/r/agents', 'agent_list', signal)).map(parseAgent),
    presign: (file, signal) => presignUpload(http, file, PATIENCE, signal),
  };
}

/** How long faults may go on, in milliseconds: before there is a task, while one runs, and for what only explains. */
const PATIENCE = 3 * 60_000;
const LONG = 10 * 60_000;
const BRIEF = 10_000;
const MOST_PAGES = 50;
