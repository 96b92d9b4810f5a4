/** All that one seed means, as data: what is taken out of it can be left out of the life, so that a failing one shrinks. */
export interface Plan {
  /** What every draw of the life itself comes from: a latency, the jitter of a wait. */
  readonly seed: number;
  readonly inputs: InputsPlan;
  readonly network: NetworkPlan;
  readonly service: ServicePlan;
  readonly disk: DiskPlan;
  /** Where large files are cut, in bytes: small, so that large files need not be. */
  readonly cuts: { readonly first: number; readonly part: number };
  /** One for each order; the last one serves all that come after it. */
  readonly tasks: readonly [TaskPlan, ...TaskPlan[]];
  readonly faults: readonly Fault[];
  /** The job is cancelled then. Every job is at {@link NetworkPlan.jobLimit}. */
  readonly abort: Moment | undefined;
  /** Main is killed then, and nothing of it runs any more. */
  readonly kill: Moment | undefined;
}

/** What the user wrote. All times in milliseconds. */
export interface InputsPlan {
  readonly kind: 'one' | 'matrix' | 'attach';
  readonly orders: number;
  readonly maxParallel: number;
  readonly failFast: boolean;
  readonly wait: boolean;
  readonly timeout: number | undefined;
  readonly queueTimeout: number | undefined;
  readonly cancelOnAbort: boolean;
  readonly retries: number;
  readonly download: boolean;
  readonly ifNoFilesFound: 'warn' | 'error' | 'ignore';
  /** Bytes of each file that is uploaded before the submit. */
  readonly uploads: readonly number[];
}

/** How long things take on the way, in milliseconds; drawn anew for each request, small values as often as large ones. */
export interface Latency {
  readonly least: number;
  readonly most: number;
}

export interface NetworkPlan {
  /** To make a connection. */
  readonly connect: Latency;
  /** One way, to the service and to the storage. */
  readonly api: Latency;
  readonly storage: Latency;
  /** When GitHub ends the job, in milliseconds. */
  readonly jobLimit: number;
}

export interface ServicePlan {
  /** The service's clock is so many milliseconds ahead of ours. */
  readonly skew: number;
  /** A share of the reads of a task's record is answered by a replica that lags by up to so many milliseconds. */
  readonly records: { readonly share: number; readonly lag: number };
  readonly stream: StreamPlan;
  /** How long a presigned URL is good, and how its end is told. */
  readonly urlLife: number;
  readonly expired: 'aws' | 'r2' | 'gcs';
  /** From an accepted cancel to the task's end, in milliseconds. */
  readonly cancelTime: number;
}

export interface DiskPlan {
  /** Bytes it can hold. */
  readonly free: number;
  /** Whether a write may take less than it was given. */
  readonly isShort: boolean;
}

export interface StreamPlan {
  /** What a stream says first: nothing, the state of now, or everything so far. */
  readonly replay: 'none' | 'status' | 'all';
  /** Milliseconds between two comments; 0 for none. */
  readonly heartbeat: number;
  readonly ids: boolean;
  /** How the end is told: by an event of its own, by a `status` event, by both, not at all. */
  readonly ending: 'named' | 'status' | 'both' | 'none';
  /** Whether the stream is closed once the task is over, as documented. */
  readonly closes: boolean;
  /** Whether a try that failed is told of, although the service begins another. */
  readonly tellsTries: boolean;
}

/** The life of an order's task; where the order is submitted again, of each. */
export interface TaskPlan {
  /** The last try ends as `ending` says; after every other one the service begins another. */
  readonly tries: readonly [readonly Stage[], ...(readonly Stage[])[]];
  readonly ending: 'completed' | 'failed' | 'cancelled' | 'never';
  /** The first so many tasks of the order fail, whatever their ending is. */
  readonly failFirst: number;
  /** What the service says of a failure; nothing for an empty text. */
  readonly error: string;
  readonly outputs: readonly OutputPlan[];
  /** How long after the end the result appears; before, it is answered with 404 or 409. */
  readonly resultDelay: number;
  readonly resultEarly: 404 | 409;
  /** Some of the result's URLs come later than the result. */
  readonly lateUrls: LateUrls | undefined;
  /** What the service calls a state, where otherwise than documented. */
  readonly words: Words;
}

