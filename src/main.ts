import { setFlagsFromString } from 'node:v8';
import { systemClock } from './base/clock.ts';
import { createWire } from './base/wire.ts';
import { runStep } from './step/step.ts';

// undici parses answers in WebAssembly. V8 would compile that anew, and better, within the first few of them, which takes
// 23 MB and a seventh of a short run's CPU time; after ten times as much it still does.
setFlagsFromString('--wasm-tiering-budget=130000000');

await runStep(systemClock, createWire);
