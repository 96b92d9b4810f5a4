import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Program, startProgram } from '../../action/program.ts';
import { commandOf } from '../parts.ts';

/**
 * nginx before one target, which buffers and compresses what it passes on, as it does unless it is told otherwise.
 *
 * @param more Of its `location`.
 */
export function startNginx(target: string, more = ''): Promise<Program> {
  return startProgram(commandOf('nginx'), (port, folder) => {
    const config = join(folder, 'nginx.conf');
    const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => {
      mkdirSync(join(folder, name), { recursive: true });
      return `${name}_temp_path ${join(folder, name)};`;
    });
    writeFileSync(
      config,
      `daemon off; master_process off; pid ${join(folder, 'pid')};
      events {}
      http {
        ${places.join('\n')}
        access_log off;
        proxy_cache_path ${join(folder, 'cache')} keys_zone=cache:1m;
        gzip on; gzip_proxied any; gzip_types *; gzip_min_length 1;
        server {
          listen 127.0.0.1:${port};
          location / {
            proxy_pass ${target};
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Connection "";
            ${more}
          }
        }
      }`,
    );
    return ['-p', folder, '-c', config, '-e', 'stderr'];
  });
}
