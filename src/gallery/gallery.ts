import type { Inert } from '../base/inert.ts';
import type { Mapping } from '../base/mapping.ts';

/** What a page shows. Strings are foreign, and may say or be anything. */
export interface Gallery {
  /** Display name or reference of the workflow. */
  readonly workflow: string;
  /** Such as `shop-hero@3`, where that is known. Foreign text. */
  readonly reference: string | undefined;
  /** What is known of the run as a whole, a fact each. */
  readonly facts: readonly Inert[];
  /** Parameters that all tasks have the same of. */
  readonly shared: Mapping;
  /** In order; also those of which nothing came. */
  readonly tasks: readonly GalleryTask[];
}

/** One task, and what came of it. */
export interface GalleryTask {
  /** What tells it from the others; `undefined` for the only one. */
  readonly label: string | undefined;
  /** Parameters that not all tasks have the same of. */
  readonly parameters: Mapping;
  readonly taskId: string | undefined;
  readonly agentId: string | undefined;
  readonly gpuType: string | undefined;
  /** Milliseconds. */
  readonly queueTime: number | undefined;
  readonly runTime: number | undefined;
  /** How it ended, in a word where that is enough. */
  readonly ending: string;
  readonly files: readonly GalleryFile[];
}

/** One file that came. */
export interface GalleryFile {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** From the folder of the page, with `/` between components. */
  readonly place: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly mediaType: string | undefined;
}

/** Of the pictures that a page holds, together, in bytes as files: it has a third more as text. What is beyond is linked. */
export const PICTURES_BUDGET = 25 * 1024 * 1024;
/** A page with more would be of no use to anybody. */
export const MOST_CARDS = 1_000;
