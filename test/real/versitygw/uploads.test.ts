import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { annotationsOf, countOf, runAction } from '../../action/harness.ts';
import { keysOf, objectOf, replace } from '../gateway.ts';
import { digestOf, expectKept, IMAGE, type Scene, startScene, statusesOf, WITH_SKETCH } from '../scene.ts';

const MEGABYTE = 1_000_000;
const WHOLE = { exitCode: 0, annotations: [] };
const submittedKey = ({ emulator }: Scene) => String(emulator.tasks[0]?.submission.parameters.image);
const sketchOf = (bytes: number) => ({ 'sketch.png': randomBytes(bytes) });

/** Keys of uploads alone. */
async function uploadsOf({ gateway }: Scene): Promise<string[]> {
  return (await keysOf(gateway)).filter((key) => key.startsWith('inputs/'));
}

/** The digest of what the task was given. */
async function givenTo(scene: Scene) {
  return digestOf((await objectOf(scene.gateway, submittedKey(scene)))?.bytes);
}

/** Has the service ask for one more header with each upload. */
function askFor({ emulator }: Scene, more: Readonly<Record<string, string>>): void {
  const change = (json: Record<string, unknown>) => ({
    ...json,
    upload_headers: { ...(json.upload_headers as Record<string, string>), ...more },
  });
  emulator.fault({ kind: 'presign', times: 9, fault: { type: 'reshape', change } });
}

/** Has the service give out the first slot for ever, as one whose keys are made of names does. */
function repeatSlots({ emulator }: Scene): void {
  let first: Record<string, unknown> | undefined;
  const change = (json: Record<string, unknown>) => {
    first ??= json;
    return first;
  };
  emulator.fault({ kind: 'presign', times: 9, fault: { type: 'reshape', change } });
}

test.each([1, 100 * MEGABYTE])('a file of %i bytes goes there, as the storage itself answers', async (bytes) => {
  // The relay only counts what goes by it: here nothing lies between the two.
  const files = sketchOf(bytes);
  await using scene = await startScene({ workflow: IMAGE, direct: true });
  await using action = runAction({ emulator: scene.emulator, files, with: WITH_SKETCH });
  const result = await action.done;
  expect(result).toMatchObject(WHOLE);
  expect(scene.relay.requests).toEqual([]);
  expect(await givenTo(scene)).toBe(digestOf(files['sketch.png']));
});

test('what is signed goes with the file, and is kept with it', async () => {
  const files = sketchOf(400_000);
  await using scene = await startScene({ workflow: IMAGE, metadata: { origin: 'a workspace, (1/2)' } });
  askFor(scene, { 'X-Amz-Meta-Origin': 'a workspace, (1/2)' });
  await using action = runAction({ emulator: scene.emulator, files, with: WITH_SKETCH });
  const result = await action.done;
  expect(result).toMatchObject(WHOLE);
  const [put] = scene.relay.requests;
  expect(put?.headers).toMatchObject({
    'content-type': 'image/png',
    'content-length': '400000',
    'if-none-match': '*',
    'x-amz-meta-origin': 'a workspace, (1/2)',
  });
  expect(put?.url).toMatch(/SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bif-none-match%3Bx-amz-meta-origin/);
  const object = await objectOf(scene.gateway, submittedKey(scene));
  expect(object).toMatchObject({ type: 'image/png', metadata: { origin: 'a workspace, (1/2)' } });
  expect(digestOf(object?.bytes)).toBe(digestOf(files['sketch.png']));
  expectKept(scene, result);
});

