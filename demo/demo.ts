/**
 * Shows a run from start to end: starts the embedded service, runs the built action as GitHub's runner would, and leaves
 * the pictures in demo-outputs/. Nothing leaves this machine.
 */
import { parseArgs } from 'node:util';
import { startEmulator } from '../emulator/emulator.ts';
import { beginCommand } from '../scripts/command.ts';
import { exitCodeOf, showStep } from './step.ts';

const USAGE = `npm run demo -- [--help]

Starts the embedded service, and runs the built action against it as GitHub's runner would. The picture and the job summary
are in demo-outputs/ then, which is emptied first. Takes ten seconds; nothing leaves this machine.

With inputs of your own: npm run step -- --help`;

beginCommand(USAGE, () => parseArgs());
await using emulator = await startEmulator({ pace: { stepMs: 300, queueMs: 700 } });
const result = await showStep(emulator, {
  with: {
    workflow: 'text-to-image',
    parameters: 'prompt: a lighthouse at dusk, long exposure\nseed: 7\nsteps: 24\nwidth: 768\nheight: 512\n',
    timeout: '5m',
  },
});
process.exitCode = exitCodeOf(result);
