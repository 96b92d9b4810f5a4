import { execFileSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSimulatedClock } from '../../simulator/clock.ts';
import { createDisk } from '../../simulator/disk.ts';
import { canonicalJson } from '../../src/base/canonical.ts';
import { systemClock } from '../../src/base/clock.ts';
import { type Disk, systemDisk } from '../../src/base/disk.ts';
import { parseJson } from '../../src/base/json.ts';
import { toSendable } from '../../src/base/mapping.ts';
import { parseTask, parseWorkflow } from '../../src/cyberun/schema.ts';
import { openGround } from '../../src/files/ground.ts';
import { openRecord } from '../../src/files/record.ts';
import { findForeign } from '../../src/files/record-read.ts';
import { listed } from '../../src/files/record-text.ts';
import { writeBeside } from '../../src/files/settle.ts';
import { statementOf, statementOfAll } from '../../src/files/statement.ts';
import { nothingKnown } from '../../src/task/run.ts';

const KEY = 'sk-test-0123456789';
const API_URL = 'https://cyberun.test/api/v1';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const { signal } = new AbortController();

const parameters = toSendable(parseJson('{"seed":18446744073709551615,"image":"inputs/a.png","prompt":"é"}')) as object;
const order = {
  fingerprint: 'f0'.repeat(32),
  digests: new Map([['image', 'd0'.repeat(32)]]),
  target: { workflow: 'quick', submission: { parameters: { ...parameters }, target_pool: 'team' } },
  workflow: parseWorkflow({
    id: 'w-1',
    workflow_slug: 'quick',
    version: 3,
    parameters: [{ key: 'image', type: 'file' }],
  }),
};
const followed = {
  ...nothingKnown(order),
  taskId: 'task-1',
  agentId: 'gpu node',
  gpuType: 'RTX',
  queueTime: 2_900,
  runTime: 31_000,
  ended: {
    type: 'ended',
    taskId: 'task-1',
    status: 'completed',
    word: 'completed',
    error: undefined,
    output: undefined,
    isConfirmed: true,
    task: parseTask({ started_at: '2026-01-02T03:04:05Z', completed_at: 1_800_000_000 }),
  },
} as const;
const author = { statement: statementOf(order, followed, { nodes: 1 }, API_URL), key: KEY, offersAll: true };

let workspace = '';
let folder = '';
beforeEach(async () => {
  workspace = await realpath(await mkdtemp(join(tmpdir(), 'record-')));
  folder = join(workspace, 'out');
});
afterEach(() => rm(workspace, { recursive: true }));

async function open(disk: Disk = systemDisk, root = workspace) {
  const ground = await openGround(disk, root, join(root, 'out'));
  const record = await openRecord(ground, author, { disk, clock: systemClock, signal });
  return {
    ...record,
    async put(place: string, text: string) {
      await ground.make([place]);
      const temporary = await writeBeside(disk, join(ground.real, place), text);
      const file = listed(place, sha256(text), { annotations: { taskId: 'task-1', output: 'o', bytes: 1 } });
      try {
        await record.add(file, temporary);
      } finally {
        await disk.rm(temporary, { force: true });
      }
    },
  };
}

/** Puts files into the folder, as one run does. */
async function run(files: Readonly<Record<string, string>>): Promise<void> {
  const record = await open();
  for (const [place, text] of Object.entries(files)) await record.put(place, text);
  await record.seal([]);
}

const text = () => readFile(join(folder, 'cyberun-run.json'), 'utf8');
const sums = async () => (await readFile(join(folder, 'SHA256SUMS'), 'utf8')).trim().split('\n');
const foreign = (key = KEY) => findForeign(systemDisk, folder, key, signal);

