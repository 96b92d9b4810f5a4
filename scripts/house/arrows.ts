/** One file imports another. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** Nothing of it is left when types are removed. */
  readonly typesOnly: boolean;
}

/** Each circle of imports, as the files one passes on the way round; the first is the last, too. */
export function circlesOf(arrows: readonly Arrow[]): string[][] {
  const next = Map.groupBy(arrows, ({ from }) => from);
  const circles: string[][] = [];
  const done = new Set<string>();

  function visit(path: string, trail: readonly string[]): void {
    const seen = trail.indexOf(path);
    if (seen !== -1) circles.push([...trail.slice(seen), path]);
    if (seen !== -1 || done.has(path)) return;
    for (const { to } of next.get(path) ?? []) visit(to, [...trail, path]);
    done.add(path);
  }

  for (const path of next.keys()) visit(path, []);
  return circles;
}

/** For each file that can be reached from `start`, one way there, both included. */
export function waysFrom(start: string, arrows: readonly Arrow[]): ReadonlyMap<string, readonly string[]> {
  const next = Map.groupBy(arrows, ({ from }) => from);
  const ways = new Map([[start, [start]]]);
  // A map goes on with what is added to it meanwhile.
  for (const [path, way] of ways) {
    for (const { to } of next.get(path) ?? []) if (!ways.has(to)) ways.set(to, [...way, to]);
  }
  return ways;
}
