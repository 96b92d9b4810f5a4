import type { SimulatedTask } from './task.ts';

/** How services write the states of a task, or call them. */
export const SPELLINGS = {
  running: ['RUNNING', 'Running'],
  completed: ['COMPLETED', 'Completed', 'succeeded', 'SUCCESS'],
  failed: ['FAILED', 'timed_out', 'Timed-Out', 'expired', 'error'],
  cancelled: ['CANCELLED', 'canceled', 'Canceled'],
} as const;

/** Names of ends that nobody knows: what ends so counts as failed. */
export const STRANGE = ['archived', 'evicted', 'dead-lettered'] as const;

/** What the service calls a state of a task. */
export function wordOf({ plan }: Pick<SimulatedTask, 'plan'>, status: string): string {
  return new Map(Object.entries(plan.words)).get(status) ?? status;
}

export function isStrange(word: string): boolean {
  return STRANGE.some((strange) => strange === word);
}

/** The event by which an end is told; a mere synonym of a documented one is left to its data. */
export function eventNameOf(status: string, word: string): string {
  return isStrange(word) || /^(completed|failed|cancell?ed)$/i.test(word) ? word : status;
}
