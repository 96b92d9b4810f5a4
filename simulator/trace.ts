import type { Route, Trouble } from './plan.ts';

/** Who asked: the step itself, or the post step after it. */
export type Process = 'main' | 'post';

/** One request, from when it was asked for. All times in milliseconds since the beginning of the world. */
export interface Call {
  readonly by: Process;
  readonly route: Route;
  /** The task or object it is about. */
  readonly subject: string;
  readonly askedAt: number;
  /** When it was written; `undefined` while no connection is made. */
  sentAt: number | undefined;
  arrivedAt: number | undefined;
  /** When the answer's headers were there. */
  answeredAt: number | undefined;
  status: number | undefined;
  /** Milliseconds that the answer asks to wait. */
  retryAfter: number;
  /** When nothing more came of it: its body is whole, broken or given up. */
  overAt: number | undefined;
  over: 'whole' | 'broken' | 'left' | undefined;
  /** Whether what it says is out of date. */
  stale: boolean;
  trouble: Trouble['type'] | undefined;
}

/** A task's state, as it reached the process on a stream or in a record. */
export interface Heard {
  readonly at: number;
  readonly by: Process;
  readonly taskId: string;
  readonly status: string;
  readonly via: 'stream' | 'record';
  /** Whether it is the task's true end, not that of a former try. */
  readonly end: boolean;
  /** Whether it says which outputs there are. */
  readonly hasOutput?: boolean;
}

/** One line of the log. */
export interface Line {
  readonly at: number;
  readonly by: Process;
  readonly level: 'info' | 'warning';
  readonly text: string;
}

/** All that happened in one world; the invariants read nothing else. */
export interface Trace {
  readonly calls: Call[];
  readonly heard: Heard[];
  /** When bytes came on a task's stream, news or not. */
  readonly streamed: { readonly at: number; readonly taskId: string }[];
  readonly lines: Line[];
  /** When following a task began, by task. */
  readonly begun: Map<string, number>;
  /** The states that main showed of the orders' tasks. */
  readonly shown: { readonly at: number; readonly order: number; readonly status: string }[];
  /** How often the ledger reached the disk. */
  saves: number;
  abortedAt: number | undefined;
  killedAt: number | undefined;
  mainOverAt: number | undefined;
  postOverAt: number | undefined;
  /** Failures of the world itself: a deadlock, a promise that nobody heard reject, what was left at the end. */
  readonly faults: string[];
  steps: number;
}

export function createTrace(): Trace {
  return {
    calls: [],
    heard: [],
    streamed: [],
    lines: [],
    begun: new Map(),
    shown: [],
    saves: 0,
    abortedAt: undefined,
    killedAt: undefined,
    mainOverAt: undefined,
    postOverAt: undefined,
    faults: [],
    steps: 0,
  };
}
