/**
 * Shows a run from start to end: starts the embedded service, runs the built action as GitHub's runner would, and leaves
 * the pictures in demo-outputs/. Nothing leaves this machine.
 */
import { startEmulator } from '../emulator/emulator.ts';
import { exitCodeOf, showStep } from './step.ts';

await using emulator = await startEmulator({ pace: { stepMs: 300, queueMs: 700 } });
const result = await showStep(emulator, {
  with: {
    workflow: 'text-to-image',
    parameters: 'prompt: a lighthouse at dusk, long exposure\nseed: 7\nsteps: 24\nwidth: 768\nheight: 512\n',
    timeout: '5m',
  },
});
process.exitCode = exitCodeOf(result);
