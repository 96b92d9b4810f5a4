import { randomUUID } from 'node:crypto';
import type { Agents } from './agents.ts';
import { type EventStreamOptions, eventStream } from './events.ts';
import { resultJson, taskJson } from './outputs.ts';
import { json, type Reply } from './reply.ts';
import type { RecordedRequest, RequestKind } from './requests.ts';
import type { Storage } from './storage.ts';
import type { EmulatedTask, Submission } from './task.ts';
import { isTerminal, type Tasks } from './tasks.ts';
import { type EmulatedWorkflow, parameterProblem, workflowId, workflowJson } from './workflows.ts';

export interface ApiOptions {
  readonly workflows: readonly EmulatedWorkflow[];
  readonly agents: Agents;
  readonly tasks: Tasks;
  readonly storage: Storage;
  /** Whether an `Authorization: Bearer` key is good. */
  readonly knowsKey: (key: string) => boolean;
  readonly stream: Pick<EventStreamOptions, 'replay' | 'eventIds' | 'heartbeatMs' | 'nextChange'>;
  /** Added to the answer of each event stream. */
  readonly streamHeaders: Readonly<Record<string, string>>;
}

/** The part of a request that its path tells. */
export interface Target {
  readonly kind: RequestKind;
  /** What stands in the path's place for an id or slug. */
  readonly name: string;
}

/** Says which endpoint a request is for. `path` is without the base path. */
export function targetOf(method: string, path: string): Target {
  for (const [kind, routeMethod, pattern] of routes) {
    const match = method === routeMethod ? pattern.exec(path) : null;
    if (match) return { kind, name: decode(match[1] ?? '') };
  }
  return { kind: 'other', name: '' };
}

/** The Runtime API: answers one request. */
export function createApi({ workflows, agents, tasks, storage, knowsKey, stream, streamHeaders }: ApiOptions) {
  return async function handle(request: RecordedRequest, signal: AbortSignal): Promise<Reply> {
    const problem = refusal(request);
    if (problem) return problem;
    const { name } = targetOf(request.method, request.path);
    switch (request.kind) {
      case 'workflows':
        return page(request, 'workflow_list', workflows.filter(isNewest).map(workflowJson));
      case 'workflow':
        return withFound(findWorkflow(request, name), (workflow) => json(200, workflowJson(workflow)));
      case 'submit':
        return withFound(findWorkflow(request, name), (workflow) => submit(workflow, request.body));
      case 'tasks':
        return page(
          request,
          'task_list',
          tasks.list.toReversed().filter(hasStatus(request.query.status)).map(taskJson),
        );
      case 'task':
        return withFound(tasks.get(name), (task) => json(200, taskJson(task)));
      case 'events':
        return withFound(tasks.get(name), (task) => events(task, request, signal));
      case 'result':
        return withFound(tasks.get(name), result);
      case 'cancel':
        return withFound(tasks.get(name), (task) => {
          tasks.cancel(task, 'api');
          return json(200, { success: true });
        });
      case 'agents':
        return page(request, 'agent_list', agents.list);
      case 'presign':
        return presign(request.body);
      default:
        return json(404, { message: 'not found' });
    }
  };

  function refusal({ headers }: RecordedRequest): Reply | undefined {
    const key = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    if (key?.startsWith('ak-')) return json(403, { message: 'agent keys cannot use the runtime API' });
    if (key === undefined || !knowsKey(key)) return json(401, { message: 'invalid or revoked key' });
    return undefined;
  }

  function findWorkflow({ path }: RecordedRequest, name: string): EmulatedWorkflow | undefined {
    if (!path.startsWith('/r/workflows/slug/')) return workflows.find((workflow) => workflowId(workflow) === name);
    const [slug, version] = name.split('@');
    const versions = workflows.filter(({ workflow_slug }) => workflow_slug === slug);
    if (version !== undefined) return versions.find((workflow) => String(workflow.version ?? 1) === version);
    return versions.find(isNewest);
  }

  function isNewest({ workflow_slug, version = 1 }: EmulatedWorkflow): boolean {
    return workflows.every((other) => other.workflow_slug !== workflow_slug || (other.version ?? 1) <= version);
  }

  async function submit(workflow: EmulatedWorkflow, body: unknown): Promise<Reply> {
    if (!isRecord(body)) return json(400, { message: 'the body must be a JSON object' });
    const { parameters = {}, ...rest } = body;
    if (!isRecord(parameters)) return json(400, { message: '"parameters" must be an object' });
    const problem = await parameterProblem(workflow, parameters, storage.has);
    if (problem) return json(400, { message: problem });
    const submission: Submission = { ...rest, parameters };
    const task = tasks.submit(workflow, submission);
    return json(202, { task_id: task.id, ...task.behaviour.extra?.submit });
  }

  function events(task: EmulatedTask, { headers }: RecordedRequest, signal: AbortSignal): Reply {
    const lastEventId = headers['last-event-id'];
    return {
      status: 200,
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', ...streamHeaders },
      body: [],
      events: eventStream(task, {
        ...stream,
        signal,
        lastEventId: Array.isArray(lastEventId) ? lastEventId[0] : lastEventId,
      }),
      framing: 'chunked',
    };
  }

  async function result(task: EmulatedTask): Promise<Reply> {
    if (!isTerminal(task.status)) return json(409, { message: `the task is ${task.status}: no result yet` });
    return json(200, await resultJson(task, storage));
  }

  async function presign(body: unknown): Promise<Reply> {
    if (!isRecord(body)) return json(400, { message: 'the body must be a JSON object' });
    const { file_name, file_size, content_type } = body;
    if (typeof file_name !== 'string' || file_name === '') return json(400, { message: '"file_name" is required' });
    if (typeof file_size !== 'number' || !Number.isInteger(file_size) || file_size < 0) {
      return json(400, { message: '"file_size" must be a whole number of bytes' });
    }
    if (file_size > maxUploadBytes) return json(400, { message: 'the file is larger than 500 MB' });
    if (typeof content_type !== 'string') return json(400, { message: '"content_type" is required' });
    const file_key = `inputs/${randomUUID()}/${file_name.replaceAll(/[^\w.-]+/g, '_')}`;
    const upload_headers = { 'Content-Type': content_type, 'Content-Length': String(file_size), 'If-None-Match': '*' };
    return json(200, { file_key, upload_url: await storage.presignPut(file_key, upload_headers), upload_headers });
  }
}

