/**
 * What a stream of events costs that goes on and on: `node bench/events.ts [MiB] [bytes an event ...]` runs the built action
 * against an embedded service that floods it, and says the CPU time and the memory at most of each.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmulator } from '../emulator/emulator.ts';
import { startStep } from '../emulator/runner/runner.ts';

const [mib = 600, ...given] = process.argv.slice(2).map(Number);
const sizes = given.length > 0 ? given : [1024, 16 * 1024, 64 * 1024, 250 * 1024, 1024 * 1024];

for (const size of sizes) console.log(`${mib} MiB in events of ${size} bytes: ${await costOf(size)}`);

async function costOf(size: number): Promise<string> {
  const quick = { workflow_slug: 'quick', behaviour: { steps: 1, holdAt: 'running' as const } };
  await using emulator = await startEmulator({ workflows: [quick] });
  const frame = 'event: progress\ndata: {"progress":0.5,"message":""}\n\n';
  const text = frame.replace('""', `"${'x'.repeat(Math.max(0, size - frame.length))}"`);
  const block = text.repeat(Math.ceil((64 * 1024) / text.length));
  const times = Math.ceil((mib * 1024 * 1024) / block.length);
  emulator.fault({ kind: 'events', fault: { type: 'flood', text: block, times } });
  const workspace = await mkdtemp(join(tmpdir(), 'bench-'));
  const { apiKey, apiUrl } = emulator;
  const step = startStep({
    uses: join(import.meta.dirname, '..'),
    with: { 'api-key': apiKey, 'api-url': apiUrl, workflow: 'quick' },
    secrets: [apiKey],
    workspace,
    timeoutMs: 600_000,
  });
  // As the kernel keeps it; when the next stream is asked for, the first has been read to its end.
  let status = '';
  let stat = '';
  while (emulator.requests.filter(({ kind }) => kind === 'events').length < 2) {
    status = await readFile(`/proc/${step.pid}/status`, 'utf8');
    stat = await readFile(`/proc/${step.pid}/stat`, 'utf8');
    await sleep(50);
  }
  void step.cancel();
  await step.done;
  await rm(workspace, { recursive: true, force: true });
  const memory = (Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024) / 1e6;
  // In ticks of 10 ms: user and system.
  const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14).map(Number);
  return `${((user + system) / 100).toFixed(1)} CPU s, ${Math.round(memory)} MB at most`;
}
