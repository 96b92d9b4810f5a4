import type { Clock } from '../src/base/clock.ts';
import type { TaskPlan } from './plan.ts';

/** A state a task was in from a time on. */
export interface Turn {
  readonly at: number;
  readonly status: string;
  /** 0 for the first. */
  readonly tries: number;
}

/** What a task tells of itself: a state, or progress in it. */
export type News =
  | { readonly type: 'turn'; readonly turn: Turn; readonly end: boolean }
  /** A try failed, and another follows. */
  | { readonly type: 'try-failed'; readonly at: number }
  | { readonly type: 'progress'; readonly at: number; readonly step: number; readonly steps: number };

/** One task, as it truly is. */
export interface SimulatedTask {
  readonly id: string;
  /** Which of the orders it was made for. */
  readonly order: number;
  readonly plan: TaskPlan;
  readonly createdAt: number;
  /** Every state so far, the present one last. */
  readonly turns: readonly [Turn, ...Turn[]];
  readonly news: readonly News[];
  endedAt: number | undefined;
  cancelAskedAt: number | undefined;
  now(): Turn;
  /** Ends it as cancelled after so many milliseconds, unless it ends before. */
  cancel(after: number): void;
}

export const TERMINAL: readonly string[] = ['completed', 'failed', 'cancelled'];

/** Begins the life of a task. @param tell Told all that is new. */
export function createTask(
  id: string,
  order: number,
  plan: TaskPlan,
  clock: Clock,
  tell: (task: SimulatedTask, news: News) => void,
): SimulatedTask {
  const turns: [Turn, ...Turn[]] = [{ at: clock.now(), status: 'pending', tries: 0 }];
  const news: News[] = [{ type: 'turn', turn: turns[0], end: false }];
  let cancelNext = () => {};

  const task: SimulatedTask = {
    id,
    order,
    plan,
    createdAt: clock.now(),
    turns,
    news,
    endedAt: undefined,
    cancelAskedAt: undefined,
    now: () => turns.at(-1) ?? turns[0],
    cancel(after) {
      task.cancelAskedAt ??= clock.now();
      clock.after(after, () => turn('cancelled', task.now().tries));
    },
  };
  enter(0, 0);
  return task;

  function say(one: News): void {
    news.push(one);
    tell(task, one);
  }

  function turn(status: string, tries: number): void {
    if (task.endedAt !== undefined) return;
    const end = TERMINAL.includes(status);
    if (end) {
      task.endedAt = clock.now();
      cancelNext();
    }
    const next = { at: clock.now(), status, tries };
    turns.push(next);
    say({ type: 'turn', turn: next, end });
  }

  /** Goes through the stages of a try, then to the next one, then to the end. */
  function enter(tries: number, index: number): void {
    const stage = plan.tries[tries]?.[index];
    if (stage !== undefined) {
      if (stage.status !== task.now().status || tries !== task.now().tries) turn(stage.status, tries);
      step(1);
      return;
    }
    if (tries + 1 < plan.tries.length) {
      say({ type: 'try-failed', at: clock.now() });
      // The service counts the next try, also one that has yet to do anything.
      if (plan.tries[tries + 1]?.length === 0) turn('pending', tries + 1);
      enter(tries + 1, 0);
    } else if (plan.ending !== 'never') turn(plan.ending, tries);

    function step(number: number): void {
      const { ms = 0, steps = 0 } = stage ?? {};
      cancelNext = clock.after(ms / (steps + 1), () => {
        if (number > steps) return enter(tries, index + 1);
        say({ type: 'progress', at: clock.now(), step: number, steps });
        step(number + 1);
      });
    }
  }
}
