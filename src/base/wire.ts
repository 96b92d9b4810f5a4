/** The bytes of an answer, as they come. */
export interface Body extends AsyncIterable<Uint8Array> {
  /** Lets go of the connection; what has not been read is lost. */
  destroy(): void;
}

/** One HTTP request. */
export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** An iterable is read when it is asked for, and needs a `content-length` among the headers. */
  readonly body?: string | AsyncIterable<Uint8Array>;
  /**
   * - `shared`: any connection that is kept alive
   * - `own`: a new one that nobody uses afterwards: on a kept-alive one that the server just closed, nobody knows whether
   *   a request arrived
   */
  readonly connection: 'shared' | 'own';
  /** The longest wait for the answer's headers, in milliseconds, from when the request is written. */
  readonly headersTimeout: number;
  /** The longest gap between two chunks of the body, in milliseconds; 0 for none. */
  readonly bodyTimeout: number;
  /** Told when the request is about to be written; before that, nothing of it can have arrived. */
  readonly onSending?: () => void;
  /** Ends the request, and the body of its answer, with its reason; also while no connection is made yet. */
  readonly signal: AbortSignal;
}

/** What came back. Redirects are not followed, nothing is decoded. */
export interface Answer {
  readonly status: number;
  /** The first header of that (lower-case) name. */
  readonly header: (name: string) => string | undefined;
  readonly body: Body;
}

/**
 * The one way to the network. Resolves when the answer's headers are there; rejects with the signal's reason, or with what
 * the network says. Iterating the body rejects likewise.
 */
export type Wire = (url: string, request: WireRequest) => Promise<Answer>;
