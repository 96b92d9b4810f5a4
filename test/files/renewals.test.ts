import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createChanges } from '../../emulator/changes.ts';
import { inert } from '../../src/base/inert.ts';
import { ApiError } from '../../src/cyberun/errors.ts';
import { parseResult } from '../../src/cyberun/schema.ts';
import { downloadOutputs } from '../../src/files/collect.ts';
import { listOutputs } from '../../src/files/outputs.ts';
import { NOTHING_MISSING } from '../../src/files/promised.ts';
import { placed } from '../../src/files/selection.ts';
import { nothingKnown } from '../../src/task/run.ts';
import { bytesOf, playStorage } from '../transfer/played.ts';
import { keptLog } from '../workflow/service.ts';

const SMALL = bytesOf(3_000, 1);
/** With ten parts after the first request. */
const LARGE = bytesOf(14_000, 2);
const CUTS = { first: 4_000, least: 1_000, most: 1_000 };

let workspace = '';
beforeEach(async () => {
  workspace = await realpath(await mkdtemp(join(tmpdir(), 'renewals-')));
});
afterEach(() => rm(workspace, { recursive: true }));

/** Brings files of a task home; `mint` is called for each renewal, and the URLs have its number. */
async function start(names: readonly string[], mint: (renewal: number, signal: AbortSignal) => Promise<void>) {
  const storage = await playStorage();
  const changes = createChanges();
  let renewals = 0;
  const offered = (version: number) =>
    parseResult({
      download_urls: Object.fromEntries(names.map((name) => [name, `${storage.url}/${name}?${version}`])),
    });
  const service = {
    async result(_: string, signal: AbortSignal) {
      renewals += 1;
      const version = renewals;
      changes.notify();
      await mint(version, signal);
      return offered(version);
    },
  };
  const target = { taskId: 'task-1', wasRead: true };
  const order = { target, workflow: undefined, fingerprint: undefined, digests: new Map<string, string>() };
  const ended = { type: 'ended', taskId: 'task-1', status: 'completed', word: 'completed' } as const;
  const followed = {
    ...nothingKnown(order),
    ended: { ...ended, error: undefined, output: undefined, isConfirmed: true, task: undefined },
  };
  const selection = { pattern: [], ifNoFilesFound: 'error' } as const;
  const where = { workspace, folder: join(workspace, 'out'), folderName: 'out' };
  const options = { ...order, ...selection, ...where, download: true, extract: false };
  const told = { log: keptLog(), detail: 'full', learn: () => undefined } as const;
  const api = { service, apiUrl: 'https://cyberun.test/api/v1', apiKey: 'sk-test-0123456789' };
  const context = { ...storage.context, ...api, ...told, cuts: CUTS };
  const outputs = placed(listOutputs(offered(0), 'task-1'));
  const offer = { outputs, leftOut: [], missing: NOTHING_MISSING, output: undefined };
  const done = downloadOutputs(followed, offer, options, context, () => undefined);
  return {
    storage,
    done,
    renewals: () => renewals,
    /** Resolves once fresh URLs were asked for so often. */
    renewing: (count: number) => changes.waitFor(() => renewals === count, 'a renewal'),
    file: (name: string) => readFile(join(workspace, 'out', name)),
    /** What was asked for of a file, as `version from`. */
    askedOf: (name: string) =>
      storage.asked.flatMap(({ path, from }) => (path.startsWith(`/${name}`) ? [`${path.split('?')[1]} ${from}`] : [])),
    [Symbol.asyncDispose]: storage[Symbol.asyncDispose],
  };
}

describe('URLs of a task', () => {
  test('are renewed as often as they expire, once for all files, and what came is not sent again', async () => {
    await using task = await start(['a.bin', 'b.bin'], async () => undefined);
    const { storage } = task;
    const [a, b] = [await storage.next('/a'), await storage.next('/b')];
    a.answer(403, {});
    b.answer(403, {});
    const [a1, b1] = [await storage.next('/a'), await storage.next('/b')];
    a1.give(SMALL, 1_000);
    b1.give(SMALL, 2_000);
    const [a2, b2] = [await storage.next('/a'), await storage.next('/b')];
    a2.answer(403, {});
    (await storage.next('/a')).give(SMALL);
    // Its URL was replaced while it was asked for.
    b2.answer(403, {});
    (await storage.next('/b')).give(SMALL);
    expect(await task.done).toMatchObject({ files: [{ place: 'a.bin' }, { place: 'b.bin' }], failures: [] });
    expect(await Promise.all([task.file('a.bin'), task.file('b.bin')])).toEqual([SMALL, SMALL]);
    expect(task.askedOf('a.bin')).toEqual(['0 0', '1 0', '1 1000', '2 1000']);
    expect(task.askedOf('b.bin')).toEqual(['0 0', '1 0', '1 2000', '2 2000']);
    expect(task.renewals()).toBe(2);
  });

  test('that could not be renewed cost the files that waited, and no other', async () => {
    const gone = new ApiError('status', inert`GET result was answered with 500.`, { status: 500 });
    await using task = await start(['a.bin', 'b.bin', 'c.bin'], async (renewal) => {
      if (renewal === 1) throw gone;
    });
    const { storage } = task;
    const [a, b, c] = [await storage.next('/a'), await storage.next('/b'), await storage.next('/c')];
    a.answer(403, {});
    await task.renewing(1);
    b.give(SMALL, 1_000);
    (await storage.next('/b')).answer(403, {});
    (await storage.next('/b')).give(SMALL);
    c.give(SMALL);
    const { files, failures } = await task.done;
    expect(files.map(({ place }) => place)).toEqual(['b.bin', 'c.bin']);
    expect(failures).toEqual([{ place: 'a.bin', error: gone }]);
    expect(task.askedOf('b.bin')).toEqual(['0 0', '0 1000', '2 1000']);
    expect(await task.file('b.bin')).toEqual(SMALL);
    expect(task.renewals()).toBe(2);
  });

  test('come for the other files, too, when a part of the one that asked for them cannot be had', async () => {
    const minted = Promise.withResolvers<void>();
    await using task = await start(['large.bin', 'small.bin'], (_, signal) => {
      signal.addEventListener('abort', () => minted.reject(signal.reason));
      return minted.promise;
    });
    const { storage } = task;
    (await storage.next('/large')).give(LARGE);
    const small = await storage.next('/small');
    const [one, two, three] = [
      await storage.next('/large'),
      await storage.next('/large'),
      await storage.next('/large'),
    ];
    one.answer(403, {});
    await task.renewing(1);
    small.answer(403, {});
    two.answer(404, {});
    // By then the file's other parts were let go.
    await storage.over([three]);
    minted.resolve();
    (await storage.next('/small')).give(SMALL);
    const { files, failures } = await task.done;
    expect(files.map(({ place }) => place)).toEqual(['small.bin']);
    expect(failures).toMatchObject([{ place: 'large.bin', error: { type: 'final' } }]);
    expect(await task.file('small.bin')).toEqual(SMALL);
    expect(task.askedOf('small.bin')).toEqual(['0 0', '1 0']);
    expect(task.renewals()).toBe(1);
  });
});
