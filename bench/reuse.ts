/**
 * What it costs to run nothing again: `node bench/reuse.ts [combinations] [bytes]` runs a matrix, then again with `reuse`,
 * and says the time, CPU time and memory of both.
 */
import { inWords, startBench } from './measure.ts';

const combinations = Number(process.argv[2] ?? 50);
const bytes = Number(process.argv[3] ?? 20_000);

await using bench = await startBench(bytes);
const seeds = Array.from({ length: combinations }, (_, index) => index);
const given = { matrix: `seed: [${seeds}]`, 'max-parallel': '50', reuse: 'true' };
console.log(`${combinations} combinations: ${inWords(await bench.run(given))}`);
const again = await bench.run(given);
const reused = JSON.parse(again.result.outputs.tasks ?? '[]').filter((task: { reused: boolean }) => task.reused).length;
console.log(`${reused} of them reused: ${inWords(again)}`);
