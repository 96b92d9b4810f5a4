import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemDisk } from '../../src/base/disk.ts';
import { createWire } from '../../src/base/wire.ts';
import type { Download } from '../../src/transfer/download.ts';
import { TransferError } from '../../src/transfer/errors.ts';
import { createLeapingClock } from '../base/leaping-clock.ts';
import { downloadTo } from './objects.ts';

/** One object that is replaced by another while it is fetched, and how the storage behaves meanwhile. */
interface Scene {
  /** The entity tags it gives; `same` is a weak one that both objects have. */
  readonly tag: 'strong' | 'weak' | 'same' | 'empty' | 'none';
  readonly heedsIfMatch: boolean;
  /** Whether replies after the first have the tag, too. */
  readonly tagsLater: boolean;
  readonly ranges: 'heeded' | 'ignored' | 'ignored later';
  readonly framing: 'length' | 'chunked' | 'close';
  readonly keepAlive: boolean;
  /** The sizes of the first object and of the second. */
  readonly sizes: readonly [number, number];
  /** The replies, counted from 1, that are cut off half-way. */
  readonly cuts: readonly number[];
  /** The object is replaced before these replies; where they are cut, before the first byte that was not sent. */
  readonly swaps: readonly number[];
}

/** Small files are smaller than the first request's stretch; large ones have several parts after it. */
const CUTS = { first: 4_000, least: 1_500, most: 1_500 };
const SMALL = 3_000;
const LARGE = 10_000;
/** Of the first object and of the second. */
const MEDIA_TYPES = ['image/png', 'image/jpeg'];

let folder = '';
let scene: Scene;
let requests: IncomingMessage[] = [];
let current = 0;
/** Bytes that the client has counted. */
let counted = 0;
/** Called after each count. */
const cuttingOff = new Set<() => void>();
const wire = createWire();
const server = createServer(answer);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'one-object-'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  await wire[Symbol.asyncDispose]();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

/** Bytes of which no place has the same in both objects. */
const content = (object: number, size: number) =>
  Buffer.from(
    Uint8Array.from({ length: size }, (_, index) => ((index * 7 + Math.floor(index / 256)) % 128) + object * 128),
  );
const objects = ({ sizes }: Scene) => sizes.map((size, object) => content(object, size));

function answer(request: IncomingMessage, response: ServerResponse): void {
  requests.push(request);
  const count = requests.length;
  const cut = scene.cuts.includes(count);
  if (scene.swaps.includes(count) && !cut) current = 1 - current;
  const whole = objects(scene)[current] ?? Buffer.of();
  const tags = { strong: `"${current}"`, weak: `W/"${current}"`, same: 'W/"both"', empty: '""', none: undefined };
  const tag = tags[scene.tag];
  if (tag !== undefined && (count === 1 || scene.tagsLater)) response.setHeader('etag', tag);
  response.setHeader('content-type', MEDIA_TYPES[current] ?? '');
  if (!scene.keepAlive) response.setHeader('connection', 'close');

  const ifMatch = request.headers['if-match'];
  if (scene.heedsIfMatch && ifMatch !== undefined && ifMatch !== tag) return void response.writeHead(412).end();
  const found = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const ranged = found !== null && (scene.ranges === 'heeded' || (scene.ranges === 'ignored later' && count === 1));
  const start = ranged ? Number(found[1]) : 0;
  const end = ranged && found[2] !== '' ? Math.min(Number(found[2]) + 1, whole.length) : whole.length;
  if (ranged && start >= whole.length) {
    return void response.writeHead(416, { 'content-range': `bytes */${whole.length}` }).end();
  }
  if (ranged) response.setHeader('content-range', `bytes ${start}-${end - 1}/${whole.length}`);
  response.statusCode = ranged ? 206 : 200;

  if (scene.framing === 'length') response.setHeader('content-length', end - start);
  // This is how node:http is told to end a body by closing the connection.
  if (scene.framing === 'close') response.removeHeader('transfer-encoding');
  const body = whole.subarray(start, cut ? Math.ceil((start + end) / 2) : end);
  response.flushHeaders();
  if (!cut) return void response.end(body);
  // What the client has not read by then would be lost with the connection.
  const due = counted + body.length;
  const cutOff = () => {
    if (counted < due && !response.destroyed) return;
    cuttingOff.delete(cutOff);
    if (scene.swaps.includes(count)) current = 1 - current;
    response.socket?.destroySoon();
  };
  cuttingOff.add(cutOff);
  response.on('close', cutOff);
  response.write(body);
  cutOff();
}

/** Fetches the object and returns what came of it; fails when the file is neither of the two objects, nor absent. */
async function play(played: Scene): Promise<Download | TransferError> {
  scene = played;
  requests = [];
  current = 0;
  counted = 0;
  cuttingOff.clear();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const target = join(folder, 'file.bin');
  const context = {
    wire,
    isHome: () => true,
    disk: systemDisk,
    notice: () => undefined,
    clock: createLeapingClock(),
    signal: new AbortController().signal,
    cuts: CUTS,
  };
  const sizes: number[] = [];
  const meter = {
    size: (size: number) => void sizes.push(size),
    bytes(bytes: number) {
      counted += bytes;
      for (const cutOff of cuttingOff) cutOff();
    },
  };
  try {
    const download = await downloadTo({ url: () => url, renew: async () => undefined }, target, context, meter);
    const file = await readFile(target);
    const types = objects(scene).flatMap((object, index) => (object.equals(file) ? [MEDIA_TYPES[index]] : []));
    // That an object is empty may be said by an error, of which the media type is none of the object's.
    if (file.length === 0) types.push(undefined);
    expect(types, 'the media type is that of an object which has the bytes of the file').toContain(download.mediaType);
    const sha256 = createHash('sha256').update(file).digest('hex');
    expect(download).toMatchObject({ bytes: file.length, sha256 });
    expect(counted).toBe(file.length);
    expect(sizes.length).toBeLessThanOrEqual(1);
    expect(await readdir(folder)).toEqual(['file.bin']);
    return download;
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    expect(await readdir(folder)).toEqual([]);
    return error;
  } finally {
    await rm(target, { force: true });
  }
}

