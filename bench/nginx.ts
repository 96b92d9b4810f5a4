import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** nginx as a storage. Disposing ends it, and removes its files. */
export interface Nginx extends AsyncDisposable {
  /** Serves what lies in {@link folder}, and takes what is put below `/put/`. */
  readonly url: string;
  /** The same, each connection at 40 MB/s. */
  readonly cappedUrl: string;
  readonly folder: string;
}

/** Throws when there is no nginx, or something took its port. */
export async function startNginx(): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-nginx-'));
  const [port, cappedPort] = [await freePort(), await freePort()];
  await mkdir(join(folder, 'put'));
  const kept = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, `.${name}`)};`,
  );
  const server = (port: number, more: string) =>
    `server { listen 127.0.0.1:${port}; root ${folder}; client_max_body_size 0; ${more}
      location /put/ { dav_methods PUT; } }`;
  await writeFile(
    join(folder, '.conf'),
    `user root; daemon off; worker_processes 1; pid ${join(folder, '.pid')};
    events {}
    http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000; ${kept.join(' ')}
      ${server(port, '')} ${server(cappedPort, 'limit_rate 40m;')} }`,
  );
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, '.conf'), '-e', 'stderr'], { stdio: 'inherit' });
  await once(child, 'spawn');
  const exited = once(child, 'exit');
  while (!(await isOpen(port))) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`);
    await sleep(20);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    cappedUrl: `http://127.0.0.1:${cappedPort}`,
    folder,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const result = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return result;
}

/** Of one that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
