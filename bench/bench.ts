/**
 * Measures the built action side by side with what people would use in its place, several rounds by turns. Prints a table of
 * medians, with the least and the most, and ratios, as machines differ.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { beginCommand, readWhole } from '../scripts/command.ts';
import type { Cost } from './measure.ts';
import { startNginx } from './nginx.ts';
import { ROWS } from './rows.ts';

/**
 * Files are measured in memory where that has room for them: on a disk, what one costs depends on what was there before it.
 * ext4 without a journal, say, looks past each inode that was freed in the last minute: then a new file takes 0.7 ms and
 * not 0.03 where thousands were just removed.
 */
const MEMORY = '/dev/shm';
const ROOM = 8 * 1024 ** 3;

const NEEDED = ['nginx', 'curl', 'aria2c', 'openssl', 'jq'];

const USAGE = `npm run bench -- [options]

Measures what is built side by side with curl, aria2, openssl, jq and nginx, all of which it needs. Linux only.

  --quick           smaller files, and three rounds: two minutes, and not ten
  --rounds N        how often each is run, by turns (5)
  --only TEXT       of the rows below, those with this in their name
  --write           puts the table into docs/performance.md, once all rows are measured
  --json FILE       writes what each run took there: seconds, CPU seconds, MB
  --profile FOLDER  leaves a CPU profile of each of the action's runs there

${ROWS.map(({ name }) => `  - ${name}`).join('\n')}`;

const { quick, rounds, rows, write, json, nodeOptions } = beginCommand(USAGE, readOptions);
const root = join(import.meta.dirname, '..');

const missing = NEEDED.filter((name) => spawnSync(name, ['--version']).error !== undefined);
if (missing.length > 0) {
  console.error(`There is no ${missing.join(', no ')}. On Debian: apt-get install nginx curl aria2 openssl jq`);
  process.exit(1);
}

// The end is the usual one, so that neither nginx nor large files stay behind.
let isStopped = false;
process.once('SIGTERM', () => {
  isStopped = true;
  process.exitCode = 1;
});

const isInMemory = hasRoom(MEMORY);
// Everything that is started here, and what that starts, works there.
if (isInMemory) process.env.TMPDIR = MEMORY;
await using nginx = await startNginx();
const lines: string[] = [];
const measured: { readonly name: string; readonly sides: Readonly<Record<string, readonly Cost[]>> }[] = [];
for (const { name, prepare, by } of rows) {
  await using stack = new AsyncDisposableStack();
  const sides = Object.entries(await prepare({ nginx, stack, isQuick: quick, nodeOptions }));
  const costs = new Map<string, Cost[]>(sides.map(([side]) => [side, []]));
  for (let round = 0; round < rounds && !isStopped; round += 1) {
    for (const [side, run] of sides) costs.get(side)?.push(await run());
  }
  if (isStopped) break;
  // Not what the step said.
  const bare = ({ seconds, cpu, memory }: Cost) => ({ seconds, cpu, ...(memory !== undefined && { memory }) });
  measured.push({ name, sides: Object.fromEntries([...costs].map(([side, all]) => [side, all.map(bare)])) });
  const of = (side: string, part: keyof Cost) => spreadOf((costs.get(side) ?? []).map((cost) => cost[part] ?? 0));
  const part = by ?? 'seconds';
  const unit = by === undefined ? 's' : 'CPU s';
  const ours = of('ours', part);
  const memory = of('ours', 'memory').median;
  const others = sides
    .filter(([side]) => side !== 'ours')
    .map(
      ([side]) => `${side} ${inWords(of(side, part))} ${unit} (${(ours.median / of(side, part).median).toFixed(2)})`,
    );
  const more = memory === 0 ? '' : `${of('ours', 'cpu').median.toFixed(2)} CPU s, ${memory.toFixed(0)} MB`;
  lines.push(`| ${name} | ${inWords(ours)} ${unit} | ${more} | ${others.join('<br>')} |`);
  console.log(lines.at(-1));
}

const sizes = ['main', 'post'].map(
  (entry) => `${entry} ${Math.round(statSync(join(root, 'dist', entry, 'index.js')).size / 1000)} kB`,
);
const machine = `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, ${Math.round(totalmem() / 1e9)} GB; Node ${process.versions.node}; ${execFileSync('git', ['log', '-1', '--format=%cs'], { cwd: root, encoding: 'utf8' }).trim()}; ${rounds} ${rounds === 1 ? 'round' : 'rounds'}${quick ? ', quick' : ''}; files ${isInMemory ? 'in memory' : 'on disk'}. What is loaded first: ${sizes.join(', ')}.`;
const text = [
  machine,
  '',
  '| What | This action | It takes | Against (ratio) |',
  '| --- | --- | --- | --- |',
  ...lines,
].join('\n');
console.log(`\n${text}`);
if (json !== undefined && !isStopped) writeFileSync(json, `${JSON.stringify({ machine, rows: measured }, null, 2)}\n`);
if (write && !isStopped) {
  const path = join(root, 'docs/performance.md');
  const page = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    page.replace(/(<!-- bench -->\n)[\s\S]*(\n<!-- \/bench -->)/, (_, start, end) => `${start}${text}${end}`),
  );
}

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= ROOM;
  } catch {
    return false;
  }
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      only: { type: 'string', default: '' },
      write: { type: 'boolean', default: false },
      json: { type: 'string' },
      profile: { type: 'string' },
    },
  });
  const { quick, rounds = quick ? '3' : '5', only, write, json, profile } = values;
  const rows = ROWS.filter(({ name }) => name.includes(only));
  if (rows.length === 0) throw new Error(`No row has "${only}" in its name`);
  if (write && rows.length < ROWS.length) throw new Error('--write needs all rows: leave out --only');
  return {
    ...{ quick, rows, write, json },
    rounds: readWhole('--rounds', rounds, 1, 1000),
    nodeOptions: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
  };
}

interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

function spreadOf(given: readonly number[]): Spread {
  const sorted = [...given].sort((one, other) => one - other);
  return {
    median: sorted[Math.floor(sorted.length / 2)] ?? 0,
    least: sorted[0] ?? 0,
    most: sorted.at(-1) ?? 0,
  };
}

function inWords({ median, least, most }: Spread): string {
  const digits = median < 0.3 ? 3 : 2;
  return `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}
