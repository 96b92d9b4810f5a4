/** What is measured: the built action, side by side with what people would use in its place. */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Emulator, startEmulator } from '../emulator/emulator.ts';
import { EVENTS } from './flood.ts';
import { type Bench, type Cost, program, shell, startBench } from './measure.ts';
import type { Nginx } from './nginx.ts';
import type { ServiceOptions } from './service.ts';

/** One line of the table. */
export interface Row {
  readonly name: string;
  /** Smaller in a quick run. */
  readonly prepare: (setting: Setting) => Promise<Readonly<Record<string, () => Promise<Cost>>>>;
  /** What is compared. Default: wall time. */
  readonly by?: 'cpu';
}

/** What a row is measured with. */
export interface Setting {
  readonly nginx: Nginx;
  /** Disposed of when the row has been measured. */
  readonly stack: AsyncDisposableStack;
  readonly isQuick: boolean;
  /** Options of the node that runs the action, such as `--cpu-prof`. */
  readonly nodeOptions: readonly string[];
}

const MIB = 1024 ** 2;
const DIST = join(import.meta.dirname, '../dist');

/** The action is `ours`; what it is held against comes first of the others. */
export const ROWS: readonly Row[] = [
  {
    name: 'start: spawn to the submit at the service',
    async prepare({ stack, nodeOptions }) {
      const emulator = stack.use(await startEmulator());
      const { apiUrl, apiKey } = emulator;
      const submit = `fetch('${apiUrl}/r/workflows/slug/text-to-image/run', { method: 'POST', body: '{"parameters":{"prompt":"x"}}', headers: { authorization: 'Bearer ${apiKey}', 'content-type': 'application/json' } })`;
      return {
        ours: () => untilSubmit(emulator, [...nodeOptions, join(DIST, 'main/index.js')]),
        'node -e fetch': () => untilSubmit(emulator, ['-e', submit]),
      };
    },
  },
  {
    name: 'end: terminal event to process gone, no files',
    async prepare({ stack, nodeOptions }) {
      const held = { workflow_slug: 'held', behaviour: { steps: 1, stepMs: 0, holdAt: 'running' as const } };
      const emulator = stack.use(await startEmulator({ workflows: [held] }));
      return {
        ours: () => sinceTheEnd(emulator, [...nodeOptions, join(DIST, 'main/index.js')]),
        'the life of an empty node': () => program(process.execPath, ['-e', '0']),
      };
    },
  },
  {
    name: 'post with nothing to do',
    prepare: async ({ nodeOptions }) => ({
      ours: () => program(process.execPath, [...nodeOptions, join(DIST, 'post/index.js')]),
      'an empty node': () => program(process.execPath, ['-e', '0']),
    }),
  },
  {
    name: 'a task of 1 s and its one small file',
    async prepare(setting) {
      const bench = await serviceOf(setting, { outputs: [{ name: 'a.bin', bytes: 1000 }], taskMs: 1000 });
      return { ours: () => stepAnew(bench), 'curl and jq': () => shell(loopOf(bench), bench.workspace) };
    },
  },
  {
    name: 'one large file, SHA-256 included',
    async prepare(setting) {
      const size = (setting.isQuick ? 256 : 1024) * MIB;
      const bench = await storedAt(setting, setting.nginx.url, [{ name: 'large.bin', bytes: size }]);
      const file = join(bench.workspace, 'theirs.bin');
      return {
        ours: () => stepAnew(bench),
        'curl -o': () => program('curl', ['-sS', '-o', file, `${setting.nginx.url}/large.bin`]),
        'openssl dgst -sha256': () => program('openssl', ['dgst', '-sha256', join(setting.nginx.folder, 'large.bin')]),
      };
    },
  },
  {
    name: 'the same, each connection at 40 MB/s',
    async prepare(setting) {
      const bytes = (setting.isQuick ? 200 : 600) * MIB;
      const bench = await storedAt(setting, setting.nginx.cappedUrl, [{ name: 'capped.bin', bytes }]);
      const url = `${setting.nginx.cappedUrl}/capped.bin`;
      const aria = ['-x16', '-s16', '-k1M', '--allow-overwrite=true', '--file-allocation=none', '-d', bench.workspace];
      return {
        ours: () => stepAnew(bench),
        'aria2c -x16': () => program('aria2c', [...aria, '-o', 'theirs.bin', url]),
        curl: () => program('curl', ['-sS', '-o', join(bench.workspace, 'theirs.bin'), url]),
      };
    },
  },
  {
    name: '1,000 files of 64 KiB, SHA-256 included',
    async prepare(setting) {
      const files = Array.from({ length: 1000 }, (_, index) => ({ name: `small-${index}.bin`, bytes: 64 * 1024 }));
      const bench = await storedAt(setting, setting.nginx.url, files);
      const curl = `curl -sS --parallel --parallel-max 16 --create-dirs --output-dir theirs -O "${setting.nginx.url}/small-[0-999].bin"`;
      const urls = `seq -f '${setting.nginx.url}/small-%g.bin' 0 999 > urls; aria2c -i urls -j16 -d theirs --file-allocation=none`;
      return {
        ours: () => stepAnew(bench),
        'curl --parallel-max 16': () => shellAnew(curl, bench.workspace),
        'aria2c -j16': () => shellAnew(urls, bench.workspace),
      };
    },
  },
  {
    name: 'an upload',
    async prepare(setting) {
      const bench = await serviceOf(setting, { files: ['image'], storage: setting.nginx.url });
      write(join(bench.workspace, 'up.bin'), (setting.isQuick ? 150 : 450) * MIB);
      return {
        ours: () => bench.step({ parameters: 'image: ./up.bin', download: 'false' }),
        'curl -T': () =>
          program('curl', ['-sS', '-T', join(bench.workspace, 'up.bin'), `${setting.nginx.url}/put/theirs`]),
      };
    },
  },
  {
    name: '100,000 events',
    by: 'cpu',
    async prepare(setting) {
      const bench = await serviceOf(setting, { flood: 100 });
      const file = join(setting.nginx.folder, 'events');
      write(file, EVENTS.length * 100, Buffer.from(EVENTS));
      return {
        ours: () => bench.step({ download: 'false' }),
        'eventsource-parser and JSON.parse': () =>
          program(process.execPath, [join(import.meta.dirname, 'parse.ts'), file]),
      };
    },
  },
  {
    name: 'a matrix of tasks of 1 s, 50 open',
    async prepare(setting) {
      const count = setting.isQuick ? 100 : 500;
      const bench = await serviceOf(setting, { outputs: [{ name: 'a.bin', bytes: 1000 }], taskMs: 1000, agents: 50 });
      const matrix = `seed: [${Array.from({ length: count }, (_, index) => index)}]`;
      return {
        ours: () => stepAnew(bench, { matrix, 'max-parallel': '50' }),
        'the tasks themselves': async () => ({ seconds: count / 50, cpu: 0 }),
      };
    },
  },
  {
    name: 'a folder of 1,000 files, reused',
    async prepare(setting) {
      const files = Array.from({ length: 1000 }, (_, index) => ({ name: `reused-${index}.bin`, bytes: MIB }));
      const bench = await storedAt(setting, setting.nginx.url, files);
      const given = { parameters: 'seed: 1', reuse: 'true' };
      await bench.step(given);
      const folder = join(bench.workspace, 'cyberun-outputs');
      return {
        ours: () => bench.step(given),
        'openssl dgst -sha256': () => shell('openssl dgst -sha256 *.bin', folder),
        'sha256sum -c': () => program('sha256sum', ['-c', 'SHA256SUMS'], folder),
      };
    },
  },
];

