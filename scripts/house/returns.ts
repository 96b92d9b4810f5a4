import { Visitor } from 'oxc-parser';
import { parse } from './source.ts';

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * Where a function that is not async returns out of a `using` or `try` scope, and does not declare that this is no promise.
 * oxlint's `return-await` finds every promise that leaves such a scope of an async function, and looks at no other one.
 *
 * @returns Where in the text each `return` begins.
 * @throws {Error} The text is no TypeScript.
 */
export function looseReturns(path: string, text: string): number[] {
  const functions: (Stretch & { readonly loose: boolean })[] = [];
  const blocks: Stretch[] = [];
  const scopes: Stretch[] = [];
  const returns: Stretch[] = [];

  function enter(node: Stretch & { async: boolean; returnType?: Stretch | null }): void {
    const { start, end, async, returnType } = node;
    const declared = returnType ? text.slice(returnType.start, returnType.end) : undefined;
    functions.push({ start, end, loose: !async && (declared === undefined || declared.includes('Promise')) });
  }

  new Visitor({
    FunctionDeclaration: enter,
    FunctionExpression: enter,
    ArrowFunctionExpression: enter,
    BlockStatement: (node) => blocks.push(node),
    ForStatement: (node) => blocks.push(node),
    ForOfStatement: (node) => blocks.push(node),
    VariableDeclaration(node) {
      const block = innermost(blocks, node);
      if (block && node.kind.endsWith('using')) scopes.push({ start: node.end, end: block.end });
    },
    TryStatement({ block, handler, finalizer }) {
      scopes.push(block);
      if (handler && finalizer) scopes.push(handler);
    },
    ReturnStatement: (node) => node.argument && returns.push(node),
  }).visit(parse(path, text));

  return returns
    .filter((node) => {
      const home = innermost(functions, node);
      return home?.loose && scopes.some((scope) => holds(home, scope) && holds(scope, node));
    })
    .map(({ start }) => start);
}

function holds(outer: Stretch, inner: Stretch): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** Of stretches in the order in which they begin, the smallest that holds the inner one. */
function innermost<T extends Stretch>(stretches: readonly T[], inner: Stretch): T | undefined {
  return stretches.findLast((stretch) => holds(stretch, inner));
}
