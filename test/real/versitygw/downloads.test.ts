import { describe, expect, test } from 'vitest';
import { annotationsOf, countOf, namesOf, ONLY_RECORD, runAction, SMALL } from '../../action/harness.ts';
import { objectOf, remove, replace } from '../gateway.ts';
import type { Fate } from '../relay.ts';
import { digestOf, digestsOf, expectKept, keyIn, startScene, statusesOf } from '../scene.ts';

const QUICK = { workflow: 'quick' };
const MEGABYTE = 1_000_000;
const MESH = { output: 'mesh', name: 'mesh.ply', bytes: 3 * MEGABYTE };
const closed = (at: number): Fate => ({ inAnswer: { at, end: 'close' } });
const reset = (at: number): Fate => ({ inAnswer: { at, end: 'reset' } });
const WHOLE = { exitCode: 0, annotations: [] };

describe('keys', () => {
  const KEYS = [
    'a b/c+d/e%20f.png',
    '100%/%2F/50%25.png',
    'a#b?c&d=e;f.png',
    '[x]{y}/(z)!*\'"$@,:|^`~.png',
    'ünï/中文/😀.png',
    'e\u0301/\u00e9.png',
    '..a/b..c/...png',
    `${'n'.repeat(200)}/${'m'.repeat(200)}.png`,
    '-rf/--help/~/.hidden.png',
    'back\\slash/C:\\x.png',
  ];

  test.each(['--keep-alive', '--quiet'])('of any spelling are asked for as they were signed (%s)', async (option) => {
    const outputs = KEYS.map((key, index) => ({
      ...SMALL,
      output: `${index}`,
      key,
      bytes: Buffer.from(`${key} it is`),
    }));
    await using scene = await startScene({ outputs, gatewayOptions: [option] });
    await using action = runAction({ emulator: scene.emulator, with: QUICK });
    const result = await action.done;
    expect(result.exitCode).toBe(0);
    expect(statusesOf(scene.relay, 'GET')).toEqual(KEYS.map(() => 206));
    const wanted = outputs.map(({ bytes }) => digestOf(bytes));
    expect(Object.values(digestsOf(action)).toSorted()).toEqual(wanted.toSorted());
    const files: { output: string; sha256: string }[] = JSON.parse(result.outputs.files ?? '');
    expect(files.map(({ sha256 }) => sha256)).toEqual(wanted);
    expectKept(scene, result);
  });
});

test('a file of 0 bytes comes as one', async () => {
  await using scene = await startScene({
    outputs: [
      { ...SMALL, bytes: Buffer.of() },
      { ...SMALL, output: 'b', name: 'b.png' },
    ],
  });
  await using action = runAction({ emulator: scene.emulator, with: QUICK });
  const result = await action.done;
  expect(result).toMatchObject(WHOLE);
  expect(digestsOf(action)[SMALL.name]).toBe(digestOf());
  // It says of an empty object that no range fits it, and not why.
  const empty = scene.relay.requests.filter(({ url }) => url.includes(SMALL.name));
  expect(empty.map(({ headers, status }) => [headers.range !== undefined, status])).toEqual([
    [true, 416],
    [false, 200],
  ]);
  expect(empty[0]?.answer).not.toHaveProperty('content-range');
});

test('a name in the answer, signed with the URL, is no part of the file', async () => {
  const disposition = 'attachment; filename="../evil \\"a\\".png"; filename*=UTF-8\'\'caf%C3%A9.png';
  await using scene = await startScene({ outputs: [{ ...SMALL, disposition }] });
  await using action = runAction({ emulator: scene.emulator, with: QUICK });
  expect(await action.done).toMatchObject(WHOLE);
  expect(scene.relay.requests[0]?.answer?.['content-disposition']).toBe(disposition);
  expect(Object.keys(digestsOf(action))).toEqual([SMALL.name]);
});

describe('a URL that has expired', () => {
  test('is replaced before the first byte, for all files at once', async () => {
    let asked = 0;
    const outputs = ['a', 'b', 'c'].map((name) => ({ ...SMALL, output: name, name: `${name}.png` }));
    const signedAt = () => {
      asked += 1;
      return new Date(Date.now() - (asked <= outputs.length ? 3_600_000 : 0));
    };
    await using scene = await startScene({ outputs, signedAt, seconds: 60 });
    await using action = runAction({ emulator: scene.emulator, with: QUICK });
    const result = await action.done;
    expect(result).toMatchObject(WHOLE);
    expect(statusesOf(scene.relay, 'GET').toSorted()).toEqual([206, 206, 206, 403, 403, 403]);
    expect(countOf(scene.emulator, 'result')).toBe(2);
    expect(Object.keys(digestsOf(action))).toEqual(['a.png', 'b.png', 'c.png']);
    expectKept(scene, result);
  });

  test('is replaced in the middle of a file, which goes on where it was', async () => {
    const expired = Promise.withResolvers<void>();
    // The first counts for five seconds from the moment that it was signed.
    let first = true;
    const signedAt = () => {
      const signed = new Date(Date.now() - (first ? 55_000 : 0));
      if (first) setTimeout(expired.resolve, 6_000);
      first = false;
      return signed;
    };
    const fates: Fate[] = [closed(MEGABYTE), { after: expired.promise }];
    await using scene = await startScene({
      outputs: [MESH],
      signedAt,
      seconds: 60,
      fateOf: (_, before) => fates[before],
    });
    await using action = runAction({ emulator: scene.emulator, with: QUICK });
    expect(await action.done).toMatchObject(WHOLE);
    expect(statusesOf(scene.relay, 'GET')).toEqual([206, 403, 206]);
    const [whole, refused, rest] = scene.relay.requests;
    expect(rest?.headers).toMatchObject({ range: refused?.headers.range, 'if-match': whole?.answer?.etag });
    expect(digestsOf(action)).toEqual({
      'mesh.ply': digestOf(scene.emulator.objects.get(keyIn(scene.emulator))?.bytes),
    });
  });

  test('again and again is an error in the storage’s words', async () => {
    await using scene = await startScene({ signedAt: () => new Date(Date.now() - 3_600_000), seconds: 60 });
    await using action = runAction({ emulator: scene.emulator, with: QUICK });
    const result = await action.done;
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringContaining('The storage answered 403 AccessDenied: Request has expired.'),
    ]);
    expect(statusesOf(scene.relay, 'GET')).toEqual([403, 403, 403, 403]);
    expect(namesOf(action.workspace)).toEqual(ONLY_RECORD);
  });
});

