import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import { createLedger, sealOf } from '../../src/github/state.ts';
import { createCertificate } from '../emulator/certificate.ts';
import { startConnectProxy } from './connect-proxy.ts';
import { annotationsOf, namesOf, quick, runAction, wordsOf } from './harness.ts';
import { startTinyproxy } from './program.ts';

const workflows = [quick()];
const FASTER = 20;
const COMPLETED = { exitCode: 0, outputs: { status: 'completed' } };
const RUN = { GITHUB_REPOSITORY: 'o/r', GITHUB_RUN_ID: '1', GITHUB_RUN_ATTEMPT: '1', GITHUB_JOB: 'job' };
const hostOf = (url: string) => new URL(url).host;

test.for(['http_proxy', 'HTTP_PROXY'])('%s is used for the API, the stream and the storage', async (name) => {
  await using emulator = await startEmulator({ workflows });
  await using proxy = await startConnectProxy();
  await using action = runAction({ emulator, with: { workflow: 'quick' }, env: { [name]: proxy.url } });
  expect(await action.done).toMatchObject(COMPLETED);
  // Nothing went past the proxy.
  expect(proxy.forwarded).toHaveLength(emulator.requests.length);
  expect(new Set(proxy.forwarded)).toEqual(new Set([hostOf(emulator.apiUrl), hostOf(emulator.storageUrl)]));
});

test.for(['', '//'])('an address may begin with %j, without a scheme', async (beginning) => {
  await using emulator = await startEmulator({ workflows });
  await using proxy = await startConnectProxy();
  const env = { http_proxy: ` ${beginning}${hostOf(proxy.url)} ` };
  await using action = runAction({ emulator, with: { workflow: 'quick' }, env });
  expect(await action.done).toMatchObject(COMPLETED);
  expect(proxy.forwarded).toHaveLength(emulator.requests.length);
});

test.for(['http_proxy', 'HTTPS_PROXY'])('blanks alone in %s are no proxy', async (name) => {
  await using emulator = await startEmulator({ workflows });
  await using action = runAction({ emulator, with: { workflow: 'quick' }, env: { [name]: ' \t ' } });
  expect(await action.done).toMatchObject(COMPLETED);
});

test.for([
  ['http_proxy', 'socks5://proxy:1080', 'only http and https proxies are supported'],
  ['http_proxy', 'http://pro xy:3128', 'is no address of a proxy'],
  ['http_proxy', 'http://user:s3cret@proxy:port', 'is no address of a proxy'],
  ['HTTP_PROXY', 'http:/proxy:3128', 'is no address of a proxy'],
  ['https_proxy', 'http://user:s3cr#t@proxy', 'is no address of a proxy'],
  ['HTTPS_PROXY', 'socks5://user:s3cret@proxy:1080', 'only http and https proxies are supported'],
] as const)('%s=%s is an error that names it, and nothing is sent', async ([name, value, problem]) => {
  await using emulator = await startEmulator({ workflows });
  // As if a main whose environment was another one had left a task open.
  const env: Record<string, string> = { [name]: value, ...RUN };
  const save = (slot: string, state: string) => void Object.assign(env, { [`STATE_${slot}`]: state });
  createLedger({ date: () => 0 }, sealOf(emulator, RUN), save).open({ taskId: 'task-1' });
  await using action = runAction({ emulator, with: { workflow: 'quick' }, env });
  const result = await action.done;
  const said = expect.stringMatching(new RegExp(`The environment variable ${name} .*${problem}.*\`${name}: http://`));
  expect(annotationsOf(result, 'error')).toEqual([said]);
  expect(result).toMatchObject({
    exitCode: 1,
    outputs: { status: 'failed', tasks: '[]', files: '[]', error: said },
    post: { exitCode: 0, annotations: [{ level: 'warning', message: said }] },
  });
  expect(JSON.stringify(wordsOf(result))).not.toMatch(/s3cr/);
  expect(emulator.requests).toEqual([]);
});

test.for(['no_proxy', 'NO_PROXY'])('%s keeps hosts off the proxy', async (name) => {
  await using emulator = await startEmulator({ workflows });
  await using proxy = await startConnectProxy();
  const env = { http_proxy: proxy.url, [name]: `example.com,${hostOf(emulator.apiUrl)}` };
  await using action = runAction({ emulator, with: { workflow: 'quick' }, env });
  expect(await action.done).toMatchObject(COMPLETED);
  expect(proxy.forwarded).toEqual([hostOf(emulator.storageUrl)]);
});

const tinyproxy = spawnSync('tinyproxy', ['-v']).status === 0;

