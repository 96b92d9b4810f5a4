/** A map of variables, such as the process' own. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What begins the name of each value that says what is open. */
export const PREFIX = 'open_';

/** Whether the environment of post says that anything is open. */
export function hasLeftOpen(env: Environment): boolean {
  return savedIn(env).length > 0;
}

/** What the environment of post says is open, as it was saved: whoever wrote it. */
export function savedIn(env: Environment): [name: string, value: string][] {
  return Object.entries(env).flatMap(([variable, value]): [string, string][] =>
    variable.startsWith(`STATE_${PREFIX}`) && value ? [[variable.slice('STATE_'.length), value]] : [],
  );
}
