/** What a run of the built action, or of a program it is compared with, takes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type StepResult, startStep } from '../emulator/runner/runner.ts';
import type { ServiceOptions } from './service.ts';

const ROOT = join(import.meta.dirname, '..');

/** Seconds of wall time and of CPU (user and system), and the most memory held, in MB. */
export interface Cost {
  readonly seconds: number;
  readonly cpu: number;
  readonly memory?: number;
}

/** The embedded service, and a workspace. Disposing ends and removes both. */
export interface Bench extends AsyncDisposable {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly workspace: string;
  /** Runs main of the built action. Throws where the step fails. */
  step(given: Readonly<Record<string, string>>): Promise<Cost & { readonly result: StepResult }>;
}

/** @param nodeOptions Of the node that runs the action. */
export async function startBench(options: ServiceOptions, nodeOptions: readonly string[] = []): Promise<Bench> {
  const service = spawn(process.execPath, [join(import.meta.dirname, 'service.ts'), JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const workspace = await mkdtemp(join(tmpdir(), 'bench-'));
  const [line] = await once(createInterface(service.stdout), 'line');
  const { apiUrl, apiKey }: { apiUrl: string; apiKey: string } = JSON.parse(line);
  return {
    apiUrl,
    apiKey,
    workspace,
    async step(given) {
      const started = performance.now();
      const step = startStep({
        uses: ROOT,
        with: { 'api-key': apiKey, 'api-url': apiUrl, workflow: 'bench', ...given },
        secrets: [apiKey],
        workspace,
        timeoutMs: 3_600_000,
        skipPost: true,
        nodeOptions: [...nodeOptions],
      });
      const usage = watchUsage(step.pid);
      const result = await step.done;
      const seconds = (performance.now() - started) / 1000;
      if (result.exitCode !== 0) throw new Error(`the step failed:\n${result.log.join('\n')}`);
      return { ...usage(), seconds, result };
    },
    async [Symbol.asyncDispose]() {
      service.kill();
      await rm(workspace, { recursive: true, force: true });
    },
  };
}

/** As the kernel keeps it; read now and then, as it is gone with the process. */
function watchUsage(pid: number | undefined): () => { cpu: number; memory: number } {
  let status = '';
  let stat = '';
  const look = async () => {
    const now = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    // A process that is over has no memory any more.
    if (now.includes('VmHWM')) status = now;
    stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => stat);
  };
  const watch = setInterval(() => void look(), 10);
  return () => {
    clearInterval(watch);
    // In ticks of 10 ms: user and system.
    const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14).map(Number);
    const kilobytes = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
    return { cpu: (user + system) / 100, memory: (kilobytes * 1024) / 1e6 };
  };
}

/** Runs a program of others; its output goes nowhere. Throws where it fails. */
export async function program(command: string, args: readonly string[], cwd?: string): Promise<Cost> {
  // bash tells what the kernel says of its children, in milliseconds.
  const script = 'TIMEFORMAT="%R %U %S"; time "$@" > /dev/null 2> /dev/null';
  const child = spawn('bash', ['-c', script, 'bash', command, ...args], { stdio: ['ignore', 'ignore', 'pipe'], cwd });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
  const [seconds = 0, user = 0, system = 0] = said.trim().split(' ').map(Number);
  return { seconds, cpu: user + system };
}

/** A script for bash; a failure in it is one. */
export function shell(script: string, cwd?: string): Promise<Cost> {
  return program('bash', ['-euo', 'pipefail', '-c', script], cwd);
}
