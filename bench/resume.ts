/**
 * A large file over a link that breaks: every so many bytes it resets all of its connections at once. Ends with 1 when more
 * than 5 % was sent twice, or memory rose above 200 MB.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { generatedSha256 } from '../emulator/objects.ts';
import { startStep } from '../emulator/runner/runner.ts';
import { beginCommand, readWhole } from '../scripts/command.ts';

const USAGE = `node bench/resume.ts [MIB] [BREAK] [SPEED]

Runs the built action with a file of so many MiB (1024), over a link of so many Mbit/s (1000) that resets all connections after
every so many MB (50). Tells how much was sent twice, and the action's peak of memory (Linux only).`;

const { bytes, breakEvery, speed } = beginCommand(USAGE, () => {
  const [mib = '1024', megabytes = '50', megabits = '1000'] = parseArgs({ allowPositionals: true }).positionals;
  return {
    bytes: readWhole('MIB', mib, 1, 1e6) * 1024 ** 2,
    breakEvery: readWhole('BREAK', megabytes, 1, 1e6) * 1e6,
    /** Bits in a millisecond. Without a limit a reset would cost what lies in the buffers of a loopback that outruns any reader. */
    speed: readWhole('SPEED', megabits, 1, 1e6) * 1000,
  };
});

const service = spawn(
  process.execPath,
  [join(import.meta.dirname, 'service.ts'), JSON.stringify({ outputs: [{ name: 'large.bin', bytes }] })],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
const [line] = await once(createInterface(service.stdout), 'line');
const { apiUrl, apiKey } = JSON.parse(String(line));
const workspace = mkdtempSync(join(tmpdir(), 'bench-'));
const link = await startLink();
let peak = 0;
try {
  const began = performance.now();
  const step = startStep({
    uses: join(import.meta.dirname, '..'),
    // The link is the proxy of all requests: what it carries goes to the API and to the storage.
    with: { 'api-key': apiKey, 'api-url': apiUrl, workflow: 'bench' },
    env: { http_proxy: link.url },
    workspace,
    timeoutMs: 30 * 60_000,
  });
  const watch = setInterval(() => {
    peak = Math.max(peak, peakOf(step.pid));
  }, 50);
  const { exitCode, log } = await step.done;
  clearInterval(watch);
  const seconds = (performance.now() - began) / 1000;
  const sums = exitCode === 0 ? readFileSync(join(workspace, 'cyberun-outputs/SHA256SUMS'), 'utf8') : '';
  const right = sums.startsWith(generatedSha256({ bytes, seed: 0 }));
  const twice = link.sent() / bytes - 1;
  if (!right) console.log(log.join('\n'));
  console.log(`the file is ${right ? 'right' : 'wrong'}, after ${link.breaks()} breaks, in ${seconds.toFixed(1)} s`);
  console.log(`sent twice: ${(twice * 100).toFixed(2)} %`);
  console.log(`memory at most: ${peak} MB`);
  process.exitCode = right && twice < 0.05 && peak < 200 ? 0 : 1;
} finally {
  link.close();
  service.kill();
  rmSync(workspace, { recursive: true, force: true });
}

/** A proxy for plain HTTP whose connections all break, by a reset, whenever so many bytes of answers went through. */
async function startLink() {
  const sockets = new Set<Socket>();
  let sent = 0;
  let breaks = 0;
  let left = breakEvery;
  let free = performance.now();
  async function pace(size: number): Promise<void> {
    free = Math.max(free, performance.now()) + (size * 8) / speed;
    const wait = free - performance.now();
    if (wait > 2) await sleep(wait);
  }
  async function forward(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '', method, headers } = incoming;
    const onward = incoming.pipe(request(url, { method, headers, agent: false }));
    response.once('close', () => onward.destroy());
    try {
      const [reply] = (await once(onward, 'response')) as [IncomingMessage];
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      for await (const chunk of reply) {
        await pace(chunk.length);
        sent += chunk.length;
        left -= chunk.length;
        if (!response.write(chunk)) await once(response, 'drain');
        if (left > 0) continue;
        left = breakEvery;
        breaks += 1;
        for (const socket of sockets) socket.resetAndDestroy();
      }
      response.end();
    } catch {
      response.destroy();
    }
  }
  const server = createServer((incoming, response) => void forward(incoming, response));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: () => sent,
    breaks: () => breaks,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The most memory a process has held so far, in MB; 0 where nobody says. */
function peakOf(pid: number | undefined): number {
  try {
    const found = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Math.round(Number(found?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}
