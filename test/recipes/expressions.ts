import { data, Evaluator, Lexer, Parser } from '@actions/expressions';

/** What the expressions of a job see: `{ matrix: { shard: '2' } }` for `${{ matrix.shard }}`. */
export type Contexts = Readonly<Record<string, unknown>>;

/** What `success()` and its like go by: of the steps, or of the jobs, before this one. */
export type Status = 'success' | 'failure' | 'cancelled' | 'skipped';

/**
 * The text with each `${{ ... }}` replaced, once, by GitHub's own evaluator. Throws on what it does not know, on a context or
 * a member of one that is not there, and on what is null or no text, where GitHub would have an empty or a useless one.
 */
export function evaluate(text: string, contexts: Contexts): string {
  return text.replace(EXPRESSION, (_, expression: string) => {
    const value = resultOf(expression, contexts);
    if (!value.primitive || value.kind === data.Kind.Null) throw new Error(`no text: ${expression.trim()}`);
    return value.coerceString();
  });
}

/** The value of a text that is one `${{ ... }}` and nothing else, such as a list that `fromJSON` makes. */
export function evaluateWhole(text: string, contexts: Contexts): unknown {
  const [, expression] = /^\$\{\{([^}]*)\}\}$/.exec(text.trim()) ?? [];
  if (expression === undefined) throw new Error(`not one expression: ${text}`);
  return JSON.parse(JSON.stringify(resultOf(expression, contexts), data.replacer));
}

/** Whether an `if` holds: where it asks for no status, only after nothing but success. */
export function isMet(condition: string | undefined, contexts: Contexts, status: Status): boolean {
  const expression = (condition ?? 'success()').replace(/^\s*\$\{\{(.*)\}\}\s*$/s, '$1');
  if (expression.includes('${{')) throw new Error(`text beside an expression is always true: ${condition}`);
  const asks = /\b(?:success|failure|cancelled|always)\(\)/.test(expression);
  if (!asks && status !== 'success') return false;
  const value = resultOf(expression, contexts, status);
  return Boolean(JSON.parse(JSON.stringify(value, data.replacer)));
}

const EXPRESSION = /\$\{\{(.*?)\}\}/gs;

function resultOf(expression: string, contexts: Contexts, status?: Status): data.ExpressionData {
  const functions = status === undefined ? new Map<string, StatusFunction>() : statusFunctions(status);
  const { tokens } = new Lexer(expression.trim()).lex();
  const parsed = new Parser(tokens, Object.keys(contexts), [...functions.values()]).parse();
  const root = toData(contexts);
  if (!(root instanceof data.Dictionary)) throw new Error('contexts are a mapping');
  return new Evaluator(parsed, root, functions).evaluate();
}

/** A mapping of which nothing is asked that it has not. What `fromJSON` makes is none. */
class Known extends data.Dictionary {
  override get(key: string): data.ExpressionData {
    const value = super.get(key);
    if (value === undefined) throw new Error(`nothing is called ${key}`);
    return value;
  }
}

function toData(value: unknown): data.ExpressionData {
  if (value === null) return new data.Null();
  if (typeof value === 'string') return new data.StringData(value);
  if (typeof value === 'number') return new data.NumberData(value);
  if (typeof value === 'boolean') return new data.BooleanData(value);
  if (Array.isArray(value)) return new data.Array(...value.map(toData));
  if (typeof value !== 'object') throw new Error(`no value of an expression: ${value}`);
  return new Known(...Object.entries(value).map(([key, member]) => ({ key, value: toData(member) })));
}

type StatusFunction = ReturnType<typeof statusFunction>;

function statusFunction(name: string, holds: boolean) {
  return { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(holds) };
}

function statusFunctions(status: Status): Map<string, StatusFunction> {
  const all = { always: true, success: status === 'success', failure: status === 'failure' };
  return new Map(
    Object.entries({ ...all, cancelled: status === 'cancelled' }).map(([name, holds]) => [
      name,
      statusFunction(name, holds),
    ]),
  );
}
