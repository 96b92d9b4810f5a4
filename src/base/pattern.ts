import type { Minimatch } from 'minimatch';

/** Which files of a task are wanted: its rules in order, of which the last that matches decides. */
export type Pattern = readonly Rule[];

/** One line of a pattern. */
export interface Rule {
  /** As written. */
  readonly line: string;
  /** What matches is not wanted. */
  readonly excludes: boolean;
  readonly glob: Minimatch;
}

/** What keeps a line from being a rule, as a clause, and what to write in its place. */
export interface Misfit {
  readonly line: string;
  readonly why: string;
  readonly instead: string;
}

/** Of one line, and of all with their braces written out, in UTF-16 code units: each is compared with every name. */
const LONGEST_LINE = 1000;
const LONGEST_PATTERN = 10_000;

const OPTIONS = {
  dot: true,
  noext: true,
  nonegate: true,
  nocomment: true,
  platform: 'linux',
  braceExpandMax: LONGEST_PATTERN,
} as const;

/** Makes a glob of a text that is one. */
export type GlobMaker = (text: string) => Minimatch;

/** What is loaded by those alone who have a pattern. */
export async function loadGlobs(): Promise<GlobMaker> {
  const { Minimatch: Glob } = await import('minimatch');
  return (text) => new Glob(text, OPTIONS);
}

/** What is wanted, and what is wrong with the lines that say nothing of it. */
export interface Parsed {
  readonly pattern: Pattern;
  readonly misfits: readonly Misfit[];
}

/** Reads globs, one a line. No line, or `*` alone, is all there is. */
export async function readPattern(text: string): Promise<Parsed> {
  return text === '' || text === '*' ? { pattern: [], misfits: [] } : parsePattern(text, await loadGlobs());
}

/** The same with globs that are loaded. */
export function parsePattern(text: string, makeGlob: GlobMaker): Parsed {
  const lines = text
    .split(/\r\n|[\n\r]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const pattern: Rule[] = [];
  const misfits: Misfit[] = [];
  let left = LONGEST_PATTERN;
  for (const line of lines) {
    const excludes = line.startsWith('!');
    // Names are NFC.
    const written = line.replace(/^!\s*/, '').normalize('NFC');
    const misfit = misfitOf(written);
    if (misfit !== undefined) {
      misfits.push({ line, why: misfit.why, instead: `${excludes ? '!' : ''}${misfit.instead}` });
      continue;
    }
    const glob = makeGlob(written);
    const size = glob.globSet.join('\n').length;
    if (size > left) {
      const why = `stands for too much: all lines together, their braces written out, may have ${LONGEST_PATTERN} characters`;
      misfits.push({ line, why, instead: EXAMPLE });
      break;
    }
    left -= size;
    pattern.push({ line, excludes, glob });
  }
  return { pattern, misfits };
}

const EXAMPLE = '*.png';

function misfitOf(glob: string): Omit<Misfit, 'line'> | undefined {
  if (glob.length > LONGEST_LINE)
    return { why: `has ${glob.length} characters, and ${LONGEST_LINE} at most are compared`, instead: EXAMPLE };
  if (/\p{Cc}/u.test(glob)) return { why: 'has a control character', instead: EXAMPLE };
  if (glob === '' || glob.startsWith('!'))
    return { why: 'has nothing behind a !', instead: glob.replace(/^[!\s]+/, '') || EXAMPLE };
  if (/^["']/.test(glob) && glob.length > 1 && glob.endsWith(glob.charAt(0)))
    return { why: 'has quotes around it, which are part of it here', instead: glob.slice(1, -1) || EXAMPLE };
  if (glob.startsWith('- '))
    return { why: 'begins with a dash, as a list of YAML does', instead: glob.slice(2).trim() || EXAMPLE };
  if (/\s#/.test(glob))
    return { why: 'has a comment, and there are none here', instead: glob.split(/\s#/, 1)[0]?.trim() || EXAMPLE };
  if (/,\s/.test(glob))
    return { why: 'has several globs, and one stands in a line', instead: glob.split(',', 1)[0]?.trim() || EXAMPLE };
  if (glob.includes('\\'))
    return { why: 'has a backslash, and folders are parted by /', instead: glob.replaceAll('\\', '/') };
  if (/[()]/.test(glob))
    return {
      why: 'has parentheses, which group nothing here, and are a _ in the name of a file',
      instead: glob.replace(/[()]/g, '_'),
    };
  if (!isBalanced(glob)) return { why: 'has a bracket or brace without its other half', instead: '*.{png,jpg}' };
  const parts = glob.split('/');
  if (parts.every((part) => part !== '' && part !== '.' && part !== '..') && !/^[a-z]:/i.test(glob)) return undefined;
  const below = parts.filter((part) => part !== '' && part !== '.' && part !== '..' && !/^[a-z]:$/i.test(part));
  const instead = [...below, ...(glob.endsWith('/') && below.length > 0 ? ['**'] : [])].join('/');
  return { why: 'is no place below path, such as previews/a.png', instead: instead || EXAMPLE };
}

/** As minimatch reads them: in brackets nothing else counts, and a `]` right at their beginning is one of their characters. */
function isBalanced(glob: string): boolean {
  let depth = 0;
  for (let at = 0; at < glob.length; at += 1) {
    const character = glob.charAt(at);
    if (character === '[') {
      const first = /[!^]/.test(glob.charAt(at + 1)) ? at + 2 : at + 1;
      at = glob.indexOf(']', first + 1);
      if (at === -1) return false;
    } else if (character === ']') return false;
    else if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** Whether what has those names is wanted. Where lines only exclude, so is all that they do not match. */
export function isWanted(pattern: Pattern, names: readonly string[]): boolean {
  const last = pattern.findLast((rule) => matches(rule, names));
  return last === undefined ? pattern.every(({ excludes }) => excludes) : !last.excludes;
}

/** The lines that match none of several things, each of which has several names. */
export function idleLines(pattern: Pattern, things: readonly (readonly string[])[]): string[] {
  return pattern.filter((rule) => !things.some((names) => matches(rule, names))).map(({ line }) => line);
}

function matches({ glob }: Rule, names: readonly string[]): boolean {
  return names.some((name) => glob.match(name));
}
