import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { Fault } from '../../emulator/faults.ts';
import { annotationsOf, countOf, namesOf, ONLY_RECORD, preload, quick, runAction } from './harness.ts';

/** Three minutes without a byte in a second. */
const FAST = { faster: 200 };
/** Large enough to be cut in the middle. */
const MESH = { output: 'mesh', name: 'mesh.ply', bytes: 3_000_000 };
const AGAIN =
  'The task itself completed: a step with `task-id: ID` in place of `workflow` fetches its files without paying again.';
const ALWAYS = Number.POSITIVE_INFINITY;
const NO_RANGE: Fault = { type: 'headers', headers: { 'content-range': undefined } };
const CUT: Fault = { type: 'drop', afterBytes: 1_000_000 };

/** Strikes each request for a file by the next of these, and again from the first when there are no more. */
function strike(emulator: Emulator, faults: readonly Fault[]): void {
  faults.forEach((fault, index) => {
    const when = () => (countOf(emulator, 'storage-get') - 1) % faults.length === index;
    emulator.fault({ kind: 'storage-get', when, times: ALWAYS, fault });
  });
}

describe('a file does not arrive, and the error says why:', () => {
  test.each<[string, readonly Fault[], RegExp, Readonly<Record<string, string>>?]>([
    [
      'nobody says how long it is',
      [NO_RANGE, { type: 'close-delimited' }],
      /^The storage does not say how long the file is and ends it by closing the connection, .* send a Content-Length\.$/,
    ],
    [
      'a part of it comes in place of the whole',
      [{ type: 'status', status: 206, body: 'x' }],
      /^The storage sends a part of the file where the whole was asked for\. A cache on the way may do so: /,
    ],
    [
      'each time that it goes on, it is another one',
      [CUT, { type: 'changed-object' }],
      /^The file at the storage changed while it was read\. It was begun 5 times\.$/,
    ],
    [
      'nothing shows that what goes on is the same',
      [CUT, { type: 'headers', headers: { etag: undefined } }],
      /^The storage does not show that the rest is of the same file, so the whole has to come anew\. It was begun 5 times\.$/,
    ],
    [
      'it ends before its end',
      [{ type: 'end', afterBytes: 0 }],
      /^The connection to the storage 127\.0\.0\.1:\d+ failed: it ended too early\.$/,
    ],
    [
      'it comes in another coding',
      [{ type: 'headers', headers: { 'transfer-encoding': 'gzip', 'content-length': undefined } }],
      /^The storage sends the file with Transfer-Encoding: gzip, which nobody asked for and this action does not undo\./,
    ],
    [
      'it comes too slowly to ever be there',
      [{ type: 'trickle', bytesPerSecond: 100 }],
      /^The connection to the storage 127\.0\.0\.1:\d+ failed: it sends next to nothing\.$/,
    ],
    [
      'fresh URLs of it are refused like the first',
      [{ type: 'status', status: 403, body: '<Error><Code>AccessDenied</Code></Error>' }],
      /^The storage answered 403 AccessDenied\. Fresh URLs from the service were refused, too: it may sign with a key that the storage does not take, .* Have whoever runs the deployment look at that\.$/,
    ],
    [
      'it goes on beyond what is allowed',
      [NO_RANGE, { type: 'no-length' }],
      /^The file has more than the 1 MB that the input max-download-size allows\. Raise it/,
      { 'max-download-size': '1MB' },
    ],
  ])('%s', async (_, faults, why, given = {}) => {
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs: [MESH] } })] });
    strike(emulator, faults);
    await using action = runAction({ emulator, with: { workflow: 'quick', ...given }, ...FAST });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, signal: null, outputs: { status: 'completed' } });
    expect(said(annotationsOf(result, 'error'))).toMatch(why);
    expect(namesOf(action.workspace)).toEqual(ONLY_RECORD);
    expect(countOf(emulator, 'cancel')).toBe(0);
  });

  test.each([
    ['[fe80::1]', 'a machine on the same wire (link-local)'],
    ['0.0.0.0', 'no machine at all (unspecified)'],
    ['[64:ff9b:1::1]', 'an address that hides another (transition)'],
  ])('its address leads to %s', async (host, what) => {
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs: [MESH] } })] });
    const edit = (body: string) => body.replaceAll(/http:\/\/127\.0\.0\.1:\d+\//g, `https://${host}/`);
    emulator.fault({ kind: 'result', times: ALWAYS, fault: { type: 'edit', edit } });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    expect(said(annotationsOf(await action.done, 'error'))).toBe(
      `The file's address at the storage leads to ${host}, which is ${what}, and the API is not there. Nothing was sent. Have the deployment give out addresses that lead to its storage.`,
    );
    expect(countOf(emulator, 'storage-get')).toBe(0);
  });

  test('the disk has no room for it', async () => {
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs: [MESH] } })] });
    const full = preload(
      `import fs from 'node:fs/promises'; import { syncBuiltinESMExports } from 'node:module'; fs.statfs = async () => ({ blocks: 1000, bavail: 250, bsize: 4000 }); syncBuiltinESMExports();`,
    );
    await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions: full });
    const result = await action.done;
    expect(said(annotationsOf(result, 'error'))).toBe(
      'The disk is too full: the file has 3 MB, 1 MB are free. Free space on the runner, or use a larger one.',
    );
    expect(namesOf(action.workspace)).toEqual(ONLY_RECORD);
  });

  test('the service has no URLs of some that nobody knows by name', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    const change = (result: Record<string, unknown>) => ({ ...result, task_output: { image_count: 3 } });
    emulator.fault({ kind: 'result', times: ALWAYS, fault: { type: 'reshape', change } });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, faster: 60 });
    expect(anonymous(annotationsOf(await action.done, 'error'))).toEqual([
      `2 of 3 files did not arrive. The service offers no URL of 2 files that the task has, and was asked for 60 s. ${AGAIN}`,
    ]);
  });

  test('of more than three, some are told, and how many there are', async () => {
    const outputs = [1, 2, 3, 4, 5].map((n) => ({ output: `${n}.images.0`, name: `${n}.png`, bytes: 10 }));
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
    emulator.fault({ kind: 'storage-get', times: ALWAYS, fault: { type: 'status', status: 501, body: 'no' } });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    expect(annotationsOf(await action.done, 'error')).toEqual([
      expect.stringMatching(
        /^5 of 5 files did not arrive\. 1\.png: .* 2\.png: .* 3\.png: .* And 2 more\. The task itself/,
      ),
    ]);
  });
});

