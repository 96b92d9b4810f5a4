import { WrittenNumber } from '../base/numbers.ts';

/**
 * The readable part of what a service says went wrong, whose shape is not documented: a text, a list of what follows, or an
 * object with it under one of {@link NAMES}; beside that, ComfyUI's `node_errors`. `undefined` where there is nothing.
 *
 * @see https://github.com/comfyanonymous/ComfyUI/blob/master/execution.py
 */
export function errorText(said: unknown, depth = 0): string | undefined {
  if (typeof said === 'string') return said.trim() === '' ? undefined : said;
  if (typeof said !== 'object' || said === null || depth > DEEPEST) return undefined;
  if (Array.isArray(said)) return joined(said.map((entry: unknown) => errorText(entry, depth + 1)));
  const fields = said as Readonly<Record<string, unknown>>;
  const text = NAMES.map((name) => errorText(fields[name], depth + 1)).find((found) => found !== undefined);
  const own = text === undefined ? undefined : joined([nodeOf(fields), text, textOf(fields.details)], ': ');
  return joined([own, ...nodeErrors(fields, depth)]);
}

/** The same of a field that is there for errors alone: then an object without such a name says what it has. */
export function failureText(said: unknown): string | undefined {
  const text = errorText(said);
  if (text !== undefined || typeof said !== 'object' || said === null) return text;
  const facts = Object.entries(said).map(([key, value]) => {
    const fact = value instanceof WrittenNumber ? value.text : value;
    // What a program sets to nothing by itself says nothing.
    return ['string', 'number', 'boolean'].includes(typeof fact) && fact ? `${key}: ${fact}` : undefined;
  });
  return joined(facts, ', ');
}

const NAMES = ['message', 'exception_message', 'error', 'detail', 'errors', 'msg', 'title', 'reason'];
/** Nested deeper, nobody reads it. */
const DEEPEST = 20;
/** A graph may have a thousand nodes. */
const MOST_NODES = 20;

function joined(texts: readonly (string | undefined)[], separator = '; '): string | undefined {
  const found = texts.filter((text) => text !== undefined);
  return found.length === 0 ? undefined : found.join(separator);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** Which node of the graph failed, such as `KSampler (node 3)`. */
function nodeOf({ class_type, node_type, node_id }: Readonly<Record<string, unknown>>): string | undefined {
  const type = textOf(node_type) ?? textOf(class_type);
  const id = typeof node_id === 'number' ? String(node_id) : textOf(node_id);
  if (type === undefined || id === undefined) return type ?? (id && `node ${id}`);
  return `${type} (node ${id})`;
}

/** `{"4": {"class_type": "CheckpointLoaderSimple", "errors": [{"message": ..., "details": ...}]}}` */
function nodeErrors({ node_errors }: Readonly<Record<string, unknown>>, depth: number): (string | undefined)[] {
  if (typeof node_errors !== 'object' || node_errors === null) return [];
  return Object.entries(node_errors)
    .slice(0, MOST_NODES)
    .map(([node_id, said]: [string, unknown]) => {
      const fields = typeof said === 'object' && !Array.isArray(said) ? said : { errors: said };
      return errorText({ node_id, ...fields }, depth + 1);
    });
}
