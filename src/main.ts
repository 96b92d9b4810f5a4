import { systemClock } from './base/clock.ts';
import { createWire } from './base/wire.ts';
import { runStep } from './step/step.ts';

await runStep(systemClock, createWire);