/** With `ID` for the task's. */
function anonymous(errors: readonly string[]): string[] {
  return errors.map((error) => error.replace(/(?<=`task-id: )[\w-]+/, 'ID'));
}

/** Of `1 of 1 file did not arrive. mesh.ply: WHY The task itself completed: ...`, the why. */
function said(errors: readonly string[]): string {
  const [error = ''] = anonymous(errors);
  const [head, tail] = ['1 of 1 file did not arrive. mesh.ply: ', ` ${AGAIN}`];
  expect([errors.length, error.startsWith(head), error.endsWith(tail)]).toEqual([1, true, true]);
  return error.slice(head.length, -tail.length);
}

describe('a file is not uploaded, and nothing is submitted:', () => {
  test.each<[string, (path: string) => void, string | RegExp]>([
    [
      'it was written to',
      (path) => writeFileSync(path, 'another'),
      'It was replaced or written to since it was looked at, and was not sent. Let nothing write there while this step runs.',
    ],
    ['it was removed', (path) => rmSync(path), /^It cannot be read: ENOENT: .*\.$/],
  ])('%s', async (_, change, why) => {
    await using emulator = await startEmulator({
      workflows: [quick({ parameters: [{ key: 'image', type: 'file', required: true }] })],
    });
    await using action = runAction({
      emulator,
      files: { 'sketch.png': 'a sketch' },
      with: { workflow: 'quick', parameters: 'image: sketch.png' },
    });
    const when = () => {
      change(join(action.workspace, 'sketch.png'));
      return false;
    };
    emulator.fault({ kind: 'presign', when, fault: { type: 'refuse' } });
    const [error = '', ...others] = annotationsOf(await action.done, 'error');
    const head = 'Nothing was submitted, as sketch.png (8 B) could not be uploaded. ';
    expect([others, error.slice(0, head.length)]).toEqual([[], head]);
    expect(error.slice(head.length)).toEqual(typeof why === 'string' ? why : expect.stringMatching(why));
    expect(countOf(emulator, 'submit')).toBe(0);
  });

  test.each<[string, Parameters<Emulator['fault']>[0], string]>([
    [
      'the storage has one of that key',
      { kind: 'storage-put', fault: { type: 'status', status: 412 } },
      'The storage has a file of that key already.',
    ],
    [
      'the service says nowhere to send it',
      { kind: 'presign', fault: { type: 'reshape', change: () => ({}) } },
      'POST /r/files/presign was answered without a file_key and an upload_url.',
    ],
  ])('%s', async (_, rule, why) => {
    await using emulator = await startEmulator({
      workflows: [quick({ parameters: [{ key: 'image', type: 'file', required: true }] })],
    });
    emulator.fault({ ...rule, times: ALWAYS });
    await using action = runAction({
      emulator,
      files: { 'sketch.png': 'a sketch' },
      with: { workflow: 'quick', parameters: 'image: sketch.png' },
      ...FAST,
    });
    expect(annotationsOf(await action.done, 'error')).toEqual([
      expect.stringContaining(`Nothing was submitted, as sketch.png (8 B) could not be uploaded. ${why}`),
    ]);
    expect(countOf(emulator, 'submit')).toBe(0);
  });
});