const PLAIN: Scene = {
  tag: 'strong',
  heedsIfMatch: true,
  tagsLater: true,
  ranges: 'heeded',
  framing: 'length',
  keepAlive: true,
  sizes: [LARGE, LARGE],
  cuts: [],
  swaps: [],
};

describe('a file is the one object or the other', () => {
  const scenes = (['strong', 'weak', 'none'] as const).flatMap((tag) =>
    [true, false].flatMap((heedsIfMatch) =>
      [true, false].flatMap((tagsLater) =>
        [SMALL, LARGE].map((size) => ({ ...PLAIN, tag, heedsIfMatch, tagsLater, size })),
      ),
    ),
  );

  test.for(scenes)('tag $tag, If-Match heeded: $heedsIfMatch, tagged later: $tagsLater, $size bytes', async (scene) => {
    const { size } = scene;
    // The same size, and shorter or longer so that the end falls into another stretch.
    for (const other of [size, 1_000, 2 * LARGE]) {
      for (const count of [1, 2, 4]) {
        for (const cuts of [[], [count], [1, 2, 3]]) {
          const played: Scene = { ...scene, sizes: [size, other], swaps: [count], cuts };
          expect(await play(played), JSON.stringify(played)).not.toBeInstanceOf(TransferError);
        }
      }
    }
  });

  test('or absent, whatever the storage does', async () => {
    const counts = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 6 });
    const size = fc.oneof(
      fc.integer({ min: 0, max: 2 * LARGE }),
      fc.constantFrom(0, 1, SMALL, LARGE, 3_999, 4_000, 4_001),
    );
    const scenes = fc.record<Scene>({
      tag: fc.constantFrom('strong', 'weak', 'same', 'empty', 'none'),
      heedsIfMatch: fc.boolean(),
      tagsLater: fc.boolean(),
      ranges: fc.constantFrom('heeded', 'ignored', 'ignored later'),
      framing: fc.constantFrom('length', 'chunked', 'close'),
      keepAlive: fc.boolean(),
      sizes: fc.tuple(size, size),
      cuts: counts,
      swaps: counts,
    });
    await fc.assert(
      fc.asyncProperty(scenes, async (scene) => {
        const outcome = await play(scene);
        if (!(outcome instanceof TransferError)) return;
        if (outcome.type === 'final') expect(scene.framing).toBe('close');
        else expect(outcome).toMatchObject({ type: 'changed', message: expect.stringContaining('begun 5 times') });
      }),
      { numRuns: 300 },
    );
  });
});

describe('a large file without a strong tag', () => {
  test.for(['weak', 'same', 'empty', 'none'] as const)('(%s) comes by one request for the whole', async (tag) => {
    expect(await play({ ...PLAIN, tag })).toMatchObject({ bytes: LARGE });
    expect(requests.map(({ headers }) => headers.range)).toEqual(['bytes=0-3999', 'bytes=0-']);
    expect(requests.every(({ headers }) => headers['if-match'] === undefined)).toBe(true);
  });

  test('begins anew when its connection breaks', async () => {
    expect(await play({ ...PLAIN, tag: 'weak', cuts: [2, 3] })).toMatchObject({ bytes: LARGE });
    expect(requests.map(({ headers }) => headers.range)).toEqual(['bytes=0-3999', 'bytes=0-', 'bytes=0-', 'bytes=0-']);
  });

  test('is given up with what broke it', async () => {
    expect(await play({ ...PLAIN, tag: 'weak', cuts: [2, 3, 4, 5] })).toMatchObject({
      type: 'changed',
      message: expect.stringMatching(
        /^The connection to the storage .* failed: .*the whole has to come anew\. .* 5 times\.$/,
      ),
    });
  });
});

test('a small file without a strong tag comes by one request', async () => {
  expect(await play({ ...PLAIN, tag: 'none', sizes: [SMALL, SMALL] })).toMatchObject({ bytes: SMALL });
  expect(requests).toHaveLength(1);
});

test('a file that has to begin anew comes by one request, and goes on where that breaks', async () => {
  expect(await play({ ...PLAIN, sizes: [5_000, 5_000], swaps: [2], cuts: [3] })).toMatchObject({ bytes: 5_000 });
  expect(requests.map(({ headers }) => [headers.range, headers['if-match']])).toEqual([
    ['bytes=0-3999', undefined],
    ['bytes=4000-4999', '"0"'],
    ['bytes=0-', undefined],
    ['bytes=2500-', '"1"'],
  ]);
});

describe('a body without a length that ends with the connection', () => {
  test.for([SMALL, LARGE])('is refused at once, and its %i bytes are not read', async (size) => {
    const scene: Scene = { ...PLAIN, ranges: 'ignored', framing: 'close', sizes: [size, size] };
    expect(await play(scene)).toMatchObject({
      type: 'final',
      message:
        'The storage does not say how long the file is and ends it by closing the connection, so half a file would look like a whole one. Have the storage, or the proxy before it, send a Content-Length.',
    });
    expect(requests).toHaveLength(1);
  });

  test('is taken where the range says how long it is', async () => {
    expect(await play({ ...PLAIN, framing: 'close', cuts: [1, 3] })).toMatchObject({ bytes: LARGE });
    expect(await play({ ...PLAIN, framing: 'close', cuts: [2], tag: 'none' })).toMatchObject({ bytes: LARGE });
  });
});