describe('a folder that was unpacked', () => {
  /** Puts files into a folder of that name, and tells what the record listed when it got it. */
  async function putFolder(place: string, files: Readonly<Record<string, string>>): Promise<string[]> {
    const whole = join(folder, '.cyberun-test.part', 'whole');
    const listedThen: string[] = [];
    const rename: Disk['rename'] = async (from, to) => {
      if (to === join(folder, place)) {
        const { byproducts } = JSON.parse(await text()).runDetails;
        listedThen.push(...byproducts.map(({ name }: { name: string }) => name));
      }
      return systemDisk.rename(from, to);
    };
    const ground = await openGround(systemDisk, workspace, folder);
    const context = { disk: { ...systemDisk, rename }, clock: systemClock, signal };
    const record = await openRecord(ground, author, context);
    for (const [path, content] of Object.entries(files)) {
      await mkdir(join(whole, path, '..'), { recursive: true });
      await writeFile(join(whole, path), content);
    }
    const annotations = { taskId: 'task-1', output: 'o', bytes: 1, archive: `${place}.zip`, safeName: 'x' };
    const all = Object.entries(files).map(([path, content]) =>
      listed(`${place}/${path}`, sha256(content), { annotations }),
    );
    try {
      await record.addFolder(all, place, whole);
    } finally {
      await record.seal(all.map((file) => file.place));
      await rm(join(whole, '..'), { recursive: true });
    }
    return listedThen;
  }

  test('is listed before it has its name, and takes what was there before', async () => {
    expect(await putFolder('scene', { 'a.txt': 'a', 'deep/b.txt': 'b' })).toEqual(
      expect.arrayContaining(['scene/a.txt', 'scene/deep/b.txt']),
    );
    await putFolder('scene', { 'a.txt': 'other' });
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(
      ['SHA256SUMS', 'cyberun-run.json', 'scene', join('scene', 'a.txt')].sort(),
    );
    expect(await sums()).toEqual([`${sha256('other')} *scene/a.txt`]);
    const valid = await schema();
    expect(valid(JSON.parse(await text())), JSON.stringify(valid.errors)).toBe(true);
  });

  test.each<[string, () => Promise<void>]>([
    ['another file', () => writeFile(join(folder, 'scene/mine.txt'), 'mine')],
    ['a changed one', () => writeFile(join(folder, 'scene/a.txt'), 'mine')],
    ['a link', () => symlink('/etc/passwd', join(folder, 'scene/link'))],
  ])('replaces nothing where %s lies in its way', async (_, make) => {
    await putFolder('scene', { 'a.txt': 'a' });
    await make();
    const before = await readdir(join(folder, 'scene'));
    await expect(putFolder('scene', { 'a.txt': 'other' })).rejects.toThrow(/is in the way, .*Nothing was replaced/);
    expect(await readdir(join(folder, 'scene'))).toEqual(before);
    expect(await sums()).not.toContain(`${sha256('other')} *scene/a.txt`);
  });

  test('of more files than a record is read with is refused', async () => {
    const record = await open();
    const all = [1, 2].map((number) => listed(`${number}`, sha256(''), { mediaType: 'x'.repeat(13 * 1024 * 1024) }));
    await expect(record.addFolder(all, 'scene', join(folder, 'part'))).rejects.toThrow(
      /With 2 files, .* would be larger/,
    );
    await expect(record.adopt(all)).rejects.toThrow(/would be larger/);
  });
});

/** Of what docs/record.md describes. */
async function schema() {
  const text = await readFile(join(import.meta.dirname, '../../docs/record.schema.json'), 'utf8');
  return new Ajv2020({ strict: true, strictRequired: false, validateFormats: false }).compile(JSON.parse(text));
}

