import { type Expression, Visitor } from 'oxc-parser';
// The part of recheck that is plain JavaScript: of the others, how fast the machine is decides what they find.
import recheck from 'recheck/lib/browser.js';
import { parse } from './source.ts';

/** A regular expression that is not known to be linear. */
export interface Pattern {
  /** Where in the text it begins. */
  readonly start: number;
  /** What is wrong with it. */
  readonly why: string;
}

/**
 * The regular expressions of a file that somebody's text could keep busy: whose time grows faster than the text, or of which
 * that cannot be proved, as nobody has made an automaton of them (lookbehinds, back references, the flag `v`).
 *
 * @throws {Error} The text is no TypeScript.
 * @see https://makenowjust-labs.github.io/recheck/
 */
export function slowPatterns(path: string, text: string): Pattern[] {
  const found: Pattern[] = [];

  function refuse({ start, callee }: { start: number; callee: Expression }): void {
    if (callee.type === 'Identifier' && callee.name === 'RegExp') found.push({ start, why: 'it is put together' });
  }

  new Visitor({
    NewExpression: refuse,
    CallExpression: refuse,
    Literal(node) {
      if (!('regex' in node)) return;
      const why = problemOf(node.regex.pattern, node.regex.flags);
      if (why !== undefined) found.push({ start: node.start, why });
    },
  }).visit(parse(path, text));
  return found;
}

const known = new Map<string, string | undefined>();

function problemOf(pattern: string, flags: string): string | undefined {
  const name = `/${pattern}/${flags}`;
  // V8 keeps a way back for each time, and beyond some six million has no more room for them; of `+` it keeps none.
  if (/(?:^|[^\\])\{(?:[2-9]|\d\d+),\}/.test(pattern)) return 'what repeats twice or more for ever runs out of stack';
  if (!known.has(name)) known.set(name, judge(unbounded(pattern), flags));
  return known.get(name);
}

function judge(pattern: string, flags: string): string | undefined {
  // Seconds on a machine that has time; one that has none is not to call a pattern slow.
  const found = recheck.checkSync(pattern, flags, { checker: 'automaton', timeout: 120_000 });
  if (found.status === 'safe') return undefined;
  return found.status === 'vulnerable' ? found.complexity.summary : found.error.kind;
}

/**
 * The same pattern, in which what may repeat ten times or more may do so for ever: `{1,300}`. An automaton has a state for
 * each time, and of a pattern that is linear without a bound, it asks no more.
 */
function unbounded(pattern: string): string {
  return pattern.replace(/(^|[^\\])\{(\d+)(?:,\d*)?\}/g, (whole, before: string, least: string) => {
    const most = Number(
      whole
        .slice(before.length + 1, -1)
        .split(',')
        .at(-1) || Number.POSITIVE_INFINITY,
    );
    return most < 10 ? whole : `${before}${Number(least) === 0 ? '*' : '+'}`;
  });
}
