import type { Inert } from './inert.ts';

/** Where a run tells its story. Every text is inert: there is no other way in. */
export interface Log {
  info(line: Inert): void;
  /** Shown as an annotation as well. */
  warning(message: Inert): void;
  /** Shown in debug runs only. */
  debug(message: Inert): void;
  /** Lines that are shown folded below a title. */
  group(title: Inert, lines: readonly Inert[]): void;
}