describe('an upload that is refused ends the run in the storage’s words:', () => {
  test.each([10, 30 * MEGABYTE])('%i bytes with a signature that is wrong', async (bytes) => {
    await using scene = await startScene({ workflow: IMAGE, direct: true, secret: () => 'another' });
    await using action = runAction({ emulator: scene.emulator, files: sketchOf(bytes), with: WITH_SKETCH });
    const result = await action.done;
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringMatching(/could not be uploaded\. The storage answered 403 SignatureDoesNotMatch: /),
    ]);
    // What the storage leaves unread of a large file may take its answer along: each that is not heard is one more.
    const tries = countOf(scene.emulator, 'presign');
    if (bytes === 10) expect(tries).toBe(3);
    else expect(tries).toBeGreaterThanOrEqual(3);
    expect(countOf(scene.emulator, 'submit')).toBe(0);
    expect(await uploadsOf(scene)).toEqual([]);
    expectKept(scene, result);
  });

  test('a header that is signed, and that the service does not ask for', async () => {
    await using scene = await startScene({ workflow: IMAGE, metadata: { origin: 'a workspace' } });
    await using action = runAction({ emulator: scene.emulator, files: sketchOf(10), with: WITH_SKETCH });
    const result = await action.done;
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringMatching(/could not be uploaded\. The storage answered 403 SignatureDoesNotMatch: /),
    ]);
    expect([statusesOf(scene.relay, 'PUT'), await uploadsOf(scene)]).toEqual([[403, 403, 403], []]);
  });

  test('a checksum that is of another file', async () => {
    const checksum = createHash('sha256').update('another').digest('base64');
    await using scene = await startScene({ workflow: IMAGE, checksum });
    askFor(scene, { 'x-amz-checksum-sha256': checksum });
    await using action = runAction({ emulator: scene.emulator, files: sketchOf(400_000), with: WITH_SKETCH });
    const result = await action.done;
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringMatching(/could not be uploaded\. The storage answered 400 BadDigest: The SHA256 you specified/),
    ]);
    expect(statusesOf(scene.relay, 'PUT')).toEqual([400, 400, 400]);
    expect([countOf(scene.emulator, 'submit'), await uploadsOf(scene)]).toEqual([0, []]);
  });

  test('a key that is somebody else’s already', async () => {
    await using scene = await startScene({
      workflow: IMAGE,
      fateOf: ({ url }, before, gateway) =>
        before === 0
          ? {
              after: replace(gateway, decodeURIComponent(url.replace(/^\/cyberun\/|\?.*/g, '')), Buffer.from('theirs')),
            }
          : undefined,
    });
    repeatSlots(scene);
    await using action = runAction({ emulator: scene.emulator, files: sketchOf(10), with: WITH_SKETCH });
    const result = await action.done;
    expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('has a file of that key already')]);
    expect(statusesOf(scene.relay, 'PUT')).toEqual([412, 412, 412]);
  });
});

test('a checksum that is signed is kept with the file; one that AWS’s SDK signs of nothing, unless told, does no harm', async () => {
  const files = sketchOf(400_000);
  const checksum = createHash('sha256').update(files['sketch.png']).digest('base64');
  for (const options of [{ checksum }, { careless: true }]) {
    await using scene = await startScene({ workflow: IMAGE, ...options });
    if (options.checksum !== undefined) askFor(scene, { 'x-amz-checksum-sha256': checksum });
    await using action = runAction({ emulator: scene.emulator, files, with: WITH_SKETCH });
    expect(await action.done).toMatchObject(WHOLE);
    const [put] = scene.relay.requests;
    if (options.checksum === undefined) expect(put?.url).toContain('x-amz-checksum-crc32=AAAAAA%3D%3D');
    else expect(await objectOf(scene.gateway, submittedKey(scene))).toMatchObject({ checksum });
    expect(await givenTo(scene)).toBe(digestOf(files['sketch.png']));
  }
});

test('a URL that has expired is replaced', async () => {
  let asked = 0;
  const signedAt = () => {
    asked += 1;
    return new Date(Date.now() - (asked === 1 ? 3_600_000 : 0));
  };
  const files = sketchOf(1000);
  await using scene = await startScene({ workflow: IMAGE, signedAt, seconds: 60 });
  await using action = runAction({ emulator: scene.emulator, files, with: WITH_SKETCH });
  expect(await action.done).toMatchObject(WHOLE);
  expect(statusesOf(scene.relay, 'PUT')).toEqual([403, 200]);
  expect(await givenTo(scene)).toBe(digestOf(files['sketch.png']));
});

