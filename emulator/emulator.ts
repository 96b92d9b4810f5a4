import type { IncomingMessage } from 'node:http';
import { createAgents, type EmulatedAgent, type RunningAgent } from './agents.ts';
import { createApi, targetOf } from './api.ts';
import { builtInAgents, builtInWorkflows } from './catalogue.ts';
import { createChanges } from './changes.ts';
import { createFaults, type FaultRule } from './faults.ts';
import type { StoredObject } from './objects.ts';
import { createReceiver, jsonOf, readBody } from './receive.ts';
import type { RecordedRequest } from './requests.ts';
import { listen } from './server.ts';
import { createStorage, type Storage, type UrlsOfStorage } from './storage.ts';
import type { EmulatedTask } from './task.ts';
import { createTasks, type Pace } from './tasks.ts';
import type { EmulatedWorkflow } from './workflows.ts';

export interface EmulatorOptions {
  /** The key that is accepted. Default `sk-emulator-0123456789abcdef`. */
  readonly apiKey?: string;
  /** Default: any free port. */
  readonly port?: number;
  readonly storagePort?: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Added to the built-in catalogue; one with the slug and version of a built-in one takes its place. */
  readonly workflows?: readonly EmulatedWorkflow[];
  /** In place of the built-in agents. */
  readonly agents?: readonly EmulatedAgent[];
  /** Serves both origins over HTTPS. PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Milliseconds between comments in a silent event stream; 0, the default, for none. */
  readonly heartbeatMs?: number;
  /** Whether events have ids. Default false. */
  readonly eventIds?: boolean;
  /** What an event stream tells first. Default `status`. */
  readonly replay?: 'none' | 'status' | 'all';
  /** Added to the answer of each event stream. Services have been seen to say `connection: keep-alive` by hand. */
  readonly streamHeaders?: Readonly<Record<string, string>>;
  /** Default 5 ms a step, 5 ms in each status before running. */
  readonly pace?: Partial<Pace>;
  /** Life of a presigned URL in seconds. Default 3600. */
  readonly urlSeconds?: number;
  /** Another storage, whose URLs are given out in place of those of the emulator's own, which still has what tasks made. */
  readonly otherStorage?: (own: Storage) => UrlsOfStorage;
  /** Called when a request's answer is over, or its connection lost. */
  readonly onRequest?: (request: RecordedRequest) => void;
  /** Called when a task has entered another status. */
  readonly onStatus?: (task: EmulatedTask) => void;
}

/** A running emulator. */
export interface Emulator extends AsyncDisposable {
  /** Such as `http://127.0.0.1:40123/api/v1`. */
  readonly apiUrl: string;
  /** Such as `http://127.0.0.1:40124`. */
  readonly storageUrl: string;
  readonly apiKey: string;
  readonly workflows: readonly EmulatedWorkflow[];
  /** Every request so far, oldest first; grows. */
  readonly requests: readonly RecordedRequest[];
  /** Every task so far, oldest first; grows and changes. */
  readonly tasks: readonly EmulatedTask[];
  readonly agents: readonly RunningAgent[];
  /** The storage's content by key. */
  readonly objects: Map<string, StoredObject>;
  /** Makes some requests go wrong. The first rule that strikes wins. */
  readonly fault: (rule: FaultRule) => void;
  /** From now on the key is answered with 401. */
  readonly revokeKey: () => void;
  /** Lets a task that `holdAt` holds go on. */
  readonly release: (taskId: string) => void;
  /** Cancels a task as somebody at the service would. */
  readonly cancel: (taskId: string) => void;
  /** Makes a task fail. */
  readonly fail: (taskId: string, error: string) => void;
  /** Moves the storage's clock ahead, so that URLs expire. */
  readonly skipTime: (ms: number) => void;
  /** Closes the API's port and cuts its connections; resolves, once closed, to a function that reopens it. After `ms` it reopens by itself. */
  readonly refuseConnections: (ms?: number) => Promise<() => Promise<void>>;
  /**
   * Resolves to what the predicate returns, once that is neither `undefined` nor `false`; looks after every request and
   * every change of a task. Rejects after 20 s, and when the signal is aborted.
   */
  readonly waitFor: <T>(predicate: (emulator: Emulator) => T | undefined | false, signal?: AbortSignal) => Promise<T>;
  /** Stops listening, destroys open sockets, stops the tasks. `await using` does it by itself. */
  readonly close: () => Promise<void>;
}

/** The key of an embedded service that was given none. */
export const DEFAULT_KEY = 'sk-emulator-0123456789abcdef';