const maxUploadBytes = 500_000_000;

const routes: readonly (readonly [RequestKind, string, RegExp])[] = [
  ['workflows', 'GET', /^\/r\/workflows$/],
  ['workflow', 'GET', /^\/r\/workflows\/(?:slug\/)?([^/]+)$/],
  ['submit', 'POST', /^\/r\/workflows\/(?:slug\/)?([^/]+)\/run$/],
  ['tasks', 'GET', /^\/r\/tasks$/],
  ['task', 'GET', /^\/r\/tasks\/([^/]+)$/],
  ['events', 'GET', /^\/r\/tasks\/([^/]+)\/events$/],
  ['result', 'GET', /^\/r\/tasks\/([^/]+)\/result$/],
  ['cancel', 'POST', /^\/r\/tasks\/([^/]+)\/cancel$/],
  ['agents', 'GET', /^\/r\/agents$/],
  ['presign', 'POST', /^\/r\/files\/presign$/],
];

function page({ query }: RecordedRequest, name: string, all: readonly unknown[]): Reply {
  const current = Math.max(1, Math.trunc(Number(query.current_page ?? 1)) || 1);
  const perPage = Math.min(100, Math.max(1, Math.trunc(Number(query.per_page ?? 20)) || 20));
  return json(200, {
    [name]: all.slice((current - 1) * perPage, current * perPage),
    page_meta: { current_page: current, per_page: perPage, total_count: all.length },
  });
}

function withFound<T>(found: T | undefined, reply: (found: T) => Reply | Promise<Reply>): Reply | Promise<Reply> {
  return found === undefined ? json(404, { message: 'no such id' }) : reply(found);
}

function hasStatus(status: string | undefined) {
  return (task: EmulatedTask) => status === undefined || status === '' || task.status === status;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
