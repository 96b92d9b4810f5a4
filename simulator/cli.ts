import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Violation } from './invariants/invariants.ts';
import { explain, trySeed } from './seeds.ts';

/** Seeds that one worker takes at a time. */
const BATCH = 200;
/** How often progress is shown, in milliseconds of real time. */
const INTERVAL = 5_000;

/** What a worker says of a batch. */
interface Done {
  readonly count: number;
  readonly failures: readonly { readonly seed: number; readonly violation: Violation }[];
}

if (isMainThread) await run();
else await work(workerData as { next: SharedArrayBuffer; end: number });

/** `npm run simulate -- --seeds 100000 --first 1`: lives through so many seeds; on a failure it tells the shortest story. */
async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '10000' },
      first: { type: 'string', default: '1' },
      /** Go on after a failure, and list them all. */
      all: { type: 'boolean', default: false },
      workers: { type: 'string', default: String(availableParallelism()) },
    },
  });
  const first = Number(values.first);
  const end = first + Number(values.seeds);
  const next = new SharedArrayBuffer(8);
  new Int32Array(next)[0] = first;
  const began = performance.now();
  let count = 0;
  const failures: { seed: number; violation: Violation }[] = [];
  const speed = () => Math.round(count / ((performance.now() - began) / 1000));
  const timer = setInterval(
    () => console.log(`${count} seeds, ${speed()} a second, ${failures.length} failed`),
    INTERVAL,
  );

  await Promise.all(
    Array.from({ length: Math.max(1, Number(values.workers)) }, () => {
      const worker = new Worker(new URL(import.meta.url), { workerData: { next, end } });
      return new Promise<void>((resolve, reject) => {
        worker.on('message', (done: Done) => {
          count += done.count;
          failures.push(...done.failures);
          if (failures.length > 0 && !values.all) new Int32Array(next)[0] = end;
        });
        worker.on('error', reject);
        worker.on('exit', () => resolve());
      });
    }),
  );
  clearInterval(timer);
  console.log(`${count} seeds, ${speed()} a second, ${failures.length} failed`);
  failures.sort((one, other) => one.seed - other.seed);
  for (const { seed, violation } of values.all ? failures : [])
    console.log(`${seed}: ${violation.invariant}: ${violation.text}`);
  const [failure] = failures;
  if (failure === undefined) return;
  console.log(
    `\nSeed ${failure.seed}: ${failure.violation.invariant}: ${failure.violation.text}\nIts shortest story:\n`,
  );
  console.log(await explain(failure.seed, failure.violation));
  console.log(`\nAgain: npm run simulate -- --seeds 1 --first ${failure.seed}`);
  process.exit(1);
}

/** Takes batch after batch until none is left. */
async function work({ next, end }: { next: SharedArrayBuffer; end: number }): Promise<void> {
  // A trace for every simulated error costs a fifth of the time, and nobody reads it.
  Error.stackTraceLimit = 0;
  const counter = new Int32Array(next);
  for (;;) {
    const from = Atomics.add(counter, 0, BATCH);
    if (from >= end) break;
    const failures: { seed: number; violation: Violation }[] = [];
    const until = Math.min(from + BATCH, end);
    for (let seed = from; seed < until; seed += 1) {
      const violation = await trySeed(seed);
      if (violation !== undefined) failures.push({ seed, violation });
    }
    parentPort?.postMessage({ count: until - from, failures } satisfies Done);
  }
  process.exit();
}
