import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program of others that serves on a port of this machine. Disposing of it ends it. */
export interface Program extends AsyncDisposable {
  /** Such as `http://127.0.0.1:21000`. */
  readonly url: string;
  readonly port: number;
  /** Kills it at once (SIGKILL), with all connections. */
  kill(): Promise<void>;
  /** Starts it again on the same port, once it is dead. */
  restart(): Promise<void>;
}

/**
 * Starts a program on a free port and waits until it takes connections.
 *
 * @param args Its arguments, given the port and a folder of its own, which is removed with it.
 * @throws when it ends before, with what it said; or takes none for twenty seconds
 */
export async function startProgram(
  command: string,
  args: (port: number, folder: string) => readonly string[],
): Promise<Program> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'program-'));
  const start = async () => {
    const child = spawn(command, args(port, folder), { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
    const over = ended(child);
    await Promise.race([reachable(port), over.then((why) => Promise.reject(new Error(`${command} ${why}: ${said}`)))]);
    return { child, over };
  };
  const end = async (signal: NodeJS.Signals) => {
    running.child.kill(signal);
    await running.over;
  };
  let running = await start();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    kill: () => end('SIGKILL'),
    async restart() {
      running = await start();
    },
    async [Symbol.asyncDispose]() {
      await end('SIGTERM');
      rmSync(folder, { recursive: true });
    },
  };
}

/** tinyproxy, which forwards requests with a whole URL, and tunnels by CONNECT. */
export function startTinyproxy(command = 'tinyproxy'): Promise<Program> {
  return startProgram(command, (port, folder) => {
    const config = join(folder, 'tinyproxy.conf');
    writeFileSync(config, `Port ${port}\nListen 127.0.0.1\nTimeout 600\nAllow 127.0.0.1\n`);
    return ['-d', '-c', config];
  });
}

async function ended(child: ChildProcess): Promise<string> {
  if (child.pid === undefined) {
    const [error] = await once(child, 'error');
    return String(error);
  }
  const [code, signal] = await once(child, 'exit');
  return `ended with ${signal ?? code}`;
}

let tries = 0;

/** Below those that a system hands out by itself (32,768 and up on Linux), so that no connection has it by chance. */
async function freePort(): Promise<number> {
  for (;;) {
    tries += 1;
    const port = 21_000 + ((process.pid + tries * 97) % 9_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** Resolves once somebody listens there; rejects after twenty seconds. */
async function reachable(port: number): Promise<void> {
  for (let asked = 0; asked < 400; asked += 1) {
    const socket = connect(port, '127.0.0.1');
    const listens = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (listens) return;
    await sleep(50);
  }
  throw new Error(`nobody listens on ${port}`);
}
