/**
 * How fast a large file reaches the disk, against `curl -o` in the same run: `node bench/download.ts [MiB] [rounds]`.
 * Says ratios, as machines differ; below 1 curl is faster.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { systemClock } from '../src/base/clock.ts';
import { systemDisk } from '../src/base/disk.ts';
import { createWire } from '../src/base/wire.ts';
import { downloadFile } from '../src/transfer/download.ts';
import { STORAGE_CONNECTIONS } from '../src/transfer/storage.ts';

const bytes = Number(process.argv[2] ?? 1024) * 1024 ** 2;
const rounds = Number(process.argv[3] ?? 5);

const service = spawn(process.execPath, [join(import.meta.dirname, 'service.ts'), String(bytes)], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const folder = await mkdtemp(join(tmpdir(), 'bench-'));
try {
  const [line] = await once(createInterface(service.stdout), 'line');
  const { apiUrl, apiKey } = JSON.parse(line);
  const url = await finishedUrl(apiUrl, apiKey);
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const theirs = await timed(async () => {
      execFileSync('curl', ['-sS', '-o', join(folder, 'curl.bin'), url]);
    });
    const ours = await timed(() => ourDownload(url));
    ratios.push(theirs.seconds / ours.seconds);
    const speed = (seconds: number) => `${Math.round(bytes / seconds / 1e6)} MB/s`;
    console.log(
      `round ${round}: curl ${speed(theirs.seconds)}, ours ${speed(ours.seconds)}, ours with SHA-256 and ${ours.cpu.toFixed(1)} CPU s`,
    );
  }
  ratios.sort((one, other) => one - other);
  console.log(
    `speed against curl: median ${ratios[Math.floor(rounds / 2)]?.toFixed(2)}, from ${ratios[0]?.toFixed(2)} to ${ratios.at(-1)?.toFixed(2)}`,
  );
  console.log(`memory at most: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
} finally {
  service.kill();
  await rm(folder, { recursive: true, force: true });
}

async function ourDownload(url: string): Promise<void> {
  await using wire = createWire({ connectionsPerOrigin: STORAGE_CONNECTIONS });
  const context = {
    wire,
    isHome: () => true,
    disk: systemDisk,
    notice: () => undefined,
    clock: systemClock,
    signal: new AbortController().signal,
  };
  const source = { url: () => url, renew: async () => undefined };
  const meter = { size: () => undefined, bytes: () => undefined };
  const { temporary } = await downloadFile(source, folder, context, meter);
  await rename(temporary, join(folder, 'ours.bin'));
}

async function timed(action: () => Promise<void>): Promise<{ seconds: number; cpu: number }> {
  const before = process.cpuUsage();
  const start = performance.now();
  await action();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
}

async function finishedUrl(apiUrl: string, apiKey: string): Promise<string> {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const submitted = await fetch(`${apiUrl}/r/workflows/slug/large/run`, {
    method: 'POST',
    headers,
    body: '{"parameters":{}}',
  });
  const { task_id } = (await submitted.json()) as { task_id: string };
  for await (const _ of (await fetch(`${apiUrl}/r/tasks/${task_id}/events`, { headers })).body ?? []) {
    // The stream ends with the task.
  }
  const result = (await (await fetch(`${apiUrl}/r/tasks/${task_id}/result`, { headers })).json()) as {
    download_urls: Record<string, string>;
  };
  return result.download_urls.file ?? '';
}
