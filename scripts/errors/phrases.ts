import { type Expression, Visitor } from 'oxc-parser';
import { lineAt, parse } from '../house/source.ts';

/** Words of ours that an error may hold: of one template, or of one plain text. */
export interface Phrase {
  /** Of which file, from the root. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** The function that has it, the outermost one; none where it is a constant of the file. */
  readonly home: string | undefined;
  /** What is always the same, in its order; anything may come between. */
  readonly parts: readonly string[];
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Fewer are no phrase: texts have them that they are not of. What stands between two words counts for a word more. */
const FEWEST_WORDS = 3;

/**
 * The phrases of a file, but for what it gives to the log itself.
 *
 * @throws {Error} The text is no TypeScript.
 */
export function phrasesIn(path: string, text: string): Phrase[] {
  const found: (Stretch & { readonly parts: readonly string[] })[] = [];
  const homes: (Stretch & { readonly name: string })[] = [];
  const told: Stretch[] = [];

  function add({ start, end }: Stretch, texts: readonly string[]): void {
    const all = [...texts];
    // What ends a sentence is taken off where it goes on.
    all.push(withoutEnd(all.pop() ?? ''));
    const [first = '', ...others] = all.filter((part) => part !== '');
    const parts = [first.trimStart(), ...others].filter((part) => part !== '');
    const words = wordsOf(parts).length;
    if (/\s/.test(texts.join('')) && words > 1 && words + texts.length - 1 >= FEWEST_WORDS)
      found.push({ start, end, parts });
  }

  new Visitor({
    TemplateLiteral: (node) =>
      add(
        node,
        node.quasis.map(({ value }) => value.cooked ?? ''),
      ),
    Literal: (node) => typeof node.value === 'string' && add(node, [node.value]),
    CallExpression(node) {
      if (TOLD.includes(nameOf(node.callee) ?? '')) told.push(node);
    },
    TSLiteralType: (node) => told.push(node),
    FunctionDeclaration(node) {
      if (node.id !== null) homes.push({ start: node.start, end: node.end, name: node.id.name });
    },
  }).visit(parse(path, text));

  return found
    .filter((phrase) => !told.some((call) => holds(call, phrase)))
    .map(({ start, end, parts }) => ({
      path,
      line: lineAt(text, start),
      home: homes.find((home) => holds(home, { start, end }))?.name,
      parts,
    }));
}

/** Calls of which every text is for the log. */
const TOLD: readonly string[] = ['info', 'warning', 'debug', 'group', 'notice'];

/** `info` of `log.info()`, `notice` of `notice()`. */
function nameOf(callee: Expression): string | undefined {
  if (callee.type === 'Identifier') return callee.name;
  return callee.type === 'MemberExpression' && callee.property.type === 'Identifier' ? callee.property.name : undefined;
}

function withoutEnd(text: string): string {
  return text.trimEnd().replace(/[.:]$/, '');
}

/** The words in parts of a text, but for names and addresses. */
export function wordsOf(parts: readonly string[]): string[] {
  return parts.flatMap((part) => part.split(/\s+/)).filter((word) => /^\W*\p{L}[\p{L}'’.-]*\W*$/u.test(word));
}

function holds(outer: Stretch, inner: Stretch): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** Where in a text the words of a phrase begin, in their order with anything between them; -1 where they are not all there. */
export function indexIn(message: string, { parts }: Pick<Phrase, 'parts'>): number {
  let first = -1;
  let from = 0;
  for (const part of parts) {
    const at = message.indexOf(part, from);
    if (at === -1) return -1;
    if (first === -1) first = at;
    from = at + part.length;
  }
  return first;
}

/** A phrase as it is shown, with `…` for what differs. */
export function textOf({ parts }: Pick<Phrase, 'parts'>): string {
  return parts.join('…');
}
