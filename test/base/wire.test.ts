import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createWire, type Wire, type WireOptions, type WireRequest } from '../../src/base/wire.ts';
import { startConnectProxy } from '../action/connect-proxy.ts';

const forever = new AbortController().signal;

/** A server that answers as it is told, and how it was asked: the port tells one connection from another. */
async function startServer(answer: RequestListener = (_, response) => response.end('fine')) {
  const asked: { readonly path: string; readonly port: number; readonly agent: string }[] = [];
  const server = createServer((incoming, response) => {
    const { url = '', socket, headers } = incoming;
    asked.push({ path: url, port: socket.remotePort ?? 0, agent: headers['user-agent'] ?? '' });
    answer(incoming, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** A server that says nothing, not even what TLS begins with. */
async function startSilence() {
  const reached = Promise.withResolvers<void>();
  const server = createTcpServer((socket) => {
    onTestFinished(() => void socket.destroy());
    reached.resolve();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, reached: reached.promise };
}

function open(options?: WireOptions) {
  const wire = createWire(options);
  onTestFinished(wire[Symbol.asyncDispose]);
  return wire;
}

const requestOf = (changes: Partial<WireRequest>): WireRequest => ({
  method: 'GET',
  headers: {},
  connection: 'shared',
  headersTimeout: 5_000,
  bodyTimeout: 5_000,
  signal: forever,
  ...changes,
});

/** Asks, and reads the answer to its end. */
async function ask(wire: Wire, url: string, changes: Partial<WireRequest> = {}): Promise<string> {
  const { body } = await wire(url, requestOf(changes));
  return Buffer.concat(await Array.fromAsync(body)).toString();
}

describe.each(['straight', 'through a proxy that forwards'])('%s', (way) => {
  async function start() {
    // What a service says by hand, whatever it was asked for.
    const server = await startServer((_, response) => response.setHeader('connection', 'keep-alive').end('fine'));
    if (way === 'straight') return { ...server, wire: (options?: WireOptions) => open(options) };
    // The proxy has a connection of its own to the server for each request: what counts is what reaches the proxy.
    const proxy = await startConnectProxy();
    onTestFinished(proxy[Symbol.asyncDispose]);
    const proxies = { httpProxy: proxy.url, httpsProxy: '', noProxy: '' };
    return { ...server, asked: proxy.asked, wire: (options?: WireOptions) => open({ proxies, ...options }) };
  }

  test('a connection of one’s own was used by nobody before, and is by nobody afterwards', async () => {
    const { url, asked, wire: create } = await start();
    const wire = create();
    for (const connection of ['shared', 'own', 'own', 'shared'] as const) {
      await ask(wire, url, { connection });
      // A connection is given to the next request one turn after its last answer, and looked at for another.
      await turn();
      await turn();
    }
    const [before, first, second, after] = asked.map(({ port }) => port);
    expect(after).toBe(before);
    expect(new Set([before, first, second]).size).toBe(3);
  });

  test('no more connections are open than were allowed', async () => {
    const { url, asked, wire: create } = await start();
    const wire = create({ connectionsPerOrigin: 2 });
    await Promise.all(Array.from({ length: 10 }, () => ask(wire, url)));
    expect(asked).toHaveLength(10);
    expect(new Set(asked.map(({ port }) => port)).size).toBe(2);
  });
});

test('who asks says so, and nothing else is added or followed', async () => {
  const server = await startServer((_, response) => {
    response.writeHead(302, { location: '/other', 'x-many': ['one', 'two'] }).end();
  });
  const answer = await open()(server.url, requestOf({}));
  expect(answer.status).toBe(302);
  expect(answer.header('location')).toBe('/other');
  expect(answer.header('x-none')).toBeUndefined();
  expect(server.asked).toEqual([expect.objectContaining({ agent: 'cyberun-run' })]);
});

test('a body arrives whole', async () => {
  const server = await startServer((incoming, response) => void incoming.pipe(response));
  async function* body() {
    yield Buffer.from('one, ');
    yield Buffer.from('two');
  }
  const headers = { 'content-length': '8' };
  expect(await ask(open(), server.url, { method: 'PUT', headers, body: body() })).toBe('one, two');
});

// Over TLS or a proxy a connection takes a while; a body that flows meanwhile would have lost its beginning, or all of it.
test('a body is not asked for while there is no connection', async () => {
  const silent = await startSilence();
  let read = false;
  async function* body() {
    read = true;
    yield Buffer.from('one');
  }
  const job = new AbortController();
  const headers = { 'content-length': '3' };
  const put = ask(open(), silent.url, { method: 'PUT', headers, body: body(), signal: job.signal });
  await silent.reached;
  await turn();
  job.abort(new Error('cancelled'));
  await expect(put).rejects.toThrow('cancelled');
  expect(read).toBe(false);
});

test('what breaks a body breaks the request, with the same error', async () => {
  const server = await startServer((incoming) => incoming.resume());
  async function* body() {
    yield Buffer.from('one');
    throw new Error('the disk is gone');
  }
  const put = ask(open(), server.url, { method: 'PUT', headers: { 'content-length': '8' }, body: body() });
  await expect(put).rejects.toThrow('the disk is gone');
});

test('nothing is being sent where no connection is made', async () => {
  let sending = false;
  const asking = ask(open(), 'http://127.0.0.1:1', {
    onSending() {
      sending = true;
    },
  });
  await expect(asking).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect(sending).toBe(false);
});

describe('a signal ends, with its reason, a request', () => {
  test('that did not begin', async () => {
    const { url, asked } = await startServer();
    const signal = AbortSignal.abort(new Error('cancelled'));
    await expect(ask(open(), url, { signal })).rejects.toThrow('cancelled');
    expect(asked).toEqual([]);
  });

  test('that has no connection', async () => {
    const silent = await startSilence();
    const job = new AbortController();
    const asking = ask(open(), silent.url, { signal: job.signal });
    await silent.reached;
    job.abort(new Error('cancelled'));
    await expect(asking).rejects.toThrow('cancelled');
  });

  test('that has no answer', async () => {
    const job = new AbortController();
    const { url } = await startServer(() => job.abort(new Error('cancelled')));
    await expect(ask(open(), url, { signal: job.signal })).rejects.toThrow('cancelled');
  });

  test('whose answer is being read', async () => {
    const { url } = await startServer((_, response) => void response.write('some'));
    const job = new AbortController();
    const { body } = await open()(url, requestOf({ signal: job.signal }));
    job.abort(new Error('cancelled'));
    await expect(Array.fromAsync(body)).rejects.toThrow('cancelled');
  });
});

test('a body that nobody reads can be let go', async () => {
  const { url } = await startServer();
  const wire = open({ connectionsPerOrigin: 1 });
  const { body } = await wire(url, requestOf({}));
  // The only connection is free again, so the first answer is there, whole.
  await ask(wire, url);
  body.destroy();
  // An error that nobody hears would end the process; vitest fails then.
  await turn();
});

describe('of the addresses that a name has', () => {
  /** A server that counts connections, be they asked for anything or not. */
  async function startCounting() {
    let connections = 0;
    const server = createTcpServer((socket) => {
      connections += 1;
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\nfine');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return { port: (server.address() as AddressInfo).port, connections: () => connections };
  }

  test.each(['shared', 'own'] as const)(
    'those that are chosen are connected to, on a connection that is %s',
    async (connection) => {
      const { port, connections } = await startCounting();
      const told: [string, readonly string[]][] = [];
      const wire = open({
        choose(host, addresses) {
          told.push([host, addresses]);
          return addresses.filter((address) => address === '127.0.0.1');
        },
      });
      expect(await ask(wire, `http://localhost:${port}/`, { connection })).toBe('fine');
      expect(told).toEqual([['localhost', expect.arrayContaining(['127.0.0.1'])]]);
      expect(connections()).toBe(1);
    },
  );

  test.each([
    ['shared', 'http'],
    ['own', 'http'],
    ['shared', 'https'],
  ] as const)(
    'none is connected to where that is an error (%s, %s), which the request ends with',
    async (connection, scheme) => {
      const { port, connections } = await startCounting();
      const refused = new Error('not there');
      const wire = open({
        choose() {
          throw refused;
        },
      });
      await expect(ask(wire, `${scheme}://localhost:${port}/`, { connection })).rejects.toBe(refused);
      expect(connections()).toBe(0);
    },
  );

  test('a proxy is connected to wherever it is, and what it connects to is its own affair', async () => {
    const { url } = await startServer();
    const proxy = await startConnectProxy();
    onTestFinished(proxy[Symbol.asyncDispose]);
    const choose = () => {
      throw new Error('not there');
    };
    const byName = proxy.url.replace('127.0.0.1', 'localhost');
    const wire = open({ choose, proxies: { httpProxy: byName, httpsProxy: '', noProxy: '' } });
    expect(await ask(wire, url.replace('127.0.0.1', 'localhost'))).toBe('fine');
    const past = open({ choose, proxies: { httpProxy: byName, httpsProxy: '', noProxy: 'localhost' } });
    await expect(ask(past, url.replace('127.0.0.1', 'localhost'))).rejects.toThrow('not there');
  });
});
