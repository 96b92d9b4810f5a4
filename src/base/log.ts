import type { Inert } from './inert.ts';

/** A word of a line, and what it means. */
export interface Mark {
  /** Where it begins, and how long it is: UTF-16 code units. */
  readonly at: number;
  readonly length: number;
  readonly tone: 'good' | 'bad' | 'held' | 'busy';
}

/** Where a run tells its story. Every text is inert: there is no other way in. */
export interface Log {
  /** @param mark A word of it that is to be seen at once. */
  info(line: Inert, mark?: Mark): void;
  /** Shown as an annotation as well. */
  warning(message: Inert): void;
  /** Shown in debug runs only. */
  debug(message: Inert): void;
  /** Lines that are shown folded below a title. */
  group(title: Inert, lines: readonly Inert[]): void;
}