describe('a signature that is wrong', () => {
  test('is an error in the storage’s words, after fresh ones were no better', async () => {
    await using scene = await startScene({ secret: () => 'another' });
    await using action = runAction({ emulator: scene.emulator, with: QUICK });
    const result = await action.done;
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringContaining('The storage answered 403 SignatureDoesNotMatch: The request signature we calculated'),
    ]);
    expect(statusesOf(scene.relay, 'GET')).toEqual([403, 403, 403, 403]);
    expect(countOf(scene.emulator, 'result')).toBe(4);
    expect(namesOf(action.workspace)).toEqual(ONLY_RECORD);
    expectKept(scene, result);
  });
});

describe('an object', () => {
  test.each([3, 100])(
    'of %i MB that is replaced in the middle is fetched anew, and no file is of both',
    async (size) => {
      const bytes = size * MEGABYTE;
      const other = Buffer.alloc(bytes, 'the other object ');
      await using scene = await startScene({
        outputs: [{ ...MESH, bytes }],
        fateOf: (_, before, gateway) => {
          if (before === 0) return closed(MEGABYTE);
          return before === 1 ? { after: replace(gateway, keyIn(scene.emulator), other) } : undefined;
        },
      });
      await using action = runAction({ emulator: scene.emulator, with: QUICK });
      expect(await action.done).toMatchObject(WHOLE);
      expect(statusesOf(scene.relay, 'GET')).toEqual([206, 412, 206]);
      expect(digestsOf(action)).toEqual({ 'mesh.ply': digestOf(other) });
    },
  );

  test('that is replaced between two of its parts is fetched anew', async () => {
    // The first 8 MiB, and one part.
    const other = Buffer.alloc(12 * MEGABYTE, 'the other object ');
    await using scene = await startScene({
      outputs: [{ ...MESH, bytes: 12 * MEGABYTE }],
      fateOf: (_, before, gateway) =>
        before === 1 ? { after: replace(gateway, keyIn(scene.emulator), other) } : undefined,
    });
    await using action = runAction({ emulator: scene.emulator, with: QUICK });
    expect(await action.done).toMatchObject(WHOLE);
    expect(statusesOf(scene.relay, 'GET')).toEqual([206, 412, 206]);
    expect(digestsOf(action)).toEqual({ 'mesh.ply': digestOf(other) });
  });

  test.each([
    ['before', 0],
    ['in the middle of', 1],
  ])('that is deleted %s its file is an error in the storage’s words', async (_, at) => {
    await using scene = await startScene({
      outputs: [MESH],
      fateOf: (_, before, gateway) => {
        if (before < at) return closed(MEGABYTE);
        return { after: remove(gateway, keyIn(scene.emulator)) };
      },
    });
    await using action = runAction({ emulator: scene.emulator, with: QUICK });
    const result = await action.done;
    expect(result.exitCode).toBe(1);
    expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('The storage answered 404 NoSuchKey: ')]);
    expect(namesOf(action.workspace)).toEqual(ONLY_RECORD);
  });
});

test('connections that are closed or reset lose nothing, and nothing comes twice', async () => {
  const fates: Fate[] = [reset(0), closed(MEGABYTE), reset(MEGABYTE), { answerLost: true }, reset(1), reset(900_000)];
  await using scene = await startScene({ outputs: [MESH], fateOf: (_, before) => fates[before] });
  await using action = runAction({ emulator: scene.emulator, with: QUICK });
  expect(await action.done).toMatchObject(WHOLE);
  const ranges = scene.relay.requests.map(({ headers }) => Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1]));
  expect(ranges).toHaveLength(fates.length + 1);
  expect(ranges.slice(0, 2)).toEqual([0, 0]);
  expect(ranges).toEqual(ranges.toSorted((a, b) => a - b));
  // What was closed had arrived before; of what was reset, a part may be lost.
  expect(ranges[2]).toBe(MEGABYTE);
  expect(digestsOf(action)).toEqual({ 'mesh.ply': digestOf(scene.emulator.objects.get(keyIn(scene.emulator))?.bytes) });
});

test('the checksum that the storage keeps is that of the file, and presigned answers do not tell it', async () => {
  await using scene = await startScene({ outputs: [MESH], checksums: true });
  await using action = runAction({ emulator: scene.emulator, with: QUICK });
  expect(await action.done).toMatchObject(WHOLE);
  const [{ url = '', answer = {} } = {}] = scene.relay.requests;
  expect(url).toContain('x-amz-checksum-mode=ENABLED');
  const { headers } = await fetch(`${scene.relay.url}${url}`);
  const names = [...Object.keys(answer), ...headers.keys()];
  expect(names).toContain('etag');
  expect(names.filter((name) => name.startsWith('x-amz-checksum'))).toEqual([]);
  const { checksum = '' } = (await objectOf(scene.gateway, keyIn(scene.emulator))) ?? {};
  expect(digestsOf(action)).toEqual({ 'mesh.ply': Buffer.from(checksum, 'base64').toString('hex') });
});
