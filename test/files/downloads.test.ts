import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createObject } from '../../emulator/objects.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { Disk } from '../../src/base/disk.ts';
import type { Arrived } from '../../src/files/arrived.ts';
import { downloadAll, listTogether } from '../../src/files/downloads.ts';
import { LISTS } from '../../src/files/names.ts';
import { statementOf } from '../../src/files/statement.ts';
import { STORAGE_CONNECTIONS } from '../../src/transfer/storage.ts';
import { type Completed, completeTask, followedOf, outputOf } from './brought.ts';

function authorOf(task: Completed) {
  const statement = statementOf(task.options, followedOf(task), undefined, task.emulator.apiUrl);
  return { statement, key: task.emulator.apiKey, offersAll: true, taskId: task.taskId };
}

/** Brings all that a task offers; `arrivals` is what it was told each time, by place. */
async function bring(task: Completed, disk: Partial<Disk> = {}, clock: Clock = task.context.clock) {
  const { workspace, folder, context } = task;
  const arrivals: string[][] = [];
  const wanted = (await task.offered()).map(({ output, place, url }) => ({
    output,
    place,
    from: { url: () => url, renew: () => Promise.resolve() },
  }));
  const meter = { size: () => undefined, bytes: () => undefined };
  const with_ = { ...context, clock, disk: { ...context.disk, ...disk }, notice: () => undefined };
  const done = downloadAll(wanted, { workspace, folder }, authorOf(task), with_, meter, (files) => {
    arrivals.push(files.map(({ place }) => place));
  });
  return { arrivals, done };
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

describe('files of a task', () => {
  test('come each to its place, in the order of the task, and the lists name them', async () => {
    await using task = await completeTask([outputOf('b.png', Buffer.from('b')), outputOf('a.png', Buffer.from('a'))]);
    const { done, arrivals } = await bring(task);
    const { folder } = task;
    expect(await done).toMatchObject({
      files: [
        { name: 'b.png', place: 'b.png', path: join(folder, 'b.png'), bytes: 1, sha256: digest('b') },
        { name: 'a.png', place: 'a.png', path: join(folder, 'a.png'), bytes: 1, sha256: digest('a') },
      ],
      failures: [],
      unpacked: [],
      replaced: [],
      checksumsPath: join(folder, 'SHA256SUMS'),
      recordPath: join(folder, 'cyberun-run.json'),
    });
    expect(arrivals).toHaveLength(2);
    expect(arrivals.at(-1)).toEqual(['b.png', 'a.png']);
    expect(await task.names()).toEqual(['SHA256SUMS', 'a.png', 'b.png', 'cyberun-run.json']);
    expect(await task.text('SHA256SUMS')).toContain(`${digest('a')} *a.png\n`);
  });

  test('that do not come are failures; the others are there, and listed alone', async () => {
    await using task = await completeTask(['a', 'b', 'c', 'd'].map((name) => outputOf(name)));
    const isLost = ({ path }: { path: string }) => /[ac]$/.test(path);
    task.emulator.fault({ kind: 'storage-get', times: 99, when: isLost, fault: { type: 'status', status: 404 } });
    const { done, arrivals } = await bring(task);
    const { files, failures } = await done;
    expect(files.map(({ place }) => place)).toEqual(['b', 'd']);
    expect(failures.map(({ place }) => place)).toEqual(['a', 'c']);
    expect(failures[0]?.error).toMatchObject({ name: 'TransferError' });
    expect(arrivals.at(-1)).toEqual(['b', 'd']);
    expect((await task.text('SHA256SUMS')).match(/(?<=\*)\S+$/gm)).toEqual(['b', 'd']);
    expect(await task.names()).toEqual(['SHA256SUMS', 'b', 'cyberun-run.json', 'd']);
  });

  test('of which none comes have no lists', async () => {
    await using task = await completeTask([outputOf('a')]);
    task.emulator.fault({ kind: 'storage-get', times: 99, fault: { type: 'status', status: 404 } });
    const { done, arrivals } = await bring(task);
    expect(await done).toMatchObject({ files: [], checksumsPath: undefined, recordPath: undefined });
    expect(arrivals).toEqual([]);
    expect(await task.names()).toEqual(['cyberun-run.json']);
  });

  test('that are on their way when the job is aborted leave no part, and those that are not begun are not asked for', async () => {
    const names = Array.from({ length: STORAGE_CONNECTIONS + 2 }, (_, index) => `${index}`);
    await using task = await completeTask(names.map((name) => outputOf(name, 1_000)));
    task.emulator.fault({ kind: 'storage-get', times: 99, fault: { type: 'stall', afterBytes: 10 } });
    const { done } = await bring(task);
    const gets = () => task.emulator.requests.filter(({ kind }) => kind === 'storage-get').length;
    await task.emulator.waitFor(() => gets() === STORAGE_CONNECTIONS);
    task.job.abort(new Error('the job was cancelled'));
    const { files, failures } = await done;
    expect(files).toEqual([]);
    expect(failures.map(({ error }) => error)).toEqual(names.map(() => new Error('the job was cancelled')));
    expect(gets()).toBe(STORAGE_CONNECTIONS);
    expect(await task.names()).toEqual(['cyberun-run.json']);
  });

  test('wait to be listed for no others where none are on their way', async () => {
    await using task = await completeTask([outputOf('a'), outputOf('b')]);
    let time = 0;
    // Nobody who waits for a time to pass goes on.
    const clock: Clock = { ...task.context.clock, now: () => time, after: () => () => undefined };
    const writeFile: Disk['writeFile'] = async (...given) => {
      time += 100;
      await task.context.disk.writeFile(...given);
    };
    const { files } = await (await bring(task, { writeFile }, clock)).done;
    expect(files.map(({ place }) => place)).toEqual(['a', 'b']);
    expect(await task.names()).toEqual(['SHA256SUMS', 'a', 'b', 'cyberun-run.json']);
  });

  test('have the type that the storage says, else that of their name', async () => {
    await using task = await completeTask([{ ...outputOf('a.png'), contentType: 'image/webp' }, outputOf('b.png')]);
    const isB = ({ path }: { path: string }) => path.endsWith('b.png');
    task.emulator.fault({
      kind: 'storage-get',
      when: isB,
      fault: { type: 'headers', headers: { 'content-type': undefined } },
    });
    const { files } = await (await bring(task)).done;
    expect(files.map(({ mediaType }) => mediaType)).toEqual(['image/webp', 'image/png']);
  });
});

describe('what is in the way', () => {
  test('and not ours is an error before anything is fetched, which names it, and it stays', async () => {
    await using task = await completeTask([outputOf('a'), outputOf('b')]);
    await mkdir(task.folder);
    await writeFile(join(task.folder, 'b'), 'mine');
    const { done } = await bring(task);
    await expect(done).rejects.toThrow(
      /^b exists in .*out already, and no cyberun-run\.json .* Nothing was replaced\./,
    );
    expect(task.emulator.requests.some(({ kind }) => kind === 'storage-get')).toBe(false);
    expect(await task.names()).toEqual(['b']);
    expect(await task.text('b')).toBe('mine');
  });

  test('and ours is replaced; that is told of what had other bytes, a second time, too', async () => {
    await using task = await completeTask([outputOf('a', Buffer.from('a')), outputOf('b', Buffer.from('b'))]);
    expect((await (await bring(task)).done).replaced).toEqual([]);
    expect((await (await bring(task)).done).replaced).toEqual([]);
    for (const changed of ['x', 'y']) {
      const [key = ''] = [...task.emulator.objects.keys()].filter((one) => one.endsWith('b'));
      task.emulator.objects.set(key, createObject(Buffer.from(changed), 'image/png'));
      expect((await (await bring(task)).done).replaced).toEqual(['b']);
      expect(await task.text('b')).toBe(changed);
    }
  });
});

test('a list that cannot be written is an error that says that the files are there', async () => {
  await using task = await completeTask([outputOf('a')]);
  const { writeFile: write } = task.context.disk;
  const { done } = await bring(task, {
    writeFile: (path, text, options) =>
      text.endsWith(' *a\n') ? Promise.reject(new Error('the disk is full')) : write(path, text, options),
  });
  await expect(done).rejects.toThrow(
    /^The files are there, but SHA256SUMS, .* could not be written: the disk is full\. Free space/,
  );
  expect(await task.names()).toEqual(['a', 'cyberun-run.json']);
});

describe('files of several folders', () => {
  /** A file that lies at that place, with what is said of it. */
  async function fileAt(task: Completed, place: string): Promise<Arrived & { taskId: string }> {
    const path = join(task.folder, place);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, place);
    const sha256 = digest(place);
    const name = place.split('/').at(-1) ?? '';
    return {
      output: 'o',
      name,
      place: name,
      path,
      bytes: 1,
      sha256,
      mediaType: undefined,
      encoding: undefined,
      taskId: 't',
    };
  }

  test('are listed together by where they are from there', async () => {
    await using task = await completeTask([]);
    const files = [await fileAt(task, 'one/a'), await fileAt(task, 'two/a')];
    const { workspace, folder, context } = task;
    expect(await listTogether(files, { workspace, folder }, LISTS, authorOf(task), context)).toEqual({
      checksumsPath: join(folder, 'SHA256SUMS'),
      recordPath: join(folder, 'cyberun-run.json'),
    });
    expect((await task.text('SHA256SUMS')).match(/(?<=\*)\S+$/gm)).toEqual(['one/a', 'two/a']);
  });

  test('are not listed where there are none, and no folder is made', async () => {
    await using task = await completeTask([]);
    const { workspace, folder, context } = task;
    expect(await listTogether([], { workspace, folder }, LISTS, authorOf(task), context)).toEqual({
      checksumsPath: undefined,
      recordPath: undefined,
    });
    await expect(task.names()).rejects.toThrow('ENOENT');
  });
});
