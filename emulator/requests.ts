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

/** One request as it reached a stand-in, of whichever service. */
export interface ReceivedRequest {
  /** After the endpoint; faults and tests select by it. */
  readonly kind: string;
  /** Which of the service's hosts; `storage` speaks XML, all others JSON. */
  readonly origin: string;
  readonly method: string;
  /** Without the API's base path, percent-encoded as received. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** When it arrived, `performance.now()` milliseconds. */
  readonly at: number;
  /** The status it was answered with; `undefined` until then, and for ever when a fault swallowed the answer. */
  status: number | undefined;
  /** When the answer was over or the connection was lost, `performance.now()` milliseconds. */
  closedAt: number | undefined;
}

/** One request as it reached the emulator, kept for ever in `emulator.requests`. */
export interface RecordedRequest extends ReceivedRequest {
  readonly kind: RequestKind;
  readonly origin: 'api' | 'storage';
  /** The parsed JSON body of an API request; `undefined` when there was none or it was no JSON. */
  readonly body: unknown;
  /** The task that the path names. */
  readonly taskId: string | undefined;
}
