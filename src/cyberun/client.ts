import { inert } from '../base/inert.ts';
import { rememberUrlsIn } from '../base/secrets.ts';
import type { UploadSlot } from '../base/upload-slot.ts';
import { LARGEST_ANSWER, readAnswer, readResult } from './body.ts';
import { ApiError } from './errors.ts';
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
  /** Every workflow the key's team sees, all pages; the first 5000, of 8 MiB. */
  workflows(signal: AbortSignal): Promise<Workflow[]>;
  /** The id of the new task. */
  submit(reference: string, submission: Submission, signal: AbortSignal, isKnown?: boolean): Promise<string>;
  /** @param budget How long faults may go on, in milliseconds; as long as while a task runs without it. */
  task(taskId: string, signal: AbortSignal, isKnown?: boolean, budget?: number): Promise<Task>;
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

  /** The entries of every page of a list, as far as the bounds of one answer reach. */
  async function all<T>(
    path: string,
    list: 'workflow_list' | 'agent_list',
    parse: (entry: unknown) => T,
    signal: AbortSignal,
  ): Promise<T[]> {
    let found: T[] = [];
    let size = 0;
    const read = (name: string, text: string) => {
      size += text.length;
      return readAnswer(name, text);
    };
    for (let page = 1; page <= MOST_PAGES && size <= LARGEST_ANSWER; page += 1) {
      const reply = parsePage(await get(`${path}?per_page=100&current_page=${page}`, BRIEF, signal, { read }));
      const entries = reply[list] ?? [];
      found = found.concat(entries.slice(0, MOST_ENTRIES - found.length).map(parse));
      const wanted = Math.min(reply.page_meta?.total_count ?? 0, MOST_ENTRIES);
      if (entries.length === 0 || found.length >= wanted) break;
    }
    return found;
  }

  return {
    async workflow(reference, signal, isKnown = false) {
      return parseWorkflow(await get(workflowPath(reference), PATIENCE, signal, { missing: missing(isKnown) }));
    },
    workflows: (signal) => all('/r/workflows', 'workflow_list', parseWorkflow, signal),
    submit: (reference, submission, signal, isKnown = false) =>
      submitTask(http, reference, submission, isKnown, PATIENCE, signal),
    task: (taskId, signal, isKnown = false, budget = LONG) => getTask(http, taskId, isKnown, budget, signal),
    tasks: (signal) => listTasks(http, BRIEF, signal),
    events: (taskId, lastEventId, signal) => streamEvents(http, taskId, lastEventId, signal),
    async result(taskId, signal, isKnown = false) {
      const more = { missing: missing(isKnown), read: readResult };
      const path = `${taskPath(taskId)}/result`;
      const answer = await get(path, LONG, signal, more);
      rememberUrlsIn(answer);
      const result = parseResult(answer);
      const files = Object.keys(result.download_urls ?? {}).length;
      if (files <= MOST_FILES) return result;
      throw new ApiError(
        'shape',
        inert`GET ${path} was answered with ${files} files, and this action fetches ${MOST_FILES} of a task at most. Have the workflow pack them into an archive.`,
      );
    },
    cancel: (taskId, budget, signal) => cancelTask(http, taskId, budget, signal),
    agents: (signal) => all('/r/agents', 'agent_list', parseAgent, signal),
    presign: (file, signal) => presignUpload(http, file, PATIENCE, signal),
  };
}

/** How long faults may go on, in milliseconds: before there is a task, while one runs, and for what only explains. */
const PATIENCE = 3 * 60_000;
const LONG = 10 * 60_000;
const BRIEF = 10_000;
/** Of a list, pages and entries: it only explains. */
const MOST_PAGES = 50;
const MOST_ENTRIES = 5_000;
/** Of a task. */
const MOST_FILES = 10_000;
