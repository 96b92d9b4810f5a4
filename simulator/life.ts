import type { Clock } from '../src/base/clock.ts';
import type { Process } from './trace.ts';

/** One process of the simulated world. Once it is killed, no call back reaches it any more, and nothing it does counts. */
export interface Life {
  readonly name: Process;
  /** The world's time; what it calls back dies with the process. */
  readonly clock: Clock;
  isDead(): boolean;
  kill(): void;
  /** Called when the process is killed. Returns what takes the call back. */
  onDeath(action: () => void): () => void;
  /** How many calls of the clock are waited for. */
  waiting(): number;
}

export function createLife(name: Process, world: Clock): Life {
  const calls = new Set<() => void>();
  const mourners = new Set<() => void>();
  let dead = false;
  return {
    name,
    clock: {
      now: world.now,
      date: world.date,
      random: world.random,
      after(ms, action) {
        if (dead) return () => undefined;
        const cancel = world.after(ms, () => {
          calls.delete(cancel);
          action();
        });
        calls.add(cancel);
        return () => {
          calls.delete(cancel);
          cancel();
        };
      },
    },
    isDead: () => dead,
    kill() {
      if (dead) return;
      dead = true;
      for (const cancel of calls) cancel();
      for (const action of mourners) action();
      calls.clear();
      mourners.clear();
    },
    onDeath(action) {
      mourners.add(action);
      return () => mourners.delete(action);
    },
    waiting: () => calls.size,
  };
}