/** Starts the embedded service: the Runtime API on one port, presigned storage on another. Throws when a port is taken. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { host = '127.0.0.1', port = 0, storagePort = 0, tls, apiKey = DEFAULT_KEY } = options;
  const { heartbeatMs = 0, eventIds = false, replay = 'status', urlSeconds = 3600, pace, onRequest } = options;
  const { streamHeaders = {}, onStatus } = options;
  const workflows = withBuiltIn(options.workflows ?? []);
  const requests: RecordedRequest[] = [];
  const faults = createFaults();
  const changes = createChanges();
  const agents = createAgents(options.agents ?? builtInAgents);
  let revoked = false;
  let skipped = 0;
  let reopening: NodeJS.Timeout | undefined;

  const now = () => new Date(Date.now() + skipped);
  const storage = createStorage({ origin: () => storageOrigin.url, urlSeconds, now });
  const ownPace = { stepMs: 5, queueMs: 5, ...pace };
  const urls = { ...storage, ...options.otherStorage?.(storage) };
  const tasks = createTasks({ agents, storage, pace: ownPace, changed: changes.notify, onStatus });
  const knowsKey = (key: string) => key === apiKey && !revoked;
  const stream = { heartbeatMs, eventIds, replay, nextChange: changes.next };
  const api = createApi({ workflows, agents, tasks, storage: urls, knowsKey, stream, streamHeaders });

  const receiver = createReceiver({ requests, faults, changes, onRequest });
  const onApi = receiver({
    read: async (incoming) => recordOf('api', incoming, jsonOf(await readBody(incoming))),
    handle: (request, _, signal) => api(request, signal),
  });
  const onStorage = receiver({
    read: async (incoming) => recordOf('storage', incoming, undefined),
    handle: storage.handle,
    changeObject: storage.change,
    resign: storage.resign,
  });
  const storageOrigin = await listen({ host, port: storagePort, tls, onRequest: onStorage });
  const apiOrigin = await listen({ host, port, tls, onRequest: onApi }).catch(async (error: unknown) => {
    await storageOrigin.close();
    throw error;
  });

  const close = async () => {
    clearTimeout(reopening);
    tasks.close();
    await Promise.all([apiOrigin.close(), storageOrigin.close()]);
  };
  const withTask = (id: string, act: (task: EmulatedTask) => void) => {
    const task = tasks.get(id);
    if (!task) throw new Error(`no task ${id}`);
    act(task);
  };

  const emulator: Emulator = {
    apiUrl: `${apiOrigin.url}${basePath}`,
    storageUrl: storageOrigin.url,
    apiKey,
    workflows,
    requests,
    tasks: tasks.list,
    agents: agents.list,
    objects: storage.objects,
    fault: faults.add,
    revokeKey() {
      revoked = true;
    },
    release: (id) => tasks.release(id),
    cancel: (id) => withTask(id, (task) => tasks.cancel(task, 'operator')),
    fail: (id, error) => withTask(id, (task) => tasks.fail(task, error)),
    skipTime(ms) {
      skipped += ms;
    },
    async refuseConnections(ms) {
      await apiOrigin.close();
      if (ms !== undefined) reopening = setTimeout(() => void apiOrigin.reopen(), ms);
      return apiOrigin.reopen;
    },
    waitFor: (predicate, signal) => changes.waitFor(() => predicate(emulator), String(predicate), signal),
    close,
    [Symbol.asyncDispose]: close,
  };
  return emulator;
}

const basePath = '/api/v1';

function withBuiltIn(own: readonly EmulatedWorkflow[]): EmulatedWorkflow[] {
  const identity = ({ workflow_slug, version = 1 }: EmulatedWorkflow) => `${workflow_slug}@${version}`;
  const taken = new Set(own.map(identity));
  return [...builtInWorkflows.filter((workflow) => !taken.has(identity(workflow))), ...own];
}

function recordOf(origin: 'api' | 'storage', incoming: IncomingMessage, body: unknown): RecordedRequest {
  const { method = 'GET', url = '/', headers } = incoming;
  const [fullPath = '/', search = ''] = url.split('?', 2);
  const query = Object.fromEntries(new URLSearchParams(search));
  const path = origin === 'api' && fullPath.startsWith(`${basePath}/`) ? fullPath.slice(basePath.length) : fullPath;
  const isOutside = origin === 'api' && path === fullPath;
  const { kind, name } = isOutside ? { kind: 'other' as const, name: '' } : targetOf(method, path);
  const storageKinds = { GET: 'storage-get', PUT: 'storage-put' } as const;
  return {
    kind: origin === 'api' ? kind : method === 'GET' || method === 'PUT' ? storageKinds[method] : 'other',
    origin,
    method,
    path,
    query,
    headers,
    body,
    taskId: /^\/r\/tasks\/./.test(path) && origin === 'api' ? name : undefined,
    at: performance.now(),
    status: undefined,
    closedAt: undefined,
  };
}
