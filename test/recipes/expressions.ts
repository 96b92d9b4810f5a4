/** What the expressions of a job see: `{ matrix: { shard: '2' } }` for `${{ matrix.shard }}`. */
export type Contexts = Readonly<Record<string, unknown>>;

/**
 * The text with each `${{ ... }}` replaced, once. Of GitHub's language it knows what the recipes use, `a.b.c` and
 * `toJSON(a.b.c)`; throws on anything else, and on a value that is not there, where GitHub would have an empty text.
 */
export function evaluate(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) => {
    const [, inner] = /^toJSON\((.*)\)$/.exec(expression.trim()) ?? [];
    if (inner !== undefined) return JSON.stringify(lookUp(inner.trim(), contexts), null, 2);
    const value = lookUp(expression.trim(), contexts);
    if (typeof value !== 'string' && typeof value !== 'number') throw new Error(`no text: ${expression}`);
    return `${value}`;
  });
}

function lookUp(path: string, contexts: Contexts): unknown {
  if (!/^\w+(?:\.[\w-]+)+$/.test(path)) throw new Error(`an expression that nobody here knows: ${path}`);
  return path.split('.').reduce((value: unknown, name) => {
    if (typeof value !== 'object' || value === null) throw new Error(`nothing is called ${path}`);
    const own = Object.entries(value).find(([key]) => key === name);
    if (own === undefined) throw new Error(`nothing is called ${path}`);
    return own[1];
  }, contexts);
}
