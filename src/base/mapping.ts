import { RunError } from './errors.ts';
import { inert } from './inert.ts';
import { asWritten, parseJson, WrittenNumber } from './numbers.ts';

/** A YAML or JSON mapping, as plain values; numbers that JavaScript would write otherwise are {@link WrittenNumber}s. */
export type Mapping = Readonly<Record<string, unknown>>;

/**
 * Reads a mapping. JSON is tried first, so that it does not pay for loading the YAML parser.
 *
 * @param name The input it came from, for errors.
 * @throws {RunError} of kind `input` when it is neither, or no mapping; nothing but comments is an empty one
 */
export async function readMapping(text: string, name: string): Promise<Mapping> {
  const value = readJson(text) ?? (await readYaml(text, name));
  if (isMapping(value)) return value;
  const found = Array.isArray(value) ? 'a list' : `only ${JSON.stringify(toSendable(value))}`;
  throw new RunError(
    'input',
    inert`Input ${name} must be a mapping, and is ${found}. Write one \`key: value\` a line, such as \`prompt: a cat in space\`, or a JSON object.`,
  );
}

/** Whether a value is a mapping: an object, but neither a list nor a {@link WrittenNumber}. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof WrittenNumber);
}

/** A copy that `JSON.stringify` writes with every digit the user wrote. */
export function toSendable(value: unknown): unknown {
  if (value instanceof WrittenNumber) return JSON_NUMBER.test(value.text) ? rawJson(value.text) : value.value;
  if (Array.isArray(value)) return value.map(toSendable);
  if (isMapping(value))
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toSendable(entry)]));
  return value;
}

// RFC 8259, section 6.
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** `undefined` when the text is no JSON. */
function readJson(text: string): unknown {
  if (text.trim() === '') return {};
  if (!/^\s*[{["]/.test(text)) return undefined;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

async function readYaml(text: string, name: string): Promise<unknown> {
  const { isCollection, parseDocument, visit } = await import('yaml');
  // What JSON has, whatever the document's directives and tags say: no dates, sets or binaries.
  const document = parseDocument(text, { schema: 'core', resolveKnownTags: false, uniqueKeys: true });
  const [problem] = document.errors;
  if (problem !== undefined) throw notYaml(name, problem.message.split('\n')[0] ?? '', problem);
  visit(document, {
    Pair(_key, pair) {
      if (isCollection(pair.key)) throw notYaml(name, 'a key is a list or a mapping.');
    },
    Scalar(key, node) {
      if (typeof node.value !== 'number') return;
      if (!Number.isFinite(node.value)) throw notYaml(name, `${node.source} is a number that JSON cannot write.`);
      node.value = key === 'key' ? node.source : asWritten(node.value, node.source);
    },
  });
  if (document.contents === null) return {};
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    // An anchor may hold itself; nothing that follows could deal with that.
    JSON.stringify(value);
    return value;
  } catch (cause) {
    const said = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw notYaml(name, `${said}.`, cause);
  }
}

function notYaml(name: string, said: string, cause?: unknown): RunError {
  // A value of an expression may have brought a line of its own.
  const advice = /unique/.test(said)
    ? 'Write each key once.'
    : 'A text that holds `: ` or ` #` needs quotes around it.';
  return new RunError(
    'input',
    inert`Input ${name} cannot be read as YAML or JSON: ${said.replace(/[.:]+$/, '')}. ${advice} Write what comes from an expression as \`key: \${{ toJSON(github.event.release.name) }}\`: that quotes it.`,
    cause,
  );
}

/** `JSON.rawJSON` (V8 11.4): not in TypeScript's libraries yet. */
function rawJson(text: string): unknown {
  const json: { rawJSON?(text: string): unknown } = JSON as object;
  return json.rawJSON?.(text) ?? Number(text);
}