const tls = createCertificate();
describe.skipIf(!tls)('over TLS', () => {
  let folder = '';
  let authority = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'proxy-test-'));
    authority = join(folder, 'authority.pem');
    writeFileSync(authority, tls?.cert ?? '');
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const start = () => startEmulator({ workflows, ...(tls && { tls }) });

  test.for(['https_proxy', 'HTTPS_PROXY'])('%s tunnels to the API and the storage', async (name) => {
    await using emulator = await start();
    await using proxy = await startConnectProxy();
    const env = { [name]: proxy.url.replace('//', '//user:word@'), NODE_EXTRA_CA_CERTS: authority };
    await using action = runAction({ emulator, with: { workflow: 'quick' }, env });
    expect(await action.done).toMatchObject(COMPLETED);
    expect(new Set(proxy.tunnels)).toEqual(new Set([hostOf(emulator.apiUrl), hostOf(emulator.storageUrl)]));
    expect(new Set(proxy.credentials)).toEqual(new Set([`Basic ${btoa('user:word')}`]));
    // The submit has a connection of its own there, too.
    expect(emulator.requests.find(({ kind }) => kind === 'submit')?.headers.connection).toBe('close');
  });

  test('NODE_EXTRA_CA_CERTS makes an authority of one’s own known', async () => {
    await using emulator = await start();
    const env = { NODE_EXTRA_CA_CERTS: authority };
    await using action = runAction({ emulator, with: { workflow: 'quick' }, env });
    expect(await action.done).toMatchObject(COMPLETED);
  });

  test('without it the run ends at once, and says what to do', async () => {
    await using emulator = await start();
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    const result = await action.done;
    expect(result.exitCode).toBe(1);
    expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('name it in NODE_EXTRA_CA_CERTS')]);
    expect(emulator.requests).toEqual([]);
  });

  test('a storage that is not trusted ends the download at once, and says what to do', async () => {
    await using emulator = await startEmulator({ workflows });
    await using trusted = await start();
    emulator.fault({
      kind: 'result',
      fault: { type: 'body', body: JSON.stringify({ download_urls: { a: `${trusted.storageUrl}/cyberun/a` } }) },
    });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    const result = await action.done;
    expect(result.exitCode).toBe(1);
    expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('name it in NODE_EXTRA_CA_CERTS')]);
  });

  describe('a proxy that', () => {
    const run = (emulator: Emulator, url: string) =>
      runAction({
        emulator,
        with: { workflow: 'quick' },
        env: { https_proxy: url, NODE_EXTRA_CA_CERTS: authority },
        faster: FASTER,
      });

    test('is away for a while loses nothing', async () => {
      await using emulator = await start();
      await using proxy = await startConnectProxy([502, 'reset', 503, 'silence']);
      await using action = run(emulator, proxy.url);
      expect(await action.done).toMatchObject(COMPLETED);
    });

    test('fails while the run is submitted loses nothing either, as nothing was sent', async () => {
      await using emulator = await start();
      const answers: (number | 'reset')[] = [];
      await using proxy = await startConnectProxy(answers);
      // The next tunnel is the submit's.
      const when = () => answers.push(502, 'reset', 503) > 0;
      emulator.fault({ kind: 'workflow', when, fault: { type: 'no-length' } });
      await using action = run(emulator, proxy.url);
      expect(await action.done).toMatchObject(COMPLETED);
      expect(emulator.tasks).toHaveLength(1);
      expect(answers).toEqual([]);
    });

    test('never answers for the storage is asked again after half a minute', async () => {
      await using emulator = await start();
      const answers: 'silence'[] = [];
      await using proxy = await startConnectProxy(answers);
      // The next tunnel is the storage's.
      const when = () => answers.push('silence') > 0;
      emulator.fault({ kind: 'result', when, fault: { type: 'no-length' } });
      await using action = run(emulator, proxy.url);
      expect(await action.done).toMatchObject(COMPLETED);
      const [result, file] = emulator.requests.filter(({ kind }) => kind === 'result' || kind === 'storage-get');
      expect(((file?.at ?? 0) - (result?.at ?? 0)) * FASTER).toBeLessThan(90_000);
      expect(answers).toEqual([]);
    });

    test('wants a password ends the run at once, and is named', async () => {
      await using emulator = await start();
      await using proxy = await startConnectProxy([407, 407]);
      await using action = run(emulator, proxy.url);
      const result = await action.done;
      expect(result.exitCode).toBe(1);
      expect(annotationsOf(result, 'error')).toEqual([
        expect.stringMatching(/Proxy response \(407\).*proxy variables/),
      ]);
      expect(emulator.requests).toEqual([]);
    });
  });

  test.skipIf(!tinyproxy)('tinyproxy, a real one, carries a whole run', async () => {
    await using emulator = await start();
    await using proxy = await startTinyproxy();
    const env = { https_proxy: proxy.url, NODE_EXTRA_CA_CERTS: authority };
    await using action = runAction({ emulator, with: { workflow: 'quick' }, env });
    expect(await action.done).toMatchObject(COMPLETED);
    expect(namesOf(action.workspace)).toContain('cyberun-outputs/output_00001_.png');
  });
});

// It relays what comes on a connection that is still open after an answer to where that answer came from, raw.
test.skipIf(!tinyproxy)(
  'tinyproxy forwards a whole run, whatever the service says of the stream’s connection',
  async () => {
    // So many steps that the stream is read to its end before anything else is asked for.
    const slower = [quick({ behaviour: { steps: 30 } })];
    await using emulator = await startEmulator({ workflows: slower, streamHeaders: { connection: 'keep-alive' } });
    await using proxy = await startTinyproxy();
    await using action = runAction({ emulator, with: { workflow: 'quick' }, env: { http_proxy: proxy.url } });
    expect(await action.done).toMatchObject(COMPLETED);
    expect(namesOf(action.workspace)).toContain('cyberun-outputs/output_00001_.png');
    expect(emulator.requests.filter(({ kind }) => kind === 'other')).toEqual([]);
  },
);
