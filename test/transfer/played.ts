import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createChanges } from '../../emulator/changes.ts';
import { systemDisk } from '../../src/base/disk.ts';
import { createWire } from '../../src/base/wire.ts';
import type { Download } from '../../src/transfer/download.ts';
import { type Meter, type Source, STORAGE_CONNECTIONS, type TransferContext } from '../../src/transfer/storage.ts';
import { createLeapingClock } from '../base/leaping-clock.ts';
import { downloadTo } from './objects.ts';

/** One request to a storage whose every answer is the test's own, in its own time. */
export interface Asked {
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** What is asked for, in bytes; `to` is exclusive, and `Infinity` for all that is left. */
  readonly from: number;
  readonly to: number;
  /** Requests that had no answer yet when this one came, itself among them. */
  readonly open: number;
  /** Whether the answer is over, or the connection lost. */
  readonly isOver: () => boolean;
  /** Answers with that much of a body; where that is less than its `content-length`, nothing more comes. */
  readonly answer: (status: number, headers: Readonly<Record<string, string | number>>, body?: Uint8Array) => void;
  /** Answers with what is asked for of an object, or with a shorter part of it. */
  readonly give: (object: Uint8Array, most?: number) => void;
  /** The same, but that no more than so many bytes of it come. */
  readonly begin: (object: Uint8Array, bytes: number, headers?: Readonly<Record<string, string>>) => void;
  /** Sends what is left of it. */
  readonly end: () => void;
  /** Breaks the connection, without an answer or in the midst of one. */
  readonly cut: () => void;
}

const FENCE = '/fence';

/** Starts one, beside a folder and all that a download needs. Disposing of it ends what is still going on. */
export async function playStorage() {
  const changes = createChanges();
  const asked: Asked[] = [];
  const waiting: Asked[] = [];
  let open = 0;
  let received = 0;
  let failure: unknown;
  const server = createServer((request, response) => {
    if (request.url === FENCE) return void response.end();
    open += 1;
    const one = askedBy(request, response, open, () => (open -= 1));
    asked.push(one);
    waiting.push(one);
    response.on('close', changes.notify);
    changes.notify();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = await mkdtemp(join(tmpdir(), 'played-'));
  const wire = createWire({ connectionsPerOrigin: STORAGE_CONNECTIONS });
  const job = new AbortController();
  const clock = createLeapingClock();
  const tools = { wire, isHome: () => true, disk: systemDisk, notice: () => undefined, clock };
  const context: TransferContext = { ...tools, signal: job.signal };
  const meter: Meter = {
    size: () => undefined,
    bytes(count) {
      received += count;
      changes.notify();
    },
  };
  return {
    url,
    folder,
    context,
    meter,
    /** Every request so far. */
    asked,
    /** The next request that was not returned yet, of those for a path that begins so. */
    async next(path = '/'): Promise<Asked> {
      const find = () => waiting.findIndex((one) => one.path.startsWith(path));
      await changes.waitFor(() => failure !== undefined || find() >= 0, `a request for ${path}`);
      if (failure !== undefined) throw failure;
      const [one] = waiting.splice(find(), 1);
      if (one === undefined) throw new Error('there is none');
      return one;
    },
    /** Resolves once the client has counted so many bytes in all. */
    received: (bytes: number) => changes.waitFor(() => received >= bytes, `${bytes} bytes`),
    /** A way there and back on a connection of its own: by then, whatever else was about to be asked for has been. */
    fence: async () => void (await (await fetch(url + FENCE)).text()),
    /** Resolves once the connections of all of these are lost, or their answers over. */
    over: (all: readonly Asked[]) => changes.waitFor(() => all.every(({ isOver }) => isOver()), 'the end of requests'),
    /** Fetches one object to `file`. */
    fetch(more: Partial<TransferContext> = {}, source: Partial<Source> = {}): Promise<Download> {
      const from = { url: () => `${url}/file`, renew: async () => undefined, ...source };
      const fetched = downloadTo(from, join(folder, 'file'), { ...context, ...more }, meter);
      // Whoever waits for a request would wait in vain.
      fetched.catch((error: unknown) => {
        failure = error;
        changes.notify();
      });
      return fetched;
    },
    file: () => readFile(join(folder, 'file')),
    names: () => readdir(folder),
    async [Symbol.asyncDispose]() {
      job.abort(new Error('the test is over'));
      await wire[Symbol.asyncDispose]();
      server.close();
      server.closeAllConnections();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function askedBy(
  { url: path = '/', headers }: IncomingMessage,
  response: ServerResponse,
  open: number,
  answered: () => void,
): Asked {
  const [, from = '0', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
  const range = { from: Number(from), to: last === '' ? Number.POSITIVE_INFINITY : Number(last) + 1 };
  let isOver = false;
  let left: Uint8Array = Buffer.of();
  let isAnswered = false;
  response.on('close', () => {
    isOver = true;
  });
  // Before a byte of it is on its way: whoever reads it has not asked for anything else by then.
  const settle = () => {
    if (!isAnswered) answered();
    isAnswered = true;
  };
  const answer: Asked['answer'] = (status, more, body = Buffer.of()) => {
    settle();
    response.writeHead(status, more);
    if (Number(more['content-length'] ?? body.byteLength) === body.byteLength) response.end(body);
    else response.write(body);
  };
  const part = (object: Uint8Array, most: number, sent: number, more: Readonly<Record<string, string>>) => {
    const body = object.subarray(range.from, Math.min(range.to, range.from + most));
    const said = `bytes ${range.from}-${range.from + body.byteLength - 1}/${object.byteLength}`;
    const all = { etag: '"1"', 'content-range': said, 'content-length': body.byteLength, ...more };
    left = body.subarray(sent);
    answer(206, all, body.subarray(0, sent));
  };
  const ALL = Number.POSITIVE_INFINITY;
  return {
    path,
    headers,
    ...range,
    open,
    isOver: () => isOver,
    answer,
    give: (object, most = ALL) => part(object, most, ALL, {}),
    begin: (object, bytes, more = {}) => part(object, ALL, bytes, more),
    end: () => void response.end(left),
    cut() {
      settle();
      response.destroy();
    },
  };
}

/** So many bytes, which depend on the seed: no place has the same in two of them. */
export function bytesOf(length: number, seed = 0): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, at) => (at * 7 + Math.floor(at / 256) + seed) % 256));
}
