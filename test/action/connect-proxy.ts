import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** An HTTP proxy in this process: tunnels by CONNECT, and forwards requests with a whole URL. */
export interface ConnectProxy extends AsyncDisposable {
  readonly url: string;
  /** Hosts with their ports that tunnels were opened to, oldest first. */
  readonly tunnels: readonly string[];
  /** The same for forwarded requests. */
  readonly forwarded: readonly string[];
  /** The port that each of those came from: one for each connection to this proxy. */
  readonly asked: readonly { readonly port: number }[];
  /** `proxy-authorization` headers that came. */
  readonly credentials: readonly string[];
}

/**
 * @param answer What the next CONNECTs are answered with in place of a tunnel: a status, or nothing at all.
 * @param names Addresses by a name that it alone knows.
 */
export async function startConnectProxy(
  answer: (number | 'reset' | 'silence')[] = [],
  names: Readonly<Record<string, string>> = {},
): Promise<ConnectProxy> {
  const tunnels: string[] = [];
  const forwarded: string[] = [];
  const asked: { port: number }[] = [];
  const credentials: string[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
  };

  const server = createServer((incoming, response) => {
    const target = new URL(incoming.url ?? '');
    forwarded.push(target.host);
    asked.push({ port: incoming.socket.remotePort ?? 0 });
    const onward = request(target, { method: incoming.method, headers: incoming.headers, agent: false }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.once('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  server.on('connection', keep);
  server.on('connect', ({ url = '', headers }, client: Socket, head) => {
    const { 'proxy-authorization': credential } = headers;
    if (credential !== undefined) credentials.push(credential);
    const instead = answer.shift();
    if (instead === 'silence') return;
    if (instead === 'reset') client.resetAndDestroy();
    else if (instead !== undefined) client.end(`HTTP/1.1 ${instead} No\r\ncontent-length: 0\r\n\r\n`);
    else tunnel(client, url, head);
  });

  function tunnel(client: Socket, url: string, head: Uint8Array): void {
    tunnels.push(url);
    const { hostname, port } = new URL(`http://${url}`);
    const upstream = connect(Number(port), names[hostname] ?? hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    keep(upstream);
    upstream.once('close', () => client.destroy());
    client.once('close', () => upstream.destroy());
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tunnels,
    forwarded,
    asked,
    credentials,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
