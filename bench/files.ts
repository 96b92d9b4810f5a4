/**
 * What many small files of one task cost: `node bench/files.ts [files] [bytes]` runs the built action against the embedded
 * service, which is in a process of its own, and says the action's time, CPU time and memory at most: first of the run, and
 * then of one that is reused.
 */
import { inWords, startBench } from './measure.ts';

const files = Number(process.argv[2] ?? 1000);
const bytes = Number(process.argv[3] ?? 1000);

await using bench = await startBench(bytes, files);
console.log(`${files} files: ${inWords(await bench.run({ reuse: 'true' }))}`);
console.log(`reused: ${inWords(await bench.run({ reuse: 'true' }))}`);
