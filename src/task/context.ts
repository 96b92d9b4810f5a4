import type { Clock } from '../base/clock.ts';
import type { Inert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import type { Client } from '../cyberun/client.ts';
import type { Workflow } from '../cyberun/schema.ts';
import type { Submission } from '../cyberun/submit.ts';
import type { Followed } from './followed.ts';
import type { TaskProgress } from './history.ts';

/** A workflow to submit, by what the user calls it, or a task that exists. */
export type Target = { readonly workflow: string } | { readonly taskId: string };

/** One task to submit, or to attach to. */
export interface TaskOrder {
  readonly target:
    | { readonly workflow: string; readonly submission: Submission }
    /** `wasRead`: it is known to be there. */
    | { readonly taskId: string; readonly wasRead: boolean };
  /** The workflow as the service describes it, where that could be read. */
  readonly workflow: Workflow | undefined;
  /** SHA-256 over all that decides what the task makes; `undefined` where that is not known. */
  readonly fingerprint: string | undefined;
  /** Follow the task to its end; otherwise it is only submitted. */
  readonly wait: boolean;
  /** From submit to the end, in milliseconds. */
  readonly timeout: number | undefined;
  /** From submit to `running`, in milliseconds. */
  readonly queueTimeout: number | undefined;
  readonly cancelOnAbort: boolean;
  /** How often a task that failed is submitted again, at most. */
  readonly retries: number;
}

/** How a task looks while it runs: lines that begin with the time since its submit. */
export interface TaskView {
  line(text: Inert): void;
  /** Something about the service rather than this task: of many tasks, one is enough to say it. */
  shared(text: Inert): void;
  /** The task is in that state from now on; the text says so. `waiting` is said again when its reason changes. */
  status(status: string, text: Inert): void;
  /** Called for every progress event; shows as few as are readable. */
  progress(progress: TaskProgress): void;
  /** No agent will ever take the task, for that reason: of many tasks, one is enough to say it. */
  hopeless(text: Inert): void;
  /** What the task's program says of itself, in one line; as many as are readable. */
  told(text: Inert): void;
  /** Nothing more is to come, whatever the last state was. */
  end(): void;
}

/** Remembers what has to be cancelled should this process be killed. */
export interface Ledger {
  /**
   * A submit is about to go out, or a task that exists is to be followed. The returned entry is told what came of it; of
   * the same task, it is the same entry.
   */
  open(target: Target): LedgerEntry;
}

/** One place in the ledger. */
export interface LedgerEntry {
  /** The task exists, and is ours to cancel. */
  opened(taskId: string): void;
  /** Nothing is left to cancel. */
  closed(): void;
}

/** How much is told: a task that has the log to itself tells more than one of many. */
export type Detail = 'full' | 'brief';

/** Who helps to follow a task. */
export interface TaskContext {
  readonly service: Client;
  readonly clock: Clock;
  readonly log: Log;
  readonly detail: Detail;
  readonly ledger: Ledger;
  readonly view: TaskView;
  /** Told what is known of the task so far, whenever that is more than before. */
  readonly learn: (known: Followed) => void;
  readonly signal: AbortSignal;
}
