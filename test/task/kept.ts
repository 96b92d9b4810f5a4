import type { Clock } from '../../src/base/clock.ts';
import type { Inert } from '../../src/base/inert.ts';
import type { Client } from '../../src/cyberun/client.ts';
import type { Submission } from '../../src/cyberun/submit.ts';
import type { LedgerEntry, TaskContext, TaskOrder } from '../../src/task/context.ts';
import type { Followed } from '../../src/task/followed.ts';

/** A run to submit. */
export const QUICK = { workflow: 'quick', submission: { parameters: { seed: 7 } } satisfies Submission };

/** An order to run {@link QUICK} and follow it, without any limit, but for the changes. */
export function orderOf(changes: Partial<TaskOrder> = {}): TaskOrder {
  return {
    target: QUICK,
    workflow: undefined,
    fingerprint: undefined,
    wait: true,
    timeout: undefined,
    queueTimeout: undefined,
    cancelOnAbort: true,
    retries: 0,
    ...changes,
  };
}

/** A service that answers these calls, and fails on any other. */
export function serviceOf(answers: Partial<Client>): Client {
  const unasked = (): never => {
    throw new Error('nobody should ask that');
  };
  return {
    workflow: unasked,
    workflows: unasked,
    submit: unasked,
    task: unasked,
    tasks: unasked,
    events: unasked,
    result: unasked,
    cancel: unasked,
    agents: unasked,
    presign: unasked,
    ...answers,
  };
}

/**
 * Who helps to follow tasks. All that they are told is kept as one story, line by line, and what was known of a task as a
 * list of its own.
 */
export function createKept(service: Client, clock: Clock, changes: Partial<TaskContext> = {}) {
  const story: string[] = [];
  const learned: Followed[] = [];
  const job = new AbortController();
  const say = (who: string) => (text: Inert) => void story.push(`${who}: ${text}`);
  const entry: LedgerEntry = {
    opened: (taskId) => void story.push(`ledger: opened ${taskId}`),
    closed: () => void story.push('ledger: closed'),
  };
  const context: TaskContext = {
    service,
    clock,
    log: { info: say('info'), warning: say('warning'), debug: () => undefined, group: say('group') },
    detail: 'full',
    ledger: {
      open(target) {
        story.push(`ledger: open ${'workflow' in target ? target.workflow : target.taskId}`);
        return entry;
      },
    },
    view: {
      line: say('line'),
      shared: say('shared'),
      status: (_, text) => say('status')(text),
      progress: ({ step }) => void story.push(`progress: ${step}`),
      told: say('told'),
      hopeless: say('hopeless'),
      end: () => void story.push('view: end'),
    },
    learn: (known) => void learned.push(known),
    signal: job.signal,
    ...changes,
  };
  return { context, story, learned, job };
}
