import { describe, expect, test } from 'vitest';
import { createObject } from '../../emulator/objects.ts';
import { RunError } from '../../src/base/errors.ts';
import { inert } from '../../src/base/inert.ts';
import { downloadOutputs, missingFiles, type Offer } from '../../src/files/collect.ts';
import type { HomeContext, HomeOptions } from '../../src/files/context.ts';
import { NOTHING_MISSING } from '../../src/files/promised.ts';
import { TransferError } from '../../src/transfer/errors.ts';
import { type Completed, completeTask, followedOf, outputOf } from './brought.ts';

/** Brings home what a task offers, but for the changes. */
async function bring(
  task: Completed,
  {
    offer,
    options,
    context,
  }: { offer?: Partial<Offer>; options?: Partial<HomeOptions>; context?: Partial<HomeContext> } = {},
) {
  const outputs = await task.offered();
  const all: Offer = { outputs, leftOut: [], missing: NOTHING_MISSING, output: undefined, ...offer };
  return downloadOutputs(
    followedOf(task),
    all,
    { ...task.options, ...options },
    { ...task.context, ...context },
    () => undefined,
  );
}

/** The log, where how fast it was is not asked. */
const said = ({ lines }: Completed) => lines.map((line) => line.replace(/at [\d.]+ \w+\/s/, 'at SPEED'));
const resultsOf = ({ emulator }: Completed) => emulator.requests.filter(({ kind }) => kind === 'result').length;

describe('what is said of files that come', () => {
  const TWO = [outputOf('a', 1_000), outputOf('b', 500)];

  test('is how many, each with its digest in a group, and how fast', async () => {
    await using task = await completeTask(TWO);
    await bring(task);
    expect(said(task)).toEqual([
      'Downloading 2 files',
      'group: files',
      expect.stringMatching(/^ {2}a {2}a {2}1 kB {2}sha256 [0-9a-f]{64}$/),
      expect.stringMatching(/^ {2}b {2}b {2}500 B {2}sha256 [0-9a-f]{64}$/),
      '2 files in out, 1.5 kB at SPEED',
    ]);
  });

  test('is the sum alone, for one of many tasks', async () => {
    await using task = await completeTask(TWO);
    await bring(task, { context: { detail: 'brief' } });
    expect(said(task)).toEqual(['2 files in out, 1.5 kB at SPEED']);
  });

  test('counts what the pattern leaves out, and what came alone', async () => {
    await using task = await completeTask(TWO);
    const isB = ({ path }: { path: string }) => path.endsWith('b');
    task.emulator.fault({ kind: 'storage-get', times: 99, when: isB, fault: { type: 'status', status: 404 } });
    const { files, failures } = await bring(task, { offer: { leftOut: [{ output: 'c', place: 'c' }] } });
    expect([files.length, failures.length]).toEqual([1, 1]);
    expect(said(task)[0]).toBe('Downloading 2 of 3 files (pattern)');
    expect(said(task).at(-1)).toBe('1 file in out, 1 kB at SPEED');
  });

  test('is no sum of none', async () => {
    await using task = await completeTask([outputOf('a')]);
    task.emulator.fault({ kind: 'storage-get', times: 99, fault: { type: 'status', status: 404 } });
    await bring(task);
    expect(said(task)).toEqual(['Downloading 1 file']);
  });

  test.for(['full', 'brief'] as const)('warns of a file that another took the place of: detail %s', async (detail) => {
    await using task = await completeTask([outputOf('a')]);
    await bring(task);
    const [key = ''] = task.emulator.objects.keys();
    task.emulator.objects.set(key, createObject(Buffer.from('changed'), 'image/png'));
    await bring(task, { context: { detail } });
    const where = detail === 'full' ? ' in out' : '';
    expect(said(task).at(-1)).toBe(
      `warning: Replaced${where}, where an earlier run or step had put another file of that name: a. Give each step a path of its own to keep both.`,
    );
  });

  test('warns of a file that is packed', async () => {
    await using task = await completeTask([{ ...outputOf('a'), encoding: 'gzip' }]);
    await bring(task);
    expect(said(task).at(-1)).toMatch(/^warning: .*gzip/);
  });
});

