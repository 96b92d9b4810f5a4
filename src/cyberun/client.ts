import type { UploadSlot } from '../base/upload-slot.ts';
import { type StreamItem, streamEvents } from './events.ts';
import type { Http } from './http.ts';
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
import { cancelTask, getTask, listTasks, taskPath } from './tasks.ts';
import { workflowPath } from './workflows.ts';

/** The Runtime API, one method an endpoint. Every one throws {@link ApiError}, or the signal's reason. */
export interface Client {
  workflow(reference: string, signal: AbortSignal): Promise<Workflow>;
  /** Every workflow the key's team sees, all pages. */
  workflows(signal: AbortSignal): Promise<Workflow[]>;
  /** The id of the new task. */
  submit(reference: string, submission: Submission, signal: AbortSignal): Promise<string>;
  task(taskId: string, signal: AbortSignal): Promise<Task>;
  /** The team's newest tasks, a page of 100. */
  tasks(signal: AbortSignal): Promise<Task[]>;
  events(
    taskId: string,
    lastEventId: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<StreamItem, void, undefined>;
  /** Mints fresh URLs at every call. */
  result(taskId: string, signal: AbortSignal): Promise<TaskResult>;
  /** @param budget How long faults may go on, in milliseconds. */
  cancel(taskId: string, budget: number, signal: AbortSignal): Promise<void>;
  agents(signal: AbortSignal): Promise<Agent[]>;
  /** Where to upload one file. */
  presign(file: UploadRequest, signal: AbortSignal): Promise<UploadSlot>;
}

export function createClient(http: Http): Client {
  const get = (path: string, budget: number, signal: AbortSignal) =>
    http.send({ method: 'GET', path, repeat: 'idempotent', budget, signal });

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
    workflow: async (reference, signal) => parseWorkflow(await get(workflowPath(reference), PATIENCE, signal)),
    workflows: async (signal) => (await all('/r/workflows', 'workflow_list', signal)).map(parseWorkflow),
    submit: (reference, submission, signal) => submitTask(http, reference, submission, PATIENCE, signal),
    task: (taskId, signal) => getTask(http, taskId, LONG, signal),
    tasks: (signal) => listTasks(http, BRIEF, signal),
    events: (taskId, lastEventId, signal) => streamEvents(http, taskId, lastEventId, signal),
    result: async (taskId, signal) => parseResult(await get(`${taskPath(taskId)}/result`, LONG, signal)),
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
