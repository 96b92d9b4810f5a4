import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSimulatedClock } from '../../simulator/clock.ts';
import { createDisk } from '../../simulator/disk.ts';
import { type Disk, systemDisk } from '../../src/base/disk.ts';
import { openGround } from '../../src/files/ground.ts';
import { LISTS } from '../../src/files/names.ts';
import { writePage } from '../../src/files/page.ts';
import { openRecord } from '../../src/files/record.ts';
import { findForeign } from '../../src/files/record-read.ts';
import { listed, parseRecord, withFile } from '../../src/files/record-text.ts';
import { writeBeside } from '../../src/files/settle.ts';

const KEY = 'sk-test-0123456789';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const { signal } = new AbortController();
const statement = {
  definition: '{"externalParameters":{"parameters":{"seed":18446744073709551615,"x":1.10}}}',
  builder: '{"id":"https://cyberun.test/api/v1"}',
  metadata: '{"invocationId":"task-1"}',
  others: ['{"content":"eyJhIjoxfQ==","mediaType":"application/json","name":"task_output"}'],
  leftOut: '[{"name":"b.png","output":"2"}]',
};
const author = { statement, key: KEY, offersAll: true };

/** A run that brings one file. */
async function bring(disk: Disk, workspace: string, text: string): Promise<void> {
  const ground = await openGround(disk, workspace, join(workspace, 'out'));
  const record = await openRecord(ground, author, { disk, clock: createSimulatedClock(), signal });
  const temporary = await writeBeside(disk, join(ground.real, 'a.png'), text);
  await record.add(listed('a.png', sha256(text)), temporary);
  await disk.rm(temporary, { force: true });
  await record.seal(['a.png']);
}

async function* pieces(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

function show(disk: Disk, workspace: string, text: AsyncIterable<string>, until = signal): Promise<string> {
  return writePage(text, { workspace, folder: join(workspace, 'out') }, LISTS, { disk, key: KEY, signal: until });
}

describe('on a disk', () => {
  let workspace = '';
  beforeEach(() => {
    workspace = mkdtempSync(join(tmpdir(), 'page-'));
  });
  afterEach(() => rmSync(workspace, { recursive: true }));
  const read = (name: string) => readFile(join(workspace, 'out', name), 'utf8');
  const names = async () => (await readdir(join(workspace, 'out'))).sort();

  test('a page is listed, and nothing else of the record or of the list of digests changes', async () => {
    await bring(systemDisk, workspace, 'a');
    const [record, sums] = [await read('cyberun-run.json'), await read('SHA256SUMS')];
    for (const text of ['first', 'second', 'second']) {
      expect(await show(systemDisk, workspace, pieces(text, ' and more é'))).toBe(join(workspace, 'out/index.html'));
      expect(await read('index.html')).toBe(`${text} and more é`);
      const line = `,{"digest":{"sha256":"${sha256(`${text} and more é`)}"},"mediaType":"text/html","name":"index.html"}`;
      const now = await read('cyberun-run.json');
      expect(parseRecord(now, KEY)).toBeDefined();
      const unsigned = (one: string) => one.replace(/"signature":"\w+"/, '');
      expect(unsigned(now).replace(line, '')).toBe(unsigned(record));
    }
    expect(await read('SHA256SUMS')).toBe(sums);
    expect(await names()).toEqual(['SHA256SUMS', 'a.png', 'cyberun-run.json', 'index.html']);
    // A run that writes none keeps it, and lists no digest of it.
    await bring(systemDisk, workspace, 'b');
    expect(await read('SHA256SUMS')).not.toContain('index.html');
    expect(await findForeign(systemDisk, join(workspace, 'out'), KEY, signal, LISTS, true)).toBeUndefined();
  });

  test.each([
    ['a file', (path: string) => writeFile(path, 'mine')],
    ['a link', (path: string) => symlink('a.png', path)],
    ['a folder', (path: string) => mkdir(path)],
  ])('%s of somebody else stays, and nothing is left beside it', async (_, make) => {
    await bring(systemDisk, workspace, 'a');
    await make(join(workspace, 'out/index.html'));
    const before = [await names(), await read('cyberun-run.json'), await read('a.png')];
    await expect(show(systemDisk, workspace, pieces('page'))).rejects.toThrow(/lies a file index\.html that no/);
    expect(await findForeign(systemDisk, join(workspace, 'out'), KEY, signal, LISTS, true)).toMatch(/index\.html/);
    expect(await findForeign(systemDisk, join(workspace, 'out'), KEY, signal)).toBeUndefined();
    expect([await names(), await read('cyberun-run.json'), await read('a.png')]).toEqual(before);
  });

  test('what ends it on its way leaves the page of before, and nothing beside it', async () => {
    await bring(systemDisk, workspace, 'a');
    await show(systemDisk, workspace, pieces('page'));
    const record = await read('cyberun-run.json');
    const job = new AbortController();
    async function* aborted(): AsyncGenerator<string> {
      yield 'half';
      job.abort(new Error('over'));
      yield 'other half';
    }
    await expect(show(systemDisk, workspace, aborted(), job.signal)).rejects.toThrow('over');
    async function* broken(): AsyncGenerator<string> {
      yield 'half';
      throw new Error('no such picture');
    }
    await expect(show(systemDisk, workspace, broken())).rejects.toThrow('no such picture');
    async function* changed(): AsyncGenerator<string> {
      yield 'half';
      await writeFile(join(workspace, 'out/cyberun-run.json'), '{}');
    }
    expect([await read('index.html'), await read('cyberun-run.json')]).toEqual(['page', record]);
    await expect(show(systemDisk, workspace, changed())).rejects.toThrow('cyberun-run.json was changed meanwhile');
    expect(await names()).toEqual(['SHA256SUMS', 'a.png', 'cyberun-run.json', 'index.html']);
    expect(await read('index.html')).toBe('page');
  });
});

test('a record that another key signed, or that was changed, is given no file', () => {
  const file = listed('index.html', sha256('page'));
  expect(withFile('{}', file, true, KEY)).toBeUndefined();
  expect(withFile('', file, true, KEY)).toBeUndefined();
});

test('killed at whatever moment, it leaves a folder in which the next run can write its own', async () => {
  let moments = 0;
  for (let most = 0; most < 120; most += 1) {
    const disk = createDisk({ free: 1e9, isShort: most % 3 === 0 });
    const free = disk.mount(() => false);
    await bring(free, '/w', 'a');
    const isSecond = most % 2 === 1;
    if (isSecond) await show(free, '/w', pieces('first'));
    let done = 0;
    const mounted = disk.mount(() => {
      done += 1;
      return done > Math.floor(most / 2);
    });
    const killed = show(mounted, '/w', pieces('second ', 'page')).catch(() => undefined);
    await Promise.race([killed, new Promise((resolve) => setTimeout(resolve, 5))]);
    moments = Math.max(moments, done);
    expect(await findForeign(free, '/w/out', KEY, signal, LISTS, true), `after ${most}`).toBeUndefined();
    await show(free, '/w', pieces('third page'));
    const text = Buffer.from(disk.files().get('/w/out/index.html') ?? []).toString();
    expect(text).toBe('third page');
    const record = Buffer.from(disk.files().get('/w/out/cyberun-run.json') ?? []).toString();
    const lines = [...(parseRecord(record, KEY)?.own ?? [])].filter(({ place }) => place === 'index.html');
    expect(lines.at(-1)?.sha256).toBe(sha256('third page'));
  }
  expect(moments).toBeGreaterThan(10);
  expect(moments).toBeLessThan(60);
});
