import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import { createCertificate } from '../emulator/certificate.ts';
import { startConnectProxy } from './connect-proxy.ts';
import { annotationsOf, countOf, namesOf, ONLY_RECORD, preload, quick, runAction, wordsOf } from './harness.ts';

const workflows = [quick()];

test('which service it is, and what says so, is told before anything is asked', async () => {
  await using emulator = await startEmulator({ workflows });
  const { host } = new URL(emulator.apiUrl);
  const said = new Map<string, number>();
  const onLine = (line: string) => void said.set(line, emulator.requests.length);
  await using byInput = runAction({ emulator, with: { workflow: 'quick' }, onLine });
  expect((await byInput.done).log[0]).toBe(`Cyberun at ${host} (input api-url)`);
  expect(said.get(`Cyberun at ${host} (input api-url)`)).toBe(0);
  await using byEnvironment = runAction({
    emulator,
    with: { workflow: 'quick', 'api-url': '' },
    env: { CYBERUN_API_URL: emulator.apiUrl },
  });
  expect((await byEnvironment.done).log[0]).toBe(`Cyberun at ${host} (environment variable CYBERUN_API_URL)`);
});

test('the service of everybody is named, too, before it is asked', async () => {
  await using emulator = await startEmulator();
  // Nobody listens there, so nothing leaves this machine.
  const env = { https_proxy: 'http://127.0.0.1:9' };
  await using action = runAction({ emulator, with: { workflow: 'quick', 'api-url': '' }, env });
  expect(await action.waitForLine('Cyberun at')).toBe(
    'Cyberun at core.cyberun.cloud (default of api-url), by the proxy 127.0.0.1:9',
  );
  action.kill('SIGKILL');
  await action.done;
});

test.each([
  ['0', 1],
  ['1', 0],
  ['', 0],
])('certificates that are not checked, by NODE_TLS_REJECT_UNAUTHORIZED=%s, get %i warnings', async (value, count) => {
  await using emulator = await startEmulator({ workflows });
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: value };
  await using action = runAction({ emulator, with: { workflow: 'quick' }, env });
  const result = await action.done;
  expect(result.exitCode).toBe(0);
  expect(annotationsOf(result, 'warning')).toEqual(
    Array(count).fill(expect.stringMatching(/^NODE_TLS_REJECT_UNAUTHORIZED=0 turns the check of certificates off/)),
  );
});

const FILES = quick({ parameters: [{ key: 'image', type: 'file' }] });
const FILE = {
  files: { 'assets/sketch.png': 'a sketch' },
  with: { workflow: 'quick', parameters: 'image: assets/sketch.png' },
};

/** A node for which `evil.example` has these addresses, whatever a name server says. */
const evilAt = (...addresses: string[]) =>
  preload(`
    import dns from 'node:dns';
    import { isIP } from 'node:net';
    import { syncBuiltinESMExports } from 'node:module';
    const { lookup } = dns;
    const found = ${JSON.stringify(addresses)}.map((address) => ({ address, family: isIP(address) }));
    dns.lookup = (host, options, callback) =>
      host === 'evil.example' ? process.nextTick(callback, null, found) : lookup(host, options, callback);
    syncBuiltinESMExports();
  `);

/** A service that says that its files are there, however often it is asked. */
function offer(emulator: Emulator, url: string): void {
  const body = JSON.stringify({ download_urls: { a: url } });
  emulator.fault({ kind: 'result', times: 99, fault: { type: 'body', body } });
}

/** A service that has its files sent there, with these headers. */
function ask(emulator: Emulator, upload_url: string, upload_headers = {}): void {
  const body = JSON.stringify({ file_key: 'inputs/1/a.png', upload_url, upload_headers });
  emulator.fault({ kind: 'presign', times: 99, fault: { type: 'body', body } });
}

const METADATA = "which is the cloud's service for this machine's own data (metadata), and the API is not there";
const PLACES: [url: string, addresses: string[], said: string][] = [
  ['https://169.254.169.254/latest/meta-data?s3cret', [], `leads to 169.254.169.254, ${METADATA}`],
  ['https://[::ffff:169.254.169.254]/?s3cret', [], `leads to [::ffff:a9fe:a9fe], ${METADATA}`],
  ['https://metadata.google.internal/?s3cret', [], `leads to metadata.google.internal, ${METADATA}`],
  ['https://evil.example/?s3cret', ['169.254.169.254'], `leads to evil.example, ${METADATA}`],
  ['https://evil.example/?s3cret', ['::ffff:100.100.100.200', 'fd00:ec2::254'], `leads to evil.example, ${METADATA}`],
  ['https://evil.example/?s3cret', ['fd12::1'], 'leads to evil.example, which is a private network (unique-local)'],
];

