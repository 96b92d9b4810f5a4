/**
 * What a large matrix costs: `node bench/matrix.ts [combinations] [max-parallel] [shard]` runs the built action against
 * the embedded service, which is in a process of its own, and says the action's time and memory at most.
 */
import { inWords, startBench } from './measure.ts';

const combinations = Number(process.argv[2] ?? 1000);
const maxParallel = Number(process.argv[3] ?? 50);
const shard = process.argv[4] ?? '';

await using bench = await startBench(20_000);
const seeds = Array.from({ length: combinations }, (_, index) => index);
const cost = await bench.run({ matrix: `seed: [${seeds}]`, 'max-parallel': String(maxParallel), shard });
const { outputs, log, state } = cost.result;
console.log(
  `${combinations} combinations${shard === '' ? '' : `, share ${shard}`}, ${maxParallel} at a time: ${inWords(cost)}`,
);
const files = JSON.parse(outputs.files ?? '[]').length;
console.log(`${files} files listed, ${log.length} lines, ${Object.keys(state).length} state entries`);