test('an upload that breaks halfway goes to a key of its own again, whatever the storage keeps of it', async () => {
  const files = sketchOf(3 * MEGABYTE);
  await using scene = await startScene({
    workflow: IMAGE,
    fateOf: (_, before) => (before < 2 ? { inBody: { at: 900 + before * MEGABYTE, end: 'reset' } } : undefined),
  });
  await using action = runAction({ emulator: scene.emulator, files, with: WITH_SKETCH });
  expect(await action.done).toMatchObject(WHOLE);
  expect(statusesOf(scene.relay, 'PUT')).toEqual([0, 0, 200]);
  expect(new Set(scene.relay.requests.filter(({ method }) => method === 'PUT').map(({ url }) => url)).size).toBe(3);
  // versitygw 1.8 keeps what it has where a connection is closed, and not reset: half a file, of which it says 412.
  expect(await uploadsOf(scene)).toContain(submittedKey(scene));
  expect(await givenTo(scene)).toBe(digestOf(files['sketch.png']));
});

test('half an upload that the storage kept is not taken for the file, where the service repeats the key', async () => {
  const files = sketchOf(20 * MEGABYTE);
  await using scene = await startScene({
    workflow: IMAGE,
    fateOf: (_, before) => (before === 0 ? { inBody: { at: MEGABYTE, end: 'reset' } } : undefined),
  });
  repeatSlots(scene);
  await using action = runAction({ emulator: scene.emulator, files, with: WITH_SKETCH });
  const result = await action.done;
  const [half = ''] = await uploadsOf(scene);
  expect((await objectOf(scene.gateway, half))?.bytes.length).toBe(MEGABYTE);
  expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('has a file of that key already')]);
  expect([statusesOf(scene.relay, 'PUT'), countOf(scene.emulator, 'submit')]).toEqual([[0, 412, 412], 0]);
});

test('a storage that dies in the middle of an upload and comes back has the whole', async () => {
  const files = sketchOf(20 * MEGABYTE);
  await using scene = await startScene({
    workflow: IMAGE,
    fateOf: (_, before, gateway) => {
      if (before === 0) return { inBody: { at: MEGABYTE, first: () => gateway.kill() } };
      return before === 2 ? { after: gateway.restart() } : undefined;
    },
  });
  await using action = runAction({ emulator: scene.emulator, files, with: WITH_SKETCH });
  expect(await action.done).toMatchObject(WHOLE);
  expect(statusesOf(scene.relay, 'PUT')).toEqual([0, 0, 200]);
  expect(await uploadsOf(scene)).toEqual([submittedKey(scene)]);
  expect(await givenTo(scene)).toBe(digestOf(files['sketch.png']));
});

describe('an upload whose answer is lost', () => {
  test('is made again under another key', async () => {
    const files = sketchOf(400_000);
    await using scene = await startScene({
      workflow: IMAGE,
      fateOf: (_, before) => (before === 0 ? { answerLost: true } : undefined),
    });
    await using action = runAction({ emulator: scene.emulator, files, with: WITH_SKETCH });
    expect(await action.done).toMatchObject(WHOLE);
    expect(statusesOf(scene.relay, 'PUT')).toEqual([200, 200]);
    expect(await uploadsOf(scene)).toHaveLength(2);
    expect(await givenTo(scene)).toBe(digestOf(files['sketch.png']));
  });

  test.each([10, 3 * MEGABYTE])('counts, where the service repeats the key: %i bytes', async (bytes) => {
    const files = sketchOf(bytes);
    await using scene = await startScene({
      workflow: IMAGE,
      fateOf: (_, before) => (before === 0 ? { answerLost: true } : undefined),
    });
    repeatSlots(scene);
    await using action = runAction({ emulator: scene.emulator, files, with: WITH_SKETCH });
    expect(await action.done).toMatchObject(WHOLE);
    expect(statusesOf(scene.relay, 'PUT')).toEqual([200, 412]);
    expect(await uploadsOf(scene)).toEqual([submittedKey(scene)]);
    expect(await givenTo(scene)).toBe(digestOf(files['sketch.png']));
  });
});
