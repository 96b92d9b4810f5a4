import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createWire } from '../../src/base/wire.ts';

const OPERATORS = readFileSync(join(import.meta.dirname, '../../docs/operators.md'), 'utf8');

/** The rows of the table of `no_proxy`, with hosts that nobody has in place of those that somebody may have. */
const ROWS = OPERATORS.slice(OPERATORS.indexOf('| Entry | Without the proxy |'))
  .split('\n\n')[0]
  ?.split('\n')
  .slice(2)
  .map((row) => row.replaceAll('.com', '.invalid').replaceAll('10.1.', '127.1.'))
  .map((row) => row.split('|').map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)))
  .map(([, entry, direct = [], proxied = []]) => ({ entry: entry?.[0] ?? '', direct, proxied }));

test.each(ROWS ?? [])('no_proxy=$entry is what docs/operators.md says', async ({ entry, direct, proxied }) => {
  let asked: string[] = [];
  const proxy = createServer((incoming, response) => {
    asked.push(incoming.headers.host ?? '');
    response.end();
  });
  proxy.on('connect', ({ url = '' }, socket) => {
    asked.push(url);
    socket.destroy();
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => void proxy.close().closeAllConnections());
  const httpProxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const wire = createWire({ proxies: { httpProxy, httpsProxy: '', noProxy: entry } });
  onTestFinished(wire[Symbol.asyncDispose]);
  const isProxied = async (host: string) => {
    asked = [];
    // Directly, there is nobody.
    const answer = wire(`http://${host}/`, {
      method: 'GET',
      headers: {},
      connection: 'own',
      headersTimeout: 5_000,
      bodyTimeout: 5_000,
      signal: new AbortController().signal,
    });
    await answer.then(({ body }) => body.destroy()).catch(() => undefined);
    return asked.length > 0;
  };

  expect([...direct, ...proxied]).not.toEqual([]);
  for (const host of direct) expect([host, await isProxied(host)]).toEqual([host, false]);
  for (const host of proxied) expect([host, await isProxied(host)]).toEqual([host, true]);
});
