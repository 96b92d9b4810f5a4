import type { WireRequest } from '../src/base/wire.ts';
import type { Route } from './plan.ts';

/** Where the simulated service and its storage are. */
export const API_URL = 'https://core.cyberun.test/api/v1';
export const STORAGE_URL = 'https://storage.test';

/** A request, as a server sees it. */
export interface Arrival {
  readonly route: Route;
  /** The task, the object or the workflow it is about. */
  readonly subject: string;
  readonly url: string;
  readonly headers: WireRequest['headers'];
  /** A body's text, or how many bytes it had. */
  readonly text: string;
  readonly bytes: number;
}

/** What a server says of a task on the way: for the record of who heard what, and when. */
export interface Told {
  readonly taskId: string;
  readonly status: string;
  /** Whether it is the task's true end. */
  readonly end: boolean;
  /** Whether it says which outputs there are. */
  readonly hasOutput?: boolean;
}

/** Where a stream's events are put. */
export interface Sink {
  push(text: string, told?: Told): void;
  end(): void;
}

/** A server's answer. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: readonly Uint8Array[];
  /** Milliseconds between two pieces of the body. */
  readonly pieceTime?: number;
  /** Fills the body as long as the connection lasts, in place of `body`. Returns what to call when it is gone. */
  readonly stream?: (sink: Sink) => () => void;
  /** What a record says, and whether it is out of date. */
  readonly told?: Told;
  readonly stale?: boolean;
  /** Milliseconds that it asks to wait, read at that date. */
  readonly retryAfter?: (date: number) => number;
}

/** What kind of request it is, and about what. */
export function classify(method: WireRequest['method'], url: string): { route: Route; subject: string } {
  if (url.startsWith(STORAGE_URL)) {
    return { route: method === 'PUT' ? 'put' : 'get', subject: url.slice(STORAGE_URL.length + 1).split('?')[0] ?? '' };
  }
  const path = url.slice(API_URL.length).split('?')[0] ?? '';
  const [, , list, ...rest] = path.split('/');
  if (list === 'agents') return { route: 'agents', subject: '' };
  if (list === 'files') return { route: 'presign', subject: '' };
  if (list === 'workflows') {
    const subject = rest.join('/');
    return { route: method === 'POST' ? 'submit' : subject === '' ? 'workflows' : 'workflow', subject };
  }
  const [subject = '', what] = rest;
  if (subject === '') return { route: 'tasks', subject: '' };
  if (what === 'events' || what === 'result' || what === 'cancel') return { route: what, subject };
  return { route: 'task', subject };
}

/** An answer in JSON. */
export function jsonReply(status: number, value: unknown, more: Pick<Reply, 'told' | 'stale'> = {}): Reply {
  return textReply(status, 'application/json', JSON.stringify(value), more);
}

export function textReply(
  status: number,
  type: string,
  text: string,
  more: Pick<Reply, 'told' | 'stale'> & { headers?: Record<string, string> } = {},
): Reply {
  const body = encoder.encode(text);
  const headers = { 'content-type': type, 'content-length': String(body.byteLength), ...more.headers };
  return { status, body: [body], ...more, headers };
}

const encoder = new TextEncoder();
