import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { systemDisk } from '../../src/base/disk.ts';
import type { Arrived } from '../../src/files/arrived.ts';
import { downloadAll } from '../../src/files/downloads.ts';
import { openGround } from '../../src/files/ground.ts';
import { openRecord } from '../../src/files/record.ts';
import { listed } from '../../src/files/record-text.ts';
import { statementOf } from '../../src/files/statement.ts';
import { nothingKnown } from '../../src/task/run.ts';

const target = { taskId: 'task-1', wasRead: true };
const order = { target, workflow: undefined, fingerprint: undefined, digests: new Map<string, string>() };
const statement = statementOf(order, nothingKnown(order), undefined, 'https://cyberun.test/api/v1');
const author = { statement, key: 'sk-test-0123456789', offersAll: true, taskId: 'task-1' };
const { signal } = new AbortController();
const sha256 = createHash('sha256').update('a').digest('hex');

let workspace = '';
let folder = '';
beforeEach(async () => {
  workspace = await realpath(await mkdtemp(join(tmpdir(), 'here-')));
  folder = join(workspace, 'out');
  await mkdir(folder);
  const ground = await openGround(systemDisk, workspace, folder);
  const record = await openRecord(ground, author, { disk: systemDisk, clock: systemClock, signal });
  await writeFile(join(folder, 'a.png'), 'a');
  await record.adopt([listed('a.png', sha256)]);
  await record.seal(['a.png']);
});
afterEach(() => rm(workspace, { recursive: true }));

describe('a file that was there when somebody looked', () => {
  const bring = () => {
    const here = { output: 'o', name: 'a.png', place: 'a.png', path: join(folder, 'a.png'), bytes: 1, sha256 };
    const from: Arrived = { ...here, mediaType: undefined, encoding: undefined };
    const nowhere = () => Promise.reject(new Error('no network here'));
    const context = { wire: nowhere, isHome: () => true, disk: systemDisk, clock: systemClock, signal };
    const meter = { size: () => undefined, bytes: () => undefined };
    const all = [{ output: 'o', place: 'a.png', from }];
    return downloadAll(all, { workspace, folder }, author, { ...context, notice: () => undefined }, meter, () => {});
  };
  const record = async () => JSON.parse(await readFile(join(folder, 'cyberun-run.json'), 'utf8'));

  test('is listed, and not fetched', async () => {
    expect(await bring()).toMatchObject({ files: [{ place: 'a.png' }], failures: [] });
    const { complete, earlier, runDetails } = await record();
    expect([complete, earlier]).toEqual([true, []]);
    expect(runDetails.byproducts).toMatchObject([
      { name: 'a.png', annotations: { output: 'o' } },
      { name: 'SHA256SUMS' },
    ]);
  });

  test('is not listed where it was removed meanwhile', async () => {
    await rm(join(folder, 'a.png'));
    const { files, failures } = await bring();
    expect(files).toEqual([]);
    expect(String(failures[0]?.error)).toContain('was there when this step began, and was changed or removed since');
    expect((await record()).complete).toBe(false);
  });

  test('stays where it was changed meanwhile', async () => {
    await writeFile(join(folder, 'a.png'), 'mine');
    await expect(bring()).rejects.toThrow("it is not this action's. Nothing was replaced");
    expect(await readFile(join(folder, 'a.png'), 'utf8')).toBe('mine');
  });
});
