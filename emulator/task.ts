import type { RunningAgent } from './agents.ts';
import type { Behaviour, EmulatedOutput, EmulatedWorkflow } from './workflows.ts';

/** The body of a submit. */
export interface Submission {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly dispatch_target?: unknown;
  readonly target_pool?: unknown;
  readonly submitter_region?: unknown;
  readonly tool_type?: unknown;
}

/** One event of a task's life, as the event stream tells it. */
export interface TaskEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An output and where it lies in the storage. */
export interface StoredOutput extends EmulatedOutput {
  readonly key: string;
}

/** One task, live: its fields change as it goes on. */
export interface EmulatedTask {
  readonly id: string;
  readonly workflow: EmulatedWorkflow;
  readonly slug: string;
  readonly behaviour: Behaviour;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly submission: Submission;
  status: string;
  readonly history: { readonly status: string; readonly at: number }[];
  readonly events: TaskEvent[];
  agent: RunningAgent | undefined;
  readonly createdAt: Date;
  startedAt: Date | undefined;
  completedAt: Date | undefined;
  error: string;
  readonly outputs: StoredOutput[];
  /** How often the API was asked to cancel it, in any status. */
  cancelRequests: number;
  /** Who ended it early: a cancel over the API, or somebody at the service. */
  cancelledBy: 'api' | 'operator' | undefined;
}
