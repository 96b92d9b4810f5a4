/**
 * Shows a run from start to end: starts the embedded service, runs the built action as GitHub's runner would, and leaves
 * the pictures in demo-outputs/. Nothing leaves this machine.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { startEmulator } from '../emulator/emulator.ts';
import { startStep } from '../emulator/runner/runner.ts';

const root = join(import.meta.dirname, '..');
const workspace = join(root, 'demo-outputs');
const say = (text: string) => process.stdout.write(`${text}\n`);

rmSync(workspace, { recursive: true, force: true });
mkdirSync(workspace);

await using emulator = await startEmulator({ pace: { stepMs: 300, queueMs: 700 } });

const inputs = {
  workflow: 'text-to-image',
  parameters: 'prompt: a lighthouse at dusk, long exposure\nseed: 7\nsteps: 24\nwidth: 768\nheight: 512\n',
  timeout: '5m',
};
say('This step of a workflow:\n');
say(stepYaml(inputs));
say('\nis run against the embedded service. What its log shows:\n');

const step = startStep({
  uses: root,
  with: { ...inputs, 'api-key': emulator.apiKey, 'api-url': emulator.apiUrl },
  secrets: [emulator.apiKey],
  workspace,
  onLine: (line) => say(`  | ${line}`),
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void step.cancel());
const result = await step.done;

writeFileSync(join(workspace, 'summary.md'), result.summary);
say('\nThe outputs that later steps read:\n');
for (const [name, value] of Object.entries(result.outputs)) say(`  ${name}: ${relativePaths(value)}`);
const files = readdirSync(join(workspace, 'cyberun-outputs'));
say(`\nLook at demo-outputs/cyberun-outputs/: ${files.join(', ')}`);
say('The job summary is in demo-outputs/summary.md.');
if (result.violations.length > 0) say(`The runner would mind: ${result.violations.join('; ')}`);
process.exitCode = result.exitCode === 0 && result.violations.length === 0 ? 0 : 1;

function stepYaml({ workflow, parameters, timeout }: typeof inputs): string {
  const indented = parameters.trim().replace(/^/gm, '        ');
  return [
    '  - uses: cyberun/run@v1',
    '    with:',
    '      api-key: ${{ secrets.CYBERUN_API_KEY }}',
    `      workflow: ${workflow}`,
    '      parameters: |',
    indented,
    `      timeout: ${timeout}`,
  ].join('\n');
}

function relativePaths(value: string): string {
  return value.replaceAll(workspace, relative(root, workspace));
}
