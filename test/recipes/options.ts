import type { Emulator } from '../../emulator/emulator.ts';
import type { Github } from '../../emulator/github/github.ts';
import type { Files, GitHub } from './github.ts';
import type { Recipe } from './recipe.ts';

/** A run of a workflow: where, and what for. */
export interface RunOptions {
  readonly emulator: Emulator;
  readonly github: GitHub;
  /** What the repository holds. */
  readonly files?: Files;
  /** Default: a push. */
  readonly event?: { readonly name: string; readonly payload: object };
  /** What else this action has in its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the first attempt of run 1, today. */
  readonly runId?: number;
  readonly attempt?: number;
  readonly created?: Date;
  /** Default: the emulator's key alone. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** What stands for a command that not every machine has, such as `make everything-else`. */
  readonly commands?: Readonly<Record<string, () => void>>;
  /** The releases of the repository, of which the job's token may do what its permissions say. */
  readonly releases?: Github;
  /** Resolves when the `timeout-minutes` of a step of this action with these inputs are over. Default: never. */
  readonly timeUp?: (given: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<unknown>;
  /** Workflows that a job calls, by what it says after `uses`. */
  readonly called?: Readonly<Record<string, Recipe>>;
}
