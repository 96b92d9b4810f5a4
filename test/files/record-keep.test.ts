import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createSimulatedClock } from '../../simulator/clock.ts';
import { createDisk } from '../../simulator/disk.ts';
import { sleep } from '../../src/base/clock.ts';
import type { Disk } from '../../src/base/disk.ts';
import { openGround } from '../../src/files/ground.ts';
import { openRecord } from '../../src/files/record.ts';
import { listed } from '../../src/files/record-text.ts';
import { writeBeside } from '../../src/files/settle.ts';
import { createLeapingClock } from '../base/leaping-clock.ts';

const KEY = 'sk-test-0123456789';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const statement = { definition: '{}', builder: '{}', metadata: '{}', others: [], leftOut: undefined };

/** A folder on a disk in memory, and runs that put files there. */
function createFolder() {
  const memory = createDisk({ free: 1e9, isShort: false });
  const disk = memory.mount(() => false);
  const { signal } = new AbortController();
  return {
    disk,
    /** The places that the record lists now. */
    listed() {
      const text = Buffer.from(memory.files().get('/w/out/cyberun-run.json') ?? []).toString();
      const { earlier, runDetails, complete } = JSON.parse(text);
      const places = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
      return { earlier: places(earlier), own: places(runDetails.byproducts), complete };
    },
    async open(changes: Partial<Disk> = {}, clock: Parameters<typeof openRecord>[2]['clock'] = createLeapingClock()) {
      const changed = { ...disk, ...changes };
      const ground = await openGround(changed, '/w', '/w/out');
      const author = { statement, key: KEY, offersAll: true };
      const record = await openRecord(ground, author, { disk: changed, clock, signal });
      return {
        ...record,
        async put(place: string, text: string) {
          await ground.make([place]);
          const temporary = await writeBeside(disk, `/w/out/${place}`, text);
          try {
            await record.add(listed(place, sha256(text)), temporary);
          } finally {
            await disk.rm(temporary, { force: true });
          }
        },
        /** Puts files into a folder of that name, as what came out of an archive. */
        async unpack(place: string, files: Readonly<Record<string, string>>) {
          const all = Object.entries(files).map(([name, text]) => listed(`${place}/${name}`, sha256(text)));
          await record.addFolder(all, place, '/w/part/whole');
        },
      };
    },
  };
}

describe('the record of a run', () => {
  test.each([
    [['a.png', 'b.png', 'c.png', 'd.png'], false],
    [['a.png', 'c.png', 'd.png'], true],
  ])('has its files in the order of %j, those that came, whether all did (%s)', async (places, complete) => {
    const folder = createFolder();
    const record = await folder.open();
    for (const place of ['c.png', 'a.png', 'd.png']) await record.put(place, place);
    await record.seal(places);
    expect(folder.listed()).toEqual({ earlier: [], own: ['a.png', 'c.png', 'd.png', 'SHA256SUMS'], complete });
  });

  test('lists nothing that could not be written into it, and says so', async () => {
    const folder = createFolder();
    const full = Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' });
    let isFull = false;
    const writeFile: Disk['writeFile'] = (...given) =>
      isFull ? Promise.reject(full) : folder.disk.writeFile(...given);
    const record = await folder.open({ writeFile });
    await record.put('a.png', 'a');
    isFull = true;
    await expect(record.put('b.png', 'b')).rejects.toMatchObject({
      type: 'final',
      message: expect.stringMatching(/^cyberun-run\.json could not be written: ENOSPC: no space\. Free space on/),
      cause: full,
    });
    isFull = false;
    await record.put('c.png', 'c');
    expect(folder.listed().own).toEqual(['a.png', 'c.png']);
  });

  test('that somebody else replaced is said to be that, and nothing else', async () => {
    const folder = createFolder();
    const [one, other] = [await folder.open(), await folder.open()];
    await one.put('a.png', 'a');
    await expect(other.put('b.png', 'b')).rejects.toThrow(/^\/w\/out\/cyberun-run\.json was made or changed while/);
  });

  test('lists no more what a folder took the place of, and all that is beside it', async () => {
    const folder = createFolder();
    const first = await folder.open();
    for (const place of ['scene/old.txt', 'scene.txt', 'other/scene/a.txt']) await first.put(place, place);
    await first.seal([]);
    // The disk in memory moves no folders.
    const rename: Disk['rename'] = (from, to) =>
      from.includes('scene') || from.includes('whole') ? Promise.resolve() : folder.disk.rename(from, to);
    const second = await folder.open({ rename });
    await second.unpack('scene', { 'new.txt': 'new' });
    await second.put('b.png', 'b');
    expect(folder.listed()).toMatchObject({
      earlier: ['scene.txt', 'other/scene/a.txt', 'SHA256SUMS'],
      own: ['scene/new.txt', 'b.png'],
    });
  });
});

describe('a record is written', () => {
  /** How often, for two files that came together, and the list of them. */
  async function writes(folder: ReturnType<typeof createFolder>): Promise<number> {
    const written: string[] = [];
    const note = (path: string) => path === '/w/out/cyberun-run.json' && written.push(path);
    const link: Disk['link'] = (from, to) => folder.disk.link(from, to).then(() => void note(to));
    const rename: Disk['rename'] = (from, to) => folder.disk.rename(from, to).then(() => void note(to));
    const record = await folder.open({ link, rename });
    await record.begin();
    await Promise.all([record.put('a.png', 'a'), record.put('b.png', 'b')]);
    await record.seal(['a.png', 'b.png']);
    return written.length;
  }

  test('before them, with them, and with their list; once more where that took the place of another', async () => {
    const folder = createFolder();
    expect(await writes(folder)).toBe(3);
    expect(folder.listed()).toEqual({ earlier: [], own: ['a.png', 'b.png', 'SHA256SUMS'], complete: true });
    expect(await writes(folder)).toBe(4);
    expect(folder.listed()).toEqual({ earlier: [], own: ['a.png', 'b.png', 'SHA256SUMS'], complete: true });
  });
});

describe('a record that takes its time to be written', () => {
  /** When each of three writes begins, one asked for after the other, which each take so long. */
  async function beginnings(ms: number, isLast = false): Promise<number[]> {
    const clock = createSimulatedClock();
    const { signal } = new AbortController();
    const folder = createFolder();
    const began: number[] = [];
    const writeFile: Disk['writeFile'] = async (...given) => {
      began.push(clock.now());
      await sleep(clock, ms, signal);
      return folder.disk.writeFile(...given);
    };
    const record = await folder.open({ writeFile }, clock);
    let isOver = false;
    if (isLast) record.hurry();
    const all = (async () => {
      for (const place of ['a', 'b', 'c']) await record.adopt([listed(place, sha256(place))]);
      isOver = true;
    })();
    while (!isOver) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.step();
    }
    await all;
    return began;
  }

  test('takes a fifth of the time', async () => {
    expect(await beginnings(100)).toEqual([0, 500, 1_000]);
  });

  test('is not waited for longer than a second', async () => {
    expect(await beginnings(2_000)).toEqual([0, 3_000, 6_000]);
  });

  test('is not waited for where nothing more is on its way', async () => {
    expect(await beginnings(100, true)).toEqual([0, 100, 200]);
  });
});
