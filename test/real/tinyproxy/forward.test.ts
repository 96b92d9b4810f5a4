import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { generatedSha256 } from '../../../emulator/objects.ts';
import { annotationsOf, countOf, runAction } from '../../action/harness.ts';
import { startTinyproxy } from '../../action/program.ts';
import { createCertificate } from '../../emulator/certificate.ts';
import { objectOf } from '../gateway.ts';
import { commandOf } from '../parts.ts';
import { digestOf, digestsOf, expectKept, IMAGE, keyIn, startScene, statusesOf, WITH_SKETCH } from '../scene.ts';

const MIB = 1024 * 1024;
const WHOLE = { exitCode: 0, annotations: [] };
/** The first 8 MiB, and two parts. */
const MESH = { output: 'mesh', name: 'mesh.ply', bytes: { bytes: 16 * MIB, seed: 7 } };

test('an upload, the stream and a file in parts go by a proxy that forwards', async () => {
  const files = { 'sketch.png': randomBytes(20 * MIB) };
  await using scene = await startScene({ workflow: { ...IMAGE, behaviour: { outputs: [MESH] } } });
  await using proxy = await startTinyproxy(commandOf('tinyproxy'));
  await using action = runAction({
    emulator: scene.emulator,
    files,
    with: WITH_SKETCH,
    env: { http_proxy: proxy.url },
  });
  const result = await action.done;
  expect(result).toMatchObject(WHOLE);
  expect(statusesOf(scene.relay, 'PUT')).toEqual([200]);
  expect(statusesOf(scene.relay, 'GET')).toEqual([206, 206, 206]);
  // Nothing went past it, and what it passed on is what was signed.
  const all = [...scene.emulator.requests, ...scene.relay.requests];
  expect(all.filter(({ headers }) => !headers.via?.includes('tinyproxy'))).toEqual([]);
  const key = String(scene.emulator.tasks[0]?.submission.parameters.image);
  expect(digestOf((await objectOf(scene.gateway, key))?.bytes)).toBe(digestOf(files['sketch.png']));
  expect(digestsOf(action)).toEqual({ 'mesh.ply': generatedSha256(MESH.bytes) });
  expectKept(scene, result);
});

test('a file goes on where a storage behind the proxy broke off, by the object’s tag', async () => {
  const mesh = { ...MESH, bytes: 3 * MIB };
  await using scene = await startScene({
    outputs: [mesh],
    fateOf: (_, before) => (before < 2 ? { inAnswer: { at: MIB, end: 'close' } } : undefined),
  });
  await using proxy = await startTinyproxy(commandOf('tinyproxy'));
  const env = { http_proxy: proxy.url };
  await using action = runAction({ emulator: scene.emulator, with: { workflow: 'quick' }, env });
  expect(await action.done).toMatchObject(WHOLE);
  const [first, ...more] = scene.relay.requests;
  expect(more.length).toBeGreaterThanOrEqual(2);
  for (const { headers } of more) expect([headers['if-match'], headers.range]).not.toContain(undefined);
  expect(more[0]?.headers['if-match']).toBe(first?.answer?.etag);
  expect(digestsOf(action)).toEqual({ 'mesh.ply': digestOf(scene.emulator.objects.get(keyIn(scene.emulator))?.bytes) });
});

test('a proxy that dies in the middle of a file and comes back loses nothing', async () => {
  const isBack = Promise.withResolvers<void>();
  await using proxy = await startTinyproxy(commandOf('tinyproxy'));
  await using scene = await startScene({
    outputs: [MESH],
    fateOf: (_, before) => {
      const replaceProxy = () =>
        proxy
          .kill()
          .then(() => proxy.restart())
          .then(isBack.resolve);
      if (before === 0) return { inAnswer: { at: 5 * MIB, first: replaceProxy } };
      return { after: isBack.promise };
    },
  });
  const env = { http_proxy: proxy.url };
  await using action = runAction({ emulator: scene.emulator, with: { workflow: 'quick' }, env });
  expect(await action.done).toMatchObject(WHOLE);
  expect(digestsOf(action)).toEqual({ 'mesh.ply': generatedSha256(MESH.bytes) });
});

// It reads no answer before it has passed on the whole upload, and versitygw takes 256 KiB of what it refuses.
test.each([10, 200_000])('a storage that refuses an upload of %i bytes is heard through the proxy', async (bytes) => {
  await using scene = await startScene({ workflow: IMAGE, direct: true, secret: () => 'another' });
  await using proxy = await startTinyproxy(commandOf('tinyproxy'));
  await using action = runAction({
    emulator: scene.emulator,
    files: { 'sketch.png': randomBytes(bytes) },
    with: WITH_SKETCH,
    env: { http_proxy: proxy.url },
  });
  const result = await action.done;
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringContaining('The storage answered 403 SignatureDoesNot'),
  ]);
  expect(countOf(scene.emulator, 'presign')).toBe(3);
});

test('an upload and a file in parts go by tunnels where all of it speaks TLS', async () => {
  const tls = createCertificate();
  const folder = mkdtempSync(join(tmpdir(), 'tunnel-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const authority = join(folder, 'authority.pem');
  writeFileSync(authority, tls?.cert ?? '');
  const files = { 'sketch.png': randomBytes(MIB) };
  const workflow = { ...IMAGE, behaviour: { outputs: [MESH] } };
  await using scene = await startScene({ workflow, tls });
  await using proxy = await startTinyproxy(commandOf('tinyproxy'));
  const env = { https_proxy: proxy.url, NODE_EXTRA_CA_CERTS: authority };
  await using action = runAction({ emulator: scene.emulator, files, with: WITH_SKETCH, env });
  const result = await action.done;
  expect(result).toMatchObject(WHOLE);
  expect(scene.relay.url).toMatch(/^https:/);
  expect([statusesOf(scene.relay, 'PUT'), statusesOf(scene.relay, 'GET')]).toEqual([[200], [206, 206, 206]]);
  expect(digestsOf(action)).toEqual({ 'mesh.ply': generatedSha256(MESH.bytes) });
  expectKept(scene, result);
});
