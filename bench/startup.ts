/**
 * How long the built action takes to its first line of its own, against an empty node, in the same run:
 * `node bench/startup.ts [rounds]`. Says the ratio, as machines differ.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const rounds = Number(process.argv[2] ?? 15);
const dist = join(import.meta.dirname, '..', 'dist');

const empty = median(['-e', '0']);
for (const entry of ['main', 'post']) {
  const ours = median([join(dist, entry, 'index.js')]);
  console.log(
    `${entry}: ${ours.toFixed(0)} ms, an empty node ${empty.toFixed(0)} ms, ratio ${(ours / empty).toFixed(1)}`,
  );
}

/** Milliseconds. Main ends at its first check, since no key is given; post finds nothing to do. */
function median(args: string[]): number {
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    spawnSync(process.execPath, args, { env: { PATH: process.env.PATH } });
    return performance.now() - start;
  }).sort((one, other) => one - other);
  return times[Math.floor(rounds / 2)] ?? Number.NaN;
}