async function serviceOf({ stack, nodeOptions }: Setting, options: ServiceOptions): Promise<Bench> {
  return stack.use(await startBench(options, nodeOptions));
}

/** Where nothing lies yet: what an earlier run left is read to be known again. */
async function stepAnew(bench: Bench, given: Readonly<Record<string, string>> = {}): Promise<Cost> {
  const cost = await bench.step({ ...given, path: 'anew' });
  await rm(join(bench.workspace, 'anew'), { recursive: true });
  return cost;
}

/** The same for a command that writes to the folder `theirs`. */
async function shellAnew(command: string, folder: string): Promise<Cost> {
  const cost = await shell(command, folder);
  await rm(join(folder, 'theirs'), { recursive: true });
  return cost;
}

/** A task that makes these files, which lie at nginx. */
async function storedAt(
  setting: Setting,
  url: string,
  outputs: readonly { readonly name: string; readonly bytes: number }[],
): Promise<Bench> {
  for (const { name, bytes } of outputs) write(join(setting.nginx.folder, name), bytes);
  return await serviceOf(setting, { outputs, storage: url });
}

/** Writes a file of one block again and again. */
function write(path: string, bytes: number, block: Buffer = randomBytes(Math.min(bytes, 4 * MIB))): void {
  const file = openSync(path, 'w');
  for (let at = 0; at < bytes; at += block.length) writeSync(file, block, 0, Math.min(block.length, bytes - at));
  closeSync(file);
}

async function untilSubmit(emulator: Emulator, args: readonly string[]): Promise<Cost> {
  const before = emulator.tasks.length;
  const started = performance.now();
  const child = spawn(process.execPath, args, { env: variablesOf(emulator), stdio: 'ignore' });
  const exited = once(child, 'exit');
  await emulator.waitFor(({ tasks }) => tasks.length > before);
  const seconds = (performance.now() - started) / 1000;
  await exited;
  return { seconds, cpu: 0 };
}

async function sinceTheEnd(emulator: Emulator, args: readonly string[]): Promise<Cost> {
  const streams = () => emulator.requests.filter(({ kind }) => kind === 'events').length;
  const before = streams();
  const inputs = { WORKFLOW: 'held', PARAMETERS: '', DOWNLOAD: 'false', 'WAIT-FOR-COMPLETION': 'true' };
  const given = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name}`, value]));
  const env = { ...variablesOf(emulator), ...given };
  const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
  const exited = once(child, 'exit');
  await emulator.waitFor(() => streams() > before);
  // Whatever it does with the beginning is done by then.
  await sleep(300);
  const ended = performance.now();
  for (const { id } of emulator.tasks) emulator.release(id);
  const [code] = await exited;
  if (code !== 0) throw new Error(`the step ended with ${code}`);
  return { seconds: (performance.now() - ended) / 1000, cpu: 0 };
}

function variablesOf({ apiUrl, apiKey }: Emulator): Record<string, string> {
  const inputs = { 'api-key': apiKey, 'api-url': apiUrl, workflow: 'text-to-image', parameters: '{"prompt": "x"}' };
  return {
    PATH: process.env.PATH ?? '',
    GITHUB_WORKSPACE: process.env.TMPDIR ?? '/tmp',
    'INPUT_WAIT-FOR-COMPLETION': 'false',
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
  };
}

/** What people paste: submit, read the stream to its end, fetch what there is. */
function loopOf({ apiUrl, apiKey }: Bench): string {
  const call = `curl -sSf -H 'authorization: Bearer ${apiKey}' -H 'content-type: application/json' ${apiUrl}/r`;
  return `id=$(${call}/workflows/slug/bench/run -d '{"parameters":{}}' | jq -r .task_id)
    ${call}/tasks/$id/events -N
    ${call}/tasks/$id/result | jq -r '.download_urls[]' | xargs curl -sSf -O`;
}
