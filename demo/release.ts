/**
 * Shows a release event from end to end: starts the embedded service and a stand-in of GitHub, publishes a release, runs
 * the built action in a job of that event, and lists what the release has then. Nothing leaves this machine.
 */
import { parseArgs } from 'node:util';
import prettyBytes from 'pretty-bytes';
import { startEmulator } from '../emulator/emulator.ts';
import { startGithub } from '../emulator/github/github.ts';
import { beginCommand } from '../scripts/command.ts';
import { exitCodeOf, say, showStep } from './step.ts';

const USAGE = `npm run demo:release -- [--help]

Starts the embedded service and a stand-in of GitHub, publishes a release, runs the built action in a job of that event, and
lists what the release has then. Nothing leaves this machine. It has no other options.`;

beginCommand(USAGE, () => parseArgs());
await using emulator = await startEmulator({ pace: { stepMs: 150, queueMs: 300 } });
await using github = await startGithub();
const release = github.addRelease({ tag: 'v1.0.0', name: 'First light' });

const result = await showStep(emulator, {
  with: {
    workflow: 'text-to-image',
    parameters: 'prompt: a lighthouse at dusk\nseed: 7\nsteps: 12\nwidth: 512\nheight: 512\n',
    'attach-to-release': 'true',
    'github-token': github.token,
  },
  env: github.jobVariables(release),
  event: github.eventPayload(release),
  eventName: 'release',
  secrets: [github.token],
});

say(`\nThe release ${release.tag_name} of ${github.repository} has ${release.assets.length} assets:\n`);
for (const { name, label, size, digest, content_type } of release.assets) {
  say(
    `  ${name}${label === '' || label === name ? '' : ` (${label})`}  ${prettyBytes(size)}  ${content_type}  ${digest}`,
  );
}
process.exitCode = exitCodeOf(result);
