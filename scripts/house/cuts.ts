import { type Node, Visitor } from 'oxc-parser';
import { parse } from './source.ts';

const CUTS: readonly string[] = ['slice', 'substring', 'substr'];

/**
 * Where a text is cut on its way into `inert`, which removes secrets from what it is given, and then cuts: half of one would
 * not be known for one any more. Lists may be cut, as what is made of their entries is: `names.slice(0, 5).join()`.
 *
 * @returns Where in the text each begins.
 * @throws {Error} The text is no TypeScript.
 */
export function earlyCuts(path: string, text: string): number[] {
  const found: number[] = [];
  new Visitor({
    TaggedTemplateExpression({ tag, quasi }) {
      if (tag.type !== 'Identifier' || tag.name !== 'inert') return;
      for (const value of quasi.expressions) if (isCut(value)) found.push(value.start);
    },
    CallExpression({ callee, arguments: values }) {
      if (callee.type !== 'Identifier' || !['inertLines', 'shown'].includes(callee.name)) return;
      for (const value of values) if (isCut(value)) found.push(value.start);
    },
  }).visit(parse(path, text));
  return found;
}

function isCut(value: Node): boolean {
  if (value.type !== 'CallExpression' || value.callee.type !== 'MemberExpression') return false;
  const { property } = value.callee;
  return property.type === 'Identifier' && CUTS.includes(property.name);
}
