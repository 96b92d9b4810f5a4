import { isMapping } from './mapping.ts';

/** The member of a JSON value, if it has one of that name. */
export function member(value: unknown, name: string): unknown {
  return isMapping(value) ? value[name] : undefined;
}

/** The same, where it is a text. */
export function textIn(value: unknown, name: string): string | undefined {
  const text = member(value, name);
  return typeof text === 'string' ? text : undefined;
}

/** A value that is a list; an empty one for any other. */
export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
