import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
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

const PORT = 21_901;

/** Throws when there is no nginx, or something has its port. */
export async function startNginx(): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-nginx-'));
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
      ${server(PORT, '')} ${server(PORT + 1, 'limit_rate 40m;')} }`,
  );
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, '.conf'), '-e', 'stderr'], { stdio: 'inherit' });
  await once(child, 'spawn');
  while (!(await isOpen())) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`);
    await sleep(20);
  }
  return {
    url: `http://127.0.0.1:${PORT}`,
    cappedUrl: `http://127.0.0.1:${PORT + 1}`,
    folder,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      await rm(folder, { recursive: true });
    },
  };
}

async function isOpen(): Promise<boolean> {
  const socket = connect(PORT, '127.0.0.1');
  const result = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return result;
}
