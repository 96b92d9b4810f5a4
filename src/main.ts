import { systemClock } from './base/clock.ts';
import { runStep } from './step/step.ts';

await runStep(systemClock);
