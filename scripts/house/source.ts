import { type Expression, type Program, type PropertyKey, parseSync, Visitor } from 'oxc-parser';

/** What a file takes from outside of itself. */
export interface Source {
  readonly imports: readonly Import[];
  readonly names: readonly Name[];
}

/** One arrow: `import`, `export ... from`, `import()` or `import('...').Type`. */
export interface Import {
  /** As it is written; `undefined` where it is computed. */
  readonly specifier: string | undefined;
  /** Nothing of it is left when types are removed. */
  readonly typesOnly: boolean;
  /** Where in the text it begins. */
  readonly start: number;
}

/** What may be a global, and with what is taken off it: `fetch`, `Date.now`, `new Date()`. Local names are among them. */
export interface Name {
  readonly name: string;
  /** Where in the text it begins. */
  readonly start: number;
}

/** @throws {Error} The text is no TypeScript. */
export function readSource(path: string, text: string): Source {
  const imports: Import[] = [];
  const names: Name[] = [];
  const keys = new Set<unknown>();

  function arrow({ start }: { start: number }, specifier: string | undefined, kind?: 'type' | 'value'): void {
    imports.push({ specifier, typesOnly: kind === 'type', start });
  }
  function use({ start }: { start: number }, name: string): void {
    names.push({ name, start });
  }
  /** What a property is called is no use of the global that is called so, too. */
  function key(node: { key: PropertyKey; computed: boolean }): void {
    if (!node.computed) keys.add(node.key);
  }

  new Visitor({
    ImportDeclaration: (node) => arrow(node, node.source.value, node.importKind),
    ExportAllDeclaration: (node) => arrow(node, node.source.value, node.exportKind),
    ExportNamedDeclaration: (node) => node.source && arrow(node, node.source.value, node.exportKind),
    ImportExpression: (node) => arrow(node, textOf(node.source)),
    TSImportType: (node) => arrow(node, node.source.value, 'type'),

    MemberExpression(node) {
      if (!node.computed) keys.add(node.property);
      const property = node.computed ? textOf(node.property) : node.property.name;
      if (node.object.type === 'Identifier') use(node, `${node.object.name}.${property}`);
    },
    VariableDeclarator({ id, init }) {
      if (id.type !== 'ObjectPattern' || init?.type !== 'Identifier') return;
      for (const part of id.properties)
        if (part.type === 'Property' && part.key.type === 'Identifier') use(part, `${init.name}.${part.key.name}`);
    },
    NewExpression(node) {
      if (node.callee.type === 'Identifier' && node.arguments.length === 0) use(node, `new ${node.callee.name}()`);
    },
    Property: key,
    PropertyDefinition: key,
    MethodDefinition: key,
    TSPropertySignature: key,
    TSMethodSignature: key,
    Identifier(node) {
      if (!keys.has(node)) use(node, node.name);
    },
  }).visit(parse(path, text));
  return { imports, names };
}

/** @throws {Error} The text is no TypeScript. */
export function parse(path: string, text: string): Program {
  const { program, errors } = parseSync(path, text);
  const [error] = errors;
  if (error) throw new Error(`${path} cannot be read: ${error.message}`);
  return program;
}

/** What an expression says, where it is a plain text. */
function textOf(node: Expression): string | undefined {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.raw;
  return undefined;
}

/** The number of a text's line, from 1. */
export function lineAt(text: string, start: number): number {
  return text.slice(0, start).split('\n').length;
}