describe('URLs that the storage refuses', () => {
  const refusal = { type: 'status', status: 403 } as const;

  test('are replaced, and a second time, too', async () => {
    await using task = await completeTask([outputOf('a')]);
    const outputs = await task.offered();
    task.emulator.fault({ kind: 'storage-get', times: 2, fault: refusal });
    const { files, failures } = await bring(task, { offer: { outputs } });
    expect([files.length, failures.length]).toEqual([1, 0]);
    // Two for what was offered, and one for each refusal.
    expect(resultsOf(task)).toBe(4);
  });

  test('are asked for once, however many wait for them', async () => {
    await using task = await completeTask(['a', 'b', 'c', 'd'].map((name) => outputOf(name)));
    const { promise, resolve } = Promise.withResolvers<void>();
    let asked = 0;
    const service: HomeContext['service'] = {
      async result(...given) {
        asked += 1;
        await promise;
        return task.context.service.result(...given);
      },
    };
    task.emulator.fault({ kind: 'storage-get', times: 4, fault: refusal });
    const bringing = bring(task, { context: { service } });
    await task.emulator.waitFor(
      ({ requests }) => requests.filter(({ kind, status }) => kind === 'storage-get' && status === 403).length === 4,
    );
    resolve();
    expect((await bringing).files).toHaveLength(4);
    expect(asked).toBe(1);
  });

  test('that cannot be replaced fail the files, with the reason', async () => {
    await using task = await completeTask([outputOf('a')]);
    task.emulator.fault({ kind: 'storage-get', times: 99, fault: refusal });
    const service = { result: () => Promise.reject(new Error('no result any more')) };
    const { failures } = await bring(task, { context: { service } });
    expect(failures).toMatchObject([{ place: 'a', error: { message: expect.stringContaining('no result any more') } }]);
  });
});

describe('an archive', () => {
  test.for([true, false])('is unpacked where that was asked for, and said: %s', async (extract) => {
    await using task = await completeTask([{ output: 'scene', name: 'scene.zip', bytes: 'scene.zip' }]);
    const { unpacked } = await bring(task, { options: { extract } });
    expect(unpacked).toHaveLength(extract ? 1 : 0);
    expect(said(task).filter((line) => line.includes('scene.zip'))).toHaveLength(extract ? 3 : 1);
    expect(said(task).includes('group: files of scene.zip')).toBe(extract);
  });

  test('that cannot be unpacked is not said to be', async () => {
    await using task = await completeTask([{ ...outputOf('scene.zip', Buffer.from('no archive')) }]);
    const { unpacked } = await bring(task, { options: { extract: true } });
    expect(unpacked).toMatchObject([{ error: expect.anything() }]);
    expect(said(task).filter((line) => line.includes('scene.zip'))).toHaveLength(1);
  });
});

describe('why not all files arrived', () => {
  const failure = (place: string) => ({ place, error: new TransferError('final', inert`Why ${place}.`) });
  const some = (count: number) => Array.from({ length: count }, (_, index) => failure(`f${index}`));
  const anonymous = { count: 2, names: [], unwanted: [] };

  test('is nothing where all did', () => {
    expect(missingFiles([], 3, NOTHING_MISSING)).toBeUndefined();
  });

  test('names the first three, and counts the others', () => {
    const problem = missingFiles(some(5), 9, NOTHING_MISSING);
    expect(problem).toBeInstanceOf(RunError);
    expect(problem).toMatchObject({
      kind: 'files',
      message: '5 of 9 files did not arrive. f0: Why f0. f1: Why f1. f2: Why f2. And 2 more.',
      cause: expect.any(TransferError),
    });
    expect(missingFiles(some(3), 9, NOTHING_MISSING)?.message).not.toContain('more');
  });

  test('tells of those without a URL, which could not even be fetched', () => {
    expect(missingFiles([], 3, anonymous)?.message).toMatch(
      /^2 of 5 files did not arrive\. The service offers no URL of .*, and was asked for \d+ s\.$/,
    );
    expect(missingFiles(some(1), 3, anonymous)?.message).toMatch(
      /^3 of 5 files did not arrive\. f0: Why f0\. The service offers no URL/,
    );
    expect(missingFiles(some(1), 3, NOTHING_MISSING)?.message).not.toContain('no URL');
  });

  test('says that a fresh URL was refused, too, once, where the storage refused in the end', () => {
    const refused = { place: 'f', error: new TransferError('refused', inert`The storage answered 403.`) };
    expect(missingFiles([refused, ...some(1), refused], 3, NOTHING_MISSING)?.message).toMatch(
      /^3 of 3 files did not arrive\. f: The storage answered 403\. f0: Why f0\. f: The storage answered 403\. Fresh URLs from the service were refused, too: it may sign with a key that the storage does not take, their clocks may differ, or a proxy changes what was signed\. Have whoever runs the deployment look at that\.$/,
    );
    expect(missingFiles(some(2), 3, NOTHING_MISSING)?.message).not.toContain('Fresh');
  });
});
