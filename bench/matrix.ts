/**
 * What a large matrix costs: `node bench/matrix.ts [combinations] [max-parallel] [shard]` runs the built action against
 * the embedded service, which is in a process of its own, and says the action's time and memory at most.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startStep } from '../emulator/runner/runner.ts';

const combinations = Number(process.argv[2] ?? 1000);
const maxParallel = Number(process.argv[3] ?? 50);
const shard = process.argv[4] ?? '';

const service = spawn(process.execPath, [join(import.meta.dirname, 'service.ts'), '20000'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const workspace = await mkdtemp(join(tmpdir(), 'bench-'));
try {
  const [line] = await once(createInterface(service.stdout), 'line');
  const { apiUrl, apiKey } = JSON.parse(line);
  const seeds = Array.from({ length: combinations }, (_, index) => index);
  const started = performance.now();
  const step = startStep({
    uses: join(import.meta.dirname, '..'),
    with: {
      'api-key': apiKey,
      'api-url': apiUrl,
      workflow: 'large',
      matrix: `seed: [${seeds}]`,
      'max-parallel': String(maxParallel),
      shard,
    },
    secrets: [apiKey],
    workspace,
    timeoutMs: 3_600_000,
  });
  // The most it ever held, as the kernel keeps it; read now and then, as it is gone with the process.
  let most = '';
  const look = async () => {
    const status = await readFile(`/proc/${step.pid}/status`, 'utf8').catch(() => '');
    most = /VmHWM:\s+(\d+)/.exec(status)?.[1] ?? most;
  };
  const watch = setInterval(() => void look(), 50);
  const result = await step.done;
  clearInterval(watch);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const files = JSON.parse(result.outputs.files ?? '[]').length;
  console.log(
    `${combinations} combinations${shard === '' ? '' : `, share ${shard}`}, ${maxParallel} at a time: ${seconds} s, ${Math.round(Number(most) / 1024)} MB at most`,
  );
  console.log(
    `exit ${result.exitCode}, ${files} files listed, ${result.log.length} lines, ${Object.keys(result.state).length} state entries`,
  );
  for (const text of [...result.violations, ...result.annotations.map(({ message }) => message)]) console.log(text);
} finally {
  service.kill();
  await rm(workspace, { recursive: true, force: true });
}
