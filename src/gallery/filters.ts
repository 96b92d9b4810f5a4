import type { Inert } from '../base/inert.ts';
import type { Said } from './words.ts';

/** A parameter by whose values cards can be chosen. */
export interface Filter {
  readonly name: Inert;
  readonly values: readonly string[];
}

const MOST_FILTERS = 8;
const MOST_VALUES = 100;

/** What to choose by: parameters that have several values, and not too many to choose from. */
export function filtersOf(tasks: readonly (readonly Said[])[]): Filter[] {
  const values = Map.groupBy(tasks.flat(), ({ name }) => name);
  return [...values]
    .map(([name, said]) => ({ name, values: [...new Set(said.map(({ value }) => value))] }))
    .filter((filter) => filter.values.length > 1 && filter.values.length <= MOST_VALUES)
    .slice(0, MOST_FILTERS);
}

/** Which of its values a task has of each filter, by their numbers; `-` for none. */
export function valuesOf(said: readonly Said[], filters: readonly Filter[]): string {
  const indices = filters.map(({ name, values }) => values.indexOf(said.find((one) => one.name === name)?.value ?? ''));
  return indices.map((index) => (index === -1 ? '-' : index)).join(' ');
}
