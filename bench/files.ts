/**
 * What many small files of one task cost: `node bench/files.ts [files] [bytes]` runs the built action against the embedded
 * service, which is in a process of its own, and says the action's time, CPU time and memory at most.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startStep } from '../emulator/runner/runner.ts';

const files = Number(process.argv[2] ?? 1000);
const bytes = Number(process.argv[3] ?? 1000);

const service = spawn(process.execPath, [join(import.meta.dirname, 'service.ts'), String(bytes), String(files)], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const workspace = await mkdtemp(join(tmpdir(), 'bench-'));
try {
  const [line] = await once(createInterface(service.stdout), 'line');
  const { apiUrl, apiKey } = JSON.parse(line);
  const started = performance.now();
  const step = startStep({
    uses: join(import.meta.dirname, '..'),
    with: { 'api-key': apiKey, 'api-url': apiUrl, workflow: 'large' },
    secrets: [apiKey],
    workspace,
    timeoutMs: 3_600_000,
  });
  // As the kernel keeps it; read now and then, as it is gone with the process.
  let status = '';
  let stat = '';
  const look = async () => {
    const now = await readFile(`/proc/${step.pid}/status`, 'utf8').catch(() => '');
    // A process that is over has no memory any more.
    if (now.includes('VmHWM')) status = now;
    stat = await readFile(`/proc/${step.pid}/stat`, 'utf8').catch(() => stat);
  };
  const watch = setInterval(() => void look(), 20);
  const result = await step.done;
  clearInterval(watch);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const most = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  // In ticks of 10 ms: user and system.
  const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14).map(Number);
  const cpu = ((user + system) / 100).toFixed(1);
  console.log(`${files} files: ${seconds} s, ${cpu} CPU s, ${Math.round(most)} MB at most, exit ${result.exitCode}`);
  for (const text of [...result.violations, ...result.annotations.map(({ message }) => message)]) console.log(text);
} finally {
  service.kill();
  await rm(workspace, { recursive: true, force: true });
}
