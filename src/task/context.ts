import type { Clock } from '../base/clock.ts';
import type { Inert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import type { Client } from '../cyberun/client.ts';
import type { Workflow } from '../cyberun/schema.ts';
import type { Submission } from '../cyberun/submit.ts';
import type { TransferContext } from '../transfer/storage.ts';
import type { TaskProgress } from './history.ts';

/** What to bring home, and where. */
export interface CollectOptions {
  readonly download: boolean;
  /** Absolute. */
  readonly workspace: string;
  /** Absolute, inside the workspace. */
  readonly folder: string;
  /** The folder as the user wrote it, for the log. */
  readonly folderName: string;
  readonly ifNoFilesFound: 'warn' | 'error' | 'ignore';
}

/** One task to run, or to attach to. */
export interface Order extends CollectOptions {
  /** What the user calls the workflow; `undefined` when attaching. */
  readonly reference: string | undefined;
  /** The task to attach to; `undefined` when submitting. */
  readonly taskId: string | undefined;
  /** The workflow as the service describes it, where that could be read. */
  readonly workflow: Workflow | undefined;
  readonly submission: Submission;
  /** Follow the task to its end; otherwise it is only submitted. */
  readonly wait: boolean;
  /** From submit to the end, in milliseconds. */
  readonly timeout: number | undefined;
  /** From submit to `running`, in milliseconds. */
  readonly queueTimeout: number | undefined;
  readonly cancelOnAbort: boolean;
}

/** How a task looks while it runs: lines that begin with the time since its submit. */
export interface TaskView {
  line(text: Inert): void;
  /** The task is in that state from now on; the text says so. `waiting` is said again when its reason changes. */
  status(status: string, text: Inert): void;
  /** Called for every progress event; shows as few as are readable. */
  progress(progress: TaskProgress): void;
}

/** Remembers what has to be cancelled should this process be killed. */
export interface Ledger {
  /** A submit is about to go out. The returned entry is told what came of it. */
  submitting(reference: string): LedgerEntry;
  /** A task that exists is being followed, or about to be; asked again, it gives the same entry. */
  attached(taskId: string): LedgerEntry;
}

/** One place in the ledger. */
export interface LedgerEntry {
  /** The task exists, and is ours to cancel. */
  opened(taskId: string): void;
  /** Nothing is left to cancel. */
  closed(): void;
}

/** Who helps to run a task. */
export interface RunContext extends Omit<TransferContext, 'notice'> {
  readonly service: Client;
  readonly clock: Clock;
  readonly log: Log;
  readonly ledger: Ledger;
  /** @param label What tells the task from its siblings, if it has any. */
  readonly view: (workflow: Workflow | undefined, label?: string) => TaskView;
  /** Told as soon as the task has an id. */
  readonly onTask: (taskId: string) => void;
  /** One of many: say little. */
  readonly brief?: boolean;
  readonly signal: AbortSignal;
}