describe('the text of a record', () => {
  test('says what was run, and what came of it', async () => {
    await run({ 'a.png': 'a', 'x/b.png': 'b' });
    expect(await text()).toContain('"seed":18446744073709551615');
    expect(JSON.parse(await text())).toEqual({
      buildDefinition: {
        buildType: 'https://github.com/cyberun/run/workflow/v1',
        externalParameters: { workflow: 'quick', parameters: { image: 'inputs/a.png', prompt: 'é', seed: 2 ** 64 } },
        internalParameters: { target_pool: 'team', fingerprint: order.fingerprint },
        resolvedDependencies: [
          {
            name: 'workflow',
            uri: `${API_URL}/r/workflows/slug/w-1`,
            annotations: { id: 'w-1', slug: 'quick', version: '3' },
          },
          { name: 'image', uri: 'inputs/a.png', digest: { sha256: order.digests.get('image') } },
        ],
      },
      complete: true,
      earlier: [],
      runDetails: {
        builder: { id: API_URL },
        byproducts: [
          {
            name: 'agent',
            uri: `${API_URL}/r/agents/gpu%20node`,
            annotations: { agentId: 'gpu node', gpuType: 'RTX' },
          },
          { name: 'task_output', mediaType: 'application/json', content: btoa('{"nodes":1}') },
          ...['a.png', 'x/b.png', 'SHA256SUMS'].map((name) =>
            expect.objectContaining({ name, digest: expect.anything() }),
          ),
        ],
        metadata: {
          invocationId: 'task-1',
          startedOn: '2026-01-02T03:04:05.000Z',
          finishedOn: '2027-01-15T08:00:00.000Z',
          queueSeconds: 2,
          runSeconds: 31,
        },
      },
      signature: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test.each([
    [true, ['a.png'], true],
    [true, ['a.png', 'b.png'], false],
    [false, ['a.png'], false],
  ])('is complete if the run offers all (%s), and all of %j arrived: %s', async (offersAll, places, expected) => {
    const ground = await openGround(systemDisk, workspace, folder);
    const context = { disk: systemDisk, clock: systemClock, signal };
    const record = await openRecord(ground, { ...author, offersAll }, context);
    await writeFile(join(folder, 'part'), 'a');
    await record.add(listed('a.png', sha256('a')), join(folder, 'part'));
    expect(JSON.parse(await text()).complete).toBe(false);
    await record.seal(places);
    expect(JSON.parse(await text()).complete).toBe(expected);
  });

  test('is canonical JSON, signed as the documentation says', async () => {
    await run({ 'a.png': 'a' });
    await run({ 'b.png': 'b' });
    const [line = '', rest] = (await text()).split('\n');
    expect(rest).toBe('');
    expect(canonicalJson(toSendable(parseJson(line)))).toBe(line);
    const { signature } = JSON.parse(line);
    const signed = line.replace(`,"signature":"${signature}"`, '');
    expect(createHmac('sha256', KEY).update(`cyberun-run record v1\n${signed}`).digest('hex')).toBe(signature);
  });

  const attached = { target: { taskId: 'task-1', wasRead: true }, workflow: undefined, fingerprint: undefined };
  test.each([
    ['of a task', author.statement],
    ['of a task that was attached to', statementOf({ ...order, ...attached }, followed, undefined, API_URL)],
    ['of a matrix', statementOfAll([order, order], [followed, followed], 'f1'.repeat(32), API_URL)],
    [
      'of a task of which not all was wanted',
      statementOf(order, followed, undefined, API_URL, [
        { place: 'x/b-2.png', output: '9.images.1', safeName: 'b.png' },
        { place: 'a.txt', output: '10' },
      ]),
    ],
    [
      'of which nothing is known',
      statementOf({ ...order, workflow: undefined }, nothingKnown(order), undefined, API_URL),
    ],
  ])('%s fits its schema, once files of an earlier run are beside its own, too', async (_, statement) => {
    await run({ 'a.png': 'a' });
    const ground = await openGround(systemDisk, workspace, folder);
    const record = await openRecord(ground, { ...author, statement }, { disk: systemDisk, clock: systemClock, signal });
    await record.seal([]);
    const valid = await schema();
    const value = JSON.parse(await text());
    expect(value.earlier).toHaveLength(1);
    expect(valid(value), JSON.stringify(valid.errors)).toBe(true);
    expect(valid({ ...value, more: 1 })).toBe(false);
  });

  test('holds nothing that authorises anybody', async () => {
    const secret = 'https://user:pass@s.test/x?X-Amz-Signature=0123456789abcdef';
    const target = { workflow: 'quick', submission: { parameters: { a: secret, b: { [secret]: KEY } } } };
    const statement = statementOf(
      { ...order, target },
      { ...followed, agentId: KEY, gpuType: secret },
      { a: secret },
      API_URL,
    );
    expect(JSON.stringify(statement)).not.toMatch(/0123456789|pass/);
    const { content } = JSON.parse(statement.others.find((text) => text.includes('task_output')) ?? '{}');
    expect(Buffer.from(content, 'base64').toString()).toBe('{"a":"https://s.test/x?***"}');
  });

  test('is small for many files, and takes few writes', async () => {
    let writes = 0;
    const disk: Disk = {
      ...systemDisk,
      writeFile(...given) {
        writes += 1;
        return systemDisk.writeFile(...given);
      },
    };
    const record = await open(disk);
    const before = writes;
    await Promise.all(Array.from({ length: 300 }, (_, index) => record.put(`${index}.png`, `${index}`)));
    // Each file is one of them; the first and the last ones may have a record almost to themselves.
    expect(writes - before - 300).toBeLessThan(100);
    await record.seal([]);
    expect(await sums()).toHaveLength(300);
    expect((await text()).length).toBeLessThan(300 * 400);
  });
});

describe('what is ours', () => {
  test('is what a record lists and still has its digest; it is kept in the lists of later runs', async () => {
    await run({ 'a.png': 'a', 'b.png': 'b', 'c.png': 'c' });
    await writeFile(join(folder, 'b.png'), 'mine');
    await rm(join(folder, 'c.png'));
    const record = await open();
    expect(['a.png', 'b.png', 'c.png', 'e.png'].map((place) => record.claims(place))).toEqual([
      ...[sha256('a'), undefined, undefined, undefined],
    ]);
    await record.put('e.png', 'e');
    await expect(record.put('b.png', 'ours')).rejects.toThrow('b.png was made or changed');
    await record.seal([]);
    expect(await sums()).toEqual([`${sha256('a')} *a.png`, `${sha256('e')} *e.png`]);
    expect(await readFile(join(folder, 'b.png'), 'utf8')).toBe('mine');
    expect(await foreign()).toBeUndefined();
  });

  test.skipIf(process.platform === 'win32')(
    'is no link, lies behind none, and is not read where it is no file',
    async () => {
      const names = ['a.png', 'b.png', 'x/c.png', 'd.png'];
      await run(Object.fromEntries(names.map((name) => [name, 'same'])));
      await writeFile(join(workspace, 'same.png'), 'same');
      await rm(join(folder, 'a.png'));
      await symlink(join(workspace, 'same.png'), join(folder, 'a.png'));
      await rename(join(folder, 'x'), join(workspace, 'x'));
      await symlink(join(workspace, 'x'), join(folder, 'x'));
      await rm(join(folder, 'd.png'));
      // Nobody writes to it: who opens it waits for ever.
      execFileSync('mkfifo', [join(folder, 'd.png')]);
      const record = await open();
      expect(names.map((place) => record.claims(place) !== undefined)).toEqual([false, true, false, false]);
      await record.seal([]);
      expect(await sums()).toEqual([`${sha256('same')} *b.png`]);
    },
  );

  test('is replaced, unless somebody wrote to it since it was looked at', async () => {
    await run({ 'a.png': 'a', 'b.png': 'b' });
    const record = await open();
    await record.put('a.png', 'new');
    await writeFile(join(folder, 'b.png'), 'mine');
    await expect(record.put('b.png', 'new')).rejects.toThrow('b.png was made or changed');
    await record.seal([]);
    expect(await sums()).toEqual([`${sha256('new')} *a.png`]);
    expect(await readFile(join(folder, 'b.png'), 'utf8')).toBe('mine');
  });

  test('is not what was made or changed while the run went on', async () => {
    await run({ 'a.png': 'a' });
    const record = await open();
    await record.put('b.png', 'b');
    await writeFile(join(folder, 'a.png'), 'mine');
    await writeFile(join(folder, 'c.png'), 'mine');
    await expect(record.put('c.png', 'c')).rejects.toThrow('c.png was made or changed');
    await record.seal([]);
    expect(await sums()).toEqual([`${sha256('b')} *b.png`]);
    expect(await readFile(join(folder, 'c.png'), 'utf8')).toBe('mine');
    expect((await readdir(folder)).sort()).toEqual(['SHA256SUMS', 'a.png', 'b.png', 'c.png', 'cyberun-run.json']);
  });

  test('is put where file systems have no links, too, and replaces nothing there either', async () => {
    const link = () => Promise.reject(Object.assign(new Error('EPERM'), { code: 'EPERM' }));
    const record = await open({ ...systemDisk, link });
    await record.put('a.png', 'a');
    await writeFile(join(folder, 'b.png'), 'mine');
    await expect(record.put('b.png', 'b')).rejects.toThrow('b.png was made or changed');
    await record.seal([]);
    expect(await sums()).toEqual([`${sha256('a')} *a.png`]);
    expect(await readFile(join(folder, 'b.png'), 'utf8')).toBe('mine');
  });

  test('is not shared by two who write at once: the second one stops, and replaces nothing', async () => {
    const [one, other] = [await open(), await open()];
    await one.put('a.png', 'a');
    await expect(other.put('b.png', 'b')).rejects.toThrow('cyberun-run.json was made or changed');
    await one.seal([]);
    expect((await readdir(folder)).sort()).toEqual(['SHA256SUMS', 'a.png', 'cyberun-run.json']);
  });

  test('goes to the folder that was checked, and to no other that takes its place', async () => {
    await mkdir(join(workspace, 'elsewhere'));
    const record = await open();
    await record.put('x/a.png', 'a');
    await rename(join(folder, 'x'), join(folder, 'y'));
    await symlink(join(workspace, 'elsewhere'), join(folder, 'x'));
    await expect(record.add(listed('x/b.png', sha256('b')), join(folder, 'none'))).rejects.toThrow(
      'is no longer the one',
    );
    await rename(folder, join(workspace, 'moved'));
    await mkdir(folder);
    await expect(record.add(listed('c.png', sha256('c')), join(folder, 'none'))).rejects.toThrow(
      'is no longer the one',
    );
    expect(await readdir(join(workspace, 'elsewhere'))).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a record or a list that is foreign', () => {
  test('is one that another key signed', async () => {
    await run({ 'a.png': 'a' });
    expect(await foreign()).toBeUndefined();
    expect(await foreign('sk-other')).toMatch(/^lies a cyberun-run\.json that this api-key did not sign/);
  });

  test('is one of which anything was changed', async () => {
    await run({ 'a.png': 'a' });
    const whole = (await text()).trimEnd();
    const at = fc.nat({ max: whole.length - 1 });
    const change = fc.tuple(at, fc.nat({ max: 3 }), fc.string({ maxLength: 3 }));
    await fc.assert(
      fc.asyncProperty(change, async ([from, length, more]) => {
        const changed = whole.slice(0, from) + more + whole.slice(from + length);
        fc.pre(changed.trimEnd() !== whole);
        await writeFile(join(folder, 'cyberun-run.json'), changed);
        expect(await foreign()).toContain('did not sign');
        await expect(open()).rejects.toThrow('did not sign');
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    '',
    '{}',
    'null',
    '[]',
    '{"signature":7}',
    `{"a":1,"signature":"${'0'.repeat(64)}"}`,
    '['.repeat(100_000),
  ])('is none at all: %.40s', async (content) => {
    await mkdir(folder);
    await writeFile(join(folder, 'cyberun-run.json'), content);
    expect(await foreign()).toContain('did not sign');
  });

  test('is a link or a folder', async () => {
    await run({ 'a.png': 'a' });
    await rename(join(folder, 'cyberun-run.json'), join(workspace, 'record'));
    await symlink(join(workspace, 'record'), join(folder, 'cyberun-run.json'));
    expect(await foreign()).toContain('cyberun-run.json');
    await rm(join(folder, 'cyberun-run.json'));
    await mkdir(join(folder, 'cyberun-run.json'));
    expect(await foreign()).toContain('cyberun-run.json');
  });

  test('is a SHA256SUMS that no record lists as it is', async () => {
    await mkdir(folder);
    await writeFile(join(folder, 'SHA256SUMS'), `${sha256('')} *x\n`);
    expect(await foreign()).toMatch(/^lies a file SHA256SUMS that no cyberun-run\.json signed by this api-key lists/);
    await rm(join(folder, 'SHA256SUMS'));
    await run({ 'a.png': 'a' });
    expect(await foreign()).toBeUndefined();
    await writeFile(join(folder, 'SHA256SUMS'), `${sha256('b')} *a.png\n`);
    expect(await foreign()).toContain('lies a file SHA256SUMS');
    await expect(open()).rejects.toThrow('lies a file SHA256SUMS');
  });

  test('is not there where nothing is', async () => {
    expect(await foreign()).toBeUndefined();
    await mkdir(folder);
    expect(await foreign()).toBeUndefined();
  });
});

test('killed at whatever moment, a run leaves a folder whose files are all its own, which a second run completes', async () => {
  const contents = { 'a.png': 'a', 'b.png': 'b', 'x/c.png': 'c' };
  const clock = createSimulatedClock();
  let moments = 0;
  /** Everything that the disk is asked for, until the process is dead. */
  async function live(disk: ReturnType<typeof createDisk>, most: number, round: string): Promise<boolean> {
    let done = 0;
    const mounted = disk.mount(() => {
      done += 1;
      return done > most;
    });
    const living = (async () => {
      const ground = await openGround(mounted, '/w', '/w/out');
      const record = await openRecord(ground, author, { disk: mounted, clock, signal });
      await ground.make(Object.keys(contents));
      await Promise.all(
        Object.entries(contents).map(async ([place, content]) => {
          const temporary = await writeBeside(mounted, join(ground.real, place), content + round);
          await record.add(listed(place, sha256(content + round)), temporary);
        }),
      );
      await record.seal([]);
    })();
    const over = living.then(() => true);
    await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 5))]);
    moments = Math.max(moments, done);
    return done <= most && over;
  }
  const namesIn = (disk: ReturnType<typeof createDisk>) =>
    [...disk.files().keys()].filter((path) => !path.endsWith('.part')).sort();

  for (let most = 0; most < 200; most += 1) {
    const disk = createDisk({ free: 1e9, isShort: false });
    // A run that replaces what an earlier one put there is killed, and so is one that finds nothing.
    const isSecond = most % 2 === 1;
    if (isSecond) expect(await live(disk, Number.POSITIVE_INFINITY, '1')).toBe(true);
    await live(disk, Math.floor(most / 2), '2');
    const mounted = disk.mount(() => false);
    expect(await findForeign(mounted, '/w/out', KEY, signal)).toBeUndefined();
    const ground = await openGround(mounted, '/w', '/w/out');
    const record = await openRecord(ground, author, { disk: mounted, clock, signal });
    for (const path of namesIn(disk)) {
      const place = path.slice('/w/out/'.length);
      if (place !== 'cyberun-run.json') expect(record.claims(place), `${place} after ${most}`).toBeDefined();
    }
    expect(await live(disk, Number.POSITIVE_INFINITY, '3')).toBe(true);
    expect(namesIn(disk)).toEqual(
      ['SHA256SUMS', 'a.png', 'b.png', 'cyberun-run.json', 'x/c.png'].map((name) => `/w/out/${name}`),
    );
  }
  expect(moments).toBeLessThan(100);
});