/** URLs that come later than the result they are meant to be in, although it is known that there are such outputs. */
export interface LateUrls {
  /** How long after the end they come. */
  readonly delay: number;
  /** So many of the outputs, the first ones, have theirs at once. */
  readonly prompt: number;
  /** What is in their place until then. */
  readonly until: 'null' | 'empty' | 'left out';
  /** What tells of every output all the same: keys in the result, a count there, or keys in the event of the end. */
  readonly promise: 'keys' | 'count' | 'event';
}

/** Other words for states, by state. */
export type Words = Readonly<Partial<Record<'running' | 'completed' | 'failed' | 'cancelled', string>>>;

/** One state of a task. */
export interface Stage {
  readonly status: string;
  readonly ms: number;
  /** Events of progress, evenly spread. */
  readonly steps: number;
}

/** One object of the storage. */
export interface OutputPlan {
  readonly bytes: number;
  readonly etag: 'strong' | 'weak' | 'none';
  /** How the end of a body is told. */
  readonly framing: 'length' | 'chunked' | 'close';
  /** Whether ranges are honoured. */
  readonly ranges: boolean;
  /** Another object takes its name so many milliseconds after it was first asked for. */
  readonly replaced: readonly number[];
  /** The body comes in so many pieces, with so many milliseconds between them. */
  readonly pieces: number;
  readonly pieceTime: number;
}

/** Kinds of requests. */
export type Route =
  | 'workflow'
  | 'workflows'
  | 'submit'
  | 'task'
  | 'events'
  | 'result'
  | 'cancel'
  | 'agents'
  | 'tasks'
  | 'presign'
  | 'get'
  | 'put';

/** What goes wrong with the requests of some kinds that begin in a window of time. */
export interface Fault {
  readonly routes: readonly Route[];
  /** Milliseconds since the beginning of the world; exclusive at the end. */
  readonly from: number;
  readonly until: number;
  /** So many that it could have hit are let through first, then so many are hit. */
  readonly skip: number;
  readonly times: number;
  readonly what: Trouble;
}

export type Trouble =
  /** Nobody listens, nobody knows the name, nobody answers the handshake. */
  | { readonly type: 'refused' | 'unknown-host' | 'no-handshake' }
  /** The connection breaks when the request is written. `arrived`: the service acted on it all the same. */
  | { readonly type: 'reset'; readonly arrived: boolean }
  /** No answer comes, ever. */
  | { readonly type: 'silent'; readonly arrived: boolean }
  /** An answer of a proxy or a limiter. `retryAfter` in seconds. */
  | {
      readonly type: 'status';
      readonly status: number;
      readonly retryAfter: number | undefined;
      readonly arrived: boolean;
    }
  /**
   * An upload is refused while it is being sent, and the connection closed: who has sent more than a few bytes by then
   * gets a reset in place of the answer.
   */
  | { readonly type: 'refused-early' }
  /** A page of a portal, with 200. */
  | { readonly type: 'page' }
  /** The body of the answer stops after that share of it. */
  | { readonly type: 'cut'; readonly share: number; readonly how: 'reset' | 'end' | 'stall' }
  /** The answer's headers come so much later. */
  | { readonly type: 'slow'; readonly ms: number }
  /** The body comes in pieces with so many milliseconds between them. */
  | { readonly type: 'trickle'; readonly ms: number }
  /** Streams that are open in the window bring nothing more from its beginning on, and never end. */
  | { readonly type: 'half-open' }
  /** Streams that are open at the window's beginning break. */
  | { readonly type: 'cut-streams' }
  /** A proxy gathers the whole stream before it passes anything on, headers included. */
  | { readonly type: 'buffered' }
  /** Events that tell of the task's state are lost. */
  | { readonly type: 'mute' };

/** When something happens to main. */
export type Moment =
  | { readonly type: 'at'; readonly ms: number }
  | {
      readonly type: 'request';
      readonly route: Route;
      /** 1 for the first. */
      readonly nth: number;
      readonly phase: 'asked' | 'arrived' | 'answered';
    }
  /** Just before the ledger's so-many-th change reaches the disk. */
  | { readonly type: 'save'; readonly nth: number };
