/** What the benchmarks of whole steps share: the embedded service in a process of its own, and what a step costs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type StepResult, startStep } from '../emulator/runner/runner.ts';

/** A workspace, and a service whose one workflow makes so many files of so many bytes. Disposing ends and removes both. */
export interface Bench extends AsyncDisposable {
  /** Runs the built action on that workflow. */
  run(given: Readonly<Record<string, string>>): Promise<Cost>;
}

/** What a step came to, and cost: wall time and CPU time in seconds, and the most memory it held, in MB. */
export interface Cost {
  readonly result: StepResult;
  readonly seconds: number;
  readonly cpu: number;
  readonly memory: number;
}

export async function startBench(bytes: number, files = 1): Promise<Bench> {
  const service = spawn(process.execPath, [join(import.meta.dirname, 'service.ts'), String(bytes), String(files)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const workspace = await mkdtemp(join(tmpdir(), 'bench-'));
  const [line] = await once(createInterface(service.stdout), 'line');
  const { apiUrl, apiKey } = JSON.parse(line);
  return {
    async run(given) {
      const started = performance.now();
      const step = startStep({
        uses: join(import.meta.dirname, '..'),
        with: { 'api-key': apiKey, 'api-url': apiUrl, workflow: 'large', ...given },
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
      const seconds = (performance.now() - started) / 1000;
      const memory = Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
      // In ticks of 10 ms: user and system.
      const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14).map(Number);
      for (const text of [...result.violations, ...result.annotations.map(({ message }) => message)]) console.log(text);
      return { result, seconds, cpu: (user + system) / 100, memory };
    },
    async [Symbol.asyncDispose]() {
      service.kill();
      await rm(workspace, { recursive: true, force: true });
    },
  };
}

/** That in words. */
export function inWords({ result, seconds, cpu, memory }: Cost): string {
  return `${seconds.toFixed(2)} s, ${cpu.toFixed(2)} CPU s, ${memory} MB at most, exit ${result.exitCode}`;
}
