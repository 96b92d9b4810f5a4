import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { beginCommand, readWhole } from '../scripts/command.ts';
import type { Violation } from './invariants/invariants.ts';
import { explain, trySeed } from './seeds.ts';

/** Seeds that one worker takes at a time. */
const BATCH = 100;
/** Batches of one worker; then another takes over, as what a killed main left behind is never freed (16 kB each). */
const MOST_BATCHES = 100;
/** How often progress is shown, in milliseconds of real time. */
const INTERVAL = 5_000;
/** A batch that takes longer has a seed in it that does not end. */
const BATCH_LIMIT = 120_000;

/** What a worker says: the batch it begins with, and what came of one. */
type Message =
  | { readonly type: 'begins'; readonly from: number }
  | { readonly type: 'done'; readonly count: number; readonly failures: readonly Failure[] };

interface Failure {
  readonly seed: number;
  readonly violation: Violation;
}

const USAGE = `npm run simulate -- [options]

Lives through whole runs with faults, on a clock that jumps: one for each seed, always the same. Where one does what no run
may, it tells the shortest story of that, and ends with 1.

  --seeds N    how many (10000)
  --first N    from which on (1)
  --all        goes on after a failure, and tells of each
  --workers N  threads (as many as cores)`;

if (isMainThread) await run();
else await work(workerData as { next: SharedArrayBuffer; end: number });

function readOptions() {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '10000' },
      first: { type: 'string', default: '1' },
      all: { type: 'boolean', default: false },
      workers: { type: 'string', default: String(availableParallelism()) },
    },
  });
  return {
    // Their sum is counted in 32 bits.
    seeds: readWhole('--seeds', values.seeds, 1, 1e9),
    first: readWhole('--first', values.first, 0, 1e9),
    all: values.all,
    workers: readWhole('--workers', values.workers, 1, 256),
  };
}

async function run(): Promise<void> {
  const { seeds, first, all, workers } = beginCommand(USAGE, readOptions);
  const end = first + seeds;
  const next = new SharedArrayBuffer(4);
  new Int32Array(next)[0] = first;
  const began = performance.now();
  const failures: Failure[] = [];
  let count = 0;
  const say = () => {
    const speed = Math.round(count / ((performance.now() - began) / 1000));
    console.log(`${count} seeds, ${speed} a second, ${failures.length} failed`);
  };
  const timer = setInterval(say, INTERVAL);
  const onDone = (done: Extract<Message, { type: 'done' }>) => {
    count += done.count;
    failures.push(...done.failures);
    if (all) for (const failure of done.failures) console.log(lineOf(failure));
    if (failures.length > 0 && !all) new Int32Array(next)[0] = end;
  };
  const runWorkers = async () => {
    while (Atomics.load(new Int32Array(next), 0) < end) await runWorker(next, end, onDone);
  };
  await Promise.all(Array.from({ length: workers }, runWorkers));
  clearInterval(timer);
  say();
  failures.sort((one, other) => one.seed - other.seed);
  const [failure] = failures;
  if (failure === undefined) return;
  console.log(`\nSeed ${lineOf(failure)}\nIts shortest story:\n`);
  console.log(await explain(failure.seed, failure.violation));
  console.log(`\nAgain: npm run simulate -- --seeds 1 --first ${failure.seed}`);
  process.exit(1);
}

function lineOf({ seed, violation }: Failure): string {
  return `${seed}: ${violation.invariant}: ${violation.text}`;
}

/** Ends the process where a worker dies or hangs: its seeds are the story then. */
function runWorker(
  next: SharedArrayBuffer,
  end: number,
  onDone: (done: Extract<Message, { type: 'done' }>) => void,
): Promise<void> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { next, end } });
  let from = 0;
  const give = (why: string) => {
    console.log(`${why}, among the seeds from ${from} on: npm run simulate -- --seeds ${BATCH} --first ${from}`);
    process.exit(1);
  };
  let watch: NodeJS.Timeout | undefined;
  return new Promise((resolve) => {
    worker.on('message', (message: Message) => {
      clearTimeout(watch);
      if (message.type === 'done') {
        onDone(message);
        return;
      }
      from = message.from;
      watch = setTimeout(() => give('A life does not end'), BATCH_LIMIT);
    });
    worker.on('error', (error) => give(`An error that nobody caught (${error.message})`));
    worker.on('exit', () => {
      clearTimeout(watch);
      resolve();
    });
  });
}

/** Takes batch after batch until none is left, or it has had its share. */
async function work({ next, end }: { next: SharedArrayBuffer; end: number }): Promise<void> {
  // A trace for every simulated error costs a fifth of the time, and nobody reads it.
  Error.stackTraceLimit = 0;
  const counter = new Int32Array(next);
  const say = (message: Message) => parentPort?.postMessage(message);
  for (let batches = 0; batches < MOST_BATCHES; batches += 1) {
    const from = Atomics.add(counter, 0, BATCH);
    if (from >= end) break;
    say({ type: 'begins', from });
    const failures: Failure[] = [];
    const until = Math.min(from + BATCH, end);
    for (let seed = from; seed < until; seed += 1) {
      const violation = await trySeed(seed);
      if (violation !== undefined) failures.push({ seed, violation });
    }
    say({ type: 'done', count: until - from, failures });
  }
  parentPort?.close();
}
