import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Agents } from './agents.ts';
import { storeOutputs, taskOutput } from './outputs.ts';
import { progressOf } from './progress.ts';
import type { Storage } from './storage.ts';
import type { EmulatedTask, Submission } from './task.ts';
import { type Behaviour, behaviourOf, type EmulatedWorkflow, wordOf } from './workflows.ts';

/** Milliseconds that things take where the workflow doesn't say. */
export interface Pace {
  readonly stepMs: number;
  readonly queueMs: number;
}

export interface TasksOptions {
  readonly agents: Agents;
  readonly storage: Storage;
  readonly pace: Pace;
  /** Called after every change of any task. */
  readonly changed: () => void;
  /** Called when a task has entered another status. */
  readonly onStatus: ((task: EmulatedTask) => void) | undefined;
}

export type Tasks = ReturnType<typeof createTasks>;

/** Whether a status is the end of a task. */
export function isTerminal(status: string): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** The tasks of the emulator and the scheduler that plays them. */
export function createTasks({ agents, storage, pace, changed, onStatus }: TasksOptions) {
  const tasks: EmulatedTask[] = [];
  const controls = new Map<string, { stop: AbortController; released: PromiseWithResolvers<void> }>();
  let freed = Promise.withResolvers<void>();

  function publish(task: EmulatedTask, event: string, fields: Record<string, unknown>) {
    const timestamp = new Date().toISOString();
    task.events.push({ event, data: { task_id: task.id, ...fields, timestamp, ...task.behaviour.extra?.event } });
    changed();
  }

  function enter(task: EmulatedTask, status: string) {
    task.status = status;
    task.history.push({ status, at: performance.now() });
    if (status === 'running') task.startedAt = new Date();
    onStatus?.(task);
    if (!isTerminal(status)) publish(task, 'status', { status: wordOf(task.behaviour, status) });
  }

  function finish(task: EmulatedTask, status: string, error = '') {
    if (isTerminal(task.status)) return;
    task.error = error;
    task.completedAt = new Date();
    if (status === 'completed') task.outputs.push(...storeOutputs(task, storage));
    enter(task, status);
    const word = wordOf(task.behaviour, status);
    // An end with a word of its own has no event of its own.
    const event = word === status ? status : 'status';
    if (status === 'completed') publish(task, event, { status: word, output: taskOutput(task) });
    else publish(task, event, { status: word, ...(error && { error }) });
    controls.get(task.id)?.stop.abort();
    if (!task.agent) return;
    agents.free(task.agent);
    freed.resolve();
    freed = Promise.withResolvers();
  }

  async function play(task: EmulatedTask, signal: AbortSignal, released: Promise<void>) {
    const { behaviour } = task;
    for (const stage of stagesOf(behaviour)) {
      if (stage !== 'pending' && stage !== 'waiting') await assign(task, signal);
      if (task.status !== stage) enter(task, stage);
      if (behaviour.holdAt === stage) await unlessAborted(released, signal);
      if (stage === 'running') await work(task, signal);
      else await sleep(behaviour.queueMs ?? pace.queueMs, undefined, { signal });
    }
    finish(
      task,
      behaviour.ending ?? 'completed',
      behaviour.ending === 'failed' ? (behaviour.error ?? 'CUDA out of memory') : '',
    );
  }

  async function assign(task: EmulatedTask, signal: AbortSignal) {
    while (!task.agent) {
      task.agent = agents.claim(task.workflow.required_labels ?? []);
      if (task.agent) return;
      if (task.status !== 'waiting') enter(task, 'waiting');
      await unlessAborted(freed.promise, signal);
    }
  }

  async function work(task: EmulatedTask, signal: AbortSignal) {
    const { workflow, behaviour, parameters } = task;
    const all = [...progressOf(workflow, behaviour, parameters)];
    const until =
      behaviour.ending === 'failed' || behaviour.ending === 'cancelled' ? Math.ceil(all.length / 2) : all.length;
    for (const progress of all.slice(0, until)) {
      await sleep(behaviour.stepMs ?? pace.stepMs, undefined, { signal });
      publish(task, 'progress', { ...progress });
    }
  }

  return {
    list: tasks as readonly EmulatedTask[],
    get: (id: string) => tasks.find((task) => task.id === id),
    /** Accepts a task and starts to play it. */
    submit(workflow: EmulatedWorkflow, submission: Submission): EmulatedTask {
      const defaults = (workflow.parameters ?? []).filter((parameter) => parameter.default !== undefined);
      const parameters = {
        ...Object.fromEntries(defaults.map((one) => [one.key, one.default])),
        ...submission.parameters,
      };
      const before = tasks.filter(
        (one) => one.workflow === workflow && isDeepStrictEqual(one.parameters, parameters),
      ).length;
      const task: EmulatedTask = {
        id: randomUUID(),
        workflow,
        slug: workflow.workflow_slug,
        behaviour: behaviourOf(workflow, parameters, before, tasks.length),
        parameters,
        submission,
        status: '',
        history: [],
        events: [],
        agent: undefined,
        createdAt: new Date(),
        startedAt: undefined,
        completedAt: undefined,
        error: '',
        outputs: [],
        cancelRequests: 0,
        cancelledBy: undefined,
      };
      const control = { stop: new AbortController(), released: Promise.withResolvers<void>() };
      controls.set(task.id, control);
      tasks.push(task);
      play(task, control.stop.signal, control.released.promise).catch((error: unknown) => {
        if (!control.stop.signal.aborted) finish(task, 'failed', `emulator: ${String(error)}`);
      });
      return task;
    },
    /** Lets a task that `holdAt` holds, or will hold, go on. */
    release(id: string) {
      controls.get(id)?.released.resolve();
    },
    /** Cancels a task; nothing happens to one that is terminal. */
    cancel(task: EmulatedTask, by: 'api' | 'operator') {
      if (by === 'api') task.cancelRequests += 1;
      if (isTerminal(task.status)) return changed();
      task.cancelledBy = by;
      finish(task, 'cancelled');
    },
    /** Makes a task fail here and now. */
    fail(task: EmulatedTask, error: string) {
      finish(task, 'failed', error);
    },
    /** Stops playing; the tasks stay as they are. */
    close() {
      for (const { stop } of controls.values()) stop.abort();
    },
  };
}

function stagesOf({ stages, holdAt }: Behaviour): readonly string[] {
  return (
    stages ??
    ['pending', 'waiting', 'provisioning', 'queued', 'running'].filter((stage) =>
      ['pending', 'queued', 'running', holdAt].includes(stage),
    )
  );
}

function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const stop = () => aborted.reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return Promise.race([promise, aborted.promise]).finally(() => signal.removeEventListener('abort', stop));
}
