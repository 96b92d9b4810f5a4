import { posix } from 'node:path';
import { type Arrow, circlesOf, waysFrom } from './arrows.ts';
import { earlyCuts } from './cuts.ts';
import { slowPatterns } from './patterns.ts';
import { looseReturns } from './returns.ts';
import { GLOBALS, type Lines, OUT_OF_REACH, PACKAGES, ROOMS } from './rooms.ts';
import { lineAt, readSource } from './source.ts';

/**
 * What files do against the lines of the house (rooms.ts), a sentence each; nothing when all is well.
 *
 * @param files The text of each file, by its path from the root, with `/` between its parts.
 * @throws {Error} A text is no TypeScript.
 */
export function problemsOf(files: ReadonlyMap<string, string>): string[] {
  const problems: string[] = [];
  const arrows: Arrow[] = [];

  for (const [path, text] of files) {
    const tell = (start: number, problem: string | undefined) => {
      if (problem !== undefined) problems.push(`${path}:${lineAt(text, start)} ${problem}`);
    };
    if (roomOf(path) === undefined) problems.push(`${path} is in no room. Name one in ROOMS.`);
    const { imports, names } = readSource(path, text);
    for (const { specifier, typesOnly, start } of imports) {
      const to = targetOf(path, specifier);
      if (to !== undefined) arrows.push({ from: path, to, typesOnly });
      tell(start, to === undefined ? packageProblem(path, specifier) : roomProblem(path, to));
    }
    for (const { name, start } of names) tell(start, globalProblem(path, name));
    for (const start of looseReturns(path, text)) tell(start, LOOSE_RETURN);
    if (isIn(path, 'src')) for (const start of earlyCuts(path, text)) tell(start, EARLY_CUT);
  }
  return [...problems, ...circleProblems(arrows), ...reachProblems(arrows)];
}

/** The same of regular expressions alone, which takes seconds. */
export function patternProblemsOf(files: ReadonlyMap<string, string>): string[] {
  return [...files]
    .filter(([path]) => isIn(path, 'src'))
    .flatMap(([path, text]) =>
      slowPatterns(path, text).map(({ start, why }) => `${path}:${lineAt(text, start)} ${SLOW_PATTERN} (${why}).`),
    );
}

const SLOW_PATTERN =
  'has a regular expression that is not known to be linear, so what comes from outside could hang the process. Write it so that no run of characters is looked at from each of its places, or do without';

const EARLY_CUT = 'cuts a text before secrets are removed from it. Give all of it to inert, which cuts it after that.';

const LOOSE_RETURN =
  'returns out of a `using` or `try` scope, which a promise would leave unawaited. Make the function async and await, or declare a return type without a Promise.';

function roomProblem(path: string, to: string): string | undefined {
  const room = roomOf(path);
  if (room === undefined) return undefined;
  const places = listed(ROOMS, room);
  if (isInOneOf(to, [room, ...places])) return undefined;
  return `imports ${to}: ${room} may import only ${['itself', ...places].join(', ')} (ROOMS).`;
}

function packageProblem(path: string, specifier: string | undefined): string | undefined {
  const places = listed(PACKAGES, packageOf(specifier ?? ''));
  if (!isIn(path, 'src') || isInOneOf(path, places)) return undefined;
  return `imports ${specifier ?? 'what it computes'}: ${mayOnly(places)} (PACKAGES).`;
}

function globalProblem(path: string, name: string): string | undefined {
  const places = listed(GLOBALS, name);
  if (!isIn(path, 'src') || !Object.hasOwn(GLOBALS, name) || isInOneOf(path, places)) return undefined;
  return `uses ${name}: ${mayOnly(places)} (GLOBALS).`;
}

function circleProblems(arrows: readonly Arrow[]): string[] {
  return circlesOf(arrows).map((circle) => `Imports go in a circle: ${circle.join(' -> ')}.`);
}

function reachProblems(arrows: readonly Arrow[]): string[] {
  const built = arrows.filter(({ typesOnly }) => !typesOnly);
  return Object.entries(OUT_OF_REACH).flatMap(([start, places]) =>
    [...waysFrom(start, built)]
      .filter(([path]) => isInOneOf(path, places))
      .map(([path, way]) => `${start} must not reach ${path}: ${way.join(' -> ')} (OUT_OF_REACH).`),
  );
}

/** The file of ours that is imported, by its path from the root; none where it is a package. */
function targetOf(path: string, specifier: string | undefined): string | undefined {
  return specifier?.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined;
}

/** `undici` of `undici/types/agent`, `@actions/core` of `@actions/core/lib/core`; a module of Node keeps its name. */
function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function roomOf(path: string): string | undefined {
  return Object.keys(ROOMS).find((room) => isIn(path, room));
}

/** Whether a path is the place, or lies in it. */
function isIn(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

function isInOneOf(path: string, places: readonly string[]): boolean {
  return places.some((place) => isIn(path, place));
}

function listed(lines: Lines, name: string): readonly string[] {
  return Object.hasOwn(lines, name) ? (lines[name] ?? []) : [];
}

function mayOnly(places: readonly string[]): string {
  return places.length === 0 ? 'nothing in src may' : `of src only ${places.join(', ')} may`;
}
