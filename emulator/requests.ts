import type { IncomingHttpHeaders } from 'node:http';

/** What a request asks for, named after the endpoint; faults and tests select by it. */
export type RequestKind =
  | 'workflows'
  | 'workflow'
  | 'submit'
  | 'tasks'
  | 'task'
  | 'events'
  | 'result'
  | 'cancel'
  | 'agents'
  | 'presign'
  | 'storage-get'
  | 'storage-put'
  | 'other';

/** One request as it reached the emulator, kept for ever in `emulator.requests`. */
export interface RecordedRequest {
  readonly kind: RequestKind;
  readonly origin: 'api' | 'storage';
  readonly method: string;
  /** Without the base path `/api/v1` for the API, percent-encoded as received. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** The parsed JSON body of an API request; `undefined` when there was none or it was no JSON. */
  readonly body: unknown;
  /** The task that the path names. */
  readonly taskId: string | undefined;
  /** When it arrived, `performance.now()` milliseconds. */
  readonly at: number;
  /** The status it was answered with; `undefined` until then, and for ever when a fault swallowed the answer. */
  status: number | undefined;
  /** When the answer was over or the connection was lost, `performance.now()` milliseconds. */
  closedAt: number | undefined;
}