test.each(PLACES)('a file at %s (%j) is not asked for, nor its address renewed', async (url, addresses, said) => {
  await using emulator = await startEmulator({ workflows });
  offer(emulator, url);
  await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions: evilAt(...addresses) });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'completed', files: '[]' } });
  expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining(said)]);
  expect(countOf(emulator, 'result')).toBe(1);
  expect(namesOf(action.workspace)).toEqual(ONLY_RECORD);
  expect(JSON.stringify(wordsOf(result))).not.toContain('s3cret');
});

test.each(PLACES)('a file is not sent to %s (%j), and nothing is submitted', async (url, addresses, said) => {
  await using emulator = await startEmulator({ workflows: [FILES] });
  ask(emulator, url);
  await using action = runAction({ emulator, ...FILE, nodeOptions: evilAt(...addresses) });
  const result = await action.done;
  expect(result.exitCode).toBe(1);
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringMatching(/^Nothing was submitted, as assets\/sketch\.png \(8 B\) could not /),
  ]);
  expect(annotationsOf(result, 'error')[0]).toContain(said);
  expect([countOf(emulator, 'presign'), countOf(emulator, 'submit')]).toEqual([1, 0]);
  expect(JSON.stringify(wordsOf(result))).not.toContain('s3cret');
});

test('a redirect to where the API is not is no way around that', async () => {
  await using emulator = await startEmulator({ workflows });
  const headers = { location: 'https://evil.example/?s3cret' };
  emulator.fault({ kind: 'storage-get', times: 99, fault: { type: 'status', status: 307, headers } });
  await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions: evilAt('169.254.170.2') });
  const result = await action.done;
  expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining(`leads to evil.example, ${METADATA}`)]);
  expect(countOf(emulator, 'storage-get')).toBe(1);
});

test.each([
  [{ Authorization: 'Bearer x' }, 'Authorization'],
  [{ Cookie: 'a=b' }, 'Cookie'],
  [{ Host: 'elsewhere.example' }, 'Host'],
  [{ 'Transfer-Encoding': 'chunked' }, 'Transfer-Encoding'],
  [{ 'Content-Length': '7' }, 'Content-Length'],
  [{ 'x-amz-meta-a': 'a\r\nx-amz-acl: public-read' }, 'x-amz-meta-a'],
  [{ 'X-Forwarded-For': '127.0.0.1' }, 'X-Forwarded-For'],
])('an upload with %j is refused once, by the name of the header', async (headers, name) => {
  await using emulator = await startEmulator({ workflows: [FILES] });
  ask(emulator, `${emulator.storageUrl}/cyberun/inputs/1/a.png`, { 'content-type': 'image/png', ...headers });
  await using action = runAction({ emulator, ...FILE });
  const result = await action.done;
  expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining(`wants the header ${name} with the upload`)]);
  expect([countOf(emulator, 'presign'), countOf(emulator, 'storage-put'), countOf(emulator, 'submit')]).toEqual([
    1, 0, 0,
  ]);
});

const tls = createCertificate();
describe.skipIf(!tls)('where the API is elsewhere', () => {
  /** The API has a name that only the proxy knows; the storage is this machine, by its address. */
  async function start(noProxy: string) {
    const emulator = await startEmulator({ workflows: [FILES], ...(tls && { tls }) });
    const proxy = await startConnectProxy([], { 'core.example': '127.0.0.1' });
    const folder = mkdtempSync(join(tmpdir(), 'where-test-'));
    writeFileSync(join(folder, 'authority.pem'), tls?.cert ?? '');
    onTestFinished(async () => {
      rmSync(folder, { recursive: true });
      await proxy[Symbol.asyncDispose]();
      await emulator.close();
    });
    const env = { https_proxy: proxy.url, no_proxy: noProxy, NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem') };
    const apiUrl = emulator.apiUrl.replace('127.0.0.1', 'core.example');
    const run = ({ with: inputs, files }: { with: Record<string, string>; files?: Record<string, string> }) =>
      runAction({ emulator, env, with: { ...inputs, 'api-url': apiUrl }, ...(files && { files }) });
    return { emulator, proxy, run };
  }

  test.each([
    ['straight', '127.0.0.1'],
    ['by proxy', ''],
  ])('a storage on this machine is not spoken to, %s', async (_, noProxy) => {
    const { emulator, proxy, run } = await start(noProxy);
    await using downloading = run({ with: { workflow: 'quick' } });
    expect(annotationsOf(await downloading.done, 'error')).toEqual([
      expect.stringContaining('leads to 127.0.0.1, which is this machine (loopback), and the API is not there'),
    ]);
    await using uploading = run(FILE);
    expect(annotationsOf(await uploading.done, 'error')).toEqual([
      expect.stringContaining('leads to 127.0.0.1, which is this machine (loopback), and the API is not there'),
    ]);
    expect([countOf(emulator, 'storage-get'), countOf(emulator, 'storage-put')]).toEqual([0, 0]);
    expect(new Set(proxy.tunnels)).toEqual(
      new Set([new URL(emulator.apiUrl).host.replace('127.0.0.1', 'core.example')]),
    );
  });
});
