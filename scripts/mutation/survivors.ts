/** What StrykerJS tells of one mutant; lines and columns begin with 1, and the end is the column behind. */
export interface Mutant {
  /** From the root, with `/`. */
  readonly file: string;
  readonly status: string;
  readonly replacement: string;
  readonly location: { readonly start: Position; readonly end: Position };
}
interface Position {
  readonly line: number;
  readonly column: number;
}

/** A mutant as people read it, without a number that another edit would change: the line it begins in, before and after. */
export interface Pair {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A pair, and why no test kills it. */
export interface Explained extends Pair {
  readonly reason: string;
}

/** What came of one file, in mutants; what does not compile or load counts nowhere. */
export interface Row {
  readonly file: string;
  readonly mutants: number;
  /** Those that took too long, too. */
  readonly killed: number;
  readonly explained: number;
  readonly unexplained: number;
}

/** How tests and explanations stand to what was mutated. */
export interface Verdict {
  readonly rows: readonly Row[];
  readonly unexplained: readonly (Pair & { readonly line: number })[];
  /** Entries for a file that was mutated, of which no mutant survives. */
  readonly stale: readonly Explained[];
}

const KILLED = ['Killed', 'Timeout'];
const SURVIVED = ['Survived', 'NoCoverage'];

/** Compares what survived with what is explained. */
export function judge(
  mutants: readonly Mutant[],
  textOf: (file: string) => string,
  explained: readonly Explained[],
): Verdict {
  const told = mutants.map((mutant) => ({ ...mutant, pair: pairOf(mutant, textOf(mutant.file)) }));
  const survived = told.filter(({ status }) => SURVIVED.includes(status));
  const isExplained = ({ pair }: { pair: Pair }) => explained.some((entry) => isSame(entry, pair));
  const rows = [...Map.groupBy(told, ({ file }) => file)].sort().map(([file, all]) => {
    const killed = all.filter(({ status }) => KILLED.includes(status)).length;
    const left = all.filter(({ status }) => SURVIVED.includes(status));
    const known = left.filter(isExplained).length;
    return { file, mutants: killed + left.length, killed, explained: known, unexplained: left.length - known };
  });
  // What only takes too long does so on a slow machine, and survives on a fast one.
  const maySurvive = told.filter(({ status }) => status === 'Timeout' || SURVIVED.includes(status));
  return {
    rows,
    unexplained: survived
      .filter((mutant) => !isExplained(mutant))
      .map(({ pair, location }) => ({ ...pair, line: location.start.line }))
      .sort((one, other) => one.file.localeCompare(other.file) || one.line - other.line),
    stale: explained.filter(
      (entry) => rows.some(({ file }) => file === entry.file) && !maySurvive.some(({ pair }) => isSame(entry, pair)),
    ),
  };
}

/** The line that a mutant begins in, without and with it. What goes over several lines is drawn together behind it. */
export function pairOf({ file, replacement, location: { start, end } }: Mutant, text: string): Pair {
  const lines = text.split('\n');
  const first = lines[start.line - 1] ?? '';
  const last = lines[end.line - 1] ?? '';
  const after = first.slice(0, start.column - 1) + replacement + last.slice(end.column - 1);
  return { file, from: first.trim(), to: after.trim().replace(/\s*\n\s*/g, ' ') };
}

function isSame(one: Pair, other: Pair): boolean {
  return one.file === other.file && one.from === other.from && one.to === other.to;
}

/**
 * Reads explained.diff, whose head tells its form.
 *
 * @throws {Error} that says which line has another form
 */
export function readExplained(text: string): Explained[] {
  const explained: Explained[] = [];
  let file = '';
  let from: string | undefined;
  let pairs: Pair[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    const refuse = (why: string) => new Error(`explained.diff:${at + 1} ${why}: ${line}`);
    const [mark, said] = [line.slice(0, 2), line.slice(2).trim()];
    if (line.trim() === '' || mark[0] === '#') {
      if (from !== undefined || pairs.length > 0) throw refuse('No reason before this');
    } else if (mark === '@@') {
      file = said;
    } else if (mark === '- ') {
      if (file === '') throw refuse('No file before this');
      if (from !== undefined) throw refuse('No + before this');
      from = said;
    } else if (mark === '+ ' || line === '+') {
      if (from === undefined) throw refuse('No - before this');
      pairs.push({ file, from, to: said });
      from = undefined;
    } else {
      if (from !== undefined || pairs.length === 0) throw refuse('No pair before this');
      explained.push(...pairs.map((pair) => ({ ...pair, reason: line.trim() })));
      pairs = [];
    }
  }
  if (from !== undefined || pairs.length > 0) throw new Error('explained.diff ends without a reason');
  return explained;
}

/** The verdict for people, and for copying into explained.diff. */
export function formatVerdict({ rows, unexplained, stale }: Verdict): string {
  const sum = (key: 'mutants' | 'killed' | 'explained' | 'unexplained') =>
    rows.reduce((total, row) => total + row[key], 0);
  const all = {
    ...{ file: 'all', mutants: sum('mutants'), killed: sum('killed') },
    ...{ explained: sum('explained'), unexplained: sum('unexplained') },
  };
  const width = Math.max(...rows.map(({ file }) => file.length), 'file'.length);
  const lineOf = (file: string, ...cells: readonly (string | number)[]) =>
    [file.padEnd(width), ...cells.map((cell) => String(cell).padStart(11))].join('  ');
  const percent = (count: number) => `${((100 * count) / all.mutants).toFixed(1)} %`;
  return [
    lineOf('file', 'mutants', 'killed', 'explained', 'unexplained'),
    ...[...rows, all].map((row) => lineOf(row.file, row.mutants, row.killed, row.explained, row.unexplained)),
    ...(all.mutants === 0
      ? ['Nothing was mutated.']
      : [`${percent(all.killed)} killed, ${percent(all.killed + all.explained)} killed or explained.`]),
    ...unexplained.flatMap(({ file, line, from, to }) => ['', `${file}:${line} survives:`, `- ${from}`, `+ ${to}`]),
    ...stale.flatMap(({ file, from, to }) => ['', `${file} is explained, but survives not:`, `- ${from}`, `+ ${to}`]),
  ].join('\n');
}
